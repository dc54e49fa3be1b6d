import { describe, expect, it } from 'vitest';
import { replay } from '../../../simulator/explore/replay.js';
import { backwardSlice } from '../../../simulator/explore/slice.js';
import { call, fn, global, int, ret, set } from '../../../simulator/ir/build.js';
import { actor, code, operation, permissive, scenario, torn } from './programs.js';

const moves = (text: string) => [...text].map((l) => ({ actor: l === 't' ? 0 : 1, choice: 0 }));

describe('backwardSlice', () => {
  it('goes through calls, results and memory into another context', () => {
    const run = replay(code(torn), scenario('torn', [
      actor('t', 'task', [operation('prepare()', 'prepare')]), actor('n', 'nmi', [operation('NMI', 'look')]),
    ]), permissive, moves('ttnnn'));
    expect(run.error).toBeNull();
    const result = run.events.findLast((e) => e.access === 'leave' && e.function === 'look')!;
    const slice = backwardSlice(run.events, result.index).map((i) => run.events[i]!);
    const rows = slice.map((e) => `${e.context} ${e.access} ${e.target ?? e.function}`);
    expect(rows).toEqual([
      'nmi branch look', 'nmi branch look', 'nmi local size', 'nmi local mode', 'nmi read b->size', 'nmi read the_box.mode',
      'nmi enter size_of', 'task write b->size', 'task write b->mode', 'task enter fill',
    ]);
  });

  const chain = code([
    global('from', int), global('to', int), global('unrelated', int),
    fn('twice', { returns: int, takes: { x: int }, body: ({ x }) => [ret(x.times(2))] }),
    fn('constant', { returns: int, body: () => [ret(7)] }),
    fn('copy', { body: () => [set('unrelated', 1), set('to', call('twice', 'from')), set('from', call('constant'))] }),
  ]);
  const run = replay(chain, scenario('chain', [actor('t', 'task', [operation('copy()', 'copy')])]), permissive, moves('tttt'));
  const written = (target: string) => run.events.find((e) => e.access === 'write' && e.target === target)!;
  const from = (target: string) => backwardSlice(run.events, written(target).index).map((i) => run.events[i]!).map((e) => `${e.access} ${e.target ?? e.function}`);

  it('follows an argument to where it was read, and nothing else', () => {
    expect(run.error).toBeNull();
    expect(from('to')).toEqual(['read from']);
  });

  it('ends at the return that gives a constant', () => {
    expect(from('from')).toEqual(['leave constant']);
  });

  it('is empty for what comes from nowhere', () => {
    expect(from('unrelated')).toEqual([]);
  });
});
