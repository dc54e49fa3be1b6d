/**
 * @module At level 0 our search visits as many states and takes as many transitions as SPIN does: on what we emit for a
 * scenario, and on models of the same that were written by hand.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { measure, runPan, spinMissing } from '../../bench/index.js';
import type { Code } from '../../simulator/machine/code.js';
import type { Scenario } from '../../simulator/scenario/scenario.js';
import { loadBench, runs, scenarioOf, search, silentContract } from '../simulator/bench.js';
import type { Bench, Returned } from '../simulator/bench.js';
import { kcovCode, kcovScenarios } from './kcov-scenarios.js';
import { SAMPLES } from './programs.js';
import type { Sample } from './programs.js';

/** pan is soon done: its compilation is what takes time. */
const QUICK = { optimise: 0, hashBits: 18 } as const;

function scenarioOfSample({ name, processes, allocationsFail = false }: Sample): Scenario<Returned> {
  const actors = processes.map(([function_, kind, cpu, times = 1]) => ({ kind, cpu, times, operations: [runs(function_)] }));
  return scenarioOf(actors, { name, allocationsFail });
}

interface Counts {
  readonly states: number;
  readonly transitions: number;
}

function ours(code: Code, scenario: Scenario<Returned>): Counts {
  const { states, transitions, gaveUp, notModelled } = search(code, scenario);
  expect({ gaveUp, notModelled }).toEqual({ gaveUp: null, notModelled: [] });
  return { states, transitions };
}

function theirs(code: Code, scenario: Scenario<Returned>): Counts | string {
  const found = measure({ code, scenario, contract: silentContract }, QUICK);
  return 'refused' in found ? found.refused : { states: found.states, transitions: found.transitions };
}

describe.skipIf(spinMissing !== null)('the search and SPIN', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it.each(SAMPLES)('count the same on $name', (sample) => {
    const [code, scenario] = [bench.code(sample.text), scenarioOfSample(sample)];
    expect(code.notModelled).toEqual([]);
    expect(theirs(code, scenario)).toEqual(ours(code, scenario));
  });

  it.each(['irqsave', 'exchange'])('count the same on %s as it was written by hand', (name) => {
    const sample = SAMPLES.find((s) => s.name === name);
    if (!sample) throw new Error(name);
    const { states, transitions, errors } = runPan(readFileSync(new URL(`./by-hand/${name}.pml`, import.meta.url), 'utf8'), QUICK);
    expect({ states, transitions, errors }).toEqual({ ...ours(bench.code(sample.text), scenarioOfSample(sample)), errors: 0 });
  });

  const code = kcovCode();
  it.each(kcovScenarios(code))('count the same on $name of the v5.5 model', (scenario) => {
    expect(theirs(code, scenario)).toEqual(ours(code, scenario));
  });
});
