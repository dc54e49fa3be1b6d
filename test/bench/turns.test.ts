/** @module Searches in turns: how often others get one, that it changes nothing, and what ends a search. On the bench's scenario. */
import { beforeAll, describe, expect, test } from 'vitest';
import { threadPatchCode, threadPatchScenario } from '../../bench/index.js';
import { explore, exploring } from '../../simulator/explore/explore.js';
import type { Exploration } from '../../simulator/explore/explore.js';
import type { Code } from '../../simulator/machine/code.js';
import { silent } from '../../simulator/promela/silent.js';
import { inTurns, Turns } from '../../src/analysis/searcher.js';

const scenario = threadPatchScenario({ irq: [1, 0], nmi: [1, 0] });
const STATES_MAX = 1_000_000;

let code: Code;
let whole: Exploration;
beforeAll(async () => {
  code = await threadPatchCode();
  whole = explore(code, scenario, silent, { statesMax: STATES_MAX });
});

/** A clock-free Turns: others get one each time. */
class Always extends Turns {
  passed = 0;

  override get isOver(): boolean {
    return true;
  }

  override async pass(): Promise<void> {
    this.passed += 1;
    await Promise.resolve();
  }
}

test('a slice is of 256 states at most, and slices change nothing', async () => {
  const turns = new Always();
  const seen: number[] = [];
  const made = await inTurns(exploring(code, scenario, silent, { statesMax: STATES_MAX }), { turns, onStates: (states) => seen.push(states) });
  expect(whole.states).toBeGreaterThan(50_000);
  expect(made).toEqual(whole);
  expect(turns.passed).toBeGreaterThanOrEqual(whole.states / 256);
  expect(seen.at(-1)).toBeLessThanOrEqual(whole.states);
});

test('it ends at the slice at which it is told to, and says why', async () => {
  const stop = new AbortController();
  const turns = new Always();
  const watch = { turns, signal: stop.signal, onStates: () => { if (turns.passed === 100) stop.abort('stopped after 2 s'); } };
  const { gaveUp, stopped, states } = await inTurns(exploring(code, scenario, silent, { statesMax: STATES_MAX }), watch);
  expect({ gaveUp, stopped }).toEqual({ gaveUp: 'stopped after 2 s', stopped: true });
  expect(states).toBeLessThan(100 * 256 * 8);
});

describe('memory', () => {
  const limited = (memoryMax: number): Exploration => explore(code, scenario, silent, { statesMax: STATES_MAX, memoryMax });

  test('a search ends at it, each time at the same state', () => {
    const first = limited(2 ** 21);
    expect(first).toMatchObject({ gaveUp: 'more than 2 MB', stopped: false });
    expect(limited(2 ** 21).states).toBe(first.states);
  });

  test('and not where there is enough', () => {
    expect(limited(2 ** 30)).toEqual(whole);
  });
});
