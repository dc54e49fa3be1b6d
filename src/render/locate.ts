/**
 * @module Places of findings as lines of the files at the end of the series, for formats that know nothing of patches. A
 * removed line is where it was.
 */
import { lineAtEnd } from '../mail/line-at-end.js';
import type { Submission } from '../mail/submission.js';
import type { FileDiff } from '../patch/diff.js';
import type { Place } from '../review/review.js';

/** Lines of a file as it is after all of the patches. */
export interface Lines {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

/** Where a place is at the end; null when it is not there any more, or nobody knows its line. */
export type Locate = (place: Place) => Lines | null;

/** A removed line as the line that has its place: the one below it in its hunk, else the last one. */
function lineInstead(place: Place, files: readonly FileDiff[]): number | null {
  for (const { lines } of files.filter((file) => file.path === place.path).flatMap((file) => file.hunks)) {
    const at = lines.findIndex((line) => line.oldLine === place.line && line.kind === 'removed');
    if (at < 0) continue;
    return lines.slice(at).find((line) => line.newLine !== null)?.newLine ?? lines.findLast((line) => line.newLine !== null)?.newLine ?? null;
  }
  return null;
}

/** Where places are in the files after the whole series; `root` is the folder of the repository that is the root of its kernel. */
export function locator({ submission, root }: { readonly submission: Submission; readonly root: string }): Locate {
  return (place) => {
    if (place.line === null || place.image === 'model') return null;
    const files = submission.patches.find((patch) => patch.n === (place.patch ?? submission.patches.at(-1)?.n))?.diff.files ?? [];
    const first = place.side === 'LEFT' && place.inDiff ? lineInstead(place, files) : place.line;
    const last = place.side === 'LEFT' ? first : place.endLine ?? place.line;
    const [from, to] = [first, last].map((line) => (line === null ? null : lineAtEnd({ path: place.path, line }, { side: 'RIGHT', patch: place.patch }, submission)));
    const at = from ?? to;
    return at ? { path: root === '' ? at.path : `${root}/${at.path}`, line: at.line, endLine: to?.line ?? at.line } : null;
  };
}
