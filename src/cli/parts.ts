/**
 * @module The parts of kcovet that the commands call, each loaded when a command needs it, so that `--help` and `rules`
 * start at once and do not read a C grammar.
 */
import type { KcovModel } from '../../simulator/kcov/index.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { Rule } from '../analysis/rule.js';
import type { PlacedHunk } from '../apply/image.js';
import type { Submission } from '../mail/submission.js';
import type { ReplayResult, ReviewOptions } from '../review/options.js';
import type { ScheduleOptions } from '../review/replay-submission.js';
import type { ReproResult } from '../review/repro-submission.js';
import type { Review } from '../review/review.js';
import { clean } from '../render/line.js';
import { CliFailure } from './io.js';

/** src/mail: bytes to a submission. */
export async function readSubmission(name: string, bytes: Uint8Array): Promise<Submission> {
  const part = await import('../mail/read-submission.js');
  return await part.readSubmission(name, bytes);
}

/** src/review: a submission to a review. */
export async function reviewSubmission(submission: Submission, options: ReviewOptions): Promise<Review> {
  const part = await import('../review/review-submission.js');
  return await part.reviewSubmission(submission, options);
}

/** src/review: one schedule again, with the bounds it was found with. */
export async function replaySubmission(submission: Submission, schedule: string, options: Pick<ReviewOptions, 'bounds' | 'base' | 'config' | 'assume'>): Promise<ReplayResult> {
  const part = await import('../review/replay-submission.js');
  return await part.replaySubmission(submission, schedule, options);
}

/** src/review: one schedule as a program for user space, with the bounds it was found with. */
export async function reproSubmission(submission: Submission, schedule: string, options: ScheduleOptions & { readonly question?: string }): Promise<ReproResult> {
  const part = await import('../review/repro-submission.js');
  return await part.reproSubmission(submission, schedule, options);
}

/** rules/: all rules. */
export async function loadRules(): Promise<readonly Rule[]> {
  return (await import('../../rules/index.js')).rules;
}

/** simulator/scenario: all scenarios. */
export async function loadScenarios(): Promise<readonly KcovScenario[]> {
  return (await import('../../simulator/scenario/index.js')).scenarios;
}

/** A file of the model as text. */
export interface ModelText {
  readonly path: string;
  readonly lines: readonly string[];
}

/** What a submission makes of the model. */
export interface AppliedModel {
  /** A unified diff of every file that changed, '' when none did. */
  readonly diff: string;
  readonly hunks: readonly PlacedHunk[];
  /** Paths of the patch that the model has no file for, sorted. */
  readonly foreign: readonly string[];
}

/** simulator/kcov: the model of one kernel version; CliFailure for a version there is no model of. */
export async function findModel(version: string): Promise<KcovModel> {
  const { kcovModels } = await import('../../simulator/kcov/index.js');
  const model = kcovModels.find((one) => one.version === version || one.version === `v${version}`);
  if (model) return model;
  const known = kcovModels.map((one) => one.version).join(', ').replace(/, (?=[^,]*$)/u, ' or ');
  throw new CliFailure(`${clean(version)}: no model of that version: use ${known}`);
}

/** simulator/kcov: the files of the model of one kernel version as C; CliFailure as findModel(). */
export async function loadModel(version: string): Promise<readonly ModelText[]> {
  const model = await findModel(version);
  const { printProgram } = await import('../../simulator/ir/print.js');
  return model.files.map((program) => ({ path: program.path, lines: printProgram(program).lines }));
}

/** src/apply: all patches of a submission, one after the other, on the model. */
export async function applyToModel(submission: Submission, version: string): Promise<AppliedModel> {
  const model = await loadModel(version);
  const [{ applyByAlignment }, { imageOf }, { unifiedDiff }] = await Promise.all([
    import('../apply/align.js'), import('../apply/model-image.js'), import('../apply/unified.js'),
  ]);
  const before = model.map(({ path, lines }) => imageOf(path, lines));
  const images = new Map(before.map((image) => [image.path, image]));
  const hunks: PlacedHunk[] = [];
  const foreign = new Set<string>();
  for (const { n, file } of submission.patches.flatMap((patch) => patch.diff.files.map((one) => ({ n: patch.n, file: one })))) {
    const image = images.get(file.path);
    if (!image) {
      foreign.add(file.path);
      continue;
    }
    const applied = applyByAlignment(image, file, n);
    images.set(file.path, applied.image);
    hunks.push(...applied.hunks);
  }
  const diff = before.map((image) => unifiedDiff(image, images.get(image.path) ?? image)).join('');
  return { diff, hunks, foreign: [...foreign].sort() };
}
