/**
 * @module How operations begin. One that begins in one way only does so with the step before it; where there are several
 * ways, the beginning is a move of its own, before which others may come, and the way is the move's choice.
 */
import type { Invocation, Scenario, UserStore, Way } from '../scenario/scenario.js';
import { locate } from './address.js';
import type { Code } from './code.js';
import { noteCall } from './balance.js';
import type { Draft, DraftContext, DraftFrame } from './draft.js';
import type { World } from './draft-memory.js';
import type { Listener } from './execute.js';
import type { ContextState } from './state.js';
import { canonical, convert, U64 } from './value.js';
import type { Value } from './value.js';
import { BoundReached, NotModelledReached } from './violation.js';

/** Functions on one stack. */
const DEPTH_MAX = 64;

/** The ways of all operations of a scenario on a Code. */
export function waysOf<G>(code: Code, scenario: Scenario<G>): World<G>['ways'] {
  return scenario.actors.map((actor) => actor.operations.map((operation) => operation.ways?.(code) ?? null));
}

/** The ways in which a context may go on between operations; null where it has no such choice. */
export function waysAt<G>(world: World<G>, context: Pick<ContextState, 'actor' | 'operation'> & { readonly frames: readonly unknown[] }): readonly Way<G>[] | null {
  return context.frames.length > 0 ? null : (world.ways[context.actor]?.[context.operation] ?? null);
}

/** Calls the next operation that has something to do; false at the end of the list, and where the beginning is a choice. */
export function beginNext<G>(draft: Draft<G>, context: DraftContext, listener: Listener<G> | null): boolean {
  const operations = draft.world.scenario.actors[context.actor]?.operations ?? [];
  while (context.operation < operations.length && waysAt(draft.world, context) === null) {
    const operation = operations[context.operation];
    const invocation = operation?.begin(draft) ?? null;
    if (!invocation) {
      context.operation += 1;
      continue;
    }
    invoke(draft, context, invocation, listener);
    return true;
  }
  return false;
}

/** Begins the operation that a context stands before in one of its ways; false where there is none. */
export function beginChosen<G>(draft: Draft<G>, context: DraftContext, choice: number, listener: Listener<G> | null): boolean {
  const way = waysAt(draft.world, context)?.[choice];
  if (!way) return false;
  const store = way.store?.(draft);
  if (store) write(draft, context, store, listener);
  const invocation = way.begin?.(draft);
  if (invocation) invoke(draft, context, invocation, listener);
  else context.operation += 1 + (way.skips ?? 0);
  return true;
}

function write<G>(draft: Draft<G>, context: DraftContext, { address, type, value, target }: UserStore, listener: Listener<G> | null): void {
  const [location, old] = [locate(address), draft.read(address, type)];
  if (!location || old === null) throw new Error('user space writes where nothing is');
  draft.write(address, type, value);
  listener?.userStored?.(draft, context.operation, { location, target, bytes: type.bytes, old, value: convert(value, type) });
}

function invoke<G>(draft: Draft<G>, context: DraftContext, invocation: Invocation, listener: Listener<G> | null): void {
  const target = draft.world.prepared.code.functionsByName.get(invocation.function);
  if (!target) throw new NotModelledReached(`${invocation.function}() is not in the Program`);
  noteCall(draft, context);
  listener?.operationBegan?.(draft, context.operation);
  const args = invocation.args.map((arg, i) => convert(canonical(BigInt(arg)), target.paramScalars[i] ?? U64));
  push(draft, context, { functionIndex: target.index, args }, listener);
}

/** Calls a function in a context. */
export function push<G>(draft: Draft<G>, context: DraftContext, call: { functionIndex: number; args: readonly Value[] }, listener: Listener<G> | null): void {
  if (context.frames.length >= DEPTH_MAX) throw new BoundReached(`calls nested deeper than ${DEPTH_MAX}`);
  const code = draft.world.prepared.code.functions[call.functionIndex];
  const registers = new Array<Value>(code?.registers ?? 0).fill(0);
  call.args.forEach((value, i) => {
    registers[i] = value;
  });
  const callee: DraftFrame = { functionIndex: call.functionIndex, pc: 0, registers };
  const caller = context.frames[context.frames.length - 1];
  listener?.called?.(draft, caller && !('id' in caller) ? caller : null, callee, call.args);
  context.frames.push(callee);
}
