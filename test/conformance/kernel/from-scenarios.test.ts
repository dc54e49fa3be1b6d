/** @module Scenarios as sequences, without a kernel at hand. */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../../simulator/kcov/index.js';
import { disable, fork, hit, remoteStart, remoteStop } from '../../../simulator/kcov/operations.js';
import { mayBeKilled } from '../../../simulator/scenario/choices.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import { interrupt, kcovScenario, task } from '../../../simulator/scenario/kcov-scenario.js';
import type { KcovScenarioSpec } from '../../../simulator/scenario/kcov-scenario.js';
import { remote, traced } from '../../../simulator/scenario/kcov/set-up.js';
import { built } from '../programs.js';
import { fromScenarios, scenariosText, sequencesOfScenario } from './from-scenarios.js';
import { objectionTo, sequenceText } from './sequence.js';
import { simulate, subjectOf } from './simulate.js';
import { pagesFor, waysOf } from './strands.js';

const model = kcovModels.find((m) => m.version === 'v6.12');
if (!model) throw new Error('no model of v6.12');
const subject = subjectOf(built(model), model.dialect);

const HANDLE = 0x0100000000000001n;

/** All orders as text, without the set-up and the end, with roomy areas. */
function ordersOf(spec: Partial<KcovScenarioSpec>): string[] {
  const scenario = kcovScenario({ name: 'tried', checks: '', devices: ['A'], setUp: [traced('task', 'A')], actors: [], ...spec });
  const { sequences, orders } = sequencesOfScenario(subject.code, scenario, Infinity);
  expect(sequences).toHaveLength(orders);
  return sequences.map(sequenceText).filter((text) => !text.includes('poke')).map((text) => text.slice(text.indexOf('enable A 0\n') + 11, text.indexOf('\nm read')).replaceAll(' ; state', '').replaceAll('\n', ', '));
}

describe('orders of a scenario', () => {
  it('are all in which tasks can take turns', () => {
    expect(ordersOf({ cpus: 2, actors: [task('task', [hit(1), disable('A')]), task('other', [hit(2)], { cpu: 1 })] })).toEqual([
      't0 hit 1, t0 disable A 0, k0 hit 2', 't0 hit 1, k0 hit 2, t0 disable A 0', 'k0 hit 2, t0 hit 1, t0 disable A 0',
    ]);
  });

  it('have interrupts between operations of their CPU, nested as contexts nest', () => {
    expect(ordersOf({ actors: [task('task', [hit(1)]), interrupt('softirq', [hit(2)]), interrupt('nmi', [hit(3)])] })).toEqual([
      't0 hit 1, t0 softirq [ hit 2 ], t0 nmi [ hit 3 ]', 't0 hit 1, t0 softirq [ hit 2 ; nmi [ hit 3 ] ]', 't0 hit 1, t0 softirq [ nmi [ hit 3 ] ; hit 2 ]',
      't0 hit 1, t0 nmi [ hit 3 ], t0 softirq [ hit 2 ]', 't0 softirq [ hit 2 ], t0 hit 1, t0 nmi [ hit 3 ]', 't0 softirq [ hit 2 ], t0 nmi [ hit 3 ], t0 hit 1',
      't0 softirq [ hit 2 ; nmi [ hit 3 ] ], t0 hit 1', 't0 softirq [ nmi [ hit 3 ] ; hit 2 ], t0 hit 1', 't0 nmi [ hit 3 ], t0 hit 1, t0 softirq [ hit 2 ]', 't0 nmi [ hit 3 ], t0 softirq [ hit 2 ], t0 hit 1',
    ]);
  });

  it('are made for each choice: a task that is killed, a child that is born', () => {
    expect(ordersOf({ actors: [task('task', mayBeKilled([hit(1)], [disable('A')]))] })).toEqual(['t0 hit 1, t0 disable A 0', 't0 disable A 0']);
    expect(ordersOf({ tasks: ['child'], actors: [task('task', [fork('child')]), task('child', [hit(1)], { cpu: 1 })], cpus: 2 })).toEqual(['t0 fork t1, t1 hit 1']);
  });

  it('are chosen evenly, the first among them', () => {
    const scenario = kcovScenario({ name: 'tried', checks: '', cpus: 2, devices: ['A'], setUp: [traced('task', 'A')], actors: [task('task', [hit(1), hit(2), hit(3)]), task('other', [hit(4), hit(5), hit(6)], { cpu: 1 })] });
    const [all, some] = [Infinity, 5].map((most) => sequencesOfScenario(subject.code, scenario, most).sequences.map(sequenceText));
    expect([all?.length, some]).toEqual([40, [0, 8, 16, 24, 32].map((i) => all?.[i])]);
  });
});

describe('areas', () => {
  it('are of whole pages, in the order of their sizes in the model, and have room for as many records where they are filled', () => {
    expect([...pagesFor([6, 0, 1, 2, 6, 0x1000_0000])]).toEqual([[2, 512], [6, 1024]]);
    expect(() => pagesFor([5])).toThrow('ends within a page');
    expect(() => pagesFor([2, 4, 6, 8, 10])).toThrow('more than 4 sizes');
    const scenario = kcovScenario({
      name: 'tried', checks: '', devices: ['A', 'B'], setUp: [remote('owner', 'B', { handle: HANDLE, words: 4 })],
      actors: [task('kthread', [remoteStart(HANDLE), hit(1), hit(2), hit(3), remoteStop(), remoteStart(HANDLE), hit(4), remoteStop()])],
    });
    const read = sequencesOfScenario(subject.code, scenario, Infinity).sequences.map((sequence) => simulate(subject, sequence).lines[sequence.findIndex(({ by, deed }) => by === 'm' && 'call' in deed && deed.call === 'read')]);
    expect(read).toEqual(['4 PC1 PC2 PC3 PC4', '1ff 0*508 PC1 PC2 PC3']);
  });
});

describe('scenarios', () => {
  it('are sequences that can run, or are left out with a reason, each once', () => {
    const made = fromScenarios(subject.code, 2);
    for (const sequence of made.sequences) expect(objectionTo(sequence)).toBeNull();
    expect([...made.said, ...[...made.leftOut.values()].flat()].sort()).toEqual(scenarios.map(({ name }) => name).sort());
    expect(scenariosText(made).startsWith(`${made.said.length} of ${scenarios.length} scenarios in ${made.sequences.length} sequences of ${made.orders}`)).toBe(true);
    expect(made.said.length).toBeGreaterThan(made.leftOut.size);
  });

  it('keep the contract on the simulator and leave nothing behind that taints a kernel', () => {
    for (const sequence of fromScenarios(subject.code, 1).sequences) {
      const { contract, ended, taints } = simulate(subject, sequence);
      expect([contract, ended, taints]).toEqual([[], null, false]);
    }
  });

  it('write what the index expressions of the Program make something of', () => {
    const hostile = scenarios.find(({ name }) => name === 'hostile-count');
    const pokes = hostile ? waysOf(subject.code, hostile).flatMap(({ strands }) => strands.flatMap(({ atoms }) => atoms.flat())).flatMap((deed) => ('call' in deed && deed.call === 'poke' ? [deed.value] : [])) : [];
    expect(pokes).toContain(0xffff_ffff_ffff_ffffn);
    expect(pokes).toContain(510n);
  });
});
