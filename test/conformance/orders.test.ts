/**
 * @module Scenarios in which CPUs put accesses off: kcov_move_area() of v5.5 and v6.12 publishes the count without a write
 * barrier behind the entries, and a reader on another CPU may be told of entries that it does not see. With the barrier that
 * was proposed in July 2025 (kcov: use write memory barrier after memcpy() in kcov_move_area()) none is.
 */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../simulator/kcov/index.js';
import { boundsOf, withBounds } from '../../simulator/scenario/bounds.js';
import { sectionsOnTwoCpus } from '../../simulator/scenario/kcov/sections-on-two-cpus.js';
import { scenarios } from '../../simulator/scenario/index.js';
import { built, lowered, search, textOf } from './programs.js';

const orderScenarios = scenarios.filter((scenario) => scenario.reader === true);
const PATH = 'kernel/kcov.c';
const COPY = 'memcpy(dst_entries, src_entries, bytes_to_move);\n';

/** The text of a model with `statement` between the copy of the entries and the count. */
function behindCopy(texts: ReadonlyMap<string, string>, statement: string): Map<string, string> {
  const text = texts.get(PATH) ?? '';
  if (text.split(COPY).length !== 2) throw new Error('no copy of the entries');
  return new Map([...texts, [PATH, text.replace(COPY, `${COPY}\t${statement}\n`)]]);
}

describe.each(kcovModels.map((model) => [model.version, model] as const))('kcov of %s', (version, model) => {
  const texts = textOf(model);
  const asIs = built(model);
  const ordered = lowered(behindCopy(texts, 'smp_wmb();'));
  const compilerOnly = lowered(behindCopy(texts, 'barrier();'));
  const allowed = orderScenarios.filter((s) => version !== 'v5.5' || s.sectionsIn.length === 0);

  it.each(allowed.map((s) => [s.name, s] as const))('%s', (_, scenario) => {
    const found = search(asIs, scenario, model.dialect);
    expect(found).toMatchObject({ gaveUp: null, notModelled: [] });
    expect(found.violations).not.toEqual([]);
    for (const text of found.violations) expect(text).toMatch(/^published-too-early: entry \d of \d in the area of A is counted before it is written$/u);
    const without = search(asIs, withBounds(scenario, { 'cpu-reorderings': 0 }), model.dialect);
    expect(without).toMatchObject({ verdict: 'holdsWithinBound', violations: [] });
    expect(found.states).toBeGreaterThan(without.states);
    expect(found.states).toBeLessThan(20_000);
    if (process.env.ORDERS) console.warn(version, scenario.name, without.states, found.states, found.violations); // eslint-disable-line no-console -- asked for
  });

  it.each(allowed.map((s) => [s.name, s] as const))('%s: a write barrier orders, barrier() does not', (_, scenario) => {
    expect(search(ordered, scenario, model.dialect)).toMatchObject({ verdict: 'holdsWithinBound', violations: [], gaveUp: null });
    expect(search(compilerOnly, scenario, model.dialect).violations).not.toEqual([]);
  });

  it.each(allowed.map((s) => [s.name, s] as const))('%s: barrier() is enough for the compiler alone', (_, scenario) => {
    const compiler = withBounds(scenario, { 'compiler-reorderings': 1, 'cpu-reorderings': 0 });
    expect(search(asIs, compiler, model.dialect).violations).not.toEqual([]);
    expect(search(compilerOnly, compiler, model.dialect)).toMatchObject({ verdict: 'holdsWithinBound', violations: [], gaveUp: null });
  });

  it('two sections at once: what one of them still writes is no wrong record of the other', () => {
    const both = withBounds(sectionsOnTwoCpus, { 'cpu-reorderings': 1, 'compiler-reorderings': 0 });
    expect(search(asIs, both, model.dialect).violations).toEqual([]);
  });
});

describe('bounds', () => {
  it('name what may be put off only where something may', () => {
    for (const scenario of scenarios.filter((s) => s.reorderings === undefined)) expect(Object.keys(boundsOf(scenario)).filter((bound) => bound.endsWith('reorderings'))).toEqual([]);
    for (const scenario of orderScenarios) expect(boundsOf(scenario)).toMatchObject({ 'cpu-reorderings': 1 });
    const early = scenarios.filter((s) => s.reorderings !== undefined && s.reader !== true);
    expect(early.filter((s) => !s.actors.some((a) => a.early)).map((s) => s.name)).toEqual([]);
    for (const scenario of early) expect(boundsOf(scenario)).toMatchObject({ 'compiler-reorderings': 1 });
    const [first] = scenarios;
    expect(first && boundsOf(withBounds(first, { 'compiler-reorderings': 9 }))).toMatchObject({ 'compiler-reorderings': 4 });
  });
});
