import { describe, expect, it } from 'vitest';
import { explore } from '../../../simulator/explore/explore.js';
import { replay } from '../../../simulator/explore/replay.js';
import type { Move } from '../../../simulator/explore/schedule.js';
import { call, fn, for_, global, assign, if_, int, name, ret, set } from '../../../simulator/ir/build.js';
import type { Code } from '../../../simulator/machine/code.js';
import { S32 } from '../../../simulator/machine/value.js';
import type { Contract } from '../../../simulator/machine/view.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { foldTrace, LINES_MAX } from '../../../simulator/trace/fold.js';
import type { Folded } from '../../../simulator/trace/fold.js';
import { actor, code, dangling, operation, permissive, scenario, torn } from '../explore/programs.js';
import type { Ghost } from '../explore/programs.js';

function folded(program: Code, of: Scenario<Ghost>, property: string): Folded {
  const found = explore(program, of, permissive, { statesMax: 10_000 }).found.find((f) => f.violation.property === property);
  if (!found) throw new Error(`no ${property}`);
  const run = replay(program, of, permissive, found.schedule, { setUp: true });
  return foldTrace(run, run.violations.find((v) => v.key === found.key)!);
}

const rows = ({ rows: list }: Folded): string[] => list.map((e) =>
  `${e.context} ${e.access} ${e.target ?? e.function}${e.note === '' ? '' : ` <-- ${e.note}`}`);

describe('foldTrace', () => {
  it('keeps what the interrupt read and who wrote it, and names the functions', () => {
    const of = scenario('torn', [actor('t', 'task', [operation('prepare()', 'prepare')]), actor('n', 'nmi', [operation('NMI', 'look', [], 1)])]);
    expect(rows(folded(code(torn), of, 'wrong-result'))).toEqual([
      'task enter prepare', 'task write b->mode', 'nmi enter look', 'nmi read the_box.mode', 'nmi read b->size',
      'nmi leave look <-- wrong result: NMI returned 1',
    ]);
  });

  it('says what was completed before, and shows who freed', () => {
    const of = scenario('dangling', [
      actor('t', 'task', [operation('drop()', 'drop')]), actor('h', 'hardirq', [operation('hit()', 'hit')]),
    ], { setUp: [{ task: 'T', operations: [operation('make()', 'make'), operation('hit()', 'hit'), operation('hit()', 'hit')] }] });
    const fold = folded(code(dangling), of, 'use-after-free');
    expect(fold.after).toEqual(['make()', 'hit() (2 times)']);
    expect(rows(fold)).toEqual([
      'task enter drop', 'task read the_box.area', 'task call drop', 'hardirq enter hit', 'hardirq read the_box.area', 'hardirq write area[1] <-- use after free: area0',
    ]);
  });

  const long = code([
    global('flag', int), global('sum', int), global('other', int),
    fn('work', { locals: { i: int }, body: ({ i }) => [
      for_([set(i, 0), i.lt(40), assign(i, 1, '+=')], [set('sum', 1, '+='), set('other', 1, '+=')]),
      set('flag', 1),
      set('flag', 0),
    ] }),
    fn('watch', { returns: int, body: () => [if_(call('READ_ONCE', 'flag'), ret(1)), ret(0)] }),
  ]);
  const of = scenario('long', [actor('t', 'task', [operation('work()', 'work')]), actor('s', 'softirq', [operation('watch()', 'watch', [], 1)])]);

  it('has a bound, and drops what does not matter first', () => {
    const fold = folded(long, of, 'wrong-result');
    expect(fold.rows.length).toBeLessThanOrEqual(LINES_MAX);
    expect(rows(fold).slice(-4)).toEqual(['task write flag', 'softirq enter watch', 'softirq read flag', 'softirq leave watch <-- wrong result: watch() returned 1']);
    const moves: Move[] = [...Array.from({ length: 161 }, () => 0), 1, 1].map((a) => ({ actor: a, choice: 0 }));
    const run = replay(long, of, permissive, moves);
    for (const most of [1, 2, 5]) {
      const few = foldTrace(run, run.violations[0]!, most).rows;
      expect(few.length).toBeLessThanOrEqual(Math.max(most, 2));
      expect(few.at(-1)?.note).not.toBe('');
    }
  });

  it('shows a lost update where only the end is wrong', () => {
    const program = code([
      global('count', int),
      fn('bump', { locals: { n: int }, body: ({ n }) => [set(n, name('count')), set('count', n.plus(1))] }),
    ]);
    const counting = scenario('count', [actor('t', 'task', [operation('task', 'bump')]), actor('n', 'nmi', [operation('NMI', 'bump')])]);
    const contract: Contract<Ghost> = {
      ...permissive, entered: (view) => { view.setGhost(['nmi']); },
      quiescent: (view) => { if (view.read(view.addressOf('count'), S32) !== 1 + view.ghost.length) view.report('lost', 'a count'); },
    };
    const [found] = explore(program, counting, contract, { statesMax: 1000 }).found;
    const run = replay(program, counting, contract, found!.schedule);
    expect(rows(foldTrace(run, run.violations.find((v) => v.key === found!.key)!))).toEqual([
      'task enter bump', 'task read count', 'nmi enter bump', 'nmi write count', 'task write count', 'task leave bump <-- lost: a count',
    ]);
  });

  it('leaves out what was only put back, and shows what the reader had left there', () => {
    const program = code([
      global('x', int), global('y', int),
      fn('work', { returns: int, body: () => [
        set('x', 1), set('y', 1), if_(name('y').eq(2), [if_(name('x').eq(0), ret(2)), ret(1)]), ret(0),
      ] }),
      fn('stir', { body: () => [set('x', 0), set('x', 1), set('y', 2)] }),
    ]);
    const stirred = scenario('stirred', [actor('t', 'task', [operation('work()', 'work', [], 1)]), actor('s', 'softirq', [operation('stir()', 'stir')])]);
    const fold = rows(folded(program, stirred, 'wrong-result'));
    expect(fold).toEqual(expect.arrayContaining(['task write y', 'softirq write y', 'task read y']));
    expect(fold).not.toContain('softirq write x');
  });

  it('shows the operation that was refused where something is missing at the end', () => {
    const program = code([
      global('count', int), global('limit', int, { init: 2 }),
      fn('hit', { body: () => [if_(name('count').lt(name('limit')), set('count', 1, '+='))] }),
      fn('stop', { body: () => [set('limit', 0)] }),
    ]);
    const hits = scenario('hits', [actor('t', 'task', [operation('hit', 'hit'), operation('hit', 'hit'), operation('hit', 'hit'), operation('stop()', 'stop')])]);
    const contract: Contract<Ghost> = { ...permissive, quiescent: (view) => { if (view.read(view.addressOf('count'), S32) !== 3) view.report('coverage-lost', 'a hit'); } };
    const [found] = explore(program, hits, contract, { statesMax: 1000 }).found;
    const run = replay(program, hits, contract, found!.schedule);
    const list = foldTrace(run, run.violations.find((v) => v.key === found!.key)!).rows;
    const third = list.filter((e) => e.access === 'read' && e.function === 'hit').map((e) => `${e.target} ${e.old}`);
    expect(third.slice(-2)).toEqual(['count 2', 'limit 2']);
  });

  it('gives no rows for a violation without an event', () => {
    const run = replay(long, of, permissive, []);
    const violation = { property: 'p', detail: '', cpu: 0, at: { actor: 0, kind: 'task', operation: 0, frames: [] }, interrupted: [], fatal: false } as const;
    expect(foldTrace(run, { violation, event: null })).toEqual({ after: [], rows: [] });
  });
});
