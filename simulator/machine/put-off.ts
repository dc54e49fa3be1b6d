/**
 * @module Steps where accesses may be put off (./orders.ts). Putting off and the next shared step of the context are one
 * transition: in between nobody could tell. The order is a choice of the transition, as a failing allocation is: 1 the
 * compiler puts the access off, 2 the CPU does, from 3 on something is performed that was put off.
 */
import { locate } from './address.js';
import { LOADED, valueOf } from './awaited.js';
import type { Instruction } from './code.js';
import { Draft } from './draft.js';
import type { DraftContext, DraftFrame } from './draft.js';
import type { World } from './draft-memory.js';
import { environmentOf } from './environment.js';
import { accessMemory, lookAtUnset, runPrivate, runStep } from './execute.js';
import type { Done, Listener } from './execute.js';
import { stackFrame } from './frames.js';
import { isOpen, mustWait, replaced } from './orders.js';
import type { Axis, PutOff } from './orders.js';
import type { Prepared } from './prepare.js';
import type { State } from './state.js';
import { convert } from './value.js';
import { dueBefore, goesFirst, overwritten, ownOf, rangeOf } from './waiting.js';
import { BoundReached, FatalViolation, NotModelledReached } from './violation.js';

/** The choice that performs the first thing put off; what was put off later follows. */
const PERFORM = 3;
const AXIS_OF: Readonly<Record<number, Axis>> = { 1: 'compiler', 2: 'cpus' };
/** Steps looked ahead for one that a store may be put off behind. */
const AHEAD_MAX = 32;

/** What was to be put off goes behind nothing. */
class InVain extends Error {}

interface Site {
  readonly context: DraftContext;
  readonly frame: DraftFrame;
  readonly prepared: Prepared;
}

function siteOf<G>(draft: Draft<G>): Site | null {
  const context = draft.top();
  const frame = stackFrame(context);
  const prepared = frame ? draft.world.prepared.functions[frame.functionIndex]?.[frame.pc] : undefined;
  return frame && prepared ? { context, frame, prepared } : null;
}

/** The access of an instruction that can be put off. */
function access(instruction: Instruction): (Instruction & { op: 'load' | 'store' }) | null {
  return instruction.op === 'load' || instruction.op === 'store' ? instruction : null;
}

/** True if the next instruction writes where another CPU keeps others from writing. */
function isKeptOut<G>(draft: Draft<G>, site: Site): boolean {
  const range = site.prepared.instruction.op === 'load' ? null : rangeOf(draft, site.context, site);
  return range !== null && mustWait(draft.orders, draft.cpu, range);
}

/** The choices of the context that runs on a CPU; `plain` are those it has without any order. */
export function choicesOf<G>(world: World<G>, state: State<G>, cpu: number, plain: () => number): readonly number[] {
  const all = (): readonly number[] => Array.from({ length: plain() }, (_, choice) => choice);
  if (!world.reorders || !isOpen(state.orders.value)) return all();
  const draft = new Draft(world, state, cpu);
  const site = siteOf(draft);
  if (!site) return all();
  const { orders } = draft;
  const due = dueBefore(draft, site.context, site);
  const can = (p: PutOff): boolean => p.value === null || p.axis === 'cpus' || !mustWait(orders, cpu, p);
  const found = due ? (can(due) ? [0] : []) : isKeptOut(draft, site) ? [] : [...all()];
  if (!due && access(site.prepared.instruction)) {
    for (const choice of [1, 2]) if (mayPutOff(new Draft(world, state, cpu), AXIS_OF[choice] ?? 'compiler')) found.push(choice);
  }
  ownOf(draft).forEach((p, i) => {
    if (p !== due && (p.passed || p.reads.length > 0) && can(p)) found.push(PERFORM + i);
  });
  return found;
}

/** Tries it out, nothing else going on, until something went first. */
function mayPutOff<G>(draft: Draft<G>, axis: Axis): boolean {
  if (draft.orders.left[axis] === 0) return false;
  const at = siteOf(draft)?.frame;
  const [functionIndex, pc] = [at?.functionIndex, at?.pc];
  const entry = (): PutOff | undefined => ownOf(draft).findLast((p) => p.functionIndex === functionIndex && p.pc === pc);
  try {
    putOff(draft, axis, null);
    for (let steps = 0; steps < AHEAD_MAX; steps += 1) {
      const [mine, site] = [entry(), siteOf(draft)];
      if (!mine || !site) return false;
      if (mine.passed) return true;
      if (dueBefore(draft, site.context, site) === mine) return false;
      step(draft, 0, null);
    }
  } catch (error) {
    if (!(error instanceof InVain || error instanceof FatalViolation || error instanceof NotModelledReached || error instanceof BoundReached)) throw error;
  }
  return false;
}

/** Makes one step of the context that runs. */
export function step<G>(draft: Draft<G>, choice: number, listener: Listener<G> | null): void {
  const site = isOpen(draft.orders) ? siteOf(draft) : null;
  if (!site) return runStep(draft, choice, listener);
  const due = dueBefore(draft, site.context, site);
  const chosen = choice >= PERFORM ? ownOf(draft)[choice - PERFORM] : choice === 0 ? due : null;
  if (chosen) return perform(draft, site, chosen, listener);
  const axis = access(site.prepared.instruction) ? AXIS_OF[choice] : undefined;
  if (axis) return putOff(draft, axis, listener);
  goesFirst(draft, site.context, site);
  runStep(draft, choice, listener);
}

/** Puts the next access off, and makes the step behind it. Throws InVain where that cannot go first. */
function putOff<G>(draft: Draft<G>, axis: Axis, listener: Listener<G> | null): void {
  const site = siteOf(draft);
  const instruction = site ? access(site.prepared.instruction) : null;
  if (!site || !instruction) throw new InVain();
  const { context, frame, prepared } = site;
  lookAtUnset(draft, frame, prepared.unset);
  const range = rangeOf(draft, context, site);
  if (!range || isKeptOut(draft, site)) throw new InVain();
  const location = draft.checkScalar(range.address, instruction.type);
  const value = instruction.op === 'store' ? convert(prepared.evaluate[1]?.(frame.registers, environmentOf(draft, context)) ?? 0, instruction.type) : null;
  // Its own CPU sees the store in its place.
  if (value !== null && axis === 'cpus' && draft.world.contract.isLabel(value)) draft.world.contract.labelStored(draft, location, Number(value));
  listener?.putOff?.(draft, { prepared, frame, pc: frame.pc, location, old: null, value, taken: null, late: axis });
  if (instruction.op === 'load') overwritten(draft, instruction.dst);
  const entry: PutOff = {
    ...range, axis, cpu: draft.cpu, actor: draft.actor, functionIndex: frame.functionIndex, pc: frame.pc, marked: instruction.marked, value,
    awaited: instruction.op === 'load' ? [{ reg: instruction.dst, value: LOADED, pc: frame.pc }] : [], passed: false, reads: [],
  };
  const { left, putOff: before } = draft.orders;
  draft.orders = { left: { ...left, [axis]: left[axis] - 1 }, putOff: [...before, entry] };
  frame.pc += 1;
  runPrivate(draft, context, listener);
  const next = siteOf(draft);
  if (!next?.prepared.shared || dueBefore(draft, next.context, next) || isKeptOut(draft, next)) throw new InVain();
  goesFirst(draft, next.context, next);
  runStep(draft, 0, listener);
}

/** Performs what was put off, and what follows privately. */
function perform<G>(draft: Draft<G>, site: Site, p: PutOff, listener: Listener<G> | null): void {
  const { context, frame } = site;
  draft.orders = replaced(draft.orders, p, null);
  const prepared = draft.world.prepared.functions[p.functionIndex]?.[p.pc];
  const instruction = prepared ? access(prepared.instruction) : null;
  if (!prepared || !instruction) throw new Error('what is put off is no access');
  const own = frame.functionIndex === p.functionIndex;
  const pc = frame.pc;
  // What is violated is violated there.
  if (own) frame.pc = p.pc;
  const done = p.axis === 'cpus' && p.value !== null ? becomesVisible(draft, p, instruction) : accessMemory(draft, instruction, (i) => (i === 0 ? p.address : (p.value ?? 0)));
  if (!done) throw new Error(`${instruction.op} is no access`);
  const at: DraftFrame = own ? frame : { functionIndex: p.functionIndex, pc: p.pc, registers: [] };
  listener?.executed(draft, { prepared, frame: at, pc: p.pc, taken: null, late: p.axis, ...done });
  frame.pc = pc;
  settleAwaited(draft, site, { p, loaded: done, listener });
  runPrivate(draft, context, listener);
}

/** Registers that waited for a load get their values. */
function settleAwaited<G>(draft: Draft<G>, { context, frame }: Site, done: { p: PutOff; loaded: Done; listener: Listener<G> | null }): void {
  const { p, loaded, listener } = done;
  for (const awaited of p.awaited) {
    const value = valueOf(awaited, loaded.result ?? 0, environmentOf(draft, context));
    const prepared = draft.world.prepared.functions[frame.functionIndex]?.[awaited.pc];
    if (prepared && awaited.pc !== p.pc) listener?.executed(draft, { prepared, frame, pc: awaited.pc, location: null, old: null, value, taken: null });
    frame.registers[awaited.reg] = value;
  }
}

/** A store that its own CPU made long ago is seen by the others. Memory that was given back meanwhile has nobody who looks. */
function becomesVisible<G>(draft: Draft<G>, p: PutOff, { type }: Instruction & { op: 'load' | 'store' }): Done {
  const old = draft.read(p.address, type);
  const value = p.value ?? 0;
  if (old !== null) draft.write(p.address, type, value);
  return { location: locate(p.address), old, value };
}
