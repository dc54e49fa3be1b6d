/** @module What a schedule needs besides tasks and ordinary interrupts. */
import { describe, expect, it } from 'vitest';
import { circumstancesOf, possibleCircumstances } from '../../src/analysis/circumstances.js';
import type { Found } from '../../simulator/explore/explore.js';
import { scenarios } from '../../simulator/scenario/index.js';

type Moves = readonly (readonly [actor: number, choice: number])[];

const circumstances = (name: string, moves: Moves): string[] => under(circumstancesOf, name, moves);
const possible = (name: string, moves: Moves): string[] => under(possibleCircumstances, name, moves);

/** Moves as actor and choice; the rest follows from nothing here. */
function under(of: typeof circumstancesOf, name: string, moves: Moves): string[] {
  const scenario = scenarios.find((s) => s.name === name);
  if (!scenario) throw new Error(name);
  const schedule = moves.map(([actor, choice]) => ({ cpu: scenario.actors[actor]?.cpu ?? 0, actor, enter: false, choice }));
  return [...of(scenario, { key: '', violation: { property: '', detail: '', cpu: 0, at: { actor: 0, kind: 'task', operation: 0, frames: [] }, interrupted: [], fatal: false }, schedule } satisfies Found)];
}

describe('the circumstances of a violation', () => {
  it('are early irq code that arrived, not that it might have', () => {
    expect(circumstances('early-irq-in-trace', [[0, 0], [1, 0]])).toEqual([]);
    expect(circumstances('early-irq-in-trace', [[0, 0], [2, 0]])).toEqual(['early']);
  });

  it('are a kill or a fork that was chosen, and any write of a user', () => {
    expect(circumstances('killed-anywhere', [[0, 0], [0, 0]])).toEqual([]);
    expect(circumstances('killed-anywhere', [[0, 0], [0, 1]])).toEqual(['kill', 'failure']);
    expect(circumstances('forks-anywhere', [[0, 1]])).toEqual(['fork']);
    expect(circumstances('hostile-count', [[0, 0], [1, 0]])).toEqual(['userWrite']);
    expect(circumstances('hostile-count', [[0, 0]])).toEqual([]);
  });

  it('are an allocation that failed, not that it might have', () => {
    expect(circumstances('allocation-failure', [[0, 0], [0, 0]])).toEqual([]);
    expect(circumstances('allocation-failure', [[0, 1]])).toEqual(['failure']);
    expect(possible('allocation-failure', [[0, 0]])).toEqual(['failure']);
  });

  it('are none where only interrupts are at play', () => {
    expect(circumstances('interrupted-trace', [[0, 0], [1, 0], [2, 0], [3, 0]])).toEqual([]);
    expect(possible('interrupted-trace', [[0, 0], [1, 0], [2, 0], [3, 0]])).toEqual([]);
  });
});
