/** The printer and the C front end agree: lowering the printed model gives the model of that configuration again. */
import { beforeAll, describe, expect, it } from 'vitest';
import { configure } from '../simulator/ir/configure.js';
import { printProgram } from '../simulator/ir/print.js';
import type { Config, Program } from '../simulator/ir/program.js';
import { kcovModels } from '../simulator/kcov/index.js';
import { environment } from '../simulator/kernel/environment.js';
import { loadFrontEnd } from '../src/c/front-end.js';
import type { FrontEnd } from '../src/c/front-end.js';

/** What says how a Program is written and not what it means. Integer types are compared by width and sign. */
const SPELLING = new Set(['place', 'parens', 'qualifiers', 'text', 'ifdef', 'suffix']);

function meaning(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meaning);
  if (typeof node !== 'object' || node === null) return node;
  if ('kind' in node && node.kind === 'int') return { ...node, name: '' };
  const kept = Object.entries(node).filter(([key, value]) => !SPELLING.has(key) && value !== undefined);
  const entries = kept.map(([key, value]): [string, unknown] => [
    key, key === 'attributes' && Array.isArray(value) ? value.filter((a) => a !== 'const') : meaning(value),
  ]);
  return Object.fromEntries(entries.filter(([key, value]) => key !== 'attributes' || (value as unknown[]).length > 0));
}

const CONFIGS: readonly Config[] = [
  { KCOV: true, KCOV_ENABLE_COMPARISONS: true },
  { KCOV: true },
  { KCOV: false, RANDOMIZE_BASE: true, MEMCG: true, TRACING: true },
];

let frontEnd: FrontEnd;

beforeAll(async () => {
  frontEnd = await loadFrontEnd();
});

function lowered(program: Program, config: Config): Program {
  return frontEnd.lower(program.path, printProgram(program).lines.join('\n') + '\n', config);
}

const programs = [...kcovModels.flatMap((m) => m.files.map((p) => [`${m.version} ${p.path}`, p] as const)), ['environment', environment] as const];

describe.each(programs)('%s', (_, program) => {
  it.each(CONFIGS.map((c) => [JSON.stringify(c), c] as const))('lowered from its print, with %s', (_name, config) => {
    const expected = configure(program, config);
    const got = lowered(program, config);
    expect(got.notModelled).toEqual([]);
    for (const part of ['structs', 'enums', 'typedefs', 'globals', 'functions'] as const) {
      expect(meaning(got[part]), part).toEqual(meaning(expected[part]));
    }
    expect(got.macros.map((m) => [m.name, m.params])).toEqual(expected.macros.map((m) => [m.name, m.params]));
    expect([got.initcalls, got.exports]).toEqual([expected.initcalls, expected.exports]);
    expect(got.includes.map((i) => i.text)).toEqual(expected.includes.map((i) => i.text));
  });

  it('has the places that the front end sees', () => {
    const config = CONFIGS[0] ?? {};
    const expected = configure(program, config);
    const got = lowered(program, config);
    if (new Set(expected.functions.map((f) => f.place.path)).size > 1) return;
    for (const [i, f] of expected.functions.entries()) {
      expect([f.name, f.body.map((s) => s.place.line)]).toEqual([f.name, got.functions[i]?.body.map((s) => s.place.line)]);
    }
  });
});
