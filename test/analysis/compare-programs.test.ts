/**
 * @module What two Programs have to differ in to be told apart: pairs that mean the same, pairs that do not, and every
 * statement of the models taken away or exchanged with the next.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configure } from '../../simulator/ir/configure.js';
import { emptyProgram } from '../../simulator/ir/program.js';
import type { FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import { comparedLines, comparePrograms } from '../../src/analysis/compare-programs.js';
import type { Difference } from '../../src/analysis/compare-programs.js';
import { CHECKED_CONFIGS } from '../../src/analysis/check-model.js';
import { renderDifferences } from '../../src/analysis/render-differences.js';
import { program } from '../c/fixture.js';

const inside = (text: string): string => `static void f(struct kcov *kcov, int a, int b)\n{\n${text}\n}\n`;
const compare = (a: string, b: string): Difference[] => comparePrograms(program(a), program(b));
const brief = (d: Difference): string => `${d.kind} ${d.of}: ${d.a?.text.trim() ?? ''} | ${d.b?.text.trim() ?? ''}`;

describe('means the same', () => {
  it.each([
    ['layout and comments', 'a = b;', '/* why */ a\n\t=  b ;'],
    ['parentheses without need', 'if ((a == b) && (a)) g();', 'if (a == b && a) g();'],
    ['braces round one statement', 'if (a) { g(); } else { h(); }', 'if (a) g(); else h();'],
    ['else if in a block', 'if (a) g(); else { if (b) h(); }', 'if (a) g(); else if (b) h();'],
    ['spelling of numbers', 'a = 0x10 + 010;', 'a = 16 + 8;'],
    ['unsigned', 'unsigned x; x = (unsigned)a;', 'unsigned int x; x = (unsigned int)a;'],
    ['arguments of debug prints', 'kcov_debug("a = %d\\n", a); pr_debug("x");', 'kcov_debug("other\\n"); pr_debug();'],
    ['texts of messages', 'pr_err("a\\n"); WARN_ONCE(a, "b"); panic("c");', 'pr_err("b\\n"); WARN_ONCE(a, "c"); panic("");'],
    ['order of declarations', 'int x; struct task_struct *t = current; long y = 3;', 'struct task_struct *t = current; long y = 3; int x;'],
    ['joined declarators', 'int x, y; x = y;', 'int y; int x; x = y;'],
    ['empty statements', 'while (a) ; ; g();', 'while (a) { } g();'],
  ])('%s', (_, a, b) => {
    expect(compare(inside(a), inside(b)).map(brief)).toEqual([]);
  });

  it.each([
    ['functions in another order', 'void f(void) { }\nvoid g(void) { }', 'void g(void) { }\nvoid f(void) { }'],
    ['headers in another order', '#include <linux/a.h>\n#include <linux/b.h>', '#include <linux/b.h>\n#include <linux/a.h>'],
    ['values of macros', '#define N 0x10', '#define N (16)'],
    ['attributes in another order', 'static notrace void f(void) { }', 'notrace static void f(void) { }'],
    ['members of an enum counted', 'enum e { A, B };', 'enum e { A = 0, B = 1 };'],
  ])('%s', (_, a, b) => {
    expect(compare(a, b).map(brief)).toEqual([]);
  });

  it('a header read twice and once', () => {
    const again = program('int x;');
    const guarded = { ...again, macros: [{ name: '_LINUX_X_H', params: null, body: '', place: { path: 'include/linux/x.h', line: 1, endLine: 1 } }] };
    expect(comparePrograms(again, guarded)).toEqual([]);
  });
});

describe('differs', () => {
  it.each([
    ['a statement', 'g(); a = b;', 'a = b;', ['missing function f: g(); | ']],
    ['another value', 'a = b;', 'a = b + 1;', ['changed function f: a = b; | a = b + 1;']],
    ['one more', 'a = b;', 'a = b; g();', ['added function f:  | g();']],
    ['what an if governs', 'if (a) g(); h();', 'if (a) { g(); h(); }', ['changed function f: h(); | h();']],
    ['whose else', 'if (a) { if (b) g(); } else h();', 'if (a) { if (b) g(); else h(); }', ['changed function f: else | else', 'changed function f: h(); | h();']],
    ['the order of stores', 'kcov->t = 0; kcov->mode = 1;', 'kcov->mode = 1; kcov->t = 0;', ['missing function f: kcov->t = 0; | ', 'added function f:  | kcov->t = 0;']],
    ['the order of reads in declarations', 'int x = kcov->t; int y = kcov->m;', 'int y = kcov->m; int x = kcov->t;', ['missing function f: int x = kcov->t; | ', 'added function f:  | int x = kcov->t;']],
    ['a condition of a warning', 'WARN_ONCE(a, "x");', 'WARN_ONCE(b, "x");', ['changed function f: WARN_ONCE(a, ""); | WARN_ONCE(b, "");']],
    ['a string that is no message', 'create("a");', 'create("b");', ['changed function f: create("a"); | create("b");']],
    ['signed and unsigned', 'int x; x = 1;', 'unsigned int x; x = 1;', ['changed function f: int x; | unsigned int x;']],
    ['a marked access', 'a = READ_ONCE(b);', 'a = b;', ['changed function f: a = READ_ONCE(b); | a = b;']],
    ['parentheses that matter', 'a = (a + b) * a;', 'a = a + b * a;', ['changed function f: a = (a + b) * a; | a = a + b * a;']],
  ])('%s', (_, a, b, expected) => {
    expect(compare(inside(a), inside(b)).map(brief)).toEqual(expected);
  });

  it.each([
    ['a parameter', 'void f(int a) { }', 'void f(long a) { }', ['changed function f: void f(int a) | void f(long a)']],
    ['an attribute', 'static void f(void) { }', 'void f(void) { }', ['changed function f: static void f(void) | void f(void)']],
    ['a whole function', 'void f(void) { g(); }', '', ['missing function f: void f(void) | ', 'missing function f: g(); | ']],
    ['a field', 'struct s { int a; int b; };', 'struct s { int a; };', ['missing struct s: int b; | ']],
    ['the order of fields', 'struct s { int a; long b; };', 'struct s { long b; int a; };', ['missing struct s: int a; | ', 'added struct s:  | int a;']],
    ['a value of an enum', 'enum e { A, B };', 'enum e { A, B = 2 };', ['changed enum e: B = 1 | B = 2']],
    ['a macro', '#define N 4', '#define N 5', ['changed macro N: #define N 4 | #define N 5']],
    ['a variable', 'static DEFINE_SPINLOCK(l);', 'static DEFINE_RAW_SPINLOCK(l);', ['changed variable l: static DEFINE_SPINLOCK(l); | static DEFINE_RAW_SPINLOCK(l);']],
    ['the size of a table', 'DEFINE_HASHTABLE(m, 4);', 'DEFINE_HASHTABLE(m, 5);', ['changed variable m: DEFINE_HASHTABLE(m, 4); | DEFINE_HASHTABLE(m, 5);']],
    ['a first value', 'static struct o x = { .a = f, .b = g };', 'static struct o x = { .a = f };', ['missing variable x: .b = g | ']],
    ['a header', '#include <linux/a.h>', '', ['missing includes: #include <linux/a.h> | ']],
    ['an export', 'void f(void) { }\nEXPORT_SYMBOL(f);', 'void f(void) { }', ['missing exports: EXPORT_SYMBOL(f) | ']],
    ['an initcall', 'int f(void) { }\ndevice_initcall(f);', 'int f(void) { }', ['missing initcalls: initcall(f) | ']],
    ['a prototype', 'void f(int a);', 'void f(long a);', ['changed prototype f: void f(int a); | void f(long a);']],
    ['a typedef', 'typedef int x_t;', 'typedef long x_t;', ['changed typedef x_t: typedef int x_t; | typedef long x_t;']],
  ])('%s', (_, a, b, expected) => {
    expect(compare(a, b).map(brief)).toEqual(expected);
  });

  it('says where both stand', () => {
    const [found] = compare(inside('g();\na = 1;'), inside('\n\ng();\n\na = 2;'));
    expect([found?.a?.place.line, found?.b?.place.line]).toEqual([4, 7]);
  });
});

type Path = readonly (string | number)[];

/** Where the bodies of a function are: its own, and those of blocks and switches in it. */
function bodiesIn(node: unknown, at: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.entries(node).flatMap(([key, value]) => bodiesIn(value, [...at, Array.isArray(node) ? Number(key) : key]));
  return Array.isArray(node) && at.at(-1) === 'body' ? [at, ...inner] : inner;
}

function edited(f: FunctionDef, path: Path, edit: (body: readonly Stmt[]) => readonly Stmt[]): FunctionDef {
  const copy = (node: unknown, rest: Path): unknown => {
    const [key, ...others] = rest;
    if (key === undefined) return edit(node as readonly Stmt[]);
    if (Array.isArray(node)) return node.map((n: unknown, i) => (i === key ? copy(n, others) : n));
    return { ...(node as object), [key]: copy((node as Record<string, unknown>)[key], others) };
  };
  return copy(f, path) as FunctionDef;
}

const alone = (f: FunctionDef): Program => ({ ...emptyProgram('kernel/kcov.c'), functions: [f] });
const differ = (a: FunctionDef, b: FunctionDef): boolean => comparePrograms(alone(a), alone(b)).length > 0;

/** A statement that does nothing where it stands, and so is none. */
const isNothing = (s: Stmt | undefined): boolean => s?.kind === 'empty' || (s?.kind === 'block' && s.body.length === 0);

describe.each(kcovModels.map((m) => [m.version, m] as const))('each statement of the model of %s', (_, model) => {
  const functions = model.files.flatMap((file) => configure(file, CHECKED_CONFIGS[0] ?? {}).functions);

  it('taken away is a difference', () => {
    let statements = 0;
    for (const f of functions) {
      for (const path of bodiesIn(f.body, ['body'])) {
        const body = path.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], f) as readonly Stmt[];
        body.forEach((s, i) => {
          if (isNothing(s)) return;
          statements++;
          expect(differ(f, edited(f, path, (list) => list.filter((__, at) => at !== i))), `${f.name}: statement ${i + 1}`).toBe(true);
        });
      }
    }
    expect(statements).toBeGreaterThan(300);
  });

  it('exchanged with the next is a difference, declarations and equal ones apart', () => {
    for (const f of functions) {
      for (const path of bodiesIn(f.body, ['body'])) {
        const body = path.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], f) as readonly Stmt[];
        body.slice(1).forEach((next, i) => {
          const s = body[i];
          if (s === undefined || s.kind === 'declaration' || next.kind === 'declaration' || isNothing(s) || isNothing(next)) return;
          const swapped = edited(f, path, (list) => [...list.slice(0, i), next, s, ...list.slice(i + 2)]);
          expect(differ(f, swapped), `${f.name}: statements ${i + 1} and ${i + 2}`).toBe(true);
        });
      }
    }
  });
});

describe('any two versions of a function', () => {
  const text = fc.array(fc.constantFrom('a = b;', 'g();', 'if (a) { g(); }', 'int x;', 'return;', 'while (b) g();'), { maxLength: 12 });

  it('differ in as much one way as the other', () => {
    fc.assert(fc.property(text, text, (left, right) => {
      const [a, b] = [program(inside(left.join('\n'))), program(inside(right.join('\n')))];
      const [there, back] = [comparePrograms(a, b), comparePrograms(b, a)];
      expect(there.length === 0).toBe(back.length === 0);
      const lines = (list: readonly Difference[], side: 'a' | 'b'): number => list.filter((d) => d[side]).length;
      expect(comparedLines(a) - lines(there, 'a')).toBe(comparedLines(b) - lines(there, 'b'));
      expect(lines(there, 'a')).toBe(lines(back, 'b'));
      expect(comparePrograms(a, structuredClone(a))).toEqual([]);
    }), { numRuns: 150 });
  });
});

describe('as text', () => {
  it('shows both sides, their lines and what they are in', () => {
    const differences = compare(inside('g();\na = 1;\na = 3;\nh();'), inside('g();\na = 2;\nh();'));
    expect(renderDifferences(differences, { a: 'model', b: 'tree' })).toBe([
      '--- model kernel/test.c', '+++ tree kernel/test.c', '@@ function f: model lines 4 to 5, tree line 4 @@',
      '-\ta = 1;', '-\ta = 3;', '+\ta = 2;', '',
    ].join('\n'));
  });

  it('names what only one has', () => {
    expect(renderDifferences(compare('', 'struct s { int a; };'), { a: 'old', b: 'new' })).toContain('@@ struct s: not in old, new line 1 @@\n+\tint a;\n');
  });

  it('is empty when they agree', () => {
    expect(renderDifferences([], { a: 'a', b: 'b' })).toBe('');
  });
});
