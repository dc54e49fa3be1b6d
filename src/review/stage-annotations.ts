/**
 * @module Remote sections in other code, stage by stage of a series: what the patches up to each one do to them, and what
 * is said of the hunks that show it.
 */
import type { PlacedHunk } from '../apply/image.js';
import type { FrontEnd } from '../c/front-end.js';
import { annotationsOf } from '../analysis/sections/annotations.js';
import type { AnnotatedFunction, Annotations } from '../analysis/sections/annotations.js';
import type { Patch, Submission } from '../mail/submission.js';
import type { Config } from '../../simulator/ir/program.js';
import { foreignNote } from './apply-series.js';

/** Sections in softirqs came with v5.8, whose merge window opened at this date: a mail from before is for an older kcov. */
const SOFTIRQ_SECTIONS_SINCE = Date.UTC(2020, 5, 1);

export interface AnnotationBase {
  /** Files of the tree, by path; empty without one. */
  readonly files: ReadonlyMap<string, string>;
  /** Files that a Program is made of. */
  readonly own: ReadonlySet<string>;
  readonly config: Config;
  /** The base is a tree, or the series changes kcov itself. */
  readonly versionKnown: boolean;
}

/** What the patches up to number `last` do to sections; `before` where patch `last` has no part in it. */
export function annotationsUpTo(frontEnd: FrontEnd, submission: Submission, at: { last: number; before: Annotations | null; base: AnnotationBase }): Annotations | null {
  const { last, before, base } = at;
  const input = (patches: readonly Patch[]): Parameters<typeof annotationsOf>[1] => ({
    ...base, versionKnown: base.versionKnown || patches.some(isOld),
    patches: patches.map((p) => ({ n: p.n, of: p.of, files: p.diff.files, whitespaceDamaged: p.diff.whitespaceDamaged, truncated: p.diff.truncated })),
  });
  const patch = submission.patches.find((p) => p.n === last);
  if (!patch || (before && !patch.diff.files.some((f) => before.post.has(f.path)) && annotationsOf(frontEnd, input([patch])) === null)) return before;
  return annotationsOf(frontEnd, input(submission.patches.filter((p) => p.n <= last)));
}

function isOld(patch: Patch): boolean {
  const sent = Date.parse(patch.mail?.date ?? '');
  return Number.isFinite(sent) && sent < SOFTIRQ_SECTIONS_SINCE;
}

/** Hunks with what was checked of them in their notes. */
export function withSectionNotes(hunks: readonly PlacedHunk[], annotations: Annotations | null): PlacedHunk[] {
  if (!annotations) return [...hunks];
  return hunks.map((hunk) => {
    const said = hunk.note === foreignNote ? noteOf(annotations, hunk) : '';
    return said === '' ? hunk : { ...hunk, note: said };
  });
}

function noteOf(annotations: Annotations, hunk: PlacedHunk): string {
  const shown = annotations.functions.filter((f) => f.path === hunk.path && shows(annotations, f, hunk));
  const judged = shown.filter((f) => f.post?.unclear === null && f.post.sites.length > 0);
  const unclear = shown.filter((f) => f.post !== null && f.post.unclear !== null);
  const handles = shown.filter((f) => f.post?.unclear === null && f.post.sites.length === 0);
  const named = (functions: readonly AnnotatedFunction[]): string => functions.map((f) => `${f.name}()`).join(', ');
  return [
    judged.length > 0 ? `sections checked in ${named(judged)}${judged.every((f) => f.whole) ? '' : ', as far as the patch shows it'}` : '',
    handles.length > 0 ? `no section in ${named(handles)}` : '',
    ...unclear.map((f) => `sections not checked in ${f.name}(): ${f.post?.unclear ?? ''}`),
  ].filter((text) => text !== '').join('; ');
}

function shows(annotations: Annotations, f: AnnotatedFunction, hunk: PlacedHunk): boolean {
  const def = f.post?.def;
  const origins = def ? annotations.post.get(f.path)?.origins.slice(def.place.line - 1, def.place.endLine) : undefined;
  return def ? origins?.some((o) => o.patch === hunk.patch && o.hunk === hunk.index) ?? false : f.patch === hunk.patch;
}
