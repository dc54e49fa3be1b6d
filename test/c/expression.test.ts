import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printExpr } from '../../simulator/ir/print.js';
import type { Expr } from '../../simulator/ir/program.js';
import { frontEnd } from './fixture.js';

const read = (text: string): Expr => frontEnd.expression(text);
const shown = (text: string): string => printExpr(read(text));

describe('expressions', () => {
  it.each([
    'a + b * c', '(a + b) * c', 'a - (b - c)', 'a->b.c[1](2, d)', '!a && ~b', '-x', '- -x', 'x++ + ++y', '*p++', '(*p).x',
    'a ? b : c ? d : e', 'a = b += c', 'a, b, c', 'sizeof(*p)', 'sizeof(struct foo)', 'sizeof(u64) * 4', '(u64)*p + 1',
    '(u64)&x + 1', '(u8)-x * 2', '(size_t)(a + b) * 2', 'n * 2', '(struct foo *)p', '(void __user *)arg',
    'container_of(ptr, struct foo, list)->a', 'list_entry(pos, struct foo, list)', 'min_t(unsigned int, a, b)',
    'offsetof(struct foo, a.b[2])', '&get_cpu_var(x)', '*this_cpu_ptr(&x)', '(struct foo){ .a = 1, .b = { 2, 3 } }',
    'f("a\\n", \'c\')', '({ int z = 1; z + 1; })', '_IOW(\'c\', 102, struct foo)', 'kmalloc_obj(struct foo, GFP_KERNEL)',
    '0x01ull << 56', 'READ_ONCE(*(unsigned long *)area)', 'a & b', '(a & b) == c', 'if_x(a)(b)',
    '(int (*)(void))p', 'a.b->c', 'a == (b & c)', '(const char *)p', 'min_t(foo_t *, a, b)',
  ])('%s comes back as written', (text) => {
    expect(shown(text)).toBe(text);
  });

  it('types among arguments are types', () => {
    expect(read('min_t(u64, a, sizeof(b))')).toMatchObject({ args: [{ kind: 'type', type: { kind: 'named', name: 'u64' } }, { kind: 'name' }, { kind: 'sizeof' }] });
    expect(read('f(struct a *, unsigned long, x * y)')).toMatchObject({
      args: [
        { kind: 'type', type: { kind: 'pointer', to: { kind: 'struct', name: 'a' } } },
        { kind: 'type', type: { kind: 'int', name: 'unsigned long', bytes: 8, signed: false } }, { kind: 'binary' },
      ],
    });
  });

  it.each([
    ['10', 10n, '', undefined], ['0x10UL', 16n, 'UL', '0x10UL'], ['010', 8n, '', '010'], ['0', 0n, '', undefined],
    ['7u', 7n, 'U', undefined], ['0x01ull', 1n, 'ULL', '0x01ull'], ['0b11', 3n, '', '0b11'], ['1LLU', 1n, 'ULL', undefined],
    ['18446744073709551615ULL', 18446744073709551615n, 'ULL', undefined], ["'A'", 65n, '', "'A'"], ["'\\n'", 10n, '', "'\\n'"],
  ])('%s', (text, value, suffix, spelt) => {
    expect(read(text)).toEqual({ kind: 'number', value, suffix, ...(spelt === undefined ? {} : { text: spelt }) });
  });

  it('strings are decoded and joined', () => {
    expect(read('"a\\t" "\\x41\\101"')).toEqual({ kind: 'string', value: 'a\tAA' });
  });

  it('parentheses are kept only where precedence does not need them', () => {
    expect(read('(a & b) == c')).toMatchObject({ left: { kind: 'binary', op: '&' } });
    expect(read('(a & b) == c')).not.toHaveProperty('left.parens');
    expect(read('a || (b && c)')).toHaveProperty('right.parens', true);
  });

  it('the body of a macro may be statements', () => {
    expect(read('do { (t)->mode |= X; } while (0)')).toMatchObject({ kind: 'statementExpression', body: [{ kind: 'doWhile' }] });
    expect(read('pr_debug("%s: " fmt, __func__, ##__VA_ARGS__)')).toMatchObject({ kind: 'call', args: { length: 3 } });
  });

  it.each(['', '1 +', ') (', 'int', 'a b c', '}', '/*', 'return 1'])('%j is unmodelled', (text) => {
    expect(read(text).kind).toBe('unmodelled');
  });
});

const name = fc.constantFrom('a', 'b', 'kcov', 'area').map((n): Expr => ({ kind: 'name', name: n }));
const number = fc.bigInt({ min: 0n, max: 1n << 40n }).map((value): Expr => ({ kind: 'number', value, suffix: '' }));
/** What may have members; `0.f` is no C. */
const owner = (of: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> => of.filter((e) => e.kind !== 'number');
/** What may stand on the left of an assignment. */
const lvalue = (of: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> => fc.oneof(
  name,
  fc.record({ kind: fc.constant('unary' as const), op: fc.constant('*' as const), arg: of }) as fc.Arbitrary<Expr>,
  fc.record({ kind: fc.constant('member' as const), base: owner(of), field: fc.constant('f'), arrow: fc.boolean() }),
);
const { tree } = fc.letrec<{ tree: Expr }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 }, name, number,
    fc.record({ kind: fc.constant('binary' as const), op: fc.constantFrom('+', '-', '*', '<<', '&', '|', '==', '<', '&&', '||', ','), left: tie('tree'), right: tie('tree') }) as fc.Arbitrary<Expr>,
    fc.record({ kind: fc.constant('unary' as const), op: fc.constantFrom('!', '~', '-', '*', '&'), arg: tie('tree') }) as fc.Arbitrary<Expr>,
    fc.record({ kind: fc.constant('member' as const), base: owner(tie('tree')), field: fc.constant('f'), arrow: fc.boolean() }),
    fc.record({ kind: fc.constant('index' as const), base: owner(tie('tree')), index: tie('tree').filter((e) => !(e.kind === 'binary' && e.op === ',')) }),
    fc.record({ kind: fc.constant('conditional' as const), test: tie('tree'), then: tie('tree'), else: tie('tree') }),
    fc.record({ kind: fc.constant('assign' as const), op: fc.constantFrom('=', '|='), target: lvalue(tie('tree')), value: tie('tree') }) as fc.Arbitrary<Expr>,
    fc.record({ kind: fc.constant('call' as const), callee: name, args: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('cast' as const), type: fc.constant({ kind: 'named' as const, name: 'u64' }), arg: tie('tree') }),
  ),
}));

describe('print and parse', () => {
  it('an expression that is printed and read again is the same', () => {
    fc.assert(fc.property(tree, (e) => {
      expect(read(printExpr(e))).toEqual(e);
    }), { numRuns: 4000 });
  });
});
