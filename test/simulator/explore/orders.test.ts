/**
 * @module Orders of accesses in schedules and traces: what a search finds is written as text, read again, and replays; a trace
 * has what is put off in its place, and again where it is performed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { explore } from '../../../simulator/explore/explore.js';
import { minimise } from '../../../simulator/explore/minimise.js';
import { replay } from '../../../simulator/explore/replay.js';
import { formatMoves, formatSchedule, movesOf, parseSchedule, programHash } from '../../../simulator/explore/schedule.js';
import { foldTrace } from '../../../simulator/trace/fold.js';
import type { Code } from '../../../simulator/machine/code.js';
import type { Reorderings } from '../../../simulator/machine/orders.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { loadBench, runs, scenarioOf, silentContract } from '../bench.js';
import type { Bench, Returned } from '../bench.js';

const TEXT = `
int data;
int flag;
static inline void publish(void) { WRITE_ONCE(flag, 1); }
void writer(void) { data = 7; publish(); }
void reader(void) { if (smp_load_acquire(&flag)) WARN_ON(!READ_ONCE(data)); }
`;

const onTwoCpus = (reorderings?: Reorderings): Scenario<Returned> =>
  scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('writer')] }, { kind: 'task', cpu: 1, operations: [runs('reader')] }], { reorderings });
const onOneCpu = (reorderings?: Reorderings): Scenario<Returned> =>
  scenarioOf([{ kind: 'task', cpu: 0, operations: [runs('writer')] }, { kind: 'nmi', cpu: 0, operations: [runs('reader')] }], { reorderings });

describe('accesses in another order', () => {
  let bench: Bench;
  let code: Code;
  beforeAll(async () => {
    bench = await loadBench();
    code = bench.code(TEXT);
  });

  const found = (scenario: Scenario<Returned>) => explore(code, scenario, silentContract, { statesMax: 1000 });

  it('are a bound of a scenario, and none without it', () => {
    for (const scenario of [onTwoCpus(), onOneCpu(), onTwoCpus({ compiler: 0, cpus: 0 }), onOneCpu({ compiler: 0, cpus: 3 })]) {
      expect(found(scenario).verdict).toBe('holdsWithinBound');
    }
    for (const scenario of [onTwoCpus({ compiler: 0, cpus: 1 }), onTwoCpus({ compiler: 1, cpus: 0 }), onOneCpu({ compiler: 1, cpus: 0 })]) {
      expect(found(scenario).found.map((f) => f.violation.property)).toEqual(['warn']);
    }
  });

  it.each([
    ['CPUs', onTwoCpus({ compiler: 0, cpus: 1 }), 'a!!b2', 'other CPUs may see this later'],
    ['the compiler', onOneCpu({ compiler: 1, cpus: 0 }), 'a!b3', 'the compiler may do this later'],
  ] as const)('of %s replay from their text', (_, scenario, moves, remark) => {
    const [first] = found(scenario).found;
    if (!first) throw new Error('nothing found');
    const simple = minimise(code, scenario, silentContract, first);
    expect(formatMoves(scenario, simple.schedule)).toBe(moves);
    const parsed = parseSchedule(formatSchedule(code, scenario, simple.schedule));
    if ('error' in parsed) throw new Error(parsed.error);
    const read = movesOf(parsed, code, scenario);
    if ('error' in read) throw new Error(read.error);
    const run = replay(code, scenario, silentContract, read.moves);
    expect(run.error).toBeNull();
    const [met] = run.violations;
    expect(met?.violation.property).toBe('warn');
    const { rows } = foldTrace(run, { violation: met?.violation ?? first.violation, event: met?.event ?? null });
    expect(rows.filter((e) => e.access === 'putOff').map((e) => [e.text, e.new, e.remark])).toEqual([['data = 7;', '7', remark]]);
    expect(rows.map((e) => `${e.access} ${e.target ?? ''}`.trim())).toEqual(expect.arrayContaining(['write flag', 'read flag', 'read data']));
  });

  it('are performed where the schedule says, with what flows into them', () => {
    const scenario = onTwoCpus({ compiler: 0, cpus: 1 });
    const events = replay(code, scenario, silentContract, [{ actor: 0, choice: 2 }, { actor: 0, choice: 0 }, { actor: 1, choice: 0 }, { actor: 1, choice: 0 }]).events;
    const shown = events.filter((e) => ['putOff', 'write', 'read'].includes(e.access)).map((e) => `${e.step} ${e.function} ${e.access} ${e.target ?? ''} ${e.new ?? e.old ?? ''} ${e.remark ?? ''}`.trim());
    expect(shown).toEqual([
      '1 writer putOff data 7 other CPUs may see this later', '1 publish write flag 1', '2 writer write data 7 other CPUs see it only now',
      '3 reader read flag 1', '4 reader read data 7',
    ]);
  });

  it('say what can happen instead', () => {
    const scenario = onTwoCpus({ compiler: 0, cpus: 1 });
    expect(replay(code, scenario, silentContract, [{ actor: 0, choice: 1 }]).error?.why).toBe('CPU0 task0 cannot go that way here; what can happen: CPU0 task0 steps, CPU0 task0 goes another way (!!), CPU1 task1 steps');
  });

  it('count in the hash only where there are any', () => {
    expect(programHash(code, onTwoCpus({ compiler: 0, cpus: 0 }))).toBe(programHash(code, onTwoCpus()));
    expect(programHash(code, onTwoCpus({ compiler: 0, cpus: 1 }))).not.toBe(programHash(code, onTwoCpus()));
  });
});
