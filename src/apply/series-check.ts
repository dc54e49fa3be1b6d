/**
 * @module A series put exactly on the files of a base, patch by patch, with the blob ids of the index lines checked before
 * and after each: a cryptographic pre- and postcondition. What it says is proof or it says why there is none.
 */
import type { Diff, FileDiff } from '../patch/diff.js';
import { reverseApplies } from './align.js';
import { blobId, sameBlob } from './blob-id.js';
import { applyFileExactly, revertFileExactly } from './exact-file.js';
import { treeImageOf } from './model-image.js';

/** What an index line says of a text: 'unnamed' when the diff has no id for that side. */
export type IdVerdict = 'same' | 'differs' | 'unnamed';

/** One file of one patch on the base. */
export interface FileCheck {
  readonly path: string;
  readonly patch: number;
  readonly before: IdVerdict;
  readonly after: IdVerdict;
  /** 'exact': where the headers say; 'offset': some lines away; 'failed': `why` says where; 'absent': the base lacks it. */
  readonly placed: 'exact' | 'offset' | 'failed' | 'absent';
  /** Lines away from the headers, summed over the hunks. */
  readonly offset: number;
  readonly why: string;
}

export interface SeriesCheck {
  readonly files: readonly FileCheck[];
  /** Every file that the base has took every patch exactly; false when it has none of them. */
  readonly exact: boolean;
  readonly offset: number;
  /** Paths of which every touching patch names both ids and both were found. */
  readonly verified: ReadonlySet<string>;
  /** Files after the last patch that applied. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What is needed of a patch. */
export interface SeriesPatch {
  readonly n: number;
  readonly diff: Diff;
}

/** Files by path, text with its newlines. */
export type Texts = ReadonlyMap<string, string>;

/**
 * Applies the patches in order. `ids` are ids of files of the base that are known better than from their text (bytes
 * that are no UTF-8).
 */
export function checkSeries(base: Texts, patches: readonly SeriesPatch[], ids: Texts = new Map()): SeriesCheck {
  const texts = new Map(base);
  const known = new Map(ids);
  const files: FileCheck[] = [];
  for (const { n, diff } of patches) {
    for (const file of diff.files) {
      if (!file.binary) files.push(checkFile({ texts, ids: known }, file, n));
    }
  }
  const seen = files.filter((file) => file.placed !== 'absent');
  return {
    files, exact: seen.length > 0 && seen.every((file) => file.placed !== 'failed'),
    offset: seen.reduce((sum, file) => sum + file.offset, 0), verified: verifiedPaths(files), texts,
  };
}

/** Whether the base holds the series already: taken off from its end it comes off everywhere, and it does not go on. */
export function isInBase(base: Texts, patches: readonly SeriesPatch[]): boolean {
  const touching = patches.map(({ n, diff }) => ({ n, files: diff.files.filter((file) => file.newPath !== null && base.has(file.newPath)) }));
  const files = touching.flatMap((patch) => patch.files).filter((file) => file.hunks.length > 0);
  if (files.length === 0) return false;
  const off = comesOff(base, touching);
  if (off !== null) {
    const on = checkSeries(base, patches);
    // What goes on again only somewhere else, and comes off where it says, is there.
    return !on.exact || (off === 0 && on.offset > 0);
  }
  return patches.length === 1 && files.every((file) => reverseApplies(treeImageOf(file.path, linesOf(base.get(file.path) ?? '')), file));
}

/** Lines off when the series is taken off exactly; null when it does not come off. */
function comesOff(base: Texts, patches: readonly { readonly files: readonly FileDiff[] }[]): number | null {
  const texts = new Map(base);
  let offset = 0;
  for (const { files } of [...patches].reverse()) {
    for (const file of files) {
      const back = revertFileExactly(texts.get(file.newPath ?? '') ?? '', file);
      if (back.kind === 'refused') return null;
      texts.set(file.newPath ?? '', back.text);
      offset += back.offset;
    }
  }
  return offset;
}

/** Lines of a text without newlines. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

interface State {
  readonly texts: Map<string, string>;
  readonly ids: Map<string, string>;
}

function checkFile(state: State, file: FileDiff, patch: number): FileCheck {
  const from = file.oldPath;
  const text = from === null ? '' : state.texts.get(from);
  const result = { path: file.path, patch, before: 'unnamed', after: 'unnamed', offset: 0, why: '' } as const;
  if (text === undefined) return { ...result, placed: 'absent', why: 'the base has no such file' };
  if (from === null && state.texts.has(file.path)) return { ...result, placed: 'failed', why: 'the patch creates it and it is there' };
  const before = from === null ? 'same' : verdict(state.ids.get(from) ?? blobId(text), file.oldBlob);
  const applied = applyFileExactly(text, file);
  if (applied.kind === 'refused') return { ...result, before, placed: 'failed', why: applied.why };
  if (from !== null && file.renamed) forget(state, from);
  if (file.newPath === null) {
    forget(state, file.path);
    return { ...result, before, after: applied.text === '' ? 'same' : 'differs', placed: 'exact' };
  }
  state.texts.set(file.newPath, applied.text);
  // A file of which nothing changed but its name keeps the id of its bytes.
  if (file.hunks.length > 0 || file.renamed) state.ids.delete(file.newPath);
  const after = verdict(blobId(applied.text), file.newBlob);
  return { ...result, before, after, placed: applied.offset === 0 ? 'exact' : 'offset', offset: applied.offset };
}

function forget(state: State, path: string): void {
  state.texts.delete(path);
  state.ids.delete(path);
}

function verdict(id: string, named: string | null): IdVerdict {
  if (named === null) return 'unnamed';
  return sameBlob(id, named) ? 'same' : 'differs';
}

function verifiedPaths(files: readonly FileCheck[]): Set<string> {
  const good = (file: FileCheck): boolean => file.before === 'same' && file.after === 'same' && file.placed !== 'failed';
  const paths = new Set(files.filter(good).map((file) => file.path));
  for (const file of files) if (!good(file)) paths.delete(file.path);
  return paths;
}
