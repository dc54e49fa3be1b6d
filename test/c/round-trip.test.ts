/**
 * @module Printing and reading are inverse, up to places: on random functions, on the models of kcov, and on real files
 * when a kernel tree is named by KCOVET_LINUX.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printProgram } from '../../simulator/ir/print.js';
import { emptyProgram, type Config, type Expr, type FunctionDef, type Program, type Stmt, type StmtBody } from '../../simulator/ir/program.js';
import { configure } from '../../simulator/ir/configure.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import { canonicalStatement, expressionText } from '../../src/c/canonical.js';
import { body, frontEnd, only, program, withoutPlaces } from './fixture.js';

const place = { path: 'kernel/test.c', line: 1, endLine: 1 };
const at = (s: StmtBody): Stmt => ({ place, ...s });
const name = fc.constantFrom('a', 'kcov', 'area', 'flags').map((n): Expr => ({ kind: 'name', name: n }));
const label = fc.constantFrom('out', 'exit');
const value = fc.oneof(
  name, fc.nat(99).map((n): Expr => ({ kind: 'number', value: BigInt(n), suffix: '' })),
  name.map((base): Expr => ({ kind: 'member', base, field: 'mode', arrow: true })),
  fc.tuple(name, name).map(([left, right]): Expr => ({ kind: 'binary', op: '&&', left, right })),
  name.map((arg): Expr => ({ kind: 'call', callee: { kind: 'name', name: 'READ_ONCE' }, args: [arg] })),
);
const simple: fc.Arbitrary<Stmt> = fc.oneof(
  fc.tuple(name, value).map(([target, v]) => at({ kind: 'expression', expr: { kind: 'assign', op: '=', target, value: v } })),
  fc.option(value, { nil: undefined }).map((v) => at(v ? { kind: 'return', value: v } : { kind: 'return' })),
  label.map((l) => at({ kind: 'goto', label: l })),
  fc.constantFrom(at({ kind: 'break' }), at({ kind: 'continue' }), at({ kind: 'empty' })),
);
const { statement, block } = fc.letrec<{ statement: Stmt; block: Stmt; list: Stmt[] }>((tie) => ({
  list: fc.array(tie('statement'), { maxLength: 4 }),
  block: tie('list').map((list) => at({ kind: 'block', body: list })),
  statement: fc.oneof(
    { maxDepth: 4 }, simple,
    fc.tuple(value, tie('block'), fc.option(tie('block'), { nil: undefined }))
      .map(([test, then, other]) => at({ kind: 'if', test, then, ...(other ? { else: other } : {}) })),
    fc.tuple(value, simple).map(([test, then]) => at({ kind: 'if', test, then })),
    fc.tuple(value, tie('block')).map(([test, inner]) => at({ kind: 'while', test, body: inner })),
    fc.tuple(value, tie('block')).map(([test, inner]) => at({ kind: 'doWhile', test, body: inner })),
    fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), tie('block'))
      .map(([args, inner]) => at({ kind: 'forEach', macro: 'list_for_each_entry', args, body: inner })),
    fc.tuple(value, fc.array(fc.tuple(fc.option(fc.nat(9)), tie('statement')), { maxLength: 3 })).map(([v, cases]) => at({
      kind: 'switch', value: v,
      body: cases.flatMap(([n, s]) => [at({ kind: 'case', value: n === null ? null : { kind: 'number', value: BigInt(n), suffix: '' } }), s]),
    })),
    tie('block'),
  ),
}));

function withBody(statements: readonly Stmt[]): Program {
  const f: FunctionDef = { name: 'f', returns: { kind: 'void' }, params: [], attributes: ['static'], body: statements, place };
  return { ...emptyProgram('kernel/test.c'), functions: [f] };
}

const lower = (p: Program): Program => frontEnd.lower(p.path, `${printProgram(p).lines.join('\n')}\n`, {});

describe('random functions', () => {
  it('printed and read again are the same', () => {
    fc.assert(fc.property(fc.array(fc.oneof(statement, block), { maxLength: 6 }), (list) => {
      const again = lower(withBody(list));
      expect(again.notModelled).toEqual([]);
      expect(withoutPlaces(only(again.functions).body)).toEqual(withoutPlaces(list));
    }), { numRuns: 400 });
  });

  it('statements stand where the printer says', () => {
    const p = program('static void f(void)\n{\n\tint a, b;\n\n\tif (a) {\n\t\tb = 1;\n\t} else {\n\t\tb = 2;\n\t}\n\tfor_each_x(a)\n\t\tb++;\n}\n');
    const printed = printProgram(p);
    for (const s of only(p.functions).body) expect(printed.places.get(s)?.line).toBe(s.place.line);
  });
});

describe('canonical statements', () => {
  it.each([
    ['if ( a/* why */ ==\n\tb ) { x; }', 'if (a == b)'], ['x=( a+b );', 'x = a + b;'], ['do { x; } while ((a && b));', 'do while (a && b)'],
    ['list_for_each ( pos ,\n head ) x;', 'list_for_each(pos, head)'], ['switch(a) { case 1: ; }', 'switch (a)'], ['return(a);', 'return a;'],
    ['int   a = ( 1 );', 'int a = 1;'], ['{ x; }', '{'], ['for (i=0;i<(n);i++) x;', 'for (i = 0; i < n; i++)'],
  ])('%j', (text, wanted) => {
    expect(canonicalStatement(only(body(text)))).toBe(wanted);
  });

  it('expressions keep only the parentheses they need', () => {
    expect(expressionText(frontEnd.expression('(a || (b && c)) & ((d))'))).toBe('(a || b && c) & d');
  });
});

/** A copy without places, sides of #ifdef and the spelling of numbers. */
function meaning<T>(value: T): T {
  if (Array.isArray(value)) return value.map((v: unknown) => meaning(v)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const dropped = new Set(['place', 'ifdef', ...('suffix' in value ? ['text'] : [])]);
  const kept = Object.entries(value).filter(([key, v]) => !dropped.has(key) && v !== undefined);
  return Object.fromEntries(kept.map(([key, v]: [string, unknown]) => [key, meaning(v)])) as T;
}

describe('the models of kcov', () => {
  const files = kcovModels.flatMap((model) => model.files.map((file) => [`${model.version} ${file.path}`, file] as const));
  const choices: readonly Config[] = [
    { KCOV: true, '64BIT': true, KCOV_ENABLE_COMPARISONS: true }, { KCOV: true, '64BIT': true },
  ];
  it.each(files)('%s is read as it was built', (_, file) => {
    const text = `${printProgram(file).lines.join('\n')}\n`;
    expect(frontEnd.parses(text)).toBe(true);
    for (const config of choices) {
      const [built, read] = [configure(file, config), frontEnd.lower(file.path, text, config)];
      expect(read.notModelled).toEqual([]);
      for (const key of ['structs', 'enums', 'typedefs', 'globals', 'functions', 'initcalls', 'exports'] as const) {
        expect(meaning(read[key])).toEqual(meaning(built[key]));
      }
      const shown = (p: Program): Map<string, string> => new Map(p.macros.flatMap((m) => (m.expr ? [[m.name, expressionText(m.expr)]] : [])));
      const expanded = shown(read);
      for (const [name, text] of shown(built)) expect(expanded.get(name)).toBe(text);
    }
  });
});

const LINUX = process.env['KCOVET_LINUX'] ?? '';
const CONFIGS: readonly Config[] = [
  { KCOV_ENABLE_COMPARISONS: true }, { KCOV_ENABLE_COMPARISONS: false, PREEMPT_RT: true, KCOV_SELFTEST: true },
];
const FILES = ['kernel/kcov.c', 'include/linux/kcov.h', 'include/uapi/linux/kcov.h'];

describe('real files', () => {
  for (const file of FILES) {
    const full = path.join(LINUX, file);
    const there = LINUX !== '' && existsSync(full);
    it.skipIf(!there)(`${file}${there ? '' : ': skipped, KCOVET_LINUX names no kernel tree'}`, () => {
      const text = readFileSync(full, 'utf8');
      for (const config of CONFIGS) {
        const p = frontEnd.lower(file, text, config);
        expect(p.notModelled).toEqual([]);
        const again = frontEnd.lower(file, `${printProgram(p).lines.join('\n')}\n`, config);
        expect(withoutPlaces(again.functions)).toEqual(withoutPlaces(p.functions));
        expect(withoutPlaces(again.structs)).toEqual(withoutPlaces(p.structs));
        expect(withoutPlaces(again.enums)).toEqual(withoutPlaces(p.enums));
      }
      expect(frontEnd.parses(text)).toBe(true);
    });
  }
});
