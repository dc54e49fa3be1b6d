/**
 * @module The base a review runs on, and an image of kcov after each patch: a tree that was found, or the printed model.
 * Hunks are put on it, and every image is read as C again, the same way before and after, so that nothing differs but the
 * patch.
 */
import type { PlacedHunk } from '../apply/image.js';
import { loadFrontEnd } from '../c/front-end.js';
import type { FrontEnd } from '../c/front-end.js';
import type { Annotations } from '../analysis/sections/annotations.js';
import type { Submission } from '../mail/submission.js';
import type { Config, NotModelled, Program } from '../../simulator/ir/program.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import { applySeries, foreignNote } from './apply-series.js';
import type { Images, Series } from './apply-series.js';
import type { BaseInput, BaseStep } from './base-input.js';
import { filesOf, KCOV_C, modelFiles, nearestModel, treeFiles } from './base-files.js';
import type { BaseFiles, Texts } from './base-files.js';
import { integersOf, lowerImages } from './lower-images.js';
import { annotationsUpTo, withSectionNotes } from './stage-annotations.js';
import { assumeSetUp, unseenCode } from './unseen.js';
import type { Unseen } from './unseen.js';

export type { Images } from './apply-series.js';

/** kcov after some patches of the series. */
export interface Stage {
  /** Number of the last patch applied; null for the base itself. */
  readonly patch: number | null;
  readonly images: Images;
  /** The same object as that of the stage before where the patch changes no code. */
  readonly program: Program;
  /** Remote sections in other code; the same object as that of the stage before where the patch has no part in them. */
  readonly annotations: Annotations | null;
}

export interface Base {
  readonly kind: 'model' | 'tree' | 'git' | 'github';
  readonly label: string;
  readonly config: Config;
  /** The base, then one for each patch; not empty. */
  readonly stages: readonly Stage[];
  readonly hunks: readonly PlacedHunk[];
  /** Share of the hunks of Program files that were placed or rightly ignored, 0 to 1. */
  readonly fit: number;
  readonly files: readonly { readonly path: string; readonly blob: string | null; readonly verified: boolean }[];
  /** What the front end did not understand in the patched image and did in the base. */
  readonly notModelled: readonly NotModelled[];
  readonly alreadyApplied: boolean;
  /** No hunk changes the code of a Program. */
  readonly unchanged: boolean;
  /** Code that a cut-off part of the patch may change: no finding rests on it. */
  readonly unseen: readonly Unseen[];
  /** What stands in for what is not there, as sentences. */
  readonly assumed: readonly string[];
  /** Integer Kconfig symbols the patched Program uses, without CONFIG_. */
  readonly integers: readonly string[];
  readonly steps: readonly BaseStep[];
  /** Nothing of the patch names the base. */
  readonly guessed: boolean;
}

/** The configuration a review runs with; comparisons on, so that all of kcov.c is there. */
export const CONFIG: Config = { KCOV: true, KCOV_ENABLE_COMPARISONS: true, SMP: true };

export interface BaseChoice {
  /** Found outside; the best model when left out. */
  readonly input?: BaseInput;
  /** Other texts of the first model's files, by path. */
  readonly modelTexts?: Texts;
  readonly config?: Config;
}

/** Builds all images and Programs of a submission. */
export async function buildBase(submission: Submission, choice: BaseChoice = {}): Promise<Base> {
  const frontEnd = await loadFrontEnd();
  const config = { ...CONFIG, ...choice.config };
  const { files, series } = choose(submission, frontEnd, choice);
  const stages = withAnnotations(stagesOf(frontEnd, files, { series, config }), { frontEnd, submission, choice: { ...choice, config } });
  const [first, last] = [stages[0], stages.at(-1)];
  if (!first || !last) throw new Error('a base without stages');
  const unseen = unseenCode(submission, last.images, last.program);
  const assumed = unseen.length > 0 ? assumeSetUp(first.program, last.program) : { program: last.program, assumptions: [] };
  const known = new Set(first.program.notModelled.map((n) => n.text));
  const own = series.hunks.filter((h) => h.note !== foreignNote);
  return {
    kind: files.kind, label: files.label, config, stages: [...stages.slice(0, -1), { ...last, program: assumed.program }], hunks: withSectionNotes(series.hunks, last.annotations),
    fit: own.length === 0 ? 0 : own.filter((h) => h.placed !== 'failed').length / own.length, files: filesOf(submission, files, series),
    notModelled: last.program.notModelled.filter((n) => !known.has(n.text)), alreadyApplied: series.alreadyApplied,
    unchanged: stages.every((s) => s.program === first.program), unseen, assumed: [...files.filledIn, ...assumed.assumptions],
    integers: integersOf(last.program), steps: choice.input?.steps ?? [], guessed: choice.input?.guessed ?? false,
  };
}

/** The tree that was found, else the model on which most hunks find their place. */
function choose(submission: Submission, frontEnd: FrontEnd, choice: BaseChoice): { files: BaseFiles; series: Series } {
  const parses = (text: string): boolean => frontEnd.parses(text);
  if (choice.input) {
    const files = treeFiles(choice.input, nearestModel(choice.input, kcovModels));
    return { files, series: applySeries(submission, files.images, parses) };
  }
  const models = choice.modelTexts ? kcovModels.slice(0, 1) : kcovModels;
  const bases = models.map((model) => modelFiles(model, choice.modelTexts ?? new Map()));
  const named = bases.find((files) => namesBlob(submission, files));
  const tried = (named ? [named] : bases).map((files) => ({ files, series: applySeries(submission, files.images, parses) }));
  return tried.reduce((a, b) => (misfit(b.series) <= misfit(a.series) ? b : a));
}

/** The first patch says in its index line that it was made on this very file. */
function namesBlob(submission: Submission, files: BaseFiles): boolean {
  const diff = submission.patches.flatMap((p) => p.diff.files).find((f) => f.path === KCOV_C);
  const [own, wanted] = [files.blobs.get(KCOV_C), diff?.oldBlob];
  return own !== undefined && typeof wanted === 'string' && (own.startsWith(wanted) || wanted.startsWith(own));
}

/** Failed hunks weigh more than fuzzy ones; a model that has the patch already is no base for it. Of equals the newest is taken. */
function misfit(series: Series): number {
  const count = (placed: string): number => series.hunks.filter((h) => h.placed === placed).length;
  return count('failed') * 1000 + count('fuzzy') + (series.alreadyApplied ? 500 : 0);
}

function stagesOf(frontEnd: FrontEnd, files: BaseFiles, of: { series: Series; config: Config }): Stage[] {
  const stages: Stage[] = [];
  for (const { patch, images, changed } of of.series.stages) {
    const before = stages.at(-1);
    const program = before && !changed ? before.program : lowerImages(frontEnd, files, { images, config: of.config });
    stages.push({ patch, images, program, annotations: null });
  }
  return stages;
}

function withAnnotations(stages: readonly Stage[], of: { frontEnd: FrontEnd; submission: Submission; choice: BaseChoice & { config: Config } }): Stage[] {
  const { frontEnd, submission, choice } = of;
  const changes = stages.some((s) => s.program !== stages[0]?.program);
  const base = {
    files: choice.input?.files ?? new Map<string, string>(), own: new Set(stages.flatMap((s) => [...s.images.keys()])), config: choice.config,
    versionKnown: choice.input !== undefined || changes,
  };
  const made: Stage[] = [];
  for (const stage of stages) {
    const before = made.at(-1)?.annotations ?? null;
    made.push({ ...stage, annotations: stage.patch === null ? null : annotationsUpTo(frontEnd, submission, { last: stage.patch, before, base }) });
  }
  return made;
}
