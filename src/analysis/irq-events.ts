/** @module Where interrupts were turned off, where a lock was given back without them, and where they came back. */
import type { IrqStep } from '../../simulator/explore/retrace.js';
import { chainOf } from './chain.js';
import type { Chain } from './chain.js';
import type { Incident } from './incidents.js';
import { irqStepsBehind, irqStepsOf } from './replays.js';
import type { Spot } from './spot.js';
import type { Subject } from './subject.js';

export interface IrqEvents {
  /** The statement that changed the state last before the return. */
  readonly changed: Chain;
  /** Locks given back after it, in the same call. */
  readonly unlocks: readonly Spot[];
  /** The statement that undoes it later; null when nothing does. */
  readonly undone: Spot | null;
}

/** Null when no statement of the violating context changed it. */
export function irqEvents(subject: Subject, { code, scenario, violation, found }: Incident): IrqEvents | null {
  const { actor, kind } = violation.at;
  const spotOf = ({ frames }: IrqStep): Spot => chainOf(subject.post.images, code, frames).spot;
  const own = irqStepsOf(code, scenario, found.schedule).filter((step) => step.actor === actor);
  const at = own.findLastIndex((step) => step.op === 'irq');
  const changed = own[at];
  if (!changed) return null;
  // The context goes on alone, until the state changes back.
  const back = kind === 'task' ? undefined : irqStepsBehind(code, scenario, { moves: found.schedule, actor }).find((step) => step.op === 'irq');
  return { changed: chainOf(subject.post.images, code, changed.frames), unlocks: own.slice(at + 1).map(spotOf), undone: back ? spotOf(back) : null };
}
