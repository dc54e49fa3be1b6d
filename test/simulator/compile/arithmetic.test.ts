/**
 * @module C arithmetic against a reference of its own, written over BigInt from the C standard (6.3.1.8, 6.5.5 to 6.5.12) and
 * GNU C where the standard leaves it open: signed overflow wraps (-fno-strict-overflow), >> of negative numbers is arithmetic.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Code } from '../../../simulator/machine/code.js';
import { calls, loadBench, runCode } from '../bench.js';
import type { Bench } from '../bench.js';

interface Type {
  readonly c: string;
  readonly bits: number;
  readonly signed: boolean;
}

const TYPES: readonly Type[] = [
  { c: 'u8', bits: 8, signed: false }, { c: 's8', bits: 8, signed: true }, { c: 'u16', bits: 16, signed: false },
  { c: 's16', bits: 16, signed: true }, { c: 'u32', bits: 32, signed: false }, { c: 's32', bits: 32, signed: true },
  { c: 'u64', bits: 64, signed: false }, { c: 's64', bits: 64, signed: true },
];
const INT: Type = { c: 's32', bits: 32, signed: true };

/** A value as a type holds it. */
const wrap = (value: bigint, { bits, signed }: Type): bigint => (signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
/** C17 6.3.1.1: what is narrower than int becomes int. */
const promote = (t: Type): Type => (t.bits < 32 ? INT : t);
/** C17 6.3.1.8, for types that differ in width only where one can hold the other. */
function common(a: Type, b: Type): Type {
  const [p, q] = [promote(a), promote(b)];
  if (p.bits !== q.bits) return p.bits > q.bits ? p : q;
  return p.signed ? q : p;
}

const ARITHMETIC = ['+', '-', '*', '/', '%', '&', '|', '^'] as const;
const COMPARISON = ['==', '!=', '<', '<=', '>', '>='] as const;
const SHIFT = ['<<', '>>'] as const;
type Op = (typeof ARITHMETIC)[number] | (typeof COMPARISON)[number] | (typeof SHIFT)[number];
const OPS: readonly Op[] = [...ARITHMETIC, ...COMPARISON, ...SHIFT];

const NAMES: Readonly<Record<Op, string>> = {
  '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '%': 'rem', '&': 'and', '|': 'or', '^': 'xor', '==': 'eq', '!=': 'ne', '<': 'lt',
  '<=': 'le', '>': 'gt', '>=': 'ge', '<<': 'shl', '>>': 'shr',
};

function compute(op: Op, x: bigint, y: bigint): bigint | null {
  switch (op) {
    case '+': return x + y;
    case '-': return x - y;
    case '*': return x * y;
    case '/': return y === 0n ? null : x / y;
    case '%': return y === 0n ? null : x % y;
    case '&': return x & y;
    case '|': return x | y;
    case '^': return x ^ y;
    case '==': return x === y ? 1n : 0n;
    case '!=': return x !== y ? 1n : 0n;
    case '<': return x < y ? 1n : 0n;
    case '<=': return x <= y ? 1n : 0n;
    case '>': return x > y ? 1n : 0n;
    case '>=': return x >= y ? 1n : 0n;
    case '<<': return x << y;
    case '>>': return x >> y;
  }
}

/** What `a op b` is in C, converted to `to`; null for a division by zero. */
function reference(op: Op, [a, ta]: readonly [bigint, Type], [b, tb]: readonly [bigint, Type], to: Type): bigint | null {
  const shift = op === '<<' || op === '>>';
  const type = shift ? promote(ta) : common(ta, tb);
  const right = shift ? wrap(b, tb) & BigInt(type.bits - 1) : wrap(wrap(b, tb), type);
  const value = compute(op, wrap(wrap(a, ta), type), right);
  if (value === null) return null;
  return wrap((COMPARISON as readonly string[]).includes(op) ? value : wrap(value, type), to);
}

/** All functions in one file: `u64 add_u8_s32_s64(u8 a, s32 b) { return (s64)(a + b); }` and their kin are too many; types of a and b are enough. */
function file(): string {
  const functions = OPS.flatMap((op) => TYPES.flatMap((a) => TYPES.map((b) =>
    `s64 ${NAMES[op]}_${a.c}_${b.c}(${a.c} a, ${b.c} b)\n{\n\treturn a ${op} b;\n}`)));
  const compound = ARITHMETIC.flatMap((op) => TYPES.flatMap((a) => TYPES.map((b) =>
    `s64 set_${NAMES[op]}_${a.c}_${b.c}(${a.c} a, ${b.c} b)\n{\n\ta ${op}= b;\n\treturn a;\n}`)));
  const unary = TYPES.map((a) => `s64 unary_${a.c}(${a.c} a, int which)\n{\n\tif (which == 0)\n\t\treturn -a;\n\tif (which == 1)\n\t\treturn ~a;\n\tif (which == 2)\n\t\treturn !a;\n\treturn +a;\n}`);
  const steps = TYPES.map((a) => `s64 steps_${a.c}(${a.c} a, int which)\n{\n\tif (which == 0)\n\t\treturn a++;\n\tif (which == 1)\n\t\treturn ++a;\n\tif (which == 2)\n\t\ta--;\n\telse\n\t\t--a;\n\treturn a;\n}`);
  const casts = TYPES.flatMap((a) => TYPES.map((b) => `s64 cast_${a.c}_${b.c}(${a.c} a)\n{\n\treturn (${b.c})a;\n}`));
  const truth = TYPES.map((a) => `int truth_${a.c}(${a.c} a)\n{\n\tbool b = a;\n\n\tb += a;\n\treturn b;\n}`);
  return [...functions, ...compound, ...unary, ...steps, ...casts, ...truth].join('\n\n');
}

/** Numbers near the edges of all widths, and any. */
const value = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }),
  fc.constantFrom(...[0n, 1n, 7n, 8n, 15n, 16n, 31n, 32n, 52n, 53n, 63n, 64n].flatMap((bits) => [(1n << bits) - 1n, 1n << bits, (1n << bits) + 1n, -(1n << bits)])),
  fc.bigInt({ min: -20n, max: 80n }),
);
const type = fc.constantFrom(...TYPES);
const S64: Type = { c: 's64', bits: 64, signed: true };

describe('arithmetic', () => {
  let bench: Bench;
  let code: Code;
  beforeAll(async () => {
    bench = await loadBench();
    code = bench.code(file());
  });

  const run = (name: string, ...args: readonly (number | bigint)[]): { value: bigint | null; violations: readonly string[] } => {
    const outcome = runCode(code, calls(name, ...args));
    return { value: outcome.result === null ? null : BigInt(outcome.result), violations: outcome.violations };
  };

  it('compiles everything in the file', () => {
    expect(code.notModelled).toEqual([]);
  });

  it('gives what C gives for two operands of any types', () => {
    fc.assert(fc.property(fc.constantFrom(...OPS), type, type, value, value, (op, ta, tb, a, b) => {
      const expected = reference(op, [a, ta], [b, tb], S64);
      const outcome = run(`${NAMES[op]}_${ta.c}_${tb.c}`, a, b);
      expect(outcome).toEqual(expected === null ? { value: null, violations: ['division-by-zero'] } : { value: expected, violations: [] });
    }), { numRuns: 3000 });
  });

  it('gives what C gives for assignment operators', () => {
    fc.assert(fc.property(fc.constantFrom(...ARITHMETIC), type, type, value, value, (op, ta, tb, a, b) => {
      const plain = reference(op, [a, ta], [b, tb], ta);
      expect(run(`set_${NAMES[op]}_${ta.c}_${tb.c}`, a, b).value).toEqual(plain === null ? null : wrap(plain, S64));
    }), { numRuns: 1000 });
  });

  it('gives what C gives for one operand', () => {
    fc.assert(fc.property(type, value, fc.constantFrom(0, 1, 2, 3), (t, a, which) => {
      const [held, p] = [wrap(a, t), promote(t)];
      const expected = [-held, ~held, held === 0n ? 1n : 0n, held][which] ?? 0n;
      expect(run(`unary_${t.c}`, a, which).value).toBe(wrap(which === 2 ? expected : wrap(expected, p), S64));
    }), { numRuns: 500 });
  });

  it('gives what C gives for ++ and --', () => {
    fc.assert(fc.property(type, value, fc.constantFrom(0, 1, 2, 3), (t, a, which) => {
      const held = wrap(a, t);
      const expected = wrap([held, held + 1n, held - 1n, held - 1n][which] ?? 0n, t);
      expect(run(`steps_${t.c}`, a, which).value).toBe(wrap(expected, S64));
    }), { numRuns: 500 });
  });

  it('converts in casts, at parameters and at return', () => {
    fc.assert(fc.property(type, type, value, (from, to, a) => {
      expect(run(`cast_${from.c}_${to.c}`, a).value).toBe(wrap(wrap(wrap(a, from), to), S64));
    }), { numRuns: 500 });
  });

  it('knows only two bools', () => {
    fc.assert(fc.property(type, value, (t, a) => {
      // The sum is an int or wider before it becomes a bool: 1 + -1 is false.
      const held = wrap(a, t);
      const first = held === 0n ? 0n : 1n;
      const sum = wrap(first + held, common({ c: 'bool', bits: 8, signed: false }, t));
      expect(run(`truth_${t.c}`, a).value).toBe(sum === 0n ? 0n : 1n);
    }), { numRuns: 300 });
  });
});
