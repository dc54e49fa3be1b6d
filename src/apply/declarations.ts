/**
 * @module Local declarations modulo order and splitting: rewrites those of the image as the hunk has them (same
 * declarators, other order, other joining), so that the hunk then matches token by token. A local that the hunk declares
 * under another name is reported as a renaming.
 */
import type { Image } from './image.js';
import type { Declarator } from './declarators.js';
import { declaratorsOf, textOf } from './declarators.js';
import type { Placement } from './reconcile.js';
import type { SoftItem, SoftStream } from './soft.js';
import { gapItems } from './soft.js';
import type { OutLine } from './splice.js';
import { replaceSpan } from './splice.js';
import type { Token } from './tokens.js';

/** What makes the declarations of a placement read as the hunk's. */
export type Redeclared =
  | { readonly kind: 'rewritten'; readonly image: Image; readonly guessed: boolean }
  /** Image name to hunk name; `guessed`: more than one local would have fitted. */
  | { readonly kind: 'renamed'; readonly renames: ReadonlyMap<string, string>; readonly token: number; readonly guessed: boolean };

/** The first difference in declarations that can be evened out; null when there is none or it cannot. */
export function redeclare(image: Image, placement: Placement): Redeclared | null {
  const gaps = placement.hunk.core.length;
  for (let gap = 0; gap <= gaps; gap++) {
    const theirs = declarationsIn(placement.hunk, gap);
    const ours = declarationsIn(placement.image, placement.at + gap);
    const end = gap === 0 ? 'lead' : gap === gaps ? 'tail' : 'inner';
    if (theirs.length === 0) {
      if (ours.length > 0 && end === 'inner') return null;
      continue;
    }
    if (!isRun(placement.image.tokens, ours)) return null;
    const found = redeclareRun(image, { placement, theirs, ours, end });
    if (found !== 'same') return found;
  }
  return null;
}

interface Run {
  readonly placement: Placement;
  readonly theirs: readonly SoftItem[];
  readonly ours: readonly SoftItem[];
  readonly end: 'lead' | 'tail' | 'inner';
}

function declarationsIn(stream: SoftStream, gap: number): SoftItem[] {
  return gapItems(stream, gap).filter((item) => item.kind === 'declaration');
}

/** Declarations one behind the other, nothing between. */
function isRun(tokens: readonly Token[], items: readonly SoftItem[]): boolean {
  return items.length > 0 && items.length < 200
    && items.every((item, i) => i === 0 || item.first === (items[i - 1]?.last ?? -2) + 1)
    && tokens.length > 0;
}

function redeclareRun(image: Image, run: Run): Redeclared | null | 'same' {
  const { tokens } = run.placement.image;
  const unclaimed = run.ours.flatMap((item) => declaratorsOf(tokens, item.first, item.last));
  const all = [...unclaimed];
  const wanted: Declarator[][] = [];
  const strangers: Declarator[] = [];
  for (const item of run.theirs) {
    const statement: Declarator[] = [];
    for (const one of declaratorsOf(run.placement.hunk.tokens, item.first, item.last)) {
      const at = unclaimed.findIndex((own) => own.name === one.name && alike(own, one));
      const own = unclaimed[at];
      if (!own) {
        strangers.push(one);
        continue;
      }
      unclaimed.splice(at, 1);
      statement.push(own);
    }
    wanted.push(statement);
  }
  if (strangers.length > 0) return renaming(run, strangers, unclaimed);
  if (unclaimed.length > 0 && run.end === 'inner') return null;
  const others = unclaimed.map((one) => [one]);
  const order = run.end === 'tail' ? [...wanted, ...others] : [...others, ...wanted];
  return rewritten(image, run, { order, all });
}

function alike(a: Declarator, b: Declarator): boolean {
  return a.spec === b.spec && a.shape === b.shape && a.init === b.init;
}

/** A local of the same form under another name, when its name means nothing in the hunk. */
function renaming(run: Run, strangers: readonly Declarator[], unclaimed: readonly Declarator[]): Redeclared | null {
  const named = new Set(run.placement.hunk.tokens.map((token) => token.text));
  for (const theirs of strangers) {
    const fits = unclaimed.filter((own) => alike(own, theirs) && !named.has(own.name));
    const rivals = strangers.filter((other) => alike(other, theirs));
    const first = fits[0];
    if (!first) continue;
    const guessed = fits.length > 1 || rivals.length > 1;
    return { kind: 'renamed', renames: new Map([[first.name, theirs.name]]), token: first.first, guessed };
  }
  return null;
}

function rewritten(image: Image, run: Run, found: { order: Declarator[][]; all: Declarator[] }): Redeclared | 'same' {
  const { tokens } = run.placement.image;
  const first = run.ours[0]?.first ?? 0;
  const last = run.ours[run.ours.length - 1]?.last ?? first;
  const texts = found.order.map((statement) => `${statementText(image, tokens, statement)};`);
  if (plain(texts.join(' ')) === plain(textOf(tokens, first, last))) return 'same';
  const indent = /^\s*/.exec(image.lines[tokens[first]?.line ?? 0] ?? '')?.[0] ?? '';
  const lines = texts.flatMap((text, i): OutLine[] => {
    const origin = image.origins[tokens[found.order[i]?.[0]?.first ?? first]?.line ?? 0];
    return origin ? [{ text: indent + text, origin, blank: false }] : [];
  });
  const span = { first: tokens[first], last: tokens[last], before: tokens[first - 1] };
  return { kind: 'rewritten', image: replaceSpan(image, span, lines), guessed: reorders(found) };
}

function plain(text: string): string {
  return text.replace(/\s+/g, '');
}

function statementText(image: Image, tokens: readonly Token[], statement: readonly Declarator[]): string {
  const head = statement[0];
  if (!head) return '';
  const parts = statement.map((one) => written(image, tokens, one.first, one.last));
  return `${written(image, tokens, head.specFirst, head.specLast)} ${parts.join(', ')}`;
}

/** The image's own text from one token to another; joined by blanks when it spans lines. */
function written(image: Image, tokens: readonly Token[], first: number, last: number): string {
  const [a, b] = [tokens[first], tokens[last]];
  if (!a || !b || a.line !== b.line) return textOf(tokens, first, last);
  return (image.lines[a.line] ?? '').slice(a.start, b.end);
}

/** Whether initialisers that may depend on each other change their order. */
function reorders(found: { order: Declarator[][]; all: Declarator[] }): boolean {
  const live = (one: Declarator): boolean => /[A-Za-z_]/.test(one.init.replace(/\b(NULL|true|false)\b/g, ''));
  const before = found.all.filter(live).map((one) => one.name);
  const after = found.order.flat().filter(live).map((one) => one.name);
  return before.join() !== after.join();
}
