/**
 * @module Softirqs with PREEMPT_RT: they run in ksoftirqd, which is a thread as any other, or in the thread that turns bottom
 * halves on again; the end of a hardirq only wakes ksoftirqd (kernel/softirq.c:218-296 of 6.12.117). `current` is the thread.
 * With the per-CPU lock of bottom halves one thread of a CPU at a time is in them.
 */
import { SOFTIRQ_CTRL } from '../compile/rt-lock-calls.js';
import { atomicCount, MIGRATE_OFFSET, SOFTIRQ_MASK, SOFTIRQ_OFFSET } from '../kernel/preempt-count.js';
import { addressOf, locate } from './address.js';
import type { Draft } from './draft.js';
import type { World } from './draft-memory.js';
import { ownerOf } from './locks.js';
import { scalarOf } from './spy.js';
import type { ContextState, State } from './state.js';
import { runningOn } from './state.js';
import { U32 } from './value.js';

/** True where the thread on a CPU is about to turn bottom halves on, and pending softirqs would run first. */
export function turnsBottomHalvesOn<G>(world: World<G>, state: State<G>, index: number): boolean {
  const [cpu, frame] = [state.cpus[index], runningOn(state, index)?.frames.at(-1)];
  const instruction = frame ? world.prepared.functions[frame.functionIndex]?.[frame.pc]?.instruction : undefined;
  if (!cpu || instruction?.op !== 'preempt' || instruction.delta >= 0) return false;
  const outermost = (-instruction.delta & SOFTIRQ_MASK) !== 0 && (cpu.preemptCount & SOFTIRQ_MASK) === -instruction.delta;
  return outermost && cpu.irqsOn && atomicCount(cpu.preemptCount, true) === 0;
}

/** preempt_count of a thread that goes from having bottom halves off to serving a softirq. */
export function servingIn(preemptCount: number): number {
  return (preemptCount & ~SOFTIRQ_MASK) + SOFTIRQ_OFFSET;
}

/** ksoftirqd's while it serves a softirq. */
const SERVING = SOFTIRQ_OFFSET + MIGRATE_OFFSET;

/** A softirq in ksoftirqd that was taken off the CPU: one that has not come has no count. */
export function isSuspended<G>(world: World<G>, state: State<G>, context: ContextState): boolean {
  return context.preemptAtEntry !== 0 && !isOnThread(world, state, context);
}

/** True for a softirq that is on its CPU, or on a thread that waits there: one that serves softirqs does not migrate. */
function isOnThread<G>({ scenario }: World<G>, state: State<G>, { actor, cpu }: ContextState): boolean {
  const mayBeHere = (other: number): boolean => scenario.actors[other]?.cpu === cpu || (scenario.migrations ?? 0) > 0;
  return state.cpus[cpu]?.stack.includes(actor) === true || scenario.actors.some((_, other) => mayBeHere(other) && state.contexts[other]?.above.includes(actor) === true);
}

/** True where ksoftirqd of a CPU could begin with a softirq that has not come yet, if it had the CPU. */
export function mayBegin<G>(world: World<G>, state: State<G>, actor: number, index: number): boolean {
  const isBusy = world.scenario.actors.some((other, b) => {
    const context = state.contexts[b];
    return other.kind === 'softirq' && other.cpu === index && context !== undefined && (state.cpus[index]?.stack[0] === b || isSuspended(world, state, context));
  });
  const context = state.contexts[actor];
  return !isBusy && context !== undefined && context.left > 0 && !isOnThread(world, state, context) && holderOf(world, state, index) === 0;
}

/** ksoftirqd begins on the draft's CPU, which idles. */
export function beginThread<G>(draft: Draft<G>, actor: number): void {
  const context = draft.push(actor);
  draft.count = SERVING;
  const lock = addressOfLock(draft.world, draft.cpu);
  if (lock === null) return;
  draft.write(lock, U32, ownerOf(draft.world.scenario, actor, draft.cpu));
  context.held = [{ address: lock, kind: 'local_lock', subclass: 0 }];
}

/** Of a context that ends at the bottom of a CPU's stack: ksoftirqd gives the lock of bottom halves back. */
export function endThread<G>(draft: Draft<G>, actor: number): void {
  if (draft.world.scenario.actors[actor]?.kind !== 'softirq') return;
  const lock = addressOfLock(draft.world, draft.cpu);
  if (lock !== null) draft.write(lock, U32, 0);
}

/** Address of a CPU's lock of bottom halves; null where the kernel is built without. */
function addressOfLock<G>(world: World<G>, cpu: number): number | null {
  const slot = world.prepared.code.globals.get(SOFTIRQ_CTRL);
  return world.scenario.rt === 'bh-lock' && slot ? addressOf(slot.object + 1 + cpu) : null;
}

function holderOf<G>(world: World<G>, state: State<G>, cpu: number): number {
  const location = locate(addressOfLock(world, cpu) ?? 0);
  const object = location ? state.objects[location.object] : undefined;
  return location && object ? Number(scalarOf(object, location.offset, U32)) : 0;
}
