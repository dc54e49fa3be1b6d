/**
 * @module The packed engine against the plain interpreter: at level 0 the same states, transitions, violations, schedules and
 * observations; at every other level the same violations and observations. On all scenarios of kcov on both models, and on random programs.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { explore } from '../../../simulator/explore/explore.js';
import type { Exploration } from '../../../simulator/explore/explore.js';
import { explorePlainly } from '../../../simulator/explore/plain-search.js';
import { violationPoint } from '../../../simulator/explore/violation-key.js';
import type { Level } from '../../../simulator/engine/reduction.js';
import { contractFor } from '../../../simulator/kcov/contract.js';
import { kcovModels } from '../../../simulator/kcov/index.js';
import type { Code } from '../../../simulator/machine/code.js';
import type { Contract } from '../../../simulator/machine/view.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { built, compileFor } from '../../conformance/programs.js';
import { loadBench, silentContract } from '../bench.js';
import type { Bench } from '../bench.js';
import { randomProgram, scheduledProgram } from './random-program.js';

const STATES_MAX = 60_000;
/** Larger random programs are passed over. */
const RANDOM_STATES_MAX = 4_000;
const LEVELS: readonly Level[] = [1, 2, 3];

const exact = ({ states, transitions, found, notModelled, observations, gaveUp }: Exploration): unknown =>
  [states, transitions, found.map((f) => [f.key, f.schedule]), notModelled, observations.digest(), gaveUp];

/** What every level must find. */
function kept<G>(code: Code, scenario: Scenario<G>, { found, notModelled, observations, verdict }: Exploration): unknown {
  return [[...new Set(found.map((f) => violationPoint(code, scenario, f.violation)))].sort(), notModelled, observations.digest(), verdict];
}

/** Searches in all ways; states at level 0 and at level 3. Null where level 0 has more states than are to be compared. */
function compare<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>, { statesMax = STATES_MAX, levels = LEVELS } = {}): { full: number; reduced: number; violated: boolean } | null {
  const packed = explore(code, scenario, contract, { statesMax });
  const plain = explorePlainly(code, scenario, contract, { statesMax });
  expect(exact(packed)).toEqual(exact(plain));
  if (packed.gaveUp?.startsWith('more than')) return null;
  let last = packed;
  for (const level of levels) {
    last = explore(code, scenario, contract, { statesMax: STATES_MAX, level });
    expect([level, kept(code, scenario, last)]).toEqual([level, kept(code, scenario, packed)]);
    expect(last.states).toBeLessThanOrEqual(packed.states);
  }
  return { full: packed.states, reduced: last.states, violated: packed.found.length > 0 };
}

describe.each(kcovModels.map((model) => [model.version, model] as const))('the scenarios of kcov on %s', (_, model) => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (__, scenario) => {
    expect(compare(compileFor(built(model), scenario), scenario, contractFor(model.dialect))?.full).toBeGreaterThan(1);
  });
});

describe('random programs', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  it('come to the same in all ways', () => {
    let [violating, reduced] = [0, 0];
    fc.assert(fc.property(randomProgram, ({ text, scenario }) => {
      const code = bench.code(text);
      expect(code.notModelled).toEqual([]);
      const compared = compare(code, scenario, silentContract, { statesMax: RANDOM_STATES_MAX });
      fc.pre(compared !== null);
      if (compared.reduced < compared.full) reduced += 1;
      if (compared.violated) violating += 1;
    }), { numRuns: 500, seed: 20191217 });
    expect(violating).toBeGreaterThan(100);
    expect(reduced).toBeGreaterThan(300);
  });

  it('come to the same where tasks share a CPU', () => {
    let [violating, compared] = [0, 0];
    fc.assert(fc.property(scheduledProgram, ({ text, scenario }) => {
      const code = bench.code(text);
      expect(code.notModelled).toEqual([]);
      const result = compare(code, scenario, silentContract, { statesMax: RANDOM_STATES_MAX, levels: [3] });
      fc.pre(result !== null);
      compared += 1;
      expect(result.reduced).toBe(result.full);
      if (result.violated) violating += 1;
    }), { numRuns: 150, seed: 20191217 });
    expect(compared).toBeGreaterThan(100);
    expect(violating).toBeGreaterThan(30);
  });
});
