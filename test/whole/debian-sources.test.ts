/**
 * @module kernel/kcov.c of Debian's kernels, whole: nothing is left out of it, and no statement is without meaning. Each is taken
 * out of its function in turn, and the function's instructions must change, but for the calls printed as without effect.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '../../simulator/compile/compile.js';
import { printStatementHead } from '../../simulator/ir/print.js';
import type { Config, FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';
import type { Code } from '../../simulator/machine/code.js';
import { WITHOUT_EFFECT } from '../../simulator/kernel/calls.js';
import { loadFrontEnd } from '../../src/c/front-end.js';
import { sourcesOf, wholeProgram } from './debian.js';

const frontEnd = await loadFrontEnd();
const CONFIGS: readonly (readonly [string, Config])[] = [
  ['with comparisons', { KCOV: true, SMP: true, KCOV_ENABLE_COMPARISONS: true }], ['without comparisons', { KCOV: true, SMP: true }],
];
const OPTIONS = { constants: new Map([['nr_cpu_ids', 2n], ['CONFIG_KCOV_IRQ_AREA_SIZE', 16n]]), hashBuckets: 2 };

/** The instructions of a function, without the places and numbers that only say where a statement stands. */
function footprint(code: Code, name: string): string {
  const instructions = code.functionsByName.get(name)?.instructions ?? [];
  return JSON.stringify(instructions, (key, value: unknown) => (key === 'statement' || key === 'site' ? undefined : typeof value === 'bigint' ? `${value}n` : value));
}

/** The function without the statement `gone`; a statement that stands alone becomes empty. */
function without(def: FunctionDef, gone: Stmt): FunctionDef {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.filter((inner) => inner !== gone).map(walk);
    if (typeof node !== 'object' || node === null) return node;
    if (node === gone) return { kind: 'empty', place: gone.place };
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
  };
  return { ...def, body: walk(def.body) as readonly Stmt[] };
}

function statementsOf(node: unknown, found: Stmt[] = []): Stmt[] {
  if (typeof node !== 'object' || node === null) return found;
  if ('place' in node && 'kind' in node) found.push(node as Stmt);
  for (const inner of Object.values(node)) statementsOf(inner, found);
  return found;
}

/** True for what C itself gives no effect: braces, `;`, labels, fallthrough, declarations without a value. */
function isInert(s: Stmt): boolean {
  const fallthrough = s.kind === 'expression' && s.expr.kind === 'name' && s.expr.name === 'fallthrough';
  return fallthrough || ['block', 'empty'].includes(s.kind) || (s.kind === 'declaration' && s.init === undefined);
}

/** The kernel call or macro of the file that a statement consists of; '' if it is none. */
function calledBy(s: Stmt): string {
  return s.kind === 'expression' && s.expr.kind === 'call' && s.expr.callee.kind === 'name' ? s.expr.callee.name : '';
}

/** Only the function and what it needs to be compiled: others are reduced to their heads. */
function alone(program: Program, def: FunctionDef): Program {
  return { ...program, functions: program.functions.map((f) => (f.name === def.name ? def : { ...f, body: [] })) };
}

describe.each(['6.1', '6.12'])("Debian's linux-source-%s", (version) => {
  const sources = sourcesOf(version);
  const folder = 'folder' in sources ? sources.folder : '';
  if ('missing' in sources) process.stdout.write(`skipped: ${sources.missing}\n`);

  it.skipIf(folder === '').each(CONFIGS)('is modelled whole, %s', (_, config) => {
    const program = wholeProgram(frontEnd, folder, config);
    expect(program.functions.filter((f) => f.place.path === 'kernel/kcov.c').length).toBeGreaterThan(20);
    expect(program.notModelled).toEqual([]);
    expect(compile(program, OPTIONS).notModelled).toEqual([]);
  });

  it.skipIf(folder === '').each(CONFIGS)('has no statement without meaning, %s', (_, config) => {
    const program = wholeProgram(frontEnd, folder, config);
    const listed = new Set(compile(program, OPTIONS).withoutEffect.map((text) => text.split(' ')[0] ?? ''));
    const unseen: string[] = [];
    let [statements, without_] = [0, 0];
    for (const def of program.functions.filter((f) => f.place.path === 'kernel/kcov.c')) {
      const before = footprint(compile(alone(program, def), OPTIONS), def.name);
      for (const s of statementsOf(def.body).filter((inner) => !isInert(inner))) {
        statements += 1;
        const after = footprint(compile(alone(program, without(def, s)), OPTIONS), def.name);
        if (after !== before) continue;
        const call = calledBy(s);
        if (WITHOUT_EFFECT.has(call) || listed.has(call)) without_ += 1;
        else if (!isLastWay(def, s)) unseen.push(`${def.name}: ${printStatementHead(s)}`);
      }
    }
    process.stdout.write(`linux-source-${version}: ${statements} statements, ${without_} calls without effect: ${[...listed].sort().join(', ')}\n`);
    expect(unseen).toEqual([]);
  }, 120_000);
});

/** A return without a value at the end, and a break of the last case, go where the text goes anyway. */
function isLastWay(def: FunctionDef, s: Stmt): boolean {
  if (s.kind === 'return' && s.value === undefined) return def.body.at(-1) === s;
  if (s.kind !== 'break') return false;
  return statementsOf(def.body).some((outer) => outer.kind === 'switch' && outer.body.at(-1) === s);
}
