/**
 * @module Lines that a reply quotes, found again in the patches of a submission. White space and markers' blanks are not
 * looked at, since mail clients change them; hunk headers, where they are quoted, say where to look on.
 */
import type { DiffLine, FileDiff, Hunk } from '../patch/diff.js';
import type { Submission } from './submission.js';

/** A line of a patch. */
export interface PatchLine {
  readonly patch: number;
  readonly path: string;
  readonly hunk: Hunk;
  readonly line: DiffLine;
  /** The function it stands in as the diff shows it; '' at file scope. */
  readonly function: string;
  /** Marker and words, single blanks between. */
  readonly key: string;
}

const markers = { context: ' ', added: '+', removed: '-' } as const;
/** Letters and digits from which on a line tells where it stands. */
const TELLING_MIN = 6;
/** Lines that a reader may have cut out without a mark before a line of few letters is looked for no further. */
const SKIPPED_MAX = 3;

/** All lines of the patches, in their order. */
export function patchLines(submission: Submission): PatchLine[] {
  return submission.patches.flatMap((patch) => patch.diff.files.flatMap((file) => file.hunks.flatMap((hunk) => linesOf(patch.n, file, hunk))));
}

function linesOf(patch: number, file: FileDiff, hunk: Hunk): PatchLine[] {
  let name = functionIn(hunk.section);
  return hunk.lines.map((line) => {
    const begun = line.kind === 'removed' ? '' : functionIn(line.text);
    if (begun !== '') name = begun;
    const found: PatchLine = { patch, path: file.path, hunk, line, function: name, key: keyOf(markers[line.kind] + line.text) };
    if (/^\}/u.test(line.text) && line.kind !== 'removed') name = '';
    return found;
  });
}

/** The function that a line at the margin begins; '' for others. */
function functionIn(text: string): string {
  if (!/^[A-Za-z_]/u.test(text) || /[;=]\s*$/u.test(text) || /^[A-Z][A-Z0-9_]*\(/u.test(text)) return '';
  return /(\w+)\s*\(/u.exec(text)?.[1] ?? '';
}

/** A line as it is compared: its marker, then its words; indentation and width of blanks do not count. */
function keyOf(text: string): string {
  const marker = /^[+-]/u.test(text) ? text.charAt(0) : ' ';
  return `${marker}${text.slice(marker === ' ' ? 0 : 1).replace(/\s+/gu, ' ').trim()}`;
}

function isTelling(key: string): boolean {
  return key.replace(/[^\p{L}\p{N}]/gu, '').length >= TELLING_MIN;
}

/** Follows a quotation through the patches, from its top to its end. */
export class QuoteReader {
  private readonly byKey = new Map<string, number[]>();
  private at = 0;

  constructor(private readonly lines: readonly PatchLine[]) {
    lines.forEach(({ key }, i) => this.byKey.set(key, [...this.byKey.get(key) ?? [], i]));
  }

  /** How many of some texts are telling lines of the patches that change something. */
  static known(lines: readonly PatchLine[], texts: readonly string[]): number {
    const keys = new Set(lines.filter(({ line, key }) => line.kind !== 'context' && isTelling(key)).map(({ key }) => key));
    return texts.filter((text) => keys.has(keyOf(text))).length;
  }

  /** The line of the patches that a quoted text is; null for what is none, or could be several. */
  next(text: string): PatchLine | null {
    const header = /^\s?@@ -(\d+)(?:,\d+)? \+(\d+)/u.exec(text);
    if (header) this.jump(({ hunk }) => hunk.oldStart === Number(header[1]) && hunk.newStart === Number(header[2]));
    const path = /^\+\+\+ b\/(\S+)/u.exec(text)?.[1];
    if (path !== undefined) this.jump((one) => one.path === path);
    if (header || path !== undefined) return null;
    const key = keyOf(text);
    const places = key.length > 1 ? this.byKey.get(key) ?? [] : [];
    const on = places.find((i) => i >= this.at);
    const found = on !== undefined && (on - this.at <= SKIPPED_MAX || isTelling(key)) ? on : isTelling(key) && places.length === 1 ? places[0] : undefined;
    if (found === undefined) return null;
    this.at = found + 1;
    return this.lines[found] ?? null;
  }

  /** Goes on at a place; from the top where it is not ahead. */
  private jump(isThere: (line: PatchLine) => boolean): void {
    const ahead = this.lines.findIndex((line, i) => i >= this.at && isThere(line));
    const found = ahead >= 0 ? ahead : this.lines.findIndex(isThere);
    if (found >= 0) this.at = found;
  }
}
