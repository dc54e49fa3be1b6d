/** @module The cheapest schedules of certain contexts: what counts as a switch, what limits allow, and where a budget ends. */
import { describe, expect, it } from 'vitest';
import { Cheapest } from '../../../simulator/explore/cheapest.js';
import { contextSets, contextsOf } from '../../../simulator/explore/context-sets.js';
import { Graph } from '../../../simulator/explore/graph.js';
import { formatMoves } from '../../../simulator/explore/schedule.js';
import { spaceOf } from '../../../simulator/explore/space.js';
import { call, fn, global, if_, int, ret, set } from '../../../simulator/ir/build.js';
import type { State } from '../../../simulator/machine/state.js';
import { actor, code, operation, permissive, scenario } from './programs.js';
import type { Ghost } from './programs.js';

/** A softirq counts up and looks for 2; a task on the other CPU may have counted for it. */
const program = code([
  global('x', int), global('noise', int),
  fn('count', { returns: int, body: () => [set('noise', 1), set('x', 1, '+='), if_(call('READ_ONCE', 'x').eq(2), ret(1)), ret(0)] }),
  fn('help', { body: () => [set('x', 1)] }),
]);
const of = scenario('counting', [
  actor('s', 'softirq', [operation('count()', 'count', [], 1)], { times: 2 }),
  actor('b', 'task', [operation('help()', 'help')], { name: 'CPU1 task', cpu: 1, task: 'U' }),
], { cpus: 2, tasks: ['T', 'U'] });

const NAME = 0;
const graph = (): Graph<State<Ghost>> => new Graph(spaceOf(program, of, permissive), (violation) => [violation.property], of.actors.length);

function answer(limits: readonly number[], pairsMax = 1000): string {
  const found = new Cheapest(graph(), limits, pairsMax).find(NAME);
  return found.kind === 'found' ? `${formatMoves(of, found.reached.schedule)} ${found.reached.cost.switches}` : found.kind;
}

describe('the cheapest schedule', () => {
  it('counts another arrival of the same interrupt as a switch', () => {
    expect(answer([2, 0])).toBe('s11 1');
    expect(answer([2, 1])).toBe('b1s5 1');
  });

  it('lets no more contexts move than it may', () => {
    expect(answer([1, 0])).toBe('absent');
    expect(answer([0, 1])).toBe('absent');
    expect(answer([1, 1])).toBe('b1s5 1');
  });

  it('gives up at its budget, and not before', () => {
    expect(answer([2, 1], 3)).toBe('gaveUp');
    expect(answer([2, 1], 40)).toBe('b1s5 1');
  });

  it('stops where nothing cheaper is left, and goes on when asked for more', () => {
    const search = new Cheapest(graph(), [2, 0], 1000);
    expect(search.find(NAME, { switches: 1, steps: 11 }).kind).toBe('dearer');
    expect(search.find(NAME, { switches: 1, steps: 12 }).kind).toBe('found');
    expect(search.find(NAME, { switches: 1, steps: 11 }).kind).toBe('dearer');
    expect(search.find(NAME).kind).toBe('found');
  });
});

describe('sets of contexts', () => {
  const violation = { property: 'p', detail: '', cpu: 0, at: { actor: 0, kind: 'softirq', operation: 0, frames: [] }, interrupted: [], fatal: false } as const;

  it('come in increasing size, those of the schedule first, and hold what the violation names', () => {
    const preferred = contextsOf([{ cpu: 1, actor: 1, enter: false, choice: 0 }, { cpu: 0, actor: 0, enter: true, choice: 0 }, { cpu: 0, actor: 0, enter: false, choice: 0 }], 2);
    expect(preferred).toEqual([1, 1]);
    expect([0, 1, 2, 3].map((size) => contextSets(of.actors, size, { violation, preferred }))).toEqual([[], [[1, 0]], [[1, 1], [2, 0]], [[2, 1]]]);
  });
});
