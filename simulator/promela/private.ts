/** @module What runs privately behind a shared instruction, up to the next one: the machine's runPrivate() on paths. */
import { locate } from '../machine/address.js';
import { operands } from '../machine/operands.js';
import type { Prepared } from '../machine/prepare.js';
import type { Value } from '../machine/value.js';
import type { Actor } from './actor.js';
import { free, initialised } from './memory.js';
import type { Model } from './model.js';
import type { Path, PathFrame } from './path.js';
import { changePreemptCount } from './preempt.js';
import { Refused } from './refused.js';
import { runShared } from './shared.js';
import { constant, divisors } from './term.js';
import type { Term } from './term.js';
import { folded } from './values.js';

/** Private instructions of one path, and paths of one step. */
const LENGTH_MAX = 4_000;
const PATHS_MAX = 4_000;

function preparedAt<G>(model: Model<G>, frame: PathFrame): Prepared {
  const prepared = model.prepared.functions[frame.functionIndex]?.[frame.pc];
  if (!prepared) throw new Error('a function ran past its end');
  return prepared;
}

/** Runs an instruction where it does not divide by zero, which ends the execution. */
function dividing(actor: Actor, path: Path, { instruction }: Prepared, run: (path: Path) => Path[]): Path[] {
  const all = operands(instruction).flatMap(divisors);
  const from = (on: Path, at: number): Path[] => {
    const divisor = all[at];
    return divisor ? on.fork(actor.term(on, divisor), (next) => from(next, at + 1), (zero) => [zero.end('division-by-zero')]) : run(on);
  };
  return from(path, 0);
}

/** Runs the shared instruction at which the path stands and what follows privately. */
export function runStep<G>(model: Model<G>, actor: Actor, path: Path): Path[] {
  const frame = path.top;
  if (!frame) throw new Error('a step of a context without frames');
  const prepared = preparedAt(model, frame);
  lookAtUnset(path, frame, prepared);
  return dividing(actor, path, prepared, (from) => runShared(model, actor, from, prepared.instruction)).flatMap((on) => (on.ended === null ? runPrivate(model, actor, on) : [on]));
}

/** Goes on to the next shared instruction on every path; a context that has nothing left to do rests without frames. */
export function runPrivate<G>(model: Model<G>, actor: Actor, from: Path): Path[] {
  const resting: Path[] = [];
  const open = [from];
  for (let path = open.pop(); path; path = open.pop()) {
    if (resting.length + open.length > PATHS_MAX) throw new Refused('a step with too many paths');
    if (path.ended !== null) resting.push(path);
    else if (!path.top) {
      if (!beginNext(model, actor, path)) resting.push(path);
      else open.push(path);
    } else if (preparedAt(model, path.top).shared) resting.push(path);
    else open.push(...advance(model, actor, path));
  }
  return resting;
}

function beginNext<G>(model: Model<G>, actor: Actor, path: Path): boolean {
  for (; path.operation < actor.calls.length; path.operation += 1) {
    const call = actor.calls[path.operation];
    if (!call) continue;
    push(model, path, call.functionIndex, call.args.map((value) => constant(value)));
    return true;
  }
  return false;
}

function push<G>(model: Model<G>, path: Path, functionIndex: number, args: readonly Term[]): void {
  const code = model.prepared.code.functions[functionIndex];
  if (path.frames.some((frame) => frame.functionIndex === functionIndex)) throw new Refused(`${code?.name ?? '?'}() calls itself`);
  const registers = new Array<Term>(code?.registers ?? 0).fill(constant(0));
  args.forEach((value, i) => {
    registers[i] = value;
  });
  path.frames.push({ functionIndex, pc: 0, registers });
}

function lookAtUnset(path: Path, frame: PathFrame, { unset }: Prepared): void {
  for (const reg of unset) frame.registers[reg] = initialised(path, frame.registers[reg] ?? constant(0));
}

function advance<G>(model: Model<G>, actor: Actor, path: Path): Path[] {
  const frame = path.top;
  if (!frame) throw new Error('a private step without a frame');
  path.length += 1;
  if (path.length > LENGTH_MAX) throw new Refused('a loop that touches nothing shared');
  const prepared = preparedAt(model, frame);
  lookAtUnset(path, frame, prepared);
  return dividing(actor, path, prepared, (on) => runOne(model, actor, on, prepared));
}

function runOne<G>(model: Model<G>, actor: Actor, path: Path, { instruction: i }: Prepared): Path[] {
  const frame = path.top;
  if (!frame) throw new Error('a private step without a frame');
  const goTo = (on: Path, pc: number): Path[] => {
    if (on.top) on.top.pc = pc;
    return [on];
  };
  switch (i.op) {
    case 'set':
      frame.registers[i.dst] = folded(actor.term(path, i.value), path.domain);
      return goTo(path, frame.pc + 1);
    case 'branch': return path.fork(actor.term(path, i.test), (on) => goTo(on, frame.pc + 1), (on) => goTo(on, i.ifFalse));
    case 'jump': return goTo(path, i.to);
    case 'preempt':
      changePreemptCount(actor, path, i.delta);
      return goTo(path, frame.pc + 1);
    case 'warn':
      if (!i.fatal) return goTo(path, frame.pc + 1);
      return path.fork(actor.term(path, i.test), (on) => [on.end('bug')], (on) => goTo(on, frame.pc + 1));
    case 'contract': case 'barrier': return goTo(path, frame.pc + 1);
    case 'unmodelled': return [path.end(i.why)];
    case 'call': return enterFunction(model, actor, path, { frame, i });
    case 'return': return leaveFunction(model, path, frame, i.value ? actor.term(path, i.value) : constant(0));
    default: throw new Error(`${i.op} is not private`);
  }
}

function enterFunction<G>(model: Model<G>, actor: Actor, path: Path, { frame, i }: { frame: PathFrame; i: Prepared['instruction'] & { op: 'call' } }): Path[] {
  const args = i.args.map((pure) => actor.term(path, pure));
  const target = model.prepared.code.functionsByName.get(i.name);
  if (!target) return [path.end(`${i.name}() is not in the Program`)];
  frame.pc += 1;
  zeroDead(model, frame);
  if (i.dst !== null) frame.registers[i.dst] = constant(0);
  push(model, path, target.index, args);
  return [path];
}

/** Registers that nothing reads from here on are 0. */
export function zeroDead<G>(model: Model<G>, frame: PathFrame): void {
  for (const reg of model.prepared.code.functions[frame.functionIndex]?.dead[frame.pc] ?? []) frame.registers[reg] = constant(0);
}

function leaveFunction<G>(model: Model<G>, path: Path, frame: PathFrame, value: Term): Path[] {
  const objects = model.prepared.code.functions[frame.functionIndex]?.stackObjects ?? [];
  const release = (from: Path, at: number): Path[] => {
    const reg = objects[at];
    if (reg === undefined) return popFrame(model, from, value);
    const address = from.top?.registers[reg] ?? constant(0);
    return from.split(address).flatMap(({ path: on, value: known }: { path: Path; value: Value }) =>
      (locate(known) ? free(model, on, { address: constant(known), api: 'stack' }, (next) => release(next, at + 1)) : release(on, at + 1)));
  };
  return release(path, 0);
}

function popFrame<G>(model: Model<G>, path: Path, value: Term): Path[] {
  path.frames.pop();
  const caller = path.top;
  if (!caller) {
    path.operation += 1;
    return [path];
  }
  const call = model.prepared.functions[caller.functionIndex]?.[caller.pc - 1]?.instruction;
  if (call?.op === 'call' && call.dst !== null) caller.registers[call.dst] = value;
  return [path];
}
