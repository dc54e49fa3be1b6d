/** @module preempt_count on a path: a number that each place of a context has once for all, and variables for those who read it. */
import { SOFTIRQ_MASK } from '../kernel/preempt-count.js';
import type { Actor } from './actor.js';
import { bottomHalvesName, preemptName } from './model.js';
import type { Path } from './path.js';
import { Refused } from './refused.js';
import { constant, plus } from './term.js';

/** Depths of preempt_disable() and of local_bh_disable() in one context; more would reach into another field. */
const DEPTH_MAX = 60;

export function changePreemptCount(actor: Actor, path: Path, delta: number): void {
  path.delta += delta;
  const [preempt, softirq] = [path.delta & 0xff, (path.delta & SOFTIRQ_MASK) >> 8];
  if (path.delta < 0 || preempt > DEPTH_MAX || softirq > DEPTH_MAX) throw new Refused('preempt_count is given back before it was taken');
  addToPreemptCount(actor.cpu, path, delta);
  if (actor.kind === 'task' && (Math.abs(delta) & SOFTIRQ_MASK) !== 0) path.write(bottomHalvesName(actor.cpu), constant(softirq > 0 ? 1 : 0));
}

export function addToPreemptCount(cpu: number, path: Path, delta: number): void {
  path.write(preemptName(cpu), plus(path.read(preemptName(cpu)), delta));
}
