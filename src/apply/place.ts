/**
 * @module Placing one hunk by tokens. Three levels, each tried only when the one before finds nothing: core tokens equal;
 * local declarations modulo order and splitting; locals modulo renaming. The upper levels only even out the image, so
 * that the hunk then fits by the first one; braces are evened out the same way.
 */
import type { Placed } from './image.js';
import type { Image } from './image.js';
import type { Budget } from './match.js';
import { findRenamed, findRuns } from './match.js';
import type { Bounds, Candidate, Choice, Guide } from './choose.js';
import { choose } from './choose.js';
import { redeclare } from './declarations.js';
import { applyEdits } from './edits.js';
import type { HunkSides } from './hunk-sides.js';
import type { ImageReader, ReadImage } from './read-image.js';
import type { Placement, Reconciled } from './reconcile.js';
import { reconcile } from './reconcile.js';
import { renamable, renameIn } from './rename.js';
import { sectionWindow } from './section.js';
import type { SoftStream } from './soft.js';
import { softStream } from './soft.js';
import { splice } from './splice.js';

/** What placing needs to know besides image and hunk. */
export interface PlaceContext {
  readonly patch: number;
  readonly prints: ReadonlySet<string>;
  readonly reader: ImageReader;
  readonly budget: Budget;
  /** Whether a local may be taken for another of the same type when nothing else tells them apart. */
  readonly guess: boolean;
}

/** Where a hunk went, or why not. */
export type Placing =
  | { readonly kind: 'placed'; readonly image: Image; readonly placed: Placed; readonly note: string }
  | { readonly kind: 'many' | 'none'; readonly note: string };

/** Rounds of evening out for one hunk at most. */
const ROUNDS_MAX = 16;

interface State {
  image: Image;
  guessed: boolean;
  readonly notes: Set<string>;
}

/** Places one hunk whose sides differ in code; `bounds` come from the hunks placed already. */
export function placeHunk(image: Image, sides: HunkSides, context: PlaceContext & { readonly bounds: (image: Image) => Bounds }): Placing {
  const state: State = { image, guessed: false, notes: new Set() };
  const streams = streamsOf(sides, context.prints);
  if (streams.plain.core.length === 0) return { kind: 'none', note: 'no code in its context' };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    context.budget.left -= state.image.lines.length;
    if (context.budget.left <= 0) return { kind: 'none', note: 'gave up: too much to compare' };
    const read = context.reader.read(state.image);
    const guide: Guide = {
      window: sectionWindow(read, sides.hunk, context.patch), bounds: context.bounds(state.image),
      oldLine: firstOldLine(sides, streams.plain),
    };
    const plain = choose(read, plainCandidates(read, streams.plain, context.budget), guide);
    if (plain.kind === 'many') return plain;
    if (plain.kind === 'one') {
      note(state, plain.note);
      if (plain.candidate.reconciled.edits.length === 0) return finish(state, { sides, context }, plain.candidate);
      state.notes.add('braces');
      state.image = applyEdits(read.image, read.tokens, plain.candidate.reconciled.edits);
      continue;
    }
    const evened = evenOut(read, streams.undeclared, { guide, context, state });
    if (evened !== 'evened') return { kind: evened, note: plain.note === '' ? 'its old side was not found' : plain.note };
  }
  return { kind: 'none', note: 'the image could not be made to read as its old side' };
}

interface Streams {
  readonly plain: SoftStream;
  readonly undeclared: SoftStream;
}

function streamsOf(sides: HunkSides, prints: ReadonlySet<string>): Streams {
  const options = { prints, fragment: true };
  return {
    plain: softStream(sides.old.tokens, { ...options, declarations: false }),
    undeclared: softStream(sides.old.tokens, { ...options, declarations: true }),
  };
}

function firstOldLine(sides: HunkSides, stream: SoftStream): number {
  const line = stream.tokens[stream.core[0] ?? 0]?.line ?? 0;
  return sides.hunk.lines[line]?.oldLine ?? sides.hunk.oldStart;
}

function note(state: State, text: string): void {
  if (text === '') return;
  state.guessed = true;
  state.notes.add(text);
}

type PlainCandidate = Candidate & { readonly placement: Placement; readonly reconciled: Reconciled };

function plainCandidates(read: ReadImage, hunk: SoftStream, budget: Budget): PlainCandidate[] {
  return findRuns(read.plain.keys, hunk.keys, budget).flatMap((at) => {
    const placement = { hunk, image: read.plain, structure: read.structure, at };
    budget.left -= hunk.items.length + 100;
    if (budget.left <= 0) return [];
    const reconciled = reconcile(placement);
    if (!reconciled) return [];
    const strings = otherStrings(hunk, read.plain, at);
    if (strings > 0) reconciled.missing.add('string');
    return [{ ...ends(read.plain, at, hunk), cost: reconciled.edits.length + strings, placement, reconciled }];
  });
}

/** Strings that differ; a model need not have the kernel's messages. */
function otherStrings(hunk: SoftStream, image: SoftStream, at: number): number {
  let count = 0;
  for (let k = 0; k < hunk.core.length; k++) {
    if (hunk.keys[k] !== '""') continue;
    if (hunk.tokens[hunk.core[k] ?? -1]?.text !== image.tokens[image.core[at + k] ?? -1]?.text) count++;
  }
  return count;
}

function ends(stream: SoftStream, at: number, hunk: SoftStream): { first: number; last: number } {
  return { first: stream.core[at] ?? 0, last: stream.core[at + hunk.core.length - 1] ?? 0 };
}

/** Makes the image read a little more as the hunk does; says why not otherwise. */
function evenOut(
  read: ReadImage, hunk: SoftStream, with_: { guide: Guide; context: PlaceContext; state: State },
): 'evened' | 'many' | 'none' {
  const { guide, context, state } = with_;
  const found = redeclared(read, hunk, { guide, context });
  if (found.kind === 'many') return 'many';
  if (found.kind === 'one') {
    note(state, found.note);
    state.notes.add(found.candidate.what);
    state.guessed ||= found.candidate.guessed;
    state.image = found.candidate.image;
    return 'evened';
  }
  const renamed = renamedRun(read, hunk, { guide, context });
  if (renamed.kind !== 'one') return renamed.kind;
  note(state, renamed.note);
  state.notes.add('names of locals');
  state.image = renamed.candidate.image;
  return 'evened';
}

type Evened = Candidate & { readonly image: Image; readonly guessed: boolean; readonly what: string };

function redeclared(read: ReadImage, hunk: SoftStream, with_: { guide: Guide; context: PlaceContext }): Choice<Evened> {
  const stream = read.undeclared;
  const candidates = findRuns(stream.keys, hunk.keys, with_.context.budget).flatMap((at): Evened[] => {
    const found = redeclare(read.image, { hunk, image: stream, structure: read.structure, at });
    if (!found || (found.kind === 'renamed' && found.guessed && !with_.context.guess)) return [];
    const image = found.kind === 'rewritten' ? found.image : renameIn(read, new Map([[found.token, found.renames]]));
    const what = found.kind === 'rewritten' ? 'order of declarations' : 'names of locals';
    return image ? [{ ...ends(stream, at, hunk), cost: 1, image, guessed: found.guessed, what }] : [];
  });
  return choose(read, candidates, with_.guide);
}

/** A run that fits more places than this under some renaming says nothing about where it belongs. */
const RENAMED_RUNS_MAX = 12;

function renamedRun(read: ReadImage, hunk: SoftStream, with_: { guide: Guide; context: PlaceContext }): Choice<Evened> {
  const scope = renamable(read, read.undeclared);
  const runs = findRenamed({ hay: read.undeclared.keys, needle: hunk.keys }, scope, with_.context.budget);
  if (runs.length > RENAMED_RUNS_MAX) return { kind: 'many', note: `ambiguous: under some renaming it fits ${runs.length} places` };
  with_.context.budget.left -= runs.length * read.tokens.length;
  const candidates = runs.flatMap(({ at, renames }): Evened[] => {
    const image = renameIn(read, renames);
    return image ? [{ ...ends(read.undeclared, at, hunk), cost: renames.size, image, guessed: false, what: '' }] : [];
  });
  return choose(read, candidates, with_.guide);
}

function finish(state: State, by: { sides: HunkSides; context: PlaceContext }, candidate: PlainCandidate): Placing {
  const { placement, reconciled } = candidate;
  const image = splice(state.image, { placement, reconciled, sides: by.sides, patch: by.context.patch });
  const notes = [...state.notes, ...tolerated(reconciled)];
  return {
    kind: 'placed', image, placed: state.guessed ? 'fuzzy' : 'aligned',
    note: notes.length === 0 ? '' : `tolerated: ${[...new Set(notes)].join(', ')}`,
  };
}

const WORDING: Readonly<Record<string, string>> = {
  brace: 'braces', print: 'debug prints', word: 'annotation words', directive: 'conditional directives', comma: 'a last comma', string: 'texts of strings',
};

function tolerated(reconciled: Reconciled): string[] {
  return [...reconciled.missing].map((kind) => WORDING[kind] ?? kind);
}
