/** @module Code made ready to run: the Pure expressions of each instruction as closures. The plain interpreter's inner loop. */
import { isShared } from './code.js';
import type { Code, Environment, Instruction, Pure } from './code.js';
import { binary, convert, unary } from './value.js';
import type { Value } from './value.js';
import { operands } from './operands.js';
import { FatalViolation } from './violation.js';

/** What Pure expressions may ask of the CPU and context they run in. */
export interface PureEnvironment {
  readonly current: Value;
  readonly cpu: Value;
  /** All its fields, and what the machine keeps above them. */
  readonly preemptCount: Value;
  /** As the macro preempt_count() gives it. */
  readonly atomicCount: Value;
  readonly irqsDisabled: Value;
  readonly returnAddress: Value;
  /** What a sleeping lock that is taken now holds. */
  readonly owner: Value;
}

export type Evaluate = (registers: readonly Value[], environment: PureEnvironment) => Value;

/** Thrown by a division by zero. */
export class DivisionByZero extends FatalViolation {
  constructor() {
    super('division-by-zero', '');
  }
}

export interface Prepared {
  readonly instruction: Instruction;
  /** In the order of operands(). */
  readonly evaluate: readonly Evaluate[];
  readonly shared: boolean;
  /** Registers to look at before it runs: they may hold UNINITIALISED. */
  readonly unset: readonly number[];
}

export interface PreparedCode {
  readonly code: Code;
  readonly functions: readonly (readonly Prepared[])[];
}

/** What may happen between steps, and so what has to be a step. */
export interface Steps {
  /** The scheduler may take a CPU: preempt_count decides who runs. */
  readonly preemption: boolean;
  /** A task may change its CPU: so does its number. */
  readonly migration: boolean;
}

const known = [new WeakMap<Code, PreparedCode>(), new WeakMap<Code, PreparedCode>(), new WeakMap<Code, PreparedCode>()] as const;

/** Makes Code ready; once for each Code and kind of steps, however many scenarios run it. */
export function prepare(code: Code, steps: Steps = { preemption: false, migration: false }): PreparedCode {
  const cache = known[steps.migration ? 2 : steps.preemption ? 1 : 0];
  const before = cache.get(code);
  if (before) return before;
  const functions = code.functions.map((f) =>
    f.instructions.map((instruction, pc) => ({
      instruction, evaluate: operands(instruction).map(closure), shared: isStep(instruction, steps), unset: f.unset[pc] ?? [],
    })));
  const made = { code, functions };
  cache.set(code, made);
  return made;
}

/** True where another context may run before the instruction. */
function isStep(instruction: Instruction, steps: Steps): boolean {
  if (isShared(instruction)) return true;
  if (steps.preemption && instruction.op === 'preempt') return true;
  return steps.migration && operands(instruction).some((pure) => asks(pure, 'cpu'));
}

function asks(pure: Pure, what: Environment): boolean {
  switch (pure.k) {
    case 'const': case 'reg': return false;
    case 'environment': return pure.what === what;
    case 'convert': case 'unary': return asks(pure.a, what);
    case 'choose': return asks(pure.test, what) || asks(pure.then, what) || asks(pure.else, what);
    case 'binary': return asks(pure.a, what) || asks(pure.b, what);
  }
}

/** A Pure expression as a function. */
export function closure(pure: Pure): Evaluate {
  switch (pure.k) {
    case 'const': {
      const { value } = pure;
      return () => value;
    }
    case 'reg': {
      const { reg } = pure;
      return (registers) => registers[reg] ?? 0;
    }
    case 'environment': {
      const { what } = pure;
      return (_, environment) => environment[what];
    }
    case 'convert': {
      const a = closure(pure.a);
      const { type } = pure;
      return (registers, environment) => convert(a(registers, environment), type);
    }
    case 'unary': {
      const a = closure(pure.a);
      const { op, type } = pure;
      return (registers, environment) => unary(op, a(registers, environment), type);
    }
    case 'choose': {
      const [test, then, other] = [closure(pure.test), closure(pure.then), closure(pure.else)];
      return (registers, environment) => (test(registers, environment) !== 0 ? then(registers, environment) : other(registers, environment));
    }
    case 'binary': return binaryClosure(pure);
  }
}

function binaryClosure(pure: Pure & { k: 'binary' }): Evaluate {
  const [a, b] = [closure(pure.a), closure(pure.b)];
  const { op, type } = pure;
  return (registers, environment) => {
    const value = binary(op, a(registers, environment), b(registers, environment), type);
    if (value === null) throw new DivisionByZero();
    return value;
  };
}
