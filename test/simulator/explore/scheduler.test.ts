/** @module Schedules with preemptions and migrations: as text, replayed, made simpler; and who runs where in the trace. */
import { beforeAll, describe, expect, it } from 'vitest';
import { minimise } from '../../../simulator/explore/minimise.js';
import { replay } from '../../../simulator/explore/replay.js';
import { formatSchedule, movesOf, parseSchedule } from '../../../simulator/explore/schedule.js';
import type { Code } from '../../../simulator/machine/code.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { loadBench, runs, scenarioOf, search, silentContract } from '../bench.js';
import type { Bench, Returned } from '../bench.js';

describe('a schedule', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await loadBench();
  });

  /** The only violation of a scenario, as a schedule's text and what a replay of that shows. */
  function found(code: Code, scenario: Scenario<Returned>): { text: string; rows: string[]; states: number } {
    const exploration = search(code, scenario);
    expect(exploration.found.map((f) => f.violation.property)).toEqual(['warn']);
    const [first] = exploration.found;
    if (!first) throw new Error('nothing found');
    const text = formatSchedule(code, scenario, minimise(code, scenario, silentContract, first).schedule);
    const parsed = parseSchedule(text);
    if ('error' in parsed) throw new Error(parsed.error);
    const moves = movesOf(parsed, code, scenario);
    if ('error' in moves) throw new Error(moves.error);
    const replayed = replay(code, scenario, silentContract, moves.moves);
    expect(replayed.error).toBeNull();
    expect(replayed.violations.map((m) => m.violation.property)).toEqual(['warn']);
    const rows = replayed.events.filter((e) => e.target !== null).map((e) => `CPU${e.cpu} ${e.task ?? '-'} ${e.access} ${e.target ?? ''}`);
    return { text: text.split(':')[2] ?? '', rows, states: exploration.states };
  }

  it('says where a task is preempted: its waiting successor moves', () => {
    const code = bench.code('int x; void f(void){ int a = x; WARN_ON(x != a); } void g(void){ x++; }');
    const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }, { kind: 'task', cpu: 0, operations: [runs('g')] }], { preemptions: 1 });
    const { text, rows } = found(code, scenario);
    expect(text).toBe('a2b3a2');
    expect(rows).toEqual(['CPU0 t0 read x', 'CPU0 t0 local a', 'CPU0 t0-1 read x', 'CPU0 t0-1 write x', 'CPU0 t0 read x']);
  });

  it('says where a task goes on', () => {
    const code = bench.code('void f(void){ int a = smp_processor_id(); WARN_ON(smp_processor_id() != a); }');
    const scenario = scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('f')] }], { cpus: 2, migrations: 1 });
    expect(found(code, scenario).text).toBe('a1a@1a1');
  });

  it('is refused where the axes are others', () => {
    const code = bench.code('int x; void f(void){ x++; }');
    const of = (preemptions: number): Scenario<Returned> =>
      scenarioOf([0, 1].map(() => ({ kind: 'task' as const, cpu: 0, operations: [runs('f')] })), { preemptions });
    const parsed = parseSchedule(formatSchedule(code, of(1), [{ actor: 0, choice: 0 }]));
    expect('error' in parsed ? parsed : movesOf(parsed, code, of(2))).toHaveProperty('error');
  });
});
