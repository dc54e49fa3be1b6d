/** @module The files of kcov a review begins with: of a tree, with what is missing taken from the model, or of the model alone. */
import { imageOf, treeImageOf } from '../apply/model-image.js';
import type { Image } from '../apply/image.js';
import type { Submission } from '../mail/submission.js';
import { printProgram } from '../../simulator/ir/print.js';
import { laterSchedHeader } from '../../simulator/kcov/index.js';
import type { KcovModel } from '../../simulator/kcov/index.js';
import type { Images, Series } from './apply-series.js';
import type { BaseInput } from './base-input.js';
import { blobId, sameBlob } from '../apply/blob-id.js';

/** Other texts of the model's files, by path; lines without newlines. */
export type Texts = ReadonlyMap<string, readonly string[]>;

export interface BaseFiles {
  readonly kind: 'model' | 'tree' | 'git' | 'github';
  readonly label: string;
  /** In the order in which they are linked, kernel/kcov.c last. */
  readonly paths: readonly string[];
  readonly images: Images;
  /** Full blob ids of the base where they are known, the first digits for the model. */
  readonly blobs: ReadonlyMap<string, string>;
  /** Which files come from the model although the base is a tree, as sentences. */
  readonly filledIn: readonly string[];
}

export const KCOV_C = 'kernel/kcov.c';
export const SCHED_H = 'include/linux/sched.h';

/** The printed model, or `texts` where they name a file of it. */
export function modelFiles(model: KcovModel, texts: Texts): BaseFiles {
  const images = new Map(model.files.map((file) => [file.path, imageOf(file.path, texts.get(file.path) ?? printProgram(file).lines)]));
  return {
    kind: 'model', label: `the model of kcov in ${model.version}`, paths: model.files.map((f) => f.path), images,
    blobs: new Map([[KCOV_C, model.blob]]), filledIn: [],
  };
}

/** The model whose kernel/kcov.c has most lines in common with the tree's: the one to take missing headers from. */
export function nearestModel(input: BaseInput, models: readonly KcovModel[]): KcovModel {
  const own = new Set(linesOf(input.files.get(KCOV_C) ?? '').map((line) => line.replace(/\s+/gu, '')));
  const common = (model: KcovModel): number => {
    const file = model.files.find((f) => f.path === KCOV_C);
    const lines = file ? printProgram(file).lines.map((line) => line.replace(/\s+/gu, '')).filter((line) => line.length > 3) : [];
    return lines.filter((line) => own.has(line)).length / Math.max(1, lines.length);
  };
  const [first, ...others] = models;
  if (!first) throw new Error('there is no model');
  return others.reduce((best, model) => (common(model) > common(best) ? model : best), first);
}

/** A tree that was found; headers it does not have come from the nearest model. */
export function treeFiles(input: BaseInput, model: KcovModel): BaseFiles {
  const paths = model.files.map((f) => f.path);
  const filledIn: string[] = [];
  const images = new Map<string, Image>();
  for (const file of model.files) {
    const text = input.files.get(file.path);
    if (text !== undefined) images.set(file.path, treeImageOf(file.path, linesOf(text)));
    else {
      const standIn = file.path === SCHED_H && savesState(input) ? laterSchedHeader : file;
      images.set(file.path, imageOf(file.path, printProgram(standIn).lines));
      filledIn.push(`${file.path} is not in the base: that of the model of ${model.version} is taken`);
    }
  }
  return { kind: input.kind, label: input.label, paths, images, blobs: input.blobs, filledIn };
}

/** kcov.c of v5.8 and later keeps the state of a task that a softirq interrupts in fields of their own. */
function savesState(input: BaseInput): boolean {
  return /\bkcov_(?:softirq|saved_\w+)\b/u.test(input.files.get(KCOV_C) ?? '');
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Blob ids before, and whether both ids of the diff hold: a proof that base and result are what the author had. */
export function filesOf(submission: Submission, files: BaseFiles, series: Series): { path: string; blob: string | null; verified: boolean }[] {
  return files.paths.map((path) => {
    const blob = files.blobs.get(path) ?? null;
    return { path, blob: blob?.slice(0, 12) ?? null, verified: files.kind !== 'model' && isVerified(submission, { path, blob, series }) };
  });
}

function isVerified(submission: Submission, of: { path: string; blob: string | null; series: Series }): boolean {
  const diffs = submission.patches.flatMap((p) => p.diff.files.filter((f) => f.path === of.path).map((file) => ({ n: p.n, file })));
  if (diffs.length === 0) return false;
  return diffs.every(({ n, file }) => {
    const at = of.series.stages.findIndex((s) => s.patch === n);
    const [before, after] = [of.series.stages[at - 1]?.images.get(of.path), of.series.stages[at]?.images.get(of.path)];
    return matches(before, file.oldBlob) && matches(after, file.newBlob);
  });
}

function matches(image: Image | undefined, id: string | null): boolean {
  return image !== undefined && id !== null && sameBlob(blobId(`${image.lines.join('\n')}\n`), id);
}
