import { describe, expect, it } from 'vitest';
import { explore } from '../../../simulator/explore/explore.js';
import type { Found } from '../../../simulator/explore/explore.js';
import { replay } from '../../../simulator/explore/replay.js';
import { formatSchedule, movesOf, parseSchedule } from '../../../simulator/explore/schedule.js';
import { fn, int, number, ret } from '../../../simulator/ir/build.js';
import type { Code } from '../../../simulator/machine/code.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import type { Event } from '../../../simulator/trace/event.js';
import { actor, code, crossing, dangling, operation, permissive, scenario, torn } from './programs.js';
import type { Ghost } from './programs.js';

const tornCode = code(torn);
const tornScenario = scenario('torn', [
  actor('t', 'task', [operation('prepare()', 'prepare')]),
  actor('n', 'nmi', [operation('NMI', 'look', [], 1)]),
]);
const danglingCode = code(dangling);
const danglingScenario = scenario('dangling', [
  actor('t', 'task', [operation('drop()', 'drop')]),
  actor('h', 'hardirq', [operation('hit()', 'hit')], { times: 2 }),
], { setUp: [{ task: 'T', operations: [operation('make()', 'make')] }] });
const crossingScenario = scenario('crossing', [
  actor('a', 'task', [operation('forth()', 'forth')], { name: 'CPU0 task' }),
  actor('b', 'task', [operation('back()', 'back')], { name: 'CPU1 task', cpu: 1, task: 'U' }),
], { cpus: 2, tasks: ['T', 'U'] });

/** Prints, reads and replays a schedule, as the command line does. */
function again(program: Code, of: Scenario<Ghost>, found: Found): ReturnType<typeof replay> {
  const parsed = parseSchedule(formatSchedule(program, of, found.schedule));
  if ('error' in parsed) throw new Error(parsed.error);
  const moves = movesOf(parsed, program, of);
  if ('error' in moves) throw new Error(moves.error);
  return replay(program, of, permissive, moves.moves, { setUp: true });
}

function found(program: Code, of: Scenario<Ghost>): readonly Found[] {
  return explore(program, of, permissive, { statesMax: 1000 }).found;
}

const line = (e: Event): string => `${e.step} ${e.context} ${e.function}: ${e.access} ${e.target ?? ''} ${[e.old, e.new].filter((v) => v !== null).join(' -> ')}`.trim();
const brief = (events: readonly Event[]): string[] => events.filter((e) => e.access !== 'local').map(line);
const noted = (events: readonly Event[]): string[] => events.filter((e) => e.note !== '').map((e) => `${line(e)} <-- ${e.note}`);

describe('replay', () => {
  it('shows a found violation again, from its printed schedule', () => {
    const [first] = found(tornCode, tornScenario);
    expect(formatSchedule(tornCode, tornScenario, first!.schedule)).toMatch(/^torn:[0-9a-f]{8}:t1n3$/);
    const run = again(tornCode, tornScenario, first!);
    expect(run.error).toBeNull();
    expect(run.transitions).toEqual(first!.schedule);
    expect(run.violations.map((v) => [v.key, v.move])).toEqual([[first!.key, 4]]);
    expect(noted(run.events)).toEqual(['4 nmi look: leave  1 <-- wrong result: NMI returned 1']);
    expect(brief(run.events)).toEqual([
      '0 task prepare: enter', '0 task fill: enter', '1 task fill: write b->mode OFF -> FULL', '2 nmi look: enter', '3 nmi look: read the_box.mode FULL',
      '3 nmi size_of: enter', '4 nmi size_of: read b->size 0', '4 nmi size_of: leave  0', '4 nmi look: branch', '4 nmi look: branch', '4 nmi look: leave  1',
    ]);
  });

  it('gives every event its frames and statement', () => {
    const run = again(tornCode, tornScenario, found(tornCode, tornScenario)[0]!);
    const read = run.events.find((e) => e.target === 'b->size')!;
    expect(read.frames.map((f) => `${f.function}: ${f.text}`)).toEqual(['look: size = size_of(&the_box);', 'size_of: return READ_ONCE(b->size);']);
    expect(read).toMatchObject({ marked: true, operation: 'NMI', activation: 1, place: { path: 'test.c' } });
  });

  it('has an event for the access that ends the execution, with what freed the memory', () => {
    const uses = found(danglingCode, danglingScenario).find((f) => f.violation.property === 'use-after-free');
    const run = again(danglingCode, danglingScenario, uses!);
    expect(run.violations.map((v) => v.key)).toEqual([uses!.key]);
    expect(noted(run.events)).toEqual(['5 hardirq hit: write area[1] <-- use after free: area0']);
    const failed = run.events[run.violations[0]!.event!]!;
    expect(failed.uses.map((u) => run.events[u]?.text)).toContain('kfree(the_box.area);');
  });

  it('has one for private computation that ends the execution, and no place in memory for it', () => {
    const program = code([...dangling, fn('divide', { returns: int, locals: { zero: [int, 0] }, body: ({ zero }) => [ret(number('4').over(zero))] })]);
    const of = scenario('divide', [actor('t', 'task', [operation('drop()', 'drop')]), actor('n', 'nmi', [operation('divide()', 'divide')])]);
    const run = replay(program, of, permissive, [{ actor: 1, choice: 0 }]);
    expect(noted(run.events)).toEqual(['1 nmi divide: leave <-- division by zero']);
    expect(run.events[run.violations[0]!.event!]).toMatchObject({ location: null, context: 'nmi' });
  });

  it('counts activations of an interrupt that arrives more than once', () => {
    const run = replay(danglingCode, danglingScenario, permissive, [1, 1, 1, 1, 1, 1].map((a) => ({ actor: a, choice: 0 })));
    expect(run.error).toBeNull();
    expect(run.events.filter((e) => e.access === 'enter' && e.function === 'hit').map((e) => [e.activation, e.step])).toEqual([[1, 1], [2, 5]]);
  });

  it('shows what waits for what in a deadlock', () => {
    const [first] = found(code(crossing), crossingScenario);
    const run = again(code(crossing), crossingScenario, first!);
    expect(run.violations.map((v) => [v.key, v.move])).toEqual([[first!.key, 3]]);
    expect(noted(run.events)).toEqual(['2 task forth: lock other <-- every context waits for a lock']);
    expect(run.events[run.violations[0]!.event!]!.uses.map((u) => run.events[u]?.function)).toEqual(['back']);
  });

  it('replays a failing allocation', () => {
    const failing = scenario('failing', [actor('t', 'task', [operation('make()', 'make', [], -12)])], { allocationsFail: true });
    const [first] = found(danglingCode, failing);
    expect(formatSchedule(danglingCode, failing, first!.schedule)).toMatch(/:t!$/);
    const run = again(danglingCode, failing, first!);
    expect(run.events.find((e) => e.op === 'alloc')).toMatchObject({ access: 'call', new: 'NULL' });
    expect(run.violations).toHaveLength(1);
  });

  it('records the set-up when asked, and lists what was done in any case', () => {
    const [first] = found(danglingCode, danglingScenario);
    const [whole, part] = [{ setUp: true }, {}].map((options) => replay(danglingCode, danglingScenario, permissive, first!.schedule, options));
    expect(whole!.events.filter((e) => e.setUp).map((e) => e.operation)).toContain('make()');
    expect(part!.events.filter((e) => e.setUp)).toEqual([]);
    for (const run of [whole!, part!]) expect(run.operations[0]).toMatchObject({ label: 'make()', setUp: true, completed: true });
    expect(part!.events.filter((e) => !e.setUp).map(line)).toEqual(whole!.events.filter((e) => !e.setUp).map(line));
  });
});

describe('a schedule that does not fit', () => {
  const moves = (...actors: number[]) => actors.map((a) => ({ actor: a, choice: 0 }));

  it('names the move', () => {
    const run = replay(tornCode, tornScenario, permissive, moves(0, 1, 0));
    expect(run.error).toMatchObject({ move: 3 });
    expect(run.error?.why).toBe('CPU0 task cannot move here; what can happen: CPU0 nmi steps');
    expect(run.transitions).toHaveLength(2);
  });

  it('says when an execution ended before', () => {
    const uses = found(danglingCode, danglingScenario).find((f) => f.violation.property === 'use-after-free');
    const run = replay(danglingCode, danglingScenario, permissive, [...uses!.schedule, { actor: 0, choice: 0 }]);
    expect(run.error).toEqual({ move: uses!.schedule.length + 1, why: 'the execution ended with the move before' });
  });

  it('does not fail an allocation that cannot fail', () => {
    expect(replay(tornCode, tornScenario, permissive, [{ actor: 0, choice: 1 }]).error?.why).toMatch(/has no choice 1/);
  });
});
