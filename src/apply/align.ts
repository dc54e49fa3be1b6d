/**
 * @module Puts the hunks of one file on an image: line-exact where the image is a real file and the lines stand there,
 * by tokens otherwise. Hunks that could not be placed in the first pass are tried again between their neighbours, then
 * with less context. Never throws on input; all loops have named maxima.
 */
import type { FileDiff, Hunk } from '../patch/diff.js';
import type { Applied, ApplyDiff, Image, Placed, PlacedHunk } from './image.js';
import type { Bounds } from './choose.js';
import { applyExact, findExact } from './exact.js';
import type { HunkSides } from './hunk-sides.js';
import { reversed, sidesOf } from './hunk-sides.js';
import type { Budget } from './match.js';
import type { PlaceContext, Placing } from './place.js';
import { placeHunk } from './place.js';
import { ImageReader } from './read-image.js';
import { renumber } from './renumber.js';
import { printMacros } from './soft.js';
import { structureOf } from './structure.js';
import { tokenise } from './tokens.js';
import { insertWithoutCode } from './insert.js';
import { parts, trimmed } from './trimmed.js';

/** Hunks of one file that are placed at most; the rest fail with a note. */
export const HUNKS_MAX = 1_000;
/** Lines of one hunk that are read at most. */
export const HUNK_LINES_MAX = 50_000;
/** Token comparisons spent on one file at most: some seconds. */
export const COMPARISONS_MAX = 30_000_000;

/** Tokens that must be left of the old side when context is dropped; fewer stand in too many places. */
const FUZZY_TOKENS_MIN = 8;

/** Longer hunks are placed whole or not at all. */
const FUZZY_LINES_MAX = 5_000;

export interface AlignOptions {
  /** Whether hunks may lose context lines when they fit nowhere with all of them; true when left out. */
  readonly fuzz?: boolean;
  /** Whether text parses as C. A result that does not while the image did is said in the notes. */
  readonly parses?: (text: string) => boolean;
}

/** Puts the hunks of one file on an image. */
export const applyByAlignment: ApplyDiff = (image, diff, patchNumber) => alignWith({})(image, diff, patchNumber);

/** The same with options. */
export function alignWith(options: AlignOptions): ApplyDiff {
  return (image, diff, patchNumber) => {
    const first = new Alignment(image, diff, { patch: patchNumber, options, without: new Set() });
    const applied = first.run();
    if (structureOf(tokenise(applied.image.lines).tokens).balanced || !isBalanced(image)) return checked(image, applied, options);
    const without = first.unbalancing();
    if (without.size === 0) return checked(image, applied, options);
    return checked(image, new Alignment(image, diff, { patch: patchNumber, options, without }).run(), options);
  };
}

/**
 * Whether the patch is in the image already: its reverse fits everywhere and it does not. Hunks that change no code say
 * nothing either way.
 */
export function reverseApplies(image: Image, diff: FileDiff): boolean {
  const back: FileDiff = { ...diff, oldPath: diff.newPath, newPath: diff.oldPath, hunks: diff.hunks.map(reversed) };
  const strict = alignWith({ fuzz: false });
  const forth = strict(image, diff, 1).hunks;
  const alreadyThere = forth.filter((hunk) => hunk.placed === 'failed' || hunk.note.startsWith(ALREADY));
  if (alreadyThere.length === 0) return false;
  return strict(image, back, 1).hunks.every((hunk) => hunk.placed !== 'failed' && !hunk.note.startsWith(ALREADY));
}

const ALREADY = 'already applied';

function isBalanced(image: Image): boolean {
  return structureOf(tokenise(image.lines).tokens).balanced;
}

function checked(before: Image, applied: Applied, options: AlignOptions): Applied {
  const { parses } = options;
  if (!parses || !applied.hunks.some((hunk) => hunk.placed === 'aligned' || hunk.placed === 'fuzzy')) return applied;
  if (!parses(before.lines.join('\n')) || parses(applied.image.lines.join('\n'))) return applied;
  const note = (old: string): string => (old === '' ? 'the patched file does not parse' : `${old}; the patched file does not parse`);
  const guessed = (placed: Placed): boolean => placed === 'aligned' || placed === 'fuzzy';
  return {
    ...applied,
    hunks: applied.hunks.map((hunk) => (guessed(hunk.placed) ? { ...hunk, placed: 'fuzzy', note: note(hunk.note) } : hunk)),
  };
}

interface Job {
  readonly patch: number;
  readonly options: AlignOptions;
  /** Hunks that are left out because they would unbalance the file, by index. */
  readonly without: ReadonlySet<number>;
}

interface Outcome {
  readonly placed: Placed;
  readonly note: string;
}

/** One file's hunks on their way. */
class Alignment {
  private image: Image;
  private readonly outcomes = new Map<number, Outcome>();
  private readonly context: PlaceContext;
  private readonly real: boolean;
  private readonly budget: Budget = { left: COMPARISONS_MAX };
  private readonly sidesOfHunk = new Map<number, HunkSides>();

  constructor(private readonly start: Image, private readonly diff: FileDiff, private readonly job: Job) {
    this.image = start;
    this.real = start.origins.some((origin) => origin.image === 'tree');
    const prints = this.prints();
    this.context = { patch: job.patch, prints, reader: new ImageReader(prints), budget: this.budget, guess: false };
  }

  run(): Applied {
    const hunks = this.diff.hunks.slice(0, HUNKS_MAX);
    for (const hunk of hunks) this.first(hunk);
    for (const hunk of hunks) if (!this.outcomes.has(hunk.index)) this.second(hunk);
    const applied = new Set<number>();
    const placed = this.diff.hunks.map((hunk): PlacedHunk => {
      const outcome = this.outcomes.get(hunk.index) ?? { placed: 'failed', note: `only ${HUNKS_MAX} hunks of a file are placed` };
      if (outcome.placed !== 'failed' && !outcome.note.startsWith(ALREADY)) applied.add(hunk.index);
      return {
        patch: this.job.patch, index: hunk.index, path: this.diff.path, oldStart: hunk.oldStart, newStart: hunk.newStart, ...outcome,
      };
    });
    return { image: renumber(this.image, this.diff, { applied }), hunks: placed };
  }

  /** Placed hunks whose sides open and close a different number of brackets. */
  unbalancing(): Set<number> {
    const found = new Set<number>();
    for (const [index, sides] of this.sidesOfHunk) {
      const outcome = this.outcomes.get(index);
      if (outcome && outcome.placed !== 'failed' && outcome.placed !== 'ignored' && depth(sides.old) !== depth(sides.fresh)) found.add(index);
    }
    return found;
  }

  private prints(): Set<string> {
    const prints = printMacros(this.start.lines);
    for (const hunk of this.diff.hunks.slice(0, HUNKS_MAX)) {
      for (const name of printMacros(hunk.lines.slice(0, HUNK_LINES_MAX).map((line) => line.text))) prints.add(name);
    }
    return prints;
  }

  private first(hunk: Hunk): void {
    const refused = this.refused(hunk);
    if (refused) {
      this.outcomes.set(hunk.index, refused);
      return;
    }
    const sides = sidesOf(hunk, this.context.prints);
    this.sidesOfHunk.set(hunk.index, sides);
    if (this.real && this.exact(hunk, sides)) return;
    if (!sides.changesCode) {
      this.outcomes.set(hunk.index, { placed: 'ignored', note: 'changes only comments or white space' });
      return;
    }
    this.keep(hunk, this.place(sides));
  }

  private refused(hunk: Hunk): Outcome | null {
    if (this.diff.binary) return { placed: 'ignored', note: 'a binary file' };
    if (!/\.[chS]$/.test(this.diff.path)) return { placed: 'ignored', note: `${this.diff.path} is no C source` };
    if (this.job.without.has(hunk.index)) return { placed: 'failed', note: 'would leave brackets open: another part of the change is missing' };
    if (hunk.lines.length > HUNK_LINES_MAX) return { placed: 'failed', note: `longer than ${HUNK_LINES_MAX} lines` };
    if (this.budget.left <= 0) return { placed: 'failed', note: 'gave up: too much to compare' };
    return null;
  }

  private exact(hunk: Hunk, sides: HunkSides): boolean {
    const bounds = this.bounds(this.image, hunk);
    const place = findExact(this.image, hunk, { expected: this.expected(hunk), floor: bounds.after + 1, budget: this.budget });
    if (!place) return false;
    this.image = applyExact(this.image, hunk, { at: place.at, patch: this.job.patch });
    const note = place.offset === 0 ? '' : `offset ${place.offset} lines`;
    this.outcomes.set(hunk.index, sides.changesCode
      ? { placed: 'exact', note: withTail(hunk, note) } : { placed: 'ignored', note: 'changes only comments or white space' });
    return true;
  }

  /** Line of the image (0-based) at which the header's first old line should be, by what was placed before. */
  private expected(hunk: Hunk): number {
    const grown = this.image.lines.length - this.start.lines.length;
    return Math.max(hunk.oldStart - 1, 0) + grown;
  }

  private place(sides: HunkSides, guess = false): Placing {
    return placeHunk(this.image, sides, { ...this.context, guess, bounds: (image) => this.bounds(image, sides.hunk) });
  }

  private keep(hunk: Hunk, placing: Placing): boolean {
    if (placing.kind !== 'placed') return false;
    this.image = placing.image;
    this.outcomes.set(hunk.index, { placed: placing.placed, note: withTail(hunk, placing.note) });
    return true;
  }

  private second(hunk: Hunk): void {
    const sides = this.sidesOfHunk.get(hunk.index) ?? sidesOf(hunk, this.context.prints);
    const again = this.place(sides, true);
    if (this.keep(hunk, again)) return;
    const inserted = insertWithoutCode(this.image, sides, this.context);
    if (inserted && this.keep(hunk, inserted)) return;
    if (this.isThere(hunk)) {
      this.outcomes.set(hunk.index, { placed: 'ignored', note: `${ALREADY}: its new side is there, its old side is not` });
      return;
    }
    if (again.kind !== 'placed' && this.job.options.fuzz !== false && this.fuzzy(hunk)) return;
    this.outcomes.set(hunk.index, { placed: 'failed', note: again.kind === 'placed' ? '' : again.note });
  }

  private isThere(hunk: Hunk): boolean {
    const back = sidesOf(reversed(hunk), this.context.prints);
    if (back.hunk.lines.every((line) => line.kind !== 'removed')) {
      return this.place(back).kind === 'placed' && this.sidesOfHunk.get(hunk.index)?.changesCode === true;
    }
    return this.place(back).kind === 'placed';
  }

  /** With fewer context lines, then change by change. */
  private fuzzy(hunk: Hunk): boolean {
    if (hunk.lines.length > FUZZY_LINES_MAX) return false;
    for (const { hunk: less, note } of trimmed(hunk)) {
      const sides = sidesOf(less, this.context.prints);
      if (sides.old.tokens.length < FUZZY_TOKENS_MIN) continue;
      const placing = this.place(sides);
      if (placing.kind === 'placed' && this.keep(hunk, { ...placing, placed: 'fuzzy', note: joined(note, placing.note) })) return true;
      if (placing.kind === 'many') return false;
    }
    return this.byParts(hunk);
  }

  private byParts(hunk: Hunk): boolean {
    const before = this.image;
    const pieces = parts(hunk);
    if (pieces.length < 2) return false;
    for (const piece of pieces) {
      const sides = sidesOf(piece, this.context.prints);
      if (!sides.changesCode) continue;
      const placing = placeHunk(this.image, sides, { ...this.context, bounds: (image) => this.bounds(image, hunk) });
      if (placing.kind !== 'placed') {
        this.image = before;
        return false;
      }
      this.image = placing.image;
    }
    return this.keep(hunk, { kind: 'placed', image: this.image, placed: 'fuzzy', note: `placed in ${pieces.length} parts` });
  }

  /** Lines of an image that the hunks before and behind reach to. */
  private bounds(image: Image, hunk: Hunk): Bounds {
    let after = -1;
    let before = Infinity;
    let last = 0;
    image.origins.forEach((origin, line) => {
      if (origin.patch !== this.job.patch || origin.hunk === null) return;
      if (origin.hunk < hunk.index) {
        after = line;
        last = origin.hunk;
      } else if (origin.hunk > hunk.index) before = Math.min(before, line);
    });
    const previous = last > 0 ? this.diff.hunks[last - 1] : undefined;
    return { after, before, afterOld: previous ? previous.oldStart + previous.oldCount - 1 : null };
  }
}

function joined(...notes: string[]): string {
  return notes.filter((note) => note !== '').join('; ');
}

function withTail(hunk: Hunk, note: string): string {
  return hunk.truncated ? joined(note, 'its tail is missing: placed as far as its lines go') : note;
}

function depth(side: HunkSides['old']): string {
  const count = { '(': 0, '{': 0, '[': 0 };
  for (const { text } of side.tokens) {
    if (text === '(' || text === '{' || text === '[') count[text]++;
    else if (text === ')') count['(']--;
    else if (text === '}') count['{']--;
    else if (text === ']') count['[']--;
  }
  return JSON.stringify(count);
}
