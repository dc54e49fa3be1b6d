/**
 * @module An image: the text of one file at one point of a series, with the origin of every line. Pre-images have
 * origins in the model or a tree; lines that a hunk covers also know their place on the diff.
 */
import type { FileDiff } from '../patch/diff.js';

/** Where a line of an image comes from. */
export interface LineOrigin {
  /** 'model': printed from the TypeScript model; 'tree': a real file; 'diff': covered by a hunk of a patch. */
  readonly image: 'model' | 'tree' | 'diff';
  /** 1-based line in the real file of that side as hunk headers or the tree say; null when only the model knows it. */
  readonly line: number | null;
  /** Number of the patch (1-based) whose hunk covers the line last; null outside hunks. */
  readonly patch: number | null;
  /** Index of that hunk in its file, 1-based; null outside hunks. */
  readonly hunk: number | null;
  /** True for a line that a patch added. */
  readonly added: boolean;
  /** 1-based line of the input the patch was read from; null outside hunks. */
  readonly inputLine: number | null;
}

export interface Image {
  readonly path: string;
  /** Lines of C text, no newline at their ends. */
  readonly lines: readonly string[];
  /** One origin for each line. */
  readonly origins: readonly LineOrigin[];
}

export type Placed = 'exact' | 'aligned' | 'fuzzy' | 'ignored' | 'failed';

/** What became of one hunk. */
export interface PlacedHunk {
  readonly patch: number;
  readonly index: number;
  readonly path: string;
  readonly oldStart: number;
  readonly newStart: number;
  readonly placed: Placed;
  /** Why it is ignored or failed, or what the alignment had to tolerate; '' otherwise. */
  readonly note: string;
}

/** Result of putting one file's diff on an image. */
export interface Applied {
  readonly image: Image;
  readonly hunks: readonly PlacedHunk[];
}

/** Puts the hunks of one file on an image by token alignment; never throws on input. */
export type ApplyDiff = (image: Image, diff: FileDiff, patchNumber: number) => Applied;
