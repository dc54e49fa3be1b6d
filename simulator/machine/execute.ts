/**
 * @module Runs instructions on a draft: one shared one, then the private ones behind it up to the next shared one. The
 * plain interpreter; every faster engine is compared with it.
 */
import { addressOf, locate } from './address.js';
import type { Location } from './address.js';
import { beginChosen, beginNext, push } from './begin.js';
import { isShared } from './code.js';
import type { InstructionBody } from './code.js';
import { ZERO_SIZE } from './draft-memory.js';
import type { Draft, DraftContext, DraftFrame } from './draft.js';
import type { Prepared } from './prepare.js';
import { endThread } from './softirq-threads.js';
import { environmentOf } from './environment.js';
import { lockOrUnlock } from './locks.js';
import type { Axis } from './orders.js';
import { beforePrivate } from './waiting.js';
import { checkSleep } from './sleeping.js';
import { convert, UNINITIALISED } from './value.js';
import type { Value } from './value.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';
import { checkBalance, checkFlags } from './balance.js';
import { stackFrame } from './frames.js';
import { switchTo } from './context-switch.js';
import { noteHeld } from './held.js';
import { flagsSayOn, savedFlags } from './irq-flags.js';
import { auditRefcount } from './refcount.js';

/** Private instructions that may run in one step; more is a loop that never touches shared memory. */
const PRIVATE_MAX = 20_000;

/** What a listener is told of each executed instruction. */
export interface Executed {
  readonly prepared: Prepared;
  readonly frame: DraftFrame;
  readonly pc: number;
  /** Where memory was accessed; null for instructions without access. */
  readonly location: Location | null;
  readonly old: Value | null;
  readonly value: Value | null;
  /** A branch's outcome. */
  readonly taken: boolean | null;
  /** It was put off until now. */
  readonly late?: Axis;
}

/** A store of user space as it was made. */
export interface UserStored {
  readonly location: Location;
  readonly target: string;
  readonly bytes: number;
  readonly old: Value;
  readonly value: Value;
}

/** Hears of execution in order; for observations and traces. */
export interface Listener<G> {
  executed(draft: Draft<G>, what: Executed): void;
  /** An access is put off, in its place in the program; it is heard of as executed later. */
  putOff?(draft: Draft<G>, what: Executed): void;
  called?(draft: Draft<G>, caller: DraftFrame | null, callee: DraftFrame, args: readonly Value[]): void;
  returned?(draft: Draft<G>, from: DraftFrame, dst: number | null): void;
  operationBegan?(draft: Draft<G>, index: number): void;
  operationEnded?(draft: Draft<G>, index: number, result: Value): void;
  /** User space wrote to memory that it shares with the kernel, as the operation of that index. */
  userStored?(draft: Draft<G>, index: number, what: UserStored): void;
}

/** Executes the shared instruction the running context stands at, and what follows privately. `choice` 1: it fails. Between operations the next one begins in the chosen way, or an interrupt ends. */
export function runStep<G>(draft: Draft<G>, choice: number, listener: Listener<G> | null): void {
  const context = draft.top();
  const frame = stackFrame(context);
  if (!frame) return beginChosen(draft, context, choice, listener) ? runPrivate(draft, context, listener) : endContext(draft, context);
  const prepared = draft.world.prepared.functions[frame.functionIndex]?.[frame.pc];
  if (!prepared) throw new Error('a step beyond the end of a function');
  const site = { context, frame, prepared };
  if (isShared(prepared.instruction)) executeShared(draft, site, choice, listener);
  else executePrivate(draft, site, listener);
  runPrivate(draft, prepared.instruction.op === 'switch' ? draft.top() : context, listener);
}

/** Whether the operation under way is one in which a warning is no surprise. */
function mayWarn<G>(draft: Draft<G>): boolean {
  const { actor, operation } = draft.top();
  return draft.world.scenario.actors[actor]?.operations[operation]?.mayWarn ?? false;
}

/** The running context is about to be taken off the CPU: the scheduler runs on its stack, with irqs off. */
export function beginSwitch<G>(draft: Draft<G>, next: number, listener: Listener<G> | null): void {
  const { switchFunction } = draft.world;
  if (switchFunction === null) throw new Error('the switch is not looked into');
  const context = draft.top();
  draft.irqsOn = false;
  draft.count += 1;
  push(draft, context, { functionIndex: switchFunction, args: [next] }, listener);
  runPrivate(draft, context, listener);
}

/** Starts an interrupt's context, or goes on with a context that stands between operations. */
export function runPrivate<G>(draft: Draft<G>, context: DraftContext, listener: Listener<G> | null): void {
  for (let count = 0; count < PRIVATE_MAX; count += 1) {
    const frame = stackFrame(context);
    if (!frame) {
      if (beginNext(draft, context, listener)) continue;
      return;
    }
    const prepared = draft.world.prepared.functions[frame.functionIndex]?.[frame.pc];
    if (!prepared) throw new Error('a function ran past its end');
    if (prepared.shared) return;
    const before = beforePrivate(draft, context, { frame, prepared });
    if (before === 'rest') return;
    if (before === 'putOff') frame.pc += 1;
    if (before === 'putOff') continue;
    executePrivate(draft, { context, frame, prepared }, listener);
  }
  throw new BoundReached(`${PRIVATE_MAX} private steps in a row: a loop that touches nothing shared`);
}

function endContext<G>(draft: Draft<G>, context: DraftContext): void {
  if (draft.kind === 'task') throw new Error('a step of a task that is over');
  draft.world.contract.left(draft);
  draft.pop();
  if (draft.stack.length === 0 && draft.world.scenario.rt !== undefined && context.preemptAtEntry === 0) endThread(draft, context.actor);
  draft.irqsOn = context.irqsOnAtEntry;
  draft.count = context.preemptAtEntry;
}

interface Site {
  readonly context: DraftContext;
  readonly frame: DraftFrame;
  readonly prepared: Prepared;
}

function executePrivate<G>(draft: Draft<G>, site: Site, listener: Listener<G> | null): void {
  const { context, frame, prepared } = site;
  const i = prepared.instruction;
  if (prepared.unset.length > 0) lookAtUnset(draft, frame, prepared.unset);
  const environment = environmentOf(draft, context);
  const evaluate = (index: number): Value => prepared.evaluate[index]?.(frame.registers, environment) ?? 0;
  let taken: boolean | null = null;
  let next = frame.pc + 1;
  let value: Value | null = null;
  switch (i.op) {
    case 'set':
      value = evaluate(0);
      break;
    case 'branch':
      taken = evaluate(0) !== 0;
      if (!taken) next = i.ifFalse;
      break;
    case 'jump':
      next = i.to;
      break;
    case 'preempt':
      draft.count += i.delta;
      break;
    case 'warn':
      if (evaluate(0) === 0) break;
      if (i.assumption !== undefined) {
        draft.report('assumption', i.assumption);
        break;
      }
      if (i.fatal) throw new FatalViolation('bug', i.text);
      if (!mayWarn(draft)) draft.report('warn', i.text);
      break;
    case 'contract':
      checkSleep(draft, i.call, context);
      break;
    case 'isHeld':
      value = draft.holds(evaluate(0)) ? 1 : 0;
      break;
    case 'hold': {
      const location = locate(evaluate(0));
      listener?.executed(draft, { prepared, frame, pc: frame.pc, location, old: null, value: null, taken: null });
      context.held = noteHeld(context.held, i, { location, old: null });
      frame.pc += 1;
      return;
    }
    case 'barrier': break;
    case 'unmodelled': throw new NotModelledReached(i.why);
    case 'call': {
      const args = prepared.evaluate.map((f) => f(frame.registers, environment));
      const target = draft.world.prepared.code.functionsByName.get(i.name);
      if (!target) throw new NotModelledReached(`${i.name}() is not in the Program`);
      listener?.executed(draft, { prepared, frame, pc: frame.pc, location: null, old: null, value: null, taken: null });
      frame.pc += 1;
      clearDead(draft, frame, i.dst);
      push(draft, context, { functionIndex: target.index, args }, listener);
      return;
    }
    case 'return': {
      value = prepared.evaluate.length > 0 ? evaluate(0) : 0;
      listener?.executed(draft, { prepared, frame, pc: frame.pc, location: null, old: null, value, taken: null });
      returnFrom(draft, context, value, listener);
      return;
    }
    default: throw new Error(`${i.op} is not private`);
  }
  listener?.executed(draft, { prepared, frame, pc: frame.pc, location: null, old: null, value, taken });
  if (i.op === 'set' || i.op === 'isHeld') frame.registers[i.dst] = value ?? 0;
  frame.pc = next;
}

/** Reports locals that are read and were never written; they count as 0 from there on. */
export function lookAtUnset<G>(draft: Draft<G>, frame: DraftFrame, registers: readonly number[]): void {
  for (const reg of registers) {
    if (frame.registers[reg] !== UNINITIALISED) continue;
    const name = draft.world.prepared.code.functions[frame.functionIndex]?.registerNames[reg] ?? '?';
    draft.report('uninitialised-read', `the local ${name}`);
    frame.registers[reg] = 0;
  }
}

function clearDead<G>(draft: Draft<G>, frame: DraftFrame, dst: number | null): void {
  const dead = draft.world.prepared.code.functions[frame.functionIndex]?.dead[frame.pc] ?? [];
  for (const reg of dead) frame.registers[reg] = 0;
  if (dst !== null) frame.registers[dst] = 0;
}

function returnFrom<G>(draft: Draft<G>, context: DraftContext, value: Value, listener: Listener<G> | null): void {
  const from = stackFrame(context);
  if (!from) throw new Error('a return without a frame');
  for (const reg of draft.world.prepared.code.functions[from.functionIndex]?.stackObjects ?? []) {
    const address = from.registers[reg];
    if (address !== undefined && address !== 0 && locate(address)) draft.free(address, 'stack');
  }
  context.frames.pop();
  const caller = stackFrame(context);
  if (!caller) {
    const operation = draft.world.scenario.actors[context.actor]?.operations[context.operation];
    listener?.returned?.(draft, from, null);
    checkBalance(draft, context);
    operation?.end(draft, value);
    listener?.operationEnded?.(draft, context.operation, value);
    context.operation += 1;
    return;
  }
  const call = draft.world.prepared.functions[caller.functionIndex]?.[caller.pc - 1]?.instruction;
  // The switch was not called, it came between.
  const dst = call?.op === 'call' && from.functionIndex !== draft.world.switchFunction ? call.dst : null;
  if (dst !== null) caller.registers[dst] = value;
  listener?.returned?.(draft, from, dst);
}

function executeShared<G>(draft: Draft<G>, site: Site, choice: number, listener: Listener<G> | null): void {
  const { context, frame, prepared } = site;
  const i = prepared.instruction;
  if (prepared.unset.length > 0) lookAtUnset(draft, frame, prepared.unset);
  const environment = environmentOf(draft, context);
  const arg = (index: number): Value => prepared.evaluate[index]?.(frame.registers, environment) ?? 0;
  // A declaration that is reached again ends the life of the object it made before.
  if (i.op === 'alloc') endStackObject(draft, { frame, reg: i.dst, site: i.site });
  const done = accessMemory(draft, i, arg) ?? changeCpu(draft, i, arg) ?? manage(draft, i, arg, choice);
  listener?.executed(draft, { prepared, frame, pc: frame.pc, taken: null, ...done });
  context.held = noteHeld(context.held, i, done);
  const dst = 'dst' in i ? (i.dst ?? null) : null;
  if (dst !== null && done.result !== undefined) frame.registers[dst] = done.result;
  frame.pc += 1;
  if (i.op === 'switch') switchTo(draft, Number(arg(0)));
}

function endStackObject<G>(draft: Draft<G>, made: { frame: DraftFrame; reg: number; site: number }): void {
  if (draft.world.prepared.code.sites[made.site]?.api !== 'stack') return;
  const address = made.frame.registers[made.reg] ?? 0;
  if (locate(address)) draft.free(address, 'stack');
}

/** What an access did. */
export interface Done {
  readonly location: Location | null;
  readonly old: Value | null;
  readonly value: Value | null;
  /** What the destination register gets. */
  readonly result?: Value;
}

const NOTHING: Done = { location: null, old: null, value: null };
type Arguments = (index: number) => Value;

export function accessMemory<G>(draft: Draft<G>, i: InstructionBody, arg: Arguments): Done | null {
  switch (i.op) {
    case 'load': {
      const location = draft.checkScalar(arg(0), i.type);
      const value = i.asIs ? draft.peek(location, i.type) : draft.loadAt(location, i.type);
      return { location, old: value, value, result: value };
    }
    case 'store': {
      const location = draft.checkScalar(arg(0), i.type);
      const old = draft.replaced(location, i.type);
      const value = convert(arg(1), i.type);
      draft.storeAt(location, i.type, value);
      return { location, old, value };
    }
    case 'rmw': return modify(draft, i, arg);
    case 'lock': case 'unlock': return lockOrUnlock(draft, i, arg(0));
    default: return null;
  }
}

function modify<G>(draft: Draft<G>, i: InstructionBody & { op: 'rmw' }, arg: Arguments): Done {
  const location = draft.checkScalar(arg(0), i.type);
  const old = draft.loadAt(location, i.type);
  const operand = arg(1);
  const plain = convert(modified(i, old, operand, arg(2)), i.type);
  const value = i.refcount ? auditRefcount(draft, location, { old: Number(old), value: Number(plain), tested: i.result === 'isZero' }) : plain;
  if (value !== old || i.kind !== 'compareExchange') draft.storeAt(location, i.type, value);
  const result = i.result === 'old' ? old : i.result === 'new' ? value : value === 0 ? 1 : 0;
  return { location, old, value, result };
}

function modified(i: InstructionBody & { op: 'rmw' }, old: Value, operand: Value, compare: Value): Value {
  switch (i.kind) {
    case 'exchange': return operand;
    case 'compareExchange': return old === compare ? operand : old;
    case 'add': return BigInt(old) + BigInt(operand);
    case 'addUnlessZero': return old === 0 ? old : BigInt(old) + BigInt(operand);
    case 'and': return BigInt(old) & BigInt(operand);
    case 'or': return BigInt(old) | BigInt(operand);
  }
}

function changeCpu<G>(draft: Draft<G>, i: InstructionBody, arg: Arguments): Done | null {
  if (i.op === 'preempt') {
    draft.count += i.delta;
    return NOTHING;
  }
  if (i.op !== 'irq') return null;
  const old = draft.irqsOn ? 1 : 0;
  const result = i.what === 'save' ? { result: savedFlags(draft.irqsOn, draft.owner()) } : {};
  if (i.what === 'restore') checkFlags(draft, arg(0));
  if (i.what === 'disable' || i.what === 'save') draft.irqsOn = false;
  // A restore can only enable: arch/x86/include/asm/irqflags.h.
  else if (i.what === 'enable' || flagsSayOn(arg(0))) draft.irqsOn = true;
  return { location: null, old, value: draft.irqsOn ? 1 : 0, ...result };
}

function manage<G>(draft: Draft<G>, i: InstructionBody, arg: Arguments, choice: number): Done {
  switch (i.op) {
    case 'alloc': {
      const size = Number(arg(0));
      // kmalloc(0) is no failure: include/linux/slab.h. vmalloc(0) is one, and warns: mm/vmalloc.c, 6.1.192:3227 and 6.12.117:3838.
      const api = draft.world.prepared.code.sites[i.site]?.api ?? '';
      const empty = size === 0 && !api.startsWith('v');
      if (size === 0 && !empty && !mayWarn(draft)) draft.report('warn', `${api}() of 0 bytes`);
      const index = choice === 1 || size === 0 ? null : draft.allocate(i.site, size, i.zero);
      const fails = index === null && (choice === 1 || !empty);
      if (fails) draft.world.contract.allocationFailed(draft);
      const result = index !== null ? addressOf(index) : fails ? 0 : ZERO_SIZE;
      return { location: null, old: null, value: result, result };
    }
    case 'free': {
      const address = arg(0);
      draft.free(address, i.api);
      return { location: locate(address), old: null, value: address };
    }
    case 'switch': return NOTHING;
    case 'copy':
      draft.copy(arg(0), arg(1), Number(arg(2)));
      return NOTHING;
    case 'service': {
      const args = i.args.map((_, index) => arg(index));
      const result = draft.world.contract.service(draft, i.name, args, choice === 1);
      return { location: null, old: null, value: result, result };
    }
    default: throw new Error(`${i.op} is not shared`);
  }
}
