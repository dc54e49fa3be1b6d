/** @module Replays of random executions of the kcov model: what must hold of every list of events. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../simulator/compile/compile.js';
import { explore } from '../../../simulator/explore/explore.js';
import { minimise } from '../../../simulator/explore/minimise.js';
import { replay } from '../../../simulator/explore/replay.js';
import type { Replay } from '../../../simulator/explore/replay.js';
import { isLockProperty } from '../../../simulator/explore/lock-graph.js';
import { Retracer } from '../../../simulator/explore/retrace.js';
import { formatSchedule, movesOf, parseSchedule } from '../../../simulator/explore/schedule.js';
import { backwardSlice } from '../../../simulator/explore/slice.js';
import { configure } from '../../../simulator/ir/configure.js';
import { link } from '../../../simulator/ir/link.js';
import { kcovContract } from '../../../simulator/kcov/contract.js';
import { kcovV55 } from '../../../simulator/kcov/index.js';
import { environment } from '../../../simulator/kernel/environment.js';
import type { Code } from '../../../simulator/machine/code.js';
import { start } from '../../../simulator/machine/initial.js';
import { Machine } from '../../../simulator/machine/machine.js';
import type { Transition } from '../../../simulator/machine/machine.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import type { KcovScenario } from '../../../simulator/scenario/index.js';
import { compiledFor } from '../../../simulator/scenario/scenario.js';
import type { Event } from '../../../simulator/trace/event.js';
import { foldTrace, LINES_MAX } from '../../../simulator/trace/fold.js';

const program = link(environment, ...kcovV55.files.map((f) => configure(f, { KCOV: true, KCOV_ENABLE_COMPARISONS: true })));
const compiled = new Map<string, Code>();

function codeFor(of: KcovScenario): Code {
  const constants = new Map(Object.entries(of.constants).map(([key, value]) => [key, BigInt(value)]));
  const code = compiled.get(of.name) ?? compile(program, { constants, hashBuckets: 2, ...compiledFor(of) });
  compiled.set(of.name, code);
  return code;
}

/** One execution; `picks` choose among the enabled transitions. */
function walk(of: KcovScenario, picks: readonly number[]): Transition[] {
  const machine = new Machine(codeFor(of), of, kcovContract);
  let state = start(machine).state;
  const taken: Transition[] = [];
  for (const pick of picks) {
    const enabled = state ? machine.transitions(state) : [];
    const chosen = enabled[pick % Math.max(1, enabled.length)];
    if (!state || !chosen) break;
    taken.push(chosen);
    state = machine.apply(state, chosen).state;
  }
  return taken;
}

/** Each read of what an event wrote says so, and no read names another writer. */
function checkFlow({ events }: Replay): void {
  const writers = new Map<string, Event>();
  for (const e of events) {
    expect(e.uses.every((u, i) => u < e.index && (i === 0 || u > (e.uses[i - 1] ?? 0)))).toBe(true);
    const cell = e.location ? `${e.location.object}+${e.location.offset}` : '';
    const last = writers.get(cell);
    if (e.access === 'read' && last && last.newValue === e.oldValue) expect(e.uses).toContain(last.index);
    if (e.access === 'write' || e.access === 'rmw') writers.set(cell, e);
    if (e.op === 'copy' || e.op === 'alloc') writers.clear();
  }
}

describe.each(scenarios.filter((s) => s.rt === undefined).map((s) => [s.name, s] as const))('executions of %s', (_, of) => {
  it('replay from their text, with events that are consistent', () => {
    const retracer = new Retracer(codeFor(of), of, kcovContract);
    fc.assert(fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 250 }), (picks) => {
      const taken = walk(of, picks);
      const parsed = parseSchedule(formatSchedule(codeFor(of), of, taken));
      if ('error' in parsed) throw new Error(parsed.error);
      const moves = movesOf(parsed, codeFor(of), of);
      if ('error' in moves) throw new Error(moves.error);
      const run = replay(codeFor(of), of, kcovContract, moves.moves, { setUp: true });
      expect(run.error?.why ?? null).toBeNull();
      expect(run.transitions).toEqual(taken);
      checkFlow(run);
      const bare = run.violations.filter((m) => !isLockProperty(m.violation.property)).map(({ key, move }) => ({ key, move }));
      expect(retracer.violations(moves.moves).map(({ key, move }) => ({ key, move }))).toEqual(bare);
      for (const met of run.violations) {
        expect(run.events[met.event ?? -1]?.note ?? '').not.toBe('');
        expect(foldTrace(run, met).rows.length).toBeLessThanOrEqual(LINES_MAX);
      }
      const last = run.events.length - 1;
      const slice = backwardSlice(run.events, last);
      expect(new Set(slice).size).toBe(slice.length);
      expect(slice.every((i) => i < last)).toBe(true);
    }), { numRuns: 5, seed: 20191217 });
  });
});

describe('what a search of the kcov model finds', () => {
  it.each(scenarios.filter((s) => ['mapped-twice', 'owner-leaves-kthread', 'section-sizes'].includes(s.name)).map((s) => [s.name, s] as const))('replays: %s', (_, of) => {
    const code = codeFor(of);
    for (const found of explore(code, of, kcovContract, { statesMax: 20_000 }).found.slice(0, 10)) {
      const simple = minimise(code, of, kcovContract, found);
      const actors = (schedule: readonly Transition[]): number => new Set(schedule.map((t) => t.actor)).size;
      expect(actors(simple.schedule)).toBeLessThanOrEqual(actors(found.schedule));
      expect(replay(code, of, kcovContract, simple.schedule).violations.map((v) => v.key)).toContain(simple.key);
      expect(minimise(code, of, kcovContract, found)).toEqual(simple);
    }
  });
});
