/** @module Code made ready to run: the Pure expressions of each instruction as closures. The plain interpreter's inner loop. */
import { isShared } from './code.js';
import type { Code, Instruction, Pure } from './code.js';
import { binary, convert, unary } from './value.js';
import type { Value } from './value.js';
import { operands } from './operands.js';

/** What Pure expressions may ask of the CPU and context they run in. */
export interface PureEnvironment {
  readonly current: Value;
  readonly cpu: Value;
  readonly preemptCount: Value;
  readonly irqsDisabled: Value;
  readonly returnAddress: Value;
}

export type Evaluate = (registers: readonly Value[], environment: PureEnvironment) => Value;

/** Thrown by a division by zero; the machine makes a violation of it. */
export class DivisionByZero extends Error {}

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

const known = new WeakMap<Code, PreparedCode>();

/** Makes Code ready; once for each Code, however many scenarios run it. */
export function prepare(code: Code): PreparedCode {
  const before = known.get(code);
  if (before) return before;
  const functions = code.functions.map((f) =>
    f.instructions.map((instruction, pc) => ({
      instruction, evaluate: operands(instruction).map(closure), shared: isShared(instruction), unset: f.unset[pc] ?? [],
    })));
  const made = { code, functions };
  known.set(code, made);
  return made;
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
