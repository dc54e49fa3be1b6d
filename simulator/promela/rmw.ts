/** @module Read-modify-writes and refcount_t as terms: modified() and auditRefcount() of the machine. */
import type { InstructionBody } from '../machine/code.js';
import { convert, U64 } from '../machine/value.js';
import { binary } from '../machine/value.js';
import type { Scalar } from '../machine/value.js';
import { apply, choose, equal, mapped } from './term.js';
import type { Term } from './term.js';

interface Operands {
  readonly old: Term;
  readonly operand: Term;
  readonly compare: Term;
}

/** The value that a read-modify-write writes. */
export function modified(i: InstructionBody & { readonly op: 'rmw' }, { old, operand, compare }: Operands): Term {
  const { type } = i;
  switch (i.kind) {
    case 'exchange': return mapped(operand, (value) => convert(value, type));
    case 'compareExchange': return mapped(choose(equal(old, compare), operand, old), (value) => convert(value, type));
    case 'add': return arithmetic('+', old, operand, type);
    case 'addUnlessZero': return choose(old, arithmetic('+', old, operand, type), old);
    case 'and': return arithmetic('&', old, operand, type);
    case 'or': return arithmetic('|', old, operand, type);
  }
}

function arithmetic(op: '+' | '&' | '|', a: Term, b: Term, type: Scalar): Term {
  return mapped(apply(op, [a, b], ([x, y]) => binary(op, x ?? 0, y ?? 0, U64) ?? 0), (value) => convert(value, type));
}

/** Where a refcount_t goes when it is misused, and stays: include/linux/refcount.h. */
const SATURATED = 0xc000_0000;
const NEGATIVE = 0x8000_0000;

/** The value of a refcount_t after an addition. `tested`: somebody looks whether it became 0. */
export function audited(old: Term, value: Term, tested: boolean): Term {
  return apply('second', [old, value], ([before, after]) => {
    const [was, is] = [Number(before), Number(after)];
    if (was >= NEGATIVE) return SATURATED;
    const up = is === was + 1;
    if (was === 0 || (!up && is === 0 && !tested)) return SATURATED;
    return is >= NEGATIVE ? SATURATED : is;
  });
}
