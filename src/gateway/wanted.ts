/**
 * @module What a submission wants of a base: which files, with which blob ids, on which commit, after which other
 * patches. Pure; every name in it comes from outside and is checked before it reaches a file system or git.
 */
import { posix } from 'node:path';
import type { FileDiff } from '../patch/diff.js';
import type { Patch, Submission } from '../mail/submission.js';
import { KCOV_FILES } from './kernel-file.js';
import { patchId } from './patch-id.js';
import { readTrailers } from './trailers.js';
import type { Trailers } from './trailers.js';

/** A patch at hand that the submission may be built on. */
export interface PoolPatch {
  readonly patch: Patch;
  /** Its subject, or the input it came in. */
  readonly name: string;
  readonly patchId: string | null;
}

export interface Wanted {
  readonly patches: readonly Patch[];
  readonly trailers: Trailers;
  /** Paths to read, kcov's own first; relative, without "..". */
  readonly paths: readonly string[];
  /** Path to the old blob id that the first patch touching it names; null when it names none. Created files are not in it. */
  readonly required: ReadonlyMap<string, string | null>;
  /** Patches of --with in the order they are to be applied. */
  readonly pool: readonly PoolPatch[];
  /** Prerequisites that are named and not at hand, as words. */
  readonly lacking: readonly string[];
  /** Seconds since 1970 at which the first patch was sent; null when unknown. */
  readonly sentS: number | null;
}

/** Paths that are read for one base at most. */
const PATHS_MAX = 200;

/** Reads what a submission wants; `others` are the submissions given with --with. */
export function wantedOf(submission: Submission, others: readonly Submission[]): Wanted {
  const { patches } = submission;
  const trailers = readTrailers([submission.cover ?? '', ...patches.map((patch) => patch.bodyLines.join('\n'))]);
  const { pool, lacking } = poolOf(submission, others, trailers);
  const touched = [...patches, ...pool.map((one) => one.patch)].flatMap((patch) => patch.diff.files.map((file) => file.oldPath));
  const paths = [...new Set([...KCOV_FILES, ...touched.filter((path) => path !== null && isSafePath(path)).map(String)])];
  return { patches, trailers, paths: paths.slice(0, PATHS_MAX), required: requiredBy(patches), pool, lacking, sentS: sentAt(patches) };
}

/** Whether a path stays below the root it is joined to and is one line. */
export function isSafePath(path: string): boolean {
  if (path === '' || path.length > 500 || /[\u0000-\u001f\u007f\\:]/u.test(path) || path.startsWith('/')) return false;
  const parts = path.split('/');
  return posix.normalize(path) === path && parts.every((part) => part !== '..' && part.toLowerCase() !== '.git');
}

function requiredBy(patches: readonly Patch[]): Map<string, string | null> {
  const required = new Map<string, string | null>();
  const made = new Set<string>();
  for (const file of patches.flatMap((patch) => patch.diff.files)) {
    const from = file.oldPath;
    if (from !== null && isSafePath(from) && !made.has(from) && !required.has(from) && !file.binary) required.set(from, file.oldBlob);
    if (file.newPath !== null && file.newPath !== from) made.add(file.newPath);
  }
  return required;
}

function poolOf(submission: Submission, others: readonly Submission[], trailers: Trailers): { pool: PoolPatch[]; lacking: string[] } {
  const own = new Set(submission.patches.flatMap((patch) => [patch.messageId, patchId(patch.bodyLines)]));
  const all = others.flatMap((other) => other.patches.map((patch) => poolPatch(patch, other)))
    .filter((one) => one.patch.diff.files.length > 0 && !(one.patch.messageId !== null && own.has(one.patch.messageId)))
    .filter((one) => one.patchId === null || !own.has(one.patchId));
  const byPatchId = trailers.patchIds.map((id) => all.find((one) => one.patchId === id) ?? null);
  const byMail = trailers.messageIds.map((id) => all.filter((one) => one.patch.messageId === id || seriesOf(one, others) === id));
  const named = [...new Set([...byPatchId.filter((one) => one !== null), ...byMail.flat()])];
  const lacking = [
    ...trailers.patchIds.filter((_, i) => byPatchId[i] === null).map((id) => `patch ${id.slice(0, 12)}`),
    ...trailers.messageIds.filter((_, i) => byMail[i]?.length === 0).map((id) => `the mail ${id}`),
  ];
  return { pool: [...named, ...all.filter((one) => !named.includes(one))], lacking };
}

function poolPatch(patch: Patch, submission: Submission): PoolPatch {
  return { patch, name: patch.subject === '' ? submission.name : `"${patch.subject}"`, patchId: patchId(patch.bodyLines) };
}

/** Message-ID of the series a patch came in: that of its cover letter. */
function seriesOf(one: PoolPatch, others: readonly Submission[]): string | null {
  return others.find((other) => other.patches.includes(one.patch))?.messageId ?? null;
}

function sentAt(patches: readonly Patch[]): number | null {
  const time = Date.parse(patches[0]?.mail?.date ?? '');
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}

/** The first diff of a path in the submission: what its old side must fit. */
export function firstDiff(wanted: Wanted, path: string): FileDiff | null {
  return wanted.patches.flatMap((patch) => patch.diff.files).find((file) => file.oldPath === path) ?? null;
}
