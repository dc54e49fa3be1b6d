/**
 * @module Putting the new side of a hunk in the place of its matched old side. Added lines come verbatim; context keeps
 * the image's tokens, broken into lines so that each comes from one line of the hunk; what the image has besides (prints,
 * conditional directives) stays where it is unless all around it is removed.
 */
import type { DiffLine } from '../patch/diff.js';
import type { HunkSides } from './hunk-sides.js';
import type { Image, LineOrigin } from './image.js';
import type { Placement, Reconciled } from './reconcile.js';
import type { SoftItem } from './soft.js';
import type { Token } from './tokens.js';
import { verbatim } from './verbatim.js';

/** A placement whose soft items are paired, ready to be carried out. */
export interface Ready {
  readonly placement: Placement;
  readonly reconciled: Reconciled;
  readonly sides: HunkSides;
  /** 1-based number of the patch. */
  readonly patch: number;
}

/** What becomes of a token of the image; `line` is an index of `hunk.lines`, null for what the hunk does not know. */
interface Fate {
  readonly line: number | null;
  readonly keep: boolean;
}

/** Replaces the matched run; lines outside it keep text and origin. */
export function splice(image: Image, ready: Ready): Image {
  const tokens = ready.placement.image.tokens;
  const fates = fatesOf(ready);
  const span = spanOf(ready);
  const writer = new Writer(image, ready, tokens);
  for (let t = span.first; t <= span.last; t++) writer.token(t, fates.get(t) ?? { line: null, keep: true });
  const middle = writer.finish(span.last);
  return replaceSpan(image, { first: tokens[span.first], last: tokens[span.last], before: tokens[span.first - 1] }, middle);
}

/** First and last token of the image that the hunk covers. */
export function spanOf(ready: Pick<Ready, 'placement' | 'reconciled'>): { first: number; last: number } {
  const { image, hunk, at } = ready.placement;
  let first = image.core[at] ?? 0;
  let last = image.core[at + hunk.core.length - 1] ?? first;
  for (const { image: item } of ready.reconciled.pairs) {
    first = Math.min(first, item.first);
    last = Math.max(last, item.last);
  }
  return { first, last };
}

function fatesOf(ready: Ready): Map<number, Fate> {
  const { image, hunk, at } = ready.placement;
  const fates = new Map<number, Fate>();
  const fateOf = (token: number): Fate => {
    const line = hunk.tokens[token]?.line ?? 0;
    return { line, keep: ready.sides.fates[line] === 'kept' };
  };
  hunk.core.forEach((token, k) => fates.set(image.core[at + k] ?? -1, fateOf(token)));
  const paired = new Set<SoftItem>();
  for (const pair of ready.reconciled.pairs) {
    paired.add(pair.image);
    for (let t = pair.image.first; t <= pair.image.last; t++) fates.set(t, fateOf(pair.hunk.first));
  }
  for (const item of image.items) {
    if (item.gap < at || item.gap > at + hunk.core.length || paired.has(item)) continue;
    if (item.kind !== 'word' && item.kind !== 'comma') continue;
    const next = item.kind === 'word' ? fates.get(image.core[item.gap] ?? -1) : undefined;
    const fate = next ?? fates.get(image.core[item.gap - 1] ?? -1);
    for (let t = item.first; fate && t <= item.last; t++) fates.set(t, fate);
  }
  return fates;
}

/** A line of a replacement. */
export interface OutLine {
  text: string;
  readonly origin: LineOrigin;
  /** A blank context line: dropped at the ends. */
  readonly blank: boolean;
}

/** Writes the replacement line by line, following the hunk's lines and the image's tokens at once. */
class Writer {
  private readonly out: OutLine[] = [];
  private open: { fate: Fate; line: number; last: number } | null = null;
  private next = 0;
  private previousKept = true;
  private waiting: number[] = [];

  constructor(private readonly image: Image, private readonly ready: Ready, private readonly tokens: readonly Token[]) {}

  token(t: number, fate: Fate): void {
    if (fate.line === null) {
      if (this.previousKept) this.write(t, fate);
      else this.waiting.push(t);
      return;
    }
    if (fate.keep) {
      this.hunkLines(fate.line);
      for (const one of this.waiting.splice(0)) this.write(one, { line: null, keep: true });
      this.write(t, fate);
    } else {
      this.waiting = this.waiting.filter((one) => (this.tokens[one]?.directive ?? -1) >= 0);
    }
    this.previousKept = fate.keep;
  }

  finish(last: number): OutLine[] {
    this.hunkLines(this.ready.sides.hunk.lines.length);
    for (const one of this.waiting.splice(0)) this.write(one, { line: null, keep: true });
    this.close(last);
    while (this.out[this.out.length - 1]?.blank) this.out.pop();
    return this.out;
  }

  /** Writes what the hunk's lines before `end` bring of their own. */
  private hunkLines(end: number): void {
    const { sides, patch } = this.ready;
    for (; this.next < end; this.next++) {
      const line = sides.hunk.lines[this.next];
      const fate = sides.fates[this.next];
      if (!line || fate === 'removed') continue;
      const blank = line.text.trim() === '';
      if (fate === 'kept' && !(blank && this.out.length > 0)) continue;
      const text = fate === 'kept' ? '' : verbatim(sides, this.next);
      if (text === null) continue;
      this.close(null);
      this.out.push({ text, origin: diffOrigin(line, { patch, hunk: sides.hunk.index }, line.kind === 'added'), blank: fate === 'kept' });
    }
  }

  private write(t: number, fate: Fate): void {
    const token = this.tokens[t];
    if (!token) return;
    const open = this.open;
    if (open && open.fate.line === fate.line && open.line === token.line && open.last < t) {
      const line = this.out[this.out.length - 1];
      if (line) line.text += this.between(open.last, t) + this.slice(token);
      open.last = t;
      return;
    }
    this.close(t);
    const origin = this.image.origins[token.line];
    if (!origin) return;
    this.out.push({ text: this.indent(t, fate) + this.slice(token), origin: this.originOf(fate, origin), blank: false });
    this.open = { fate, line: token.line, last: t };
  }

  /** Ends the open line; inside a macro a backslash is put where the macro goes on. */
  private close(following: number | null): void {
    const open = this.open;
    this.open = null;
    if (!open) return;
    const directive = this.tokens[open.last]?.directive ?? -1;
    const line = this.out[this.out.length - 1];
    if (directive < 0 || !line) return;
    const hunkLine = open.fate.line === null ? undefined : this.ready.sides.hunk.lines[open.fate.line];
    const goesOn = this.tokens[(following === null || following === open.last ? open.last + 1 : following)]?.directive === directive;
    if (goesOn || hunkLine?.text.endsWith('\\')) line.text += ' \\';
  }

  private between(last: number, t: number): string {
    const [a, b] = [this.tokens[last], this.tokens[t]];
    if (!a || !b || last + 1 !== t) return ' ';
    return (this.image.lines[a.line] ?? '').slice(a.end, b.start).replace(/\/\*.*?\*\//g, ' ');
  }

  private slice(token: Token): string {
    return (this.image.lines[token.line] ?? '').slice(token.start, token.end);
  }

  private indent(t: number, fate: Fate): string {
    const token = this.tokens[t];
    const line = this.image.lines[token?.line ?? 0] ?? '';
    const own = /^\s*/.exec(line)?.[0] ?? '';
    if (!token || this.tokens[t - 1]?.line !== token.line || fate.line === null) return own;
    const theirs = /^\s*/.exec(this.ready.sides.hunk.lines[fate.line]?.text ?? '')?.[0] ?? '';
    return theirs.length > 0 ? theirs : own;
  }

  private originOf(fate: Fate, old: LineOrigin): LineOrigin {
    const line = fate.line === null ? undefined : this.ready.sides.hunk.lines[fate.line];
    if (!line) return old;
    return diffOrigin(line, { patch: this.ready.patch, hunk: this.ready.sides.hunk.index }, old.added);
  }
}

/** The origin of a line that a hunk covers. */
export function diffOrigin(line: DiffLine, by: { patch: number; hunk: number }, added: boolean): LineOrigin {
  return { image: 'diff', line: line.newLine, patch: by.patch, hunk: by.hunk, added, inputLine: line.inputLine };
}

/** The tokens at the ends of what is replaced, and the one before them. */
interface SpanTokens {
  readonly first: Token | undefined;
  readonly last: Token | undefined;
  readonly before: Token | undefined;
}

/** Replaces the text from token `first` to token `last` by whole lines; what stands beside them on their lines stays. */
export function replaceSpan(image: Image, span: SpanTokens, middle: readonly OutLine[]): Image {
  const { first, last } = span;
  if (!first || !last) return image;
  const lines = image.lines.slice(0, first.line);
  const origins = image.origins.slice(0, first.line);
  const add = (text: string, origin: LineOrigin | undefined): void => {
    if (!origin) return;
    lines.push(text);
    origins.push(origin);
  };
  const head = (image.lines[first.line] ?? '').slice(0, first.start);
  const cut = first.directive >= 0 && span.before?.directive === first.directive ? ' \\' : '';
  if (head.trim() !== '') add(head.trimEnd() + cut, image.origins[first.line]);
  for (const line of middle) add(line.text, line.origin);
  const rest = (image.lines[last.line] ?? '').slice(last.end);
  const indent = /^\s*/.exec(image.lines[last.line] ?? '')?.[0] ?? '';
  if (rest.trim() !== '' && rest.trim() !== '\\') add(indent + rest.trimStart(), image.origins[last.line]);
  return {
    path: image.path,
    lines: [...lines, ...image.lines.slice(last.line + 1)],
    origins: [...origins, ...image.origins.slice(last.line + 1)],
  };
}
