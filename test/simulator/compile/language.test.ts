/** @module The C language apart from arithmetic, one small program each: what a function returns is what C makes of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../../../simulator/machine/value.js';
import { loadBench } from '../bench.js';
import type { Bench } from '../bench.js';

interface Case {
  readonly says: string;
  readonly c: string;
  readonly gives: Value;
  readonly args?: readonly number[];
}

const ORDER: readonly Case[] = [
  { says: '&& does not look at its right side', gives: 1, c: 'int f(void){ int x = 1; if (0 && (x = 2)) x = 3; return x; }' },
  { says: '|| does not look at its right side', gives: 1, c: 'int f(void){ int x = 1; if (1 || (x = 2)) x += 0; return x; }' },
  { says: '&& and || give 0 and 1', gives: 10, c: 'int f(void){ return (5 && 7) * 10 + (0 || 0); }' },
  { says: '! of && goes to the other branch', gives: 4, c: 'int f(int a, int b){ if (!(a && b)) return 4; return 5; }', args: [1, 0] },
  { says: '! of || goes to the other branch', gives: 5, c: 'int f(int a, int b){ if (!(a || b)) return 4; return 5; }', args: [0, 1] },
  { says: '?: evaluates one side', gives: 12, c: 'int f(int c){ int x = 0; int y = c ? (x += 10) : (x += 100); return x + (y == 10 ? 2 : 3); }', args: [1] },
  { says: '?: converts both sides', gives: 4294967295, c: 'u64 f(int c){ return c ? -1 : 1u; }', args: [1] },
  { says: '?: of a pointer and NULL is a pointer', gives: 9, c: 'struct s { int a; }; struct s g; int f(int c){ g.a = 9; return (c ? NULL : &g)->a; }', args: [0] },
  { says: 'a comma evaluates both, gives the right', gives: 32, c: 'int f(void){ int x = 1; int y = (x = 3, x * 10); return y + (x == 3 ? 2 : 0); }' },
  { says: 'arguments left to right', gives: 123, c: 'int n; int next(int d){ n = n * 10 + d; return d; } int g(int a, int b, int c){ return a + b + c; } int f(void){ g(next(1), next(2), next(3)); return n; }' },
  { says: 'x++ gives the value before', gives: 56, c: 'int f(void){ int x = 5; int y = x++; return y * 10 + x; }' },
  { says: '++ on memory', gives: 566, c: 'int g; int f(void){ int a, b; g = 5; a = g++; b = ++g - 1; return a * 100 + b * 10 + (g - 1); }' },
  { says: 'an assignment has the value of its target', gives: 44, c: 'int f(void){ u8 small; int wide; wide = small = 300; return wide; }' },
  { says: 'assignments go from right to left', gives: 777, c: 'int a, b; int f(void){ int c; a = b = c = 7; return a * 100 + b * 10 + c; }' },
  { says: 'a value is kept while the other side changes it', gives: 12, c: 'int g; int set(void){ g = 10; return 2; } int f(void){ return set() + g; }' },
];

const FLOW: readonly Case[] = [
  { says: 'a case falls through', gives: 23, c: 'int f(int x){ int r = 0; switch (x) { case 1: r = 1; break; case 2: r = 20; case 3: r += 3; break; default: r = 9; } return r; }', args: [2] },
  { says: 'default stands anywhere', gives: 93, c: 'int f(int x){ int r = 0; switch (x) { default: r = 90; case 3: r += 3; break; case 1: r = 1; } return r; }', args: [7] },
  { says: 'no default: past the switch', gives: 5, c: 'int f(int x){ int r = 5; switch (x) { case 1: r = 1; } return r; }', args: [2] },
  { says: 'several labels on one statement', gives: 8, c: 'int f(int x){ switch (x) { case 1: case 2: case 4: return 8; } return 9; }', args: [4] },
  { says: 'the switch value is read once', gives: 1, c: 'int n; int get(void){ n++; return 3; } int f(void){ switch (get()) { case 1: case 2: case 3: break; } return n; }' },
  { says: 'break in a switch in a loop leaves the switch', gives: 6, c: 'int f(void){ int i, r = 0; for (i = 0; i < 3; i++) { switch (i) { case 1: break; default: r += 3; } } return r; }' },
  { says: 'continue in a switch in a loop', gives: 31, c: 'int f(void){ int i, r = 0; for (i = 0; i < 4; i++) { switch (i) { case 1: case 2: case 3: continue; default: r += 31; } r += 0; } return r; }' },
  { says: 'goto forwards', gives: 1, c: 'int f(void){ int r = 1; goto out; r = 2; out: return r; }' },
  { says: 'goto backwards', gives: 3, c: 'int f(void){ int r = 0; again: r++; if (r < 3) goto again; return r; }' },
  { says: 'goto into the cleanup of errors', gives: -12, c: 'int f(int bad){ int ret = 0; if (bad) { ret = -12; goto fail; } return 1; fail: return ret; }', args: [1] },
  { says: 'a label at the end', gives: 0, c: 'int g; void h(int x){ if (x) goto end; g = 1; end: ; } int f(void){ h(1); return g; }' },
  { says: 'while', gives: 15, c: 'int f(int n){ int r = 0; while (n) { r += n; n--; } return r; }', args: [5] },
  { says: 'do while runs once at least', gives: 1, c: 'int f(void){ int r = 0; do r++; while (0); return r; }' },
  { says: 'continue in do while tests', gives: 9, c: 'int f(int x){ int r = 0; do { r += x; if (x == 2) continue; if (x == 1) break; } while (--x > 1); return r; }', args: [4] },
  { says: 'break leaves the inner loop', gives: 6, c: 'int f(void){ int i, j, r = 0; for (i = 0; i < 3; i++) for (j = 0; j < 5; j++) { if (j == 2) break; r++; } return r; }' },
  { says: 'continue goes to the step of for', gives: 4, c: 'int f(void){ int i, r = 0; for (i = 0; i < 8; i++) { if (i & 1) continue; r++; } return r; }' },
  { says: 'for without parts', gives: 4, c: 'int f(void){ int i = 0; for (;;) { if (i == 4) break; i++; } return i; }' },
  { says: 'for with its own variable', gives: 7, c: 'int f(void){ int i = 7; for (int i = 0; i < 3; i++) ; return i; }' },
  { says: 'an inner name hides an outer one', gives: 21, c: 'int f(void){ int x = 1; { int x = 2; x *= 10; if (x == 20) { int x = 5; x++; } return x + 1; } }' },
  { says: 'else belongs to the nearer if', gives: 3, c: 'int f(int a, int b){ if (a) if (b) return 2; else return 3; return 4; }', args: [1, 0] },
  { says: 'recursion', gives: 120, c: 'int fac(int n){ if (n < 2) return 1; return n * fac(n - 1); } int f(void){ return fac(5); }' },
];

const TYPES: readonly Case[] = [
  { says: 'nested struct fields', gives: 34, c: 'struct in { int a; u64 b; }; struct out { int x; struct in i; struct in *p; }; struct out g; int f(void){ g.i.b = 3; g.p = &g.i; g.p->a = 4; return g.p->b * 10 + g.i.a; }' },
  { says: 'an anonymous union shares its bytes', gives: 2, c: 'union u { u64 whole; u32 half[2]; }; int f(void){ union u x; x.whole = 0x200000001UL; return x.half[1]; }' },
  { says: 'halves make a whole', gives: 8589934593, c: 'u64 f(void){ u64 v = 0; u32 *p = (u32 *)&v; p[0] = 1; p[1] = 2; return v; }' },
  { says: 'a byte of a word', gives: 0x1201, c: 'int f(void){ u32 v = 0x1234; u8 *p = (u8 *)&v; *p = 1; return v; }' },
  { says: 'half of a wide value is replaced', gives: 0x911111111, c: 'u64 f(void){ u64 v = 0x1111111111111111UL; ((u32 *)&v)[1] = 9; return v; }' },
  { says: 'bytes of an array of char', gives: 6, c: 'int f(void){ u8 b[5] = { 1, 2, 3 }; b[4] = b[0] + b[1] + b[2]; return b[4] + b[3]; }' },
  { says: 'arrays of arrays', gives: 12, c: 'int t[2][3]; int f(void){ t[1][2] = 12; t[1][1] = 5; return *(&t[0][0] + 5); }' },
  { says: 'arrays of structs', gives: 7, c: 'struct s { int a; int b; }; struct s t[3]; int f(void){ struct s *p = t; p++; p->b = 7; return t[1].b; }' },
  { says: 'pointers differ in elements', gives: -2, c: 'long f(void){ u64 a[4]; u64 *p = &a[1], *q = &a[3]; return p - q; }' },
  { says: 'bytes differ too', gives: -16, c: 'long f(void){ u64 a[4]; return (char *)&a[1] - (char *)&a[3]; }' },
  { says: 'pointers compare', gives: 1, c: 'int f(void){ u64 a[4]; return &a[1] < &a[3] && &a[3] >= &a[3] && &a[0] != &a[1]; }' },
  { says: 'an index goes back', gives: 5, c: 'int f(void){ int a[3]; int *p = &a[2]; a[1] = 5; return p[-1]; }' },
  { says: 'an unsigned index', gives: 5, c: 'int f(u8 i){ int a[3]; a[2] = 5; return a[i]; }', args: [258] },
  { says: 'void pointers count bytes', gives: 6, c: 'int f(void){ int a[2]; void *p = a; a[1] = 6; return *(int *)(p + 4); }' },
  { says: 'container_of', gives: 41, c: 'struct in { int z; }; struct out { int x; struct in i; }; struct out g; int f(void){ struct in *p = &g.i; g.x = 41; return container_of(p, struct out, i)->x; }' },
  { says: 'offsetof', gives: 8, c: 'struct s { int a; u64 b; }; int f(void){ return offsetof(struct s, b); }' },
  { says: 'sizeof types and things', gives: 8 + 4 + 16 + 24, c: 'struct s { int a; u64 b; }; int f(void){ struct s *p; u64 t[3]; return sizeof(u64) + sizeof(int) + sizeof(*p) + sizeof(t); }' },
  { says: 'sizeof is unsigned', gives: 0, c: 'int f(void){ return sizeof(int) > -1; }' },
  { says: 'ARRAY_SIZE', gives: 5, c: 'u64 t[5]; int f(void){ return ARRAY_SIZE(t); }' },
  { says: 'struct_size', gives: 8 + 24, c: 'struct s { u64 n; u64 items[]; }; u64 f(void){ struct s *p = NULL; return struct_size(p, items, 3); }' },
  { says: 'enums count on', gives: 6, c: 'enum e { A, B = 5, C }; enum e f(void){ return C; }' },
  { says: 'a literal in hexadecimal may be unsigned', gives: 0, c: 'u64 f(void){ return ~0xffffffff; }' },
  { says: 'a decimal literal is signed', gives: 0xffffffff00000000n, c: 'u64 f(void){ return ~4294967295; }' },
  { says: 'suffixes', gives: 4294967295, c: 'u64 f(void){ return -1U; }' },
  { says: 'a string is not NULL', gives: 1, c: 'int f(void){ return "abc" != NULL; }' },
  { says: 'function pointers compare', gives: 1, c: 'int g(void){ return 1; } int h(void){ return 2; } void *p; int f(void){ p = g; return p == g && p != h; }' },
];

const OBJECTS: readonly Case[] = [
  { says: 'an initialiser by names', gives: 203, c: 'struct s { int a; int b; int c; }; int f(void){ struct s x = { .c = 3, .a = 2 }; return x.a * 100 + x.b * 10 + x.c; }' },
  { says: 'an initialiser by order', gives: 120, c: 'struct s { int a; int b; int c; }; int f(void){ struct s x = { 1, 2 }; return x.a * 100 + x.b * 10 + x.c; }' },
  { says: 'order goes on after a name', gives: 12, c: 'struct s { int a; int b; int c; }; int f(void){ struct s x = { .b = 1, 2 }; return x.a * 100 + x.b * 10 + x.c; }' },
  { says: 'names into an inner struct', gives: 12, c: 'struct in { int a; int b; }; struct s { struct in i; }; int f(void){ struct s x = { .i.a = 1, .i.b = 2 }; return x.i.a * 10 + x.i.b; }' },
  { says: 'an array with holes', gives: 507, c: 'int f(void){ int t[3] = { [2] = 7, [0] = 5 }; return t[0] * 100 + t[1] * 10 + t[2]; }' },
  { says: 'an array counts its values', gives: 3, c: 'int f(void){ int t[] = { 4, 5, 6 }; return ARRAY_SIZE(t); }' },
  { says: 'a scalar in braces', gives: 4, c: 'int f(void){ int x = { 4 }; return x; }' },
  { says: 'global arrays', gives: 321, c: 'int t[] = { 1, 2, 3 }; int f(void){ return t[0] + t[1] * 10 + t[2] * 100; }' },
  { says: 'global structs and addresses', gives: 35, c: 'struct s { int a; struct s *next; }; struct s one = { .a = 5 }; struct s two = { .a = 30, .next = &one }; int f(void){ return two.a + two.next->a; }' },
  { says: 'a struct is copied when it is declared', gives: 52, c: 'struct s { int a; int b; }; int f(void){ struct s x = { .a = 1, .b = 2 }; struct s y = x; y.a = 5; return y.a * 10 + y.b - (x.a - 1); }' },
  { says: 'a struct is copied with what it holds', gives: 18, c: 'struct in { int z; }; struct s { int t[2]; struct in i; }; struct s g; int f(void){ struct s x = { .t = { 7, 8 }, .i = { 3 } }; g = x; x.t[1] = 0; return g.t[1] + g.i.z * 3 + (x.t[1] ? 100 : 1); }' },
  { says: 'a struct is copied through pointers', gives: 4, c: 'struct s { int a; int b; }; struct s g; int f(void){ struct s x; struct s *p = &x; g.b = 4; *p = g; return x.b; }' },
  { says: 'a copy may hold what nobody wrote', gives: 1, c: 'struct s { int a; int b; }; int f(void){ struct s x; struct s y; x.a = 1; y = x; return y.a; }' },
  { says: 'a compound literal is assigned', gives: 60, c: 'struct s { int a; int b; }; int f(void){ struct s x = { 1, 2 }; x = (struct s){ .a = 6 }; return x.a * 10 + x.b; }' },
  { says: 'the address of a local', gives: 8, c: 'void g(int *p){ *p += 3; } int f(void){ int x = 5; g(&x); return x; }' },
  { says: 'the address of a parameter', gives: 8, c: 'void g(u8 *p){ *p += 3; } int f(u8 x){ g(&x); return x; }', args: [5] },
  { says: 'a local in a loop is a new one each time', gives: 20, c: 'void g(int *p){ *p += 1; } int f(void){ int i, s = 0; for (i = 0; i < 20; i++) { int y = 0; g(&y); s += y; } return s; }' },
  { says: 'a local of each call', gives: 6, c: 'int sum(int n){ int x = n; int *p = &x; if (n == 0) return 0; return sum(n - 1) + *p; } int f(void){ return sum(3); }' },
];

const MACROS: readonly Case[] = [
  { says: 'an object-like macro', gives: 12, c: '#define A (B * 3)\n#define B 4\nint f(void){ return A; }' },
  { says: 'a macro evaluates its argument as often as it says', gives: 7, c: '#define TWICE(x) ((x) + (x))\nint f(void){ int a = 3; return TWICE(a++); }' },
  { says: 'a macro that is an lvalue', gives: 5, c: 'struct s { int a; }; struct s g;\n#define field(p) ((p)->a)\n#define whole g.a\nint f(void){ whole = 5; return field(&g); }' },
  { says: 'a macro that takes an address', gives: 4, c: 'void g(int *p){ *p = 4; }\n#define SET(x) g(&(x))\nint f(void){ int y = 1; SET(y); return y; }' },
  { says: 'a statement expression', gives: 9, c: 'int f(void){ int r = ({ int a = 4; a += 5; a; }); return r; }' },
  { says: 'a statement expression amid another', gives: 1041, c: 'int f(void){ int x = 1; return 1000 + ({ int i, s = 0; for (i = 0; i < 4; i++) s += 10; s; }) + x; }' },
  { says: 'a macro of statements', gives: 3, c: '#define MAX2(a, b) ({ int _a = (a); int _b = (b); _a > _b ? _a : _b; })\nint f(void){ int x = 2; return MAX2(x++, 1) + (x == 3 ? 1 : 0); }' },
  { says: 'do while (0)', gives: 2, c: '#define SET(x) do { (x) = 2; } while (0)\nint f(int c){ int y = 1; if (c) SET(y); else y = 7; return y; }', args: [1] },
  { says: 'min and max evaluate once', gives: 38, c: 'int f(void){ int a = 3; int m = min(a++, 9); return m * 10 + max(a, 8); }' },
  { says: 'min_t converts', gives: 5, c: 'int f(void){ return min_t(unsigned int, -1, 5); }' },
  { says: 'a macro that names itself is that name', gives: 6, c: 'int g(void){ return 6; }\n#define g() g()\nint f(void){ return g(); }' },
];

describe.each([['order', ORDER], ['flow', FLOW], ['types', TYPES], ['objects', OBJECTS], ['macros', MACROS]] as const)('%s', (_, cases) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });
  it.each(cases)('$says', ({ c, gives, args = [] }) => {
    const { result, violations, notModelled, bound } = bench.run(c, 'f', ...args);
    expect({ result, violations, notModelled, bound }).toEqual({ result: gives, violations: [], notModelled: null, bound: null });
  });
});

/** What is not known ends the execution with a reason; it is never guessed and never thrown. */
const UNKNOWN: readonly (readonly [string, string, RegExp])[] = [
  ['a call that no table knows', 'int f(void){ unheard_of(1); return 1; }', /unheard_of\(\) has no contract/],
  ['a call of what is no function', 'void *p; int f(void){ return p(1); }', /no function|dereferenced/],
  ['a goto to nowhere', 'int f(void){ goto nowhere; return 0; }', /label/],
  ['inline assembly', 'int f(void){ asm volatile("nop"); return 1; }', /assembly/],
  ['a name that is not known', 'int f(void){ return UNHEARD; }', /UNHEARD is not known/],
  ['a field that is not known', 'struct s { int a; }; struct s g; int f(void){ return g.b; }', /b/],
  ['a type that is not known', 'int f(void){ struct unheard x; return 1; }', /unheard/],
  ['a struct of several fields by value', 'struct s { int a; int b; }; int g(struct s x){ return 1; } int f(void){ struct s x; return g(x); }', /passed as a whole/],
  ['flags of an allocation that are no constant', 'int f(int flags){ return kmalloc(8, flags) != NULL; }', /flags is not known|constant/],
  ['a macro without end', '#define A B\n#define B A\nint f(void){ return A; }', /itself|deep/],
  ['a function with too few arguments', 'int g(int a, int b){ return a; } int f(void){ return g(1); }', /arguments/],
  ['a cleanup that is not known', 'int f(void){ void *p __free(unheard) = NULL; return 1; }', /unheard/],
  ['half a word across cells', 'int f(void){ u64 v[2]; u8 *p = (u8 *)v; return *(u32 *)(p + 2); }', /aligned/],
];

describe('not modelled', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });
  it.each(UNKNOWN)('%s', (_, c, why) => {
    const code = bench.code(c);
    const outcome = bench.run(c, 'f');
    expect(outcome.notModelled).toMatch(why);
    expect(outcome.result).toBeNull();
    if (!c.includes('u64 v[2]')) expect(code.notModelled.map((n) => n.why).join()).toMatch(why);
  });

  it('does not matter where it is not reached', () => {
    expect(bench.run('int f(int x){ if (x) unheard_of(); return 3; }', 'f', 0)).toMatchObject({ result: 3, notModelled: null });
  });

  it('takes a global of an unknown type for nothing', () => {
    expect(bench.run('static struct unheard thing; static struct unheard other = { 1, 2 }; int f(void){ return 1; }', 'f')).toMatchObject({ result: 1 });
  });

  it('takes a parameter of an unknown type', () => {
    expect(bench.run('int g(struct unheard x){ return h(&x); } int f(void){ return 1; }', 'f')).toMatchObject({ result: 1 });
  });

  it('survives a thousand terms and a thousand nested ifs', () => {
    const terms = (count: number): string => `int f(void){ return ${Array.from({ length: count }, () => '1').join(' + ')}; }`;
    expect(bench.run(terms(100), 'f').result).toBe(100);
    expect(bench.run(terms(1000), 'f').notModelled).toBe('not understood');
    const nested = `int f(int x){ ${'if (x) '.repeat(1000)} return 1; return 2; }`;
    expect(() => bench.run(nested, 'f', 0)).not.toThrow();
  });
});
