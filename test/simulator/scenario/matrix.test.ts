/** @module The matrix of properties and scenarios, held against seeded faults: what a fault shows in a scenario is marked there. */
import { expect, it } from 'vitest';
import { COLUMNS, EVERYWHERE, propertiesOf } from '../../../simulator/scenario/matrix.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import { matrixText } from '../../../src/cli/scenarios-command.js';
import { MUTANTS } from '../kcov/contract-mutants.js';

const WIDTH = 100;

it('marks every property where a fault was seen to violate it', () => {
  const unmarked = MUTANTS.filter(([, , , name, property]) => {
    const scenario = scenarios.find((s) => s.name === name);
    return !scenario || ![...EVERYWHERE, ...propertiesOf(scenario)].includes(property);
  });
  expect(unmarked).toEqual([]);
});

it('has each property once, each column met by some scenarios and not by others', () => {
  const all = [...EVERYWHERE, ...COLUMNS.flatMap((c) => c.properties)];
  expect(new Set(all).size).toBe(all.length);
  for (const { code, meets } of COLUMNS) {
    const met = scenarios.filter(meets).length;
    expect(met, code).toBeGreaterThan(0);
    expect(met, code).toBeLessThan(scenarios.length);
  }
  expect(new Set(COLUMNS.map((c) => c.code)).size).toBe(COLUMNS.length);
});

it('does not mark what a scenario has no operation for', () => {
  const of = (name: string): string[] => propertiesOf(scenarios.find((s) => s.name === name)!);
  expect(of('calls-when-open')).not.toContain('coverage-lost');
  expect(of('section-in-kthread')).not.toContain('common-handle');
  expect(of('device-lifecycle')).not.toContain('irq-unsafe-lock');
  expect(of('common-handle-in-interrupts')).toEqual(expect.arrayContaining(['common-handle', 'irq-unsafe-lock']));
});

it('fits a line of text, and has a row for each scenario', () => {
  const lines = matrixText(scenarios, WIDTH).split('\n');
  expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
  for (const { name } of scenarios) expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
});
