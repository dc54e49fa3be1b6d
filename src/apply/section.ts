/**
 * @module Where in an image a hunk may begin: the window that its section heading (the text after the second @@) opens.
 * git takes as heading the last line before the hunk that begins with a letter, so a hunk begins in the item of that
 * line or behind it, at the latest at the head of the next item.
 */
import type { Hunk } from '../patch/diff.js';
import type { ReadImage } from './read-image.js';
import type { Item } from './structure.js';
import { softStream } from './soft.js';
import { tokenise } from './tokens.js';

/** Token indices at which the first core token of a hunk may lie, inclusive. */
export interface Window {
  readonly low: number;
  readonly high: number;
  /** Nothing outside is accepted. */
  readonly strict: boolean;
  /** What it is called in notes. */
  readonly name: string;
}

/** git cuts headings at 80 characters; the last word of a longer one may be cut. */
const HEADING_MAX = 79;

/** The window of a hunk, or null when its heading is found nowhere in the image. `patch`: lines it added are no heading. */
export function sectionWindow(read: ReadImage, hunk: Hunk, patch: number): Window | null {
  const heading = headingOf(hunk.section);
  if (heading.length === 0) {
    const first = read.structure.items.find((item) => item.function !== null);
    return hunk.section.trim() === '' && first ? { low: -1, high: first.first, strict: false, name: 'the top of the file' } : null;
  }
  const item = itemNamed(read, heading);
  if (!item) return null;
  return {
    low: item.first, high: nextOf(read, item, patch), strict: item.function !== null,
    name: item.function === null ? heading.slice(0, 4).join(' ') : `${item.function}()`,
  };
}

function headingOf(section: string): string[] {
  const tokens = tokenise([section]).tokens;
  const { keys } = softStream(tokens, { prints: new Set(), declarations: false, fragment: true });
  return section.length >= HEADING_MAX ? keys.slice(0, -1) : [...keys];
}

function itemNamed(read: ReadImage, heading: readonly string[]): Item | null {
  const whole = preferred(read.structure.items.filter((item) => begins(read, item, heading)));
  if (whole) return whole;
  const paren = heading.indexOf('(');
  const name = paren > 0 ? heading[paren - 1] : undefined;
  if (name !== undefined && /^[a-z_]\w*$/.test(name)) {
    return preferred(read.structure.items.filter((item) => item.function === name));
  }
  return null;
}

function preferred(items: readonly Item[]): Item | null {
  const functions = items.filter((item) => item.function !== null);
  return (functions.length > 0 ? functions : items).length === 1 ? functions[0] ?? items[0] ?? null : null;
}

/** Whether an item begins with the heading's tokens; annotation words are read past on both sides. */
function begins(read: ReadImage, item: Item, heading: readonly string[]): boolean {
  let offset = offsetOf(read.plain.core, item.first);
  for (const word of heading) {
    if (read.plain.keys[offset] !== word || (read.plain.core[offset] ?? Infinity) > item.last) return false;
    offset++;
  }
  return true;
}

/** Offset of the first core token at or behind a token. */
function offsetOf(core: readonly number[], token: number): number {
  let low = 0;
  let high = core.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((core[middle] ?? 0) < token) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nextOf(read: ReadImage, item: Item, patch: number): number {
  const { items } = read.structure;
  for (let i = items.indexOf(item) + 1; i < items.length; i++) {
    const first = items[i]?.first ?? 0;
    const origin = read.image.origins[read.tokens[first]?.line ?? 0];
    if (!(origin?.added && origin.patch === patch)) return first;
  }
  return Infinity;
}
