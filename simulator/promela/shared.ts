/** @module The shared instruction of a step on a path, as executeShared() of the machine runs it. */
import { addressOf, locate } from '../machine/address.js';
import type { Instruction, InstructionBody } from '../machine/code.js';
import { ZERO_SIZE } from '../machine/draft-memory.js';
import { sleeps } from '../machine/locks.js';
import { operands } from '../machine/operands.js';
import { convert, U32 } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import type { Actor } from './actor.js';
import { changePreemptCount } from './preempt.js';
import { allocate, copy, free, load, peek, scalarAt, store } from './memory.js';
import { budgetName, irqsName } from './model.js';
import { flagsSayOn, savedFlags } from '../machine/irq-flags.js';
import type { Model } from './model.js';
import type { Path } from './path.js';
import { Refused } from './refused.js';
import { audited, modified } from './rmw.js';
import { apply, choose, constant, equal, mapped } from './term.js';
import type { Term } from './term.js';

/** Runs `i` and goes on behind it; `args` are its operands in the order of operands(). */
export function runShared<G>(model: Model<G>, actor: Actor, path: Path, i: Instruction): Path[] {
  path.access = i.text;
  const args = operands(i).map((pure) => actor.term(path, pure));
  const next = (on: Path, result?: Term): Path[] => {
    const frame = on.top;
    if (!frame) throw new Error('a step of a context without frames');
    const dst = 'dst' in i ? (i.dst ?? null) : null;
    if (dst !== null && result) frame.registers[dst] = result;
    frame.pc += 1;
    return [on];
  };
  switch (i.op) {
    case 'load': case 'store': case 'rmw': return accessMemory(model, path, { i, args, next });
    case 'lock': case 'unlock': return lockOrUnlock(model, actor, path, { i, args, next });
    case 'irq': return changeIrqs(actor, path, { i, args, next });
    case 'preempt':
      changePreemptCount(actor, path, i.delta);
      return next(path);
    case 'alloc': return allocateOne(model, path, { i, args, next });
    case 'free': return free(model, path, { address: args[0] ?? constant(0), api: i.api }, (on) => next(on));
    case 'copy': {
      const [to = constant(0), from = constant(0), bytes = constant(0)] = args;
      return path.split(bytes).flatMap(({ path: on, value }) => copy(model, on, { to, from, bytes: Number(value) }, (done) => next(done)));
    }
    case 'service': throw new Refused(`${i.name}() means what the contract says`);
    default: throw new Error(`${i.op} is not shared`);
  }
}

interface Running<Op extends InstructionBody['op']> {
  readonly i: Instruction & { readonly op: Op };
  readonly args: readonly Term[];
  readonly next: (path: Path, result?: Term) => Path[];
}

function accessMemory<G>(model: Model<G>, path: Path, { i, args, next }: Running<'load' | 'store' | 'rmw'>): Path[] {
  const [address = constant(0), operand = constant(0), compare = constant(0)] = args;
  const { type } = i;
  return scalarAt(model, path, { address, type }, (on, location) => {
    switch (i.op) {
      case 'load': return next(on, i.asIs ? peek(on, location, type) : load(on, location, type));
      case 'store':
        return store(on, { location, type, value: mapped(operand, (value) => convert(value, type)) }, next);
      case 'rmw': {
        const old = load(on, location, type);
        const plain = modified(i, { old, operand, compare });
        const value = i.refcount ? audited(old, plain, i.result === 'isZero') : plain;
        const result = i.result === 'old' ? old : i.result === 'new' ? value : equal(value, constant(0));
        return store(on, { location, type, value }, (done) => next(done, result));
      }
    }
  });
}

function lockOrUnlock<G>(model: Model<G>, actor: Actor, path: Path, { i, args, next }: Running<'lock' | 'unlock'>): Path[] {
  const [own, last] = sleeps(i) ? [actor.owner, model.scenario.actors.length + model.scenario.cpus] : [actor.cpu + 1, model.scenario.cpus];
  return scalarAt(model, path, { address: args[0] ?? constant(0), type: U32 }, (found, location) => {
    const held = load(found, location, U32);
    return found.fork(equal(held, constant(i.op === 'lock' ? 0 : own)), (on) => store(on, { location, type: U32, value: constant(i.op === 'lock' ? own : 0) }, next), (other) => {
      if (i.op === 'unlock') return [other.end('unlock-not-held')];
      // Held by another CPU it is waited for: no transition.
      const waits = (value: Value): boolean => value !== own && value > 0 && value <= last;
      return other.fork(mapped(held, (value) => (waits(value) ? 1 : 0)), () => [], (on) => [on.end('deadlock')]);
    });
  });
}

function changeIrqs(actor: Actor, path: Path, { i, args, next }: Running<'irq'>): Path[] {
  const name = irqsName(actor.cpu);
  const old = path.read(name);
  if (i.what === 'disable' || i.what === 'save') path.write(name, constant(0));
  else if (i.what === 'enable') path.write(name, constant(1));
  else path.write(name, choose(mapped(args[0] ?? constant(0), (flags) => (flagsSayOn(flags) ? 1 : 0)), constant(1), old));
  if (i.what !== 'save') return next(path, undefined);
  const left = actor.kind === 'task' ? constant(0) : path.read(budgetName(actor.index));
  return next(path, apply(null, [old, left], ([on, rest]) => savedFlags(on !== 0, { actor: actor.index, left: Number(rest) })));
}

function allocateOne<G>(model: Model<G>, path: Path, { i, args, next }: Running<'alloc'>): Path[] {
  const api = model.prepared.code.sites[i.site]?.api ?? '';
  const address = path.top?.registers[i.dst] ?? constant(0);
  const choices = model.scenario.allocationsFail && i.mayFail ? [0, 1] : [0];
  const outcomes = (from: Path): Path[] => from.split(args[0] ?? constant(0)).flatMap(({ path: sized, value }) => choices.flatMap((choice) => {
    const size = Number(value);
    const fails = choice === 1 || (size === 0 && api.startsWith('v'));
    if (fails) return next(sized.copy(), constant(0));
    if (size === 0) return next(sized.copy(), constant(ZERO_SIZE));
    return allocate(model, sized.copy(), { site: i.site, size, zero: i.zero }, (on, object) => next(on, constant(object === null ? 0 : addressOf(object))));
  }));
  if (api !== 'stack') return outcomes(path);
  // A declaration that is reached again ends the life of the object it made before.
  return path.split(address).flatMap(({ path: on, value }) => (locate(value) ? free(model, on, { address: constant(value), api: 'stack' }, outcomes) : outcomes(on)));
}

