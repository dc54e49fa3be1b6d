import { describe, expect, it } from 'vitest';
import { scenarios } from '../../../simulator/scenario/index.js';

const operations = scenarios.flatMap(({ setUp, actors }) => [...setUp, ...actors].flatMap((side) => side.operations));

describe('an operation of a scenario', () => {
  it('says as data what it is', () => {
    expect([...new Set(operations.filter(({ deed }) => !deed).map(({ label }) => label))]).toEqual([]);
  });

  it('says the same wherever it has the same label, but for what labels leave out', () => {
    const said = new Map<string, Set<string>>();
    for (const { label, deed } of operations) said.set(label, (said.get(label) ?? new Set()).add(deed?.does ?? ''));
    expect([...said].filter(([, kinds]) => kinds.size !== 1)).toEqual([]);
  });
});
