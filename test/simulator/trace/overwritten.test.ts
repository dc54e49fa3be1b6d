import { expect, it } from 'vitest';
import { replay } from '../../../simulator/explore/replay.js';
import { fn, global, int, ret, set } from '../../../simulator/ir/build.js';
import { overwrittenIn } from '../../../simulator/trace/overwritten.js';
import { actor, code, operation, permissive, scenario } from '../explore/programs.js';

const program = code([
  global('slot', int),
  fn('first', { body: () => [set('slot', 1)] }), fn('second', { body: () => [set('slot', 2)] }), fn('look', { returns: int, body: () => [ret('slot')] }),
]);

/** Values written and written over unread, when the calls run one after the other, each on its own CPU. */
function lost(...calls: readonly string[]): string[] {
  const actors = calls.map((name, i) => actor('tuv'.charAt(i), 'task', [operation(`${name}()`, name)], { name: `CPU${i} task`, cpu: i, task: `T${i}` }));
  const of = scenario('slots', actors, { cpus: calls.length, tasks: calls.map((_, i) => `T${i}`) });
  const moves = calls.map((_, i) => ({ actor: i, choice: 0 }));
  const run = replay(program, of, permissive, moves, { setUp: true });
  expect(run.events.filter((e) => e.target === 'slot')).toHaveLength(calls.length);
  return overwrittenIn(run.events).map(({ write, by }) => `${write.newValue} -> ${by.newValue}`);
}

it('is a write that another context writes over', () => {
  expect(lost('first', 'second')).toEqual(['1 -> 2']);
});

it('is none that somebody has read, and none by the same value', () => {
  expect(lost('first', 'look', 'second')).toEqual([]);
  expect(lost('first', 'first')).toEqual([]);
});
