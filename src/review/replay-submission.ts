/** @module One schedule again, on the same submission: the counterexample step by step, or why it does not belong here. */
import { assuming, readAssumption } from '../analysis/assumption.js';
import { Compiled } from '../analysis/search.js';
import type { Submission } from '../mail/submission.js';
import { contractOf } from '../analysis/contract-of.js';
import { heldToOutcomes } from '../analysis/outcome-search.js';
import type { Images } from '../analysis/spot.js';
import { movesOf, parseSchedule } from '../../simulator/explore/schedule.js';
import type { Move } from '../../simulator/explore/schedule.js';
import type { Code } from '../../simulator/machine/code.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { explore } from '../../simulator/explore/explore.js';
import { replay } from '../../simulator/explore/replay.js';
import type { Replay } from '../../simulator/explore/replay.js';
import { configOf, withBounds } from '../../simulator/scenario/bounds.js';
import { scenarios } from '../../simulator/scenario/index.js';
import { buildBase } from './base.js';
import type { ReplayResult, ReviewOptions } from './options.js';
import type { Evidence } from './review.js';
import { setUpText, traceRows } from './trace-rows.js';

/** As the review had them that a schedule is of. */
export type ScheduleOptions = Pick<ReviewOptions, 'bounds' | 'base' | 'config' | 'assume'>;

/** The image, scenario and moves that a schedule is of; or why it is of nothing here. */
export async function settingOf(submission: Submission, text: string, options: ScheduleOptions): Promise<{ readonly setting: Setting; readonly moves: Moves } | { readonly why: string }> {
  const parsed = parseSchedule(text);
  if ('error' in parsed) return { why: parsed.error };
  const named = scenarios.filter((s) => parsed.scenario === null || s.name === parsed.scenario);
  if (named.length === 0) return { why: `there is no scenario ${parsed.scenario}: kcovet scenarios lists them` };
  const base = await buildBase(submission, { input: options.base, config: options.config });
  const assumptions = (options.assume ?? []).flatMap((text) => readAssumption(text) ?? []).flatMap((read) => (read.ok ? [read.assumption] : []));
  let why = '';
  for (const stage of [...base.stages].reverse()) {
    const compiled = new Compiled(assuming(stage.program, assumptions), base.integers);
    for (const known of named) {
      const scenario = withBounds(known, options.bounds);
      const code = compiled.codeFor(scenario);
      const moves = movesOf(parsed, code, scenario);
      if (!('error' in moves)) {
        const first = stage === base.stages[0] ? null : new Compiled((base.stages[0] ?? stage).program, base.integers);
        return { setting: { code, scenario, images: stage.images, base: first, label: base.label }, moves };
      }
      why ||= parsed.scenario === null ? `no scenario has the hash ${parsed.hash} on this patch with these bounds` : moves.error;
    }
  }
  return { why };
}

/** Replays a schedule on the patched image, or on the base when it was found there. */
export async function replaySubmission(submission: Submission, text: string, options: ScheduleOptions = { bounds: {} }): Promise<ReplayResult> {
  const found = await settingOf(submission, text, options);
  return 'why' in found ? { kind: 'refused', why: found.why } : replayed(found.setting, found.moves, text);
}

/** States of the base's search at most; a schedule was found where that search ended, which those of scenarios do far below. */
const STATES_MAX = 400_000;

/** What a schedule is of. */
export interface Setting {
  readonly code: Code;
  readonly scenario: KcovScenario;
  readonly images: Images;
  /** What it is compared with where nothing is violated; null for the base itself. */
  readonly base: Compiled | null;
  /** Of the base, for people. */
  readonly label: string;
}

export interface Moves {
  readonly moves: readonly Move[];
  readonly premises: readonly (readonly Move[])[];
}

/** The scenario and contract, held to what the base can come to; null where there is no base, or it cannot be searched. */
export function heldToBase({ code, scenario, base }: Setting): ReturnType<typeof heldToOutcomes> | null {
  if (!base) return null;
  const before = base.codeFor(scenario);
  const { gaveUp, observations } = explore(before, scenario, contractOf(before), { statesMax: STATES_MAX });
  if (gaveUp !== null) return null;
  return heldToOutcomes({ scenario, contract: contractOf(code) }, observations);
}

/** The moves again, held to what the base can come to in the scenario. */
function againstBase(setting: Setting, { moves, premises }: Moves): Replay | null {
  const held = heldToBase(setting);
  return held && replay(setting.code, held.scenario, held.contract, moves, { premises });
}

/** What the moves do. */
function replayed(setting: Setting, { moves, premises }: Moves, text: string): ReplayResult {
  const { code, scenario, images } = setting;
  const alone = replay(code, scenario, contractOf(code), moves, { premises });
  const run = alone.error === null && alone.violations.length === 0 ? (againstBase(setting, { moves, premises }) ?? alone) : alone;
  if (run.error) return { kind: 'refused', why: `move ${run.error.move}: ${run.error.why}` };
  const contexts = [...new Set(run.events.map((e) => e.context))];
  const events = run.events.filter((e) => e.access !== 'branch' && e.access !== 'local');
  const evidence: Evidence = {
    kind: 'counterexample', scenario: scenario.name, contexts, config: configOf(scenario), schedule: text, replayed: true,
    trace: traceRows(events, code, images), setup: setUpText(scenario, run.operations.filter((o) => o.setUp).map((o) => o.label)),
  };
  const last = run.violations.at(-1);
  return last ? { kind: 'violated', property: `${last.violation.property}: ${last.violation.detail}`, evidence } : { kind: 'held', evidence };
}
