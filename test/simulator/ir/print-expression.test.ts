import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  array, call, cast, choose, deref, fields, functionType, int, invert, name, neg, not, number, pointer, ref, sizeOf, structType, text,
  unsigned, unsignedLong, void_,
} from '../../../simulator/ir/build.js';
import type { Term } from '../../../simulator/ir/build.js';
import { printExpr, printType } from '../../../simulator/ir/print.js';
import type { BinaryOp, Expr, UnaryOp } from '../../../simulator/ir/program.js';

const print = (term: Term): string => printExpr(term.expr);

const leaf = fc.integer({ min: 0, max: 9 }).map((n): Expr => ({ kind: 'number', value: BigInt(n), suffix: '' }));
const unaryOps = fc.constantFrom<UnaryOp>('!', '~', '-', '+');
// Division is left out (by zero); the comma means the same in both languages.
const binaryOps = fc.constantFrom<BinaryOp>(
  '+', '-', '*', '<<', '>>', '&', '|', '^', '==', '!=', '<', '<=', '>', '>=', '&&', '||', ',',
);
const expressions = fc.letrec<{ e: Expr }>((tie) => ({
  e: fc.oneof(
    { maxDepth: 6 },
    leaf,
    fc.record({ kind: fc.constant('unary' as const), op: unaryOps, arg: tie('e') }),
    fc.record({ kind: fc.constant('binary' as const), op: binaryOps, left: tie('e'), right: tie('e') }),
    fc.record({ kind: fc.constant('conditional' as const), test: tie('e'), then: tie('e'), else: tie('e') }),
  ),
})).e;

/** The same expression with every operator in parentheses of its own. */
function explicit(e: Expr): string {
  switch (e.kind) {
    case 'number': return String(e.value);
    case 'unary': return `(${e.op} ${explicit(e.arg)})`;
    case 'binary': return `(${explicit(e.left)} ${e.op} ${explicit(e.right)})`;
    case 'conditional': return `(${explicit(e.test)} ? ${explicit(e.then)} : ${explicit(e.else)})`;
    default: throw new Error(e.kind);
  }
}

/** JavaScript's operators bind as C's do, for those used here. */
const evaluate = (source: string): number => Number(new Function(`return (${source});`)());

describe('printExpr', () => {
  it('needs no parentheses beyond those it writes', () => {
    fc.assert(fc.property(expressions, (e) => { expect(evaluate(printExpr(e))).toBe(evaluate(explicit(e))); }), { numRuns: 2000 });
  });

  it('writes no parentheses that precedence makes superfluous', () => {
    fc.assert(fc.property(expressions, (e) => {
      const printed = printExpr(e);
      for (const match of printed.matchAll(/\(([^()]*)\)/g)) {
        const without = printed.slice(0, match.index) + match[1] + printed.slice(match.index + match[0].length);
        // Without the pair it must read differently: another tree, seen by printing every operator apart.
        expect(shape(without)).not.toBe(shape(printed));
      }
    }), { numRuns: 1000 });
  });

  it.each([
    [name('a').to('b').dot('c').at(1), 'a->b.c[1]'],
    [deref(name('p').to('x')), '*p->x'],
    [deref('p').dot('x'), '(*p).x'],
    [deref(cast(pointer(unsignedLong), 'area')), '*(unsigned long *)area'],
    [cast(pointer(unsigned, '__user'), name('a').plus(1)), '(unsigned __user *)(a + 1)'],
    [cast(pointer(void_), name('a')).to('b'), '((void *)a)->b'],
    [ref(name('a').at(0)), '&a[0]'],
    [not(call('f', name('a').and('b'), structType('s'))), '!f(a && b, struct s)'],
    [neg(neg('a')), '- -a'],
    [invert(name('A').bits('B')), '~(A | B)'],
    [name('a').minus(name('b').minus('c')), 'a - (b - c)'],
    [name('a').minus('b').minus('c'), 'a - b - c'],
    [name('a').mask('b').parens.eq(0), '(a & b) == 0'],
    [name('a').mask('b').eq(0), '(a & b) == 0'],
    [name('a').times('b').parens.plus(1), '(a * b) + 1'],
    [choose(name('a').gt(0), 'b', choose('c', 1, 2)), 'a > 0 ? b : c ? 1 : 2'],
    [sizeOf(deref('p')), 'sizeof(*p)'],
    [sizeOf(pointer(structType('s'))).times(2), 'sizeof(struct s *) * 2'],
    [call('f', text('a"\\\n')), 'f("a\\"\\\\\\n")'],
    [number('0xffull').shl(56), '0xffull << 56'],
    [fields({ a: 1, b: 'x' }), '{ .a = 1, .b = x }'],
  ])('%#', (term, expected) => {
    expect(print(term)).toBe(expected);
  });
});

/** A text form of how a C expression groups, from a small precedence parser of its own. */
function shape(source: string): string {
  const levels = [[','], ['?'], ['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '<=', '>', '>='], ['<<', '>>'], ['+', '-'], ['*']];
  const tokens = source.match(/\d+|<<|>>|<=|>=|==|!=|&&|\|\||\S/g) ?? [];
  let at = 0;
  const unary = (): string => {
    const t = tokens[at++];
    if (t === '(') {
      const inside = binary(0);
      at++;
      return inside;
    }
    return /\d/.test(t ?? '') ? String(t) : `[${t}${unary()}]`;
  };
  const binary = (level: number): string => {
    const ops = levels[level];
    if (ops === undefined) return unary();
    let left = binary(level + 1);
    while (ops.includes(tokens[at] ?? '')) {
      const op = tokens[at++];
      if (op === '?') {
        const then = binary(1);
        at++;
        left = `[${left}?${then}:${binary(level)}]`;
      } else left = `[${left}${op}${binary(level + 1)}]`;
    }
    return left;
  };
  return binary(0);
}

describe('printType', () => {
  it.each([
    [pointer(structType('kcov')), 'kcov', 'struct kcov *kcov'],
    [pointer(pointer(void_)), undefined, 'void **'],
    [array(int, 4), 'x', 'int x[4]'],
    [array(int), 'x', 'int x[]'],
    [array(pointer(int), 2), 'x', 'int *x[2]'],
    [pointer(array(int, 2)), 'x', 'int (*x)[2]'],
    [pointer(functionType(int, pointer(void_), unsignedLong)), 'f', 'int (*f)(void *, unsigned long)'],
    [functionType(void_), 'f', 'void f(void)'],
    [pointer(unsigned, '__user'), undefined, 'unsigned __user *'],
    [pointer(structType('s'), 'const'), 'p', 'const struct s *p'],
  ])('%#', (type, declarator, expected) => {
    expect(printType(type, declarator)).toBe(expected);
  });
});
