/** @module Every violation that the scenarios find on a patched image, as its minimal trace is printed in a mail. */
import { contractOf } from '../../src/analysis/contract-of.js';
import { Compiled, knowsRt, scenariosFor, searchImage, sectionsAllowed } from '../../src/analysis/search.js';
import type { Submission } from '../../src/mail/submission.js';
import { renderTrace } from '../../src/render/trace.js';
import { buildBase } from '../../src/review/base.js';
import { devicesSeen, setUpText, traceRows } from '../../src/review/trace-rows.js';
import { minimise } from '../../simulator/explore/minimise.js';
import { replay } from '../../simulator/explore/replay.js';
import { formatSchedule } from '../../simulator/explore/schedule.js';
import { scenarios } from '../../simulator/scenario/index.js';
import { foldTrace } from '../../simulator/trace/fold.js';

export interface Printed {
  readonly schedule: string;
  readonly minimal: boolean;
  /** The schedule shows it when it is replayed. */
  readonly replayed: boolean;
  /** Without the replay line. */
  readonly trace: readonly string[];
  readonly replayLines: readonly string[];
  /** Headings of columns. */
  readonly contexts: number;
}

/** Columns of a mail. */
const WIDTH = 76;
/** Lines of a trace: set-up, heading and rows. */
const TRACE_LINES = 15;

/** All of them, schedules that several violations share once for each. */
export async function everyTrace(submission: Submission, statesMax: number): Promise<Printed[]> {
  const base = await buildBase(submission, {});
  const stage = base.stages.at(-1);
  if (!stage) return [];
  const compiled = new Compiled(stage.program, base.integers);
  const allows = sectionsAllowed(compiled);
  const rt = knowsRt(stage.program);
  return scenariosFor([stage.program], scenarios).flatMap((scenario) => {
    const searched = searchImage({ compiled, allows, rt }, scenario, { statesMax });
    return (searched?.exploration.found ?? []).map((found): Printed => {
      const code = compiled.codeFor(scenario);
      const simplest = minimise(code, scenario, contractOf(code), found);
      const run = replay(code, scenario, contractOf(code), simplest.schedule, { setUp: true });
      const met = run.violations.find((one) => one.key === simplest.key);
      const folded = met ? foldTrace(run, met) : null;
      const rows = traceRows(folded?.rows ?? [], code, stage.images);
      const schedule = formatSchedule(code, scenario, simplest.schedule);
      const lines = renderTrace({
        kind: 'counterexample', scenario: scenario.name, contexts: [], config: {}, schedule, replayed: met !== undefined, minimal: simplest.minimal,
        trace: rows, setup: setUpText(scenario, folded?.after ?? [], devicesSeen(run, met?.event ?? Infinity)),
      }, { width: WIDTH });
      const at = lines.findIndex((line) => line.includes('replay:'));
      return {
        schedule, minimal: simplest.minimal, replayed: met !== undefined, trace: lines.slice(0, at), replayLines: lines.slice(at),
        contexts: new Set(rows.map((row) => `${row.cpu} ${row.context}`)).size,
      };
    });
  });
}

/** What is wrong with the form of a printed trace, as sentences. */
export function formProblems({ schedule, minimal, replayed, trace, replayLines }: Printed): string[] {
  const problems = [
    ...(replayed ? [] : ['is not shown by its schedule']), ...(minimal ? [] : ['is not known to be minimal']),
    ...(trace.length > TRACE_LINES ? [`has ${trace.length} lines`] : []), ...(trace.length < 3 ? ['has no rows'] : []),
    ...(replayLines.length === 1 ? [] : [`is replayed by ${replayLines.length} lines`]),
    ...(trace.filter((line) => line.startsWith('  after:')).length <= 1 && !/^ {9}/u.test(trace[1] ?? '') ? [] : ['has a set-up of more than one line']),
    ...(trace.filter((line) => line.includes('<--')).length === 1 ? [] : ['has not one mark']),
    ...[...trace, ...replayLines].filter((line) => [...line].length > WIDTH).map((line) => `is too wide: ${line}`),
  ];
  return problems.map((problem) => `${schedule} ${problem}`);
}
