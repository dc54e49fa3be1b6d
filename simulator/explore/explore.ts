/**
 * @module Visits every state inside a scenario's bounds, breadth first, so that the first schedule to a violation is a
 * shortest one. Level 0: nothing is reduced; every other level is compared with this one.
 */
import { Memo } from '../engine/memo.js';
import { Reduction } from '../engine/reduction.js';
import type { Level } from '../engine/reduction.js';
import { EndlessExecution, PackedSearch } from '../engine/search.js';
import type { Code } from '../machine/code.js';
import { start } from '../machine/initial.js';
import { Machine } from '../machine/machine.js';
import type { Transition } from '../machine/machine.js';
import { needsScheduler } from '../machine/scheduler.js';
import type { Contract } from '../machine/view.js';
import type { Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';
import { LockEvidence } from './lock-evidence.js';
import type { Setting } from './lock-evidence.js';
import { factKey } from './lock-facts.js';
import { isLockProperty, LockGraph } from './lock-graph.js';
import type { LockReport } from './lock-graph.js';
import { both, LockCollector } from './lockdep.js';
import { Observations } from './observations.js';
import { violationKey } from './violation-key.js';

export type Verdict = 'violated' | 'holdsWithinBound' | 'gaveUp';

/** A violation with the moves that lead to it from the initial state. */
export interface Found {
  readonly key: string;
  readonly violation: Violation;
  readonly schedule: readonly Transition[];
  /** Executions that come before it, where no single one shows what lockdep reports. */
  readonly premises?: readonly (readonly Transition[])[];
}

export interface Exploration {
  readonly scenario: string;
  readonly verdict: Verdict;
  /** Level of reduction: the one asked for, or 0 where executions need not end and where there is a scheduler. */
  readonly level: Level;
  /** States kept, the initial one included, and transitions taken. */
  readonly states: number;
  readonly transitions: number;
  /** Why the search ended early, null when it did not. */
  readonly gaveUp: string | null;
  /** It was ended from outside: another run may come farther. */
  readonly stopped: boolean;
  /** One for each key, in the order found: shortest schedules first. What lockdep reports comes last, by class. */
  readonly found: readonly Found[];
  /** Reasons why executions ended in something not modelled. */
  readonly notModelled: readonly string[];
  readonly observations: Observations;
}

export interface ExploreOptions {
  /** States to visit at most; more ends the search as gaveUp. */
  readonly statesMax: number;
  /** How much is left out that changes no violation: 0 nothing, 1 to 3 as in ../engine/reduction.ts; 0 when absent. */
  readonly level?: Level;
  /** False: nothing is observed, for measuring what that costs; the violations are the same. */
  readonly observe?: boolean;
  /** Bytes that the tables of the search may take; more ends it as gaveUp. Counted from what is in them, so always the same. */
  readonly memoryMax?: number;
}

/** A search that is under way: each value is the number of states so far; what it is given back, when it is text, ends it for that reason. */
export type Searching = Generator<number, Exploration, string | null>;

/** States expanded at a time: some hundred microseconds, some ten milliseconds where the machine is asked for each. The first ones one by one: for those the machine is asked, by code that never ran before. */
const SLICE = 256;
const SINGLY = 256;
/** States expanded between two looks at the memory; a multiple of SLICE. */
const MEMORY_EVERY = 1024;

interface Noted {
  readonly violation: Violation;
  readonly from: number;
  readonly moves: readonly Transition[];
}

/** Searches one scenario. Deterministic: the same Code and scenario give the same result. `onProgress` is called now and then with the number of states so far; true cancels. */
export function explore<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>, options: ExploreOptions & { readonly onProgress?: (states: number) => boolean }): Exploration {
  const searching = exploring(code, scenario, contract, options);
  for (let next = searching.next(); ; ) {
    if (next.done) return next.value;
    next = searching.next(options.onProgress?.(next.value) ? 'cancelled' : null);
  }
}

/** The same in slices, for whoever has something else to do or may want to end it. */
export function* exploring<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>, options: ExploreOptions): Searching {
  const machine = new Machine(code, scenario, contract);
  const observations = new Observations(code);
  const locks = new LockGraph();
  /** Where each fact about locks was learnt first. */
  const learnt = new Map<string, Pick<Noted, 'from' | 'moves'>>();
  let search: PackedSearch<G> | null = null;
  const collector = new LockCollector<G>(locks, (fact) => learnt.set(factKey(fact), search?.now ?? SET_UP));
  const listener = options.observe === false ? collector : both(observations.listener<G>(machine.world.layout), collector);
  const setUp: Noted[] = [];
  const began = start(machine, listener);
  for (const violation of began.violations) setUp.push({ violation, from: -1, moves: [] });
  observations.concurrent = true;
  const memo = began.state ? new Memo(machine, began.state, listener) : null;
  // Other tasks of a CPU are concurrent where there is a scheduler, which the reduction does not know of.
  let level = needsScheduler(scenario) ? 0 : (options.level ?? 0);
  for (;;) {
    const found = new Map<string, Noted>();
    const note = (noted: Noted): void => {
      const key = violationKey(code, scenario, noted.violation);
      if (!found.has(key)) found.set(key, noted);
    };
    setUp.forEach(note);
    const hooks = {
      onViolation: (violation: Violation, from: number, moves: readonly Transition[]) => note({ violation, from, moves }),
      onEnding: (end: string) => observations.endings.add(end),
    };
    const reduction = memo && level > 0 ? new Reduction(memo, scenario, level) : null;
    search = memo ? new PackedSearch(machine, memo, hooks, reduction) : null;
    const { gaveUp, stopped } = search ? yield* visit(search, options, reduction) : { gaveUp: `the set-up cannot be run: ${began.why ?? 'unknown'}`, stopped: false };
    if (reduction && memo && (gaveUp === ENDLESS || memo.loops)) {
      level = 0;
      continue;
    }
    if (reduction && !stopped && (gaveUp === STALE || !reduction.holds())) {
      memo?.footprints.forget();
      continue;
    }
    const notModelled = [...(search?.notModelled ?? [])].sort();
    const all = search;
    const scheduleOf = ({ from, moves }: Pick<Noted, 'from' | 'moves'>): Transition[] => [...(all && from >= 0 ? all.scheduleTo(from) : []), ...moves];
    const own = [...found].map(([key, noted]): Found => ({ key, violation: noted.violation, schedule: scheduleOf(noted) }));
    const reports = locks.reports();
    // Where states were left out, what was learnt is known, and not where.
    const lockReports = reports.length === 0 ? []
      : level > 0 ? (yield* exploring(code, scenario, contract, { ...options, level: 0 })).found.filter((f) => isLockProperty(f.violation.property))
      : shownReports({ code, scenario, contract }, reports, new Map([...learnt].map(([key, at]) => [key, scheduleOf(at)])));
    const shown = [...own, ...lockReports];
    return {
      scenario: scenario.name, verdict: shown.length > 0 ? 'violated' : gaveUp !== null || notModelled.length > 0 ? 'gaveUp' : 'holdsWithinBound', level,
      states: search?.states.count ?? 0, transitions: search?.transitions ?? 0, gaveUp, stopped, notModelled, observations,
      found: shown,
    };
  }
}

/** What lockdep concludes, each with an execution that shows it. */
function shownReports<G>(setting: Setting<G>, reports: readonly LockReport[], first: ReadonlyMap<string, readonly Transition[]>): Found[] {
  const evidence = new LockEvidence<G>(setting);
  return reports.flatMap((report): Found[] => {
    const shown = evidence.show(report, first);
    if (!shown) return [];
    const { violation, schedule, premises } = shown;
    return [{ key: violationKey(setting.code, setting.scenario, violation), violation, schedule, ...(premises.length > 0 ? { premises } : {}) }];
  });
}

const SET_UP = { from: -1, moves: [] };
/** Bytes of a megabyte. */
export const MEGABYTE = 2 ** 20;

const ENDLESS = 'an execution without end';
const STALE = 'what was left out matters';

/** How a search ended. */
interface Ended {
  /** Why it ended early; null when it did not. */
  readonly gaveUp: string | null;
  readonly stopped: boolean;
}

function* visit<G>(search: PackedSearch<G>, options: ExploreOptions, reduction: Reduction<G> | null): Generator<number, Ended, string | null> {
  const ended = (gaveUp: string | null): Ended => ({ gaveUp, stopped: false });
  try {
    for (;;) {
      const why = yield search.states.count;
      if (why !== null) return { gaveUp: why, stopped: true };
      const more = search.run(search.at < SINGLY ? 1 : SLICE, options.statesMax);
      if (search.states.count > options.statesMax) return ended(`more than ${options.statesMax} states`);
      if (options.memoryMax !== undefined && search.at % MEMORY_EVERY === 0 && search.bytes > options.memoryMax) return ended(`more than ${Math.floor(options.memoryMax / MEGABYTE)} MB`);
      if (!more) return ended(search.bound);
      if (search.at % MEMORY_EVERY === 0 && reduction?.holds() === false) return ended(STALE);
    }
  } catch (error) {
    if (error instanceof EndlessExecution) return ended(ENDLESS);
    throw error;
  }
}
