/**
 * @module Locks as words of memory: 0, or who holds it. A lock that spins is held by a CPU, one that sleeps by a task: a
 * mutex, and with PREEMPT_RT (kernel/locking/spinlock_rt.c, 6.12) spinlock_t and local_lock_t. Who waits for a lock that
 * sleeps gives its CPU away.
 */
import { locate } from './address.js';
import type { Location } from './address.js';
import { frameBelow } from './context-switch.js';
import { requireHeld } from './held.js';
import { scalarOf } from './spy.js';
import type { InstructionBody } from './code.js';
import type { Draft } from './draft.js';
import type { World } from './draft-memory.js';
import type { PureEnvironment } from './prepare.js';
import type { ContextState, State } from './state.js';
import { U32 } from './value.js';
import type { Value } from './value.js';
import { FatalViolation } from './violation.js';
import type { Scenario } from '../scenario/scenario.js';
import { atomicCount } from '../kernel/preempt-count.js';

type LockInstruction = InstructionBody & { readonly op: 'lock' | 'unlock' };

/** True where waiting for the lock is sleeping. */
export function sleeps(i: LockInstruction): boolean {
  return i.kind === 'mutex' || i.sleeps === true;
}

/** Name of the task that is `current` on a CPU: interrupts run on whom they interrupt, idle's when nobody else is there. */
export function taskOf<G>(scenario: Scenario<G>, bottom: number | undefined, cpu: number): string {
  return (bottom === undefined ? undefined : scenario.actors[bottom]?.task) ?? `idle${cpu}`;
}

/** What a sleeping lock holds: the thread at the bottom of the CPU's stack, or the CPU's idle task. */
export function ownerOf<G>(scenario: Scenario<G>, bottom: number | undefined, cpu: number): number {
  return bottom === undefined ? scenario.actors.length + cpu + 1 : bottom + 1;
}

/** Where a thread is, or would be: its CPU with what is at the bottom of it. */
export interface Standing {
  readonly cpu: number;
  readonly bottom: number | undefined;
  readonly preemptCount: number;
  readonly irqsOn: boolean;
  /** It is taken for granted that the switch to it is over. */
  readonly switched?: true;
}

/** How a context waits for the lock it stands at; null where it need not. One that waits for itself steps into a violation. */
export function waitsFor<G>(world: World<G>, state: State<G>, context: ContextState, at: Standing): 'spins' | 'sleeps' | null {
  const frame = at.switched ? frameBelow(world, context) : context.frames.at(-1);
  const prepared = frame ? world.prepared.functions[frame.functionIndex]?.[frame.pc] : undefined;
  if (!frame || prepared?.instruction.op !== 'lock') return null;
  const owner = ownerOf(world.scenario, at.bottom, at.cpu);
  const environment: PureEnvironment = {
    current: world.layout.addressOf(taskOf(world.scenario, at.bottom, at.cpu)), cpu: at.cpu, preemptCount: at.preemptCount,
    atomicCount: atomicCount(at.preemptCount, world.scenario.rt !== undefined), irqsDisabled: at.irqsOn ? 0 : 1, returnAddress: 0, owner,
  };
  const location = locate(prepared.evaluate[0]?.(frame.registers, environment) ?? 0);
  const object = location ? state.objects[location.object] : undefined;
  if (!location || !object || object.freed || location.offset + U32.bytes > object.size) return null;
  const held = scalarOf(object, location.offset, U32);
  const [own, last] = sleeps(prepared.instruction) ? [owner, world.scenario.actors.length + world.scenario.cpus] : [at.cpu + 1, world.scenario.cpus];
  // A value that is no holder is not waited for: the step reports it.
  if (typeof held !== 'number' || held <= 0 || held > last || held === own) return null;
  return sleeps(prepared.instruction) ? 'sleeps' : 'spins';
}

interface Locked {
  readonly location: Location;
  readonly old: Value;
  readonly value: Value;
}

/** Takes a lock that is free, or gives one back that is held here; anything else is a violation. */
export function lockOrUnlock<G>(draft: Draft<G>, i: LockInstruction, address: Value): Locked {
  const location = draft.checkScalar(address, U32);
  const old = draft.loadAt(location, U32);
  const [own, who] = sleeps(i) ? [ownerOf(draft.world.scenario, draft.stack[0], draft.cpu), 'task'] : [draft.cpu + 1, 'CPU'];
  if (i.op === 'lock') {
    if (old === own) throw new FatalViolation('deadlock', `the lock is held by this ${who} already`);
    if (old !== 0) throw new FatalViolation('wild-lock', `the lock holds ${old}, which no lock operation wrote`);
    draft.storeAt(location, U32, own);
    return { location, old, value: own };
  }
  if (old !== own) throw new FatalViolation('unlock-not-held', `the lock is not held by this ${who}`);
  requireHeld(draft.contexts.at(-1)?.held ?? [], address);
  draft.storeAt(location, U32, 0);
  return { location, old, value: 0 };
}
