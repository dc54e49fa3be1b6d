/** @module Puts the patches of a series on images one after the other, and keeps the images after each. */
import { alignWith, reverseApplies } from '../apply/align.js';
import { imageOf } from '../apply/model-image.js';
import type { Image, PlacedHunk } from '../apply/image.js';
import type { Submission } from '../mail/submission.js';
import type { FileDiff } from '../patch/diff.js';

export type Images = ReadonlyMap<string, Image>;

export interface ImageStage {
  readonly patch: number | null;
  readonly images: Images;
  /** The patch changed code of a Program. */
  readonly changed: boolean;
}

export interface Series {
  /** The base, then one for each patch. */
  readonly stages: readonly ImageStage[];
  readonly hunks: readonly PlacedHunk[];
  /** The reverse of every patch fits the base. */
  readonly alreadyApplied: boolean;
}

/** Why a hunk of a file that is no part of a Program is ignored. */
export const foreignNote = 'the model has no such file';

/** Applies all patches in order; hunks of other files are ignored with the reason. */
export function applySeries(submission: Submission, before: Images, parses: (text: string) => boolean): Series {
  const apply = alignWith({ parses });
  const stages: ImageStage[] = [{ patch: null, images: before, changed: false }];
  const hunks: PlacedHunk[] = [];
  for (const patch of submission.patches) {
    const images = new Map(stages.at(-1)?.images);
    const placed: PlacedHunk[] = [];
    for (const file of patch.diff.files) {
      const image = images.get(file.path) ?? (isNewHeader(file) ? imageOf(file.path, []) : undefined);
      if (image) {
        const applied = apply(image, file, patch.n);
        images.set(file.path, applied.image);
        placed.push(...applied.hunks);
      } else placed.push(...file.hunks.map((h) => foreign(file.path, patch.n, h)));
    }
    hunks.push(...placed);
    stages.push({ patch: patch.n, images, changed: placed.some((h) => h.placed !== 'ignored' && h.placed !== 'failed') });
  }
  return { stages, hunks, alreadyApplied: isApplied(submission, before) };
}

/** A header of the kernel that the patch brings with it: kcov's files may use what it defines. */
function isNewHeader(file: FileDiff): boolean {
  return file.oldPath === null && /^include\/(?:linux|uapi\/linux)\/[\w-]*kcov[\w-]*\.h$/u.test(file.path);
}

function foreign(path: string, patch: number, hunk: { index: number; oldStart: number; newStart: number }): PlacedHunk {
  return { patch, index: hunk.index, path, oldStart: hunk.oldStart, newStart: hunk.newStart, placed: 'ignored', note: foreignNote };
}

/** The patch is in the base already: its reverse fits wherever it touches the base. */
function isApplied(submission: Submission, before: Images): boolean {
  const files = submission.patches.flatMap((p) => p.diff.files).filter((f) => before.has(f.path) && f.hunks.length > 0);
  return files.length > 0 && files.every((file) => {
    const image = before.get(file.path);
    return image !== undefined && reverseApplies(image, file);
  });
}
