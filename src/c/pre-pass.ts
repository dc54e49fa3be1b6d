/**
 * @module The pre-pass over C text: one configuration picked, what tree-sitter-c cannot read taken out or written over,
 * offsets unchanged. Its result is the masked text, cut into items, with notes of every change. Leaves macros unexpanded.
 */
import type { Config } from '../../simulator/ir/program.js';
import { takeAttributes, takeUnknownAttributes, type Rewriting } from './attributes.js';
import { matchBrackets } from './brackets.js';
import { splitItems, type Item } from './items.js';
import { isTypeWord } from './kernel-words.js';
import { Mask } from './mask.js';
import { emptyNotes, type Notes } from './notes.js';
import { rewriteBody } from './rewrite.js';
import { scan, type Token } from './scan.js';
import { select, type MacroText, type ReadExpression, type Selected } from './select.js';

/** Longest text that is looked into, in UTF-16 units; kernel files stay below 1.2 million. */
export const TEXT_MAX = 2_000_000;

/** A part of the text that could not be dealt with. */
export interface Problem {
  readonly start: number;
  readonly end: number;
  readonly why: string;
}

export interface Prepared {
  readonly text: string;
  readonly mask: Mask;
  readonly notes: Notes;
  /** Tokens of the branches taken, attributes included. */
  readonly tokens: readonly Token[];
  /** In the order of the text; indices are into `tokens`. */
  readonly items: readonly Item[];
  readonly macros: readonly MacroText[];
  readonly includes: Selected['includes'];
  readonly problems: readonly Problem[];
  readonly isType: (word: string) => boolean;
}

export interface Preparing {
  readonly config: Config;
  /** Reads the condition of an #if. */
  readonly read: ReadExpression;
  /** Types known from elsewhere. */
  readonly isType?: (word: string) => boolean;
}

/** Index of the first closing brace in column 0 from `from` on: where an unclosed part ends at the latest. */
function endOfUnclosed(tokens: readonly Token[], from: number, text: string): number {
  const found = tokens.findIndex((t, i) => i >= from && t.text === '}' && text[t.start - 1] === '\n');
  return found < 0 ? tokens.length : found;
}

/** Takes out what is nested too deeply; the rest of the tokens is returned. */
function cutDeepParts(tokens: readonly Token[], text: string, to: { mask: Mask; notes: Notes }): Token[] {
  const kept = new Uint8Array(tokens.length).fill(1);
  for (const part of matchBrackets(tokens).deep) {
    const end = part.to < tokens.length ? part.to : endOfUnclosed(tokens, part.from, text);
    const opener = tokens[part.from - 1];
    const start = opener?.end ?? 0;
    const stop = tokens[end]?.start ?? text.length;
    kept.fill(0, part.from, end);
    if (stop <= start) continue;
    to.mask.write(start, stop, opener?.text === '{' ? ';' : 'T');
    to.notes.cuts.set(start, { start, end: stop, why: 'nested too deeply' });
  }
  return tokens.filter((_, i) => kept[i] === 1);
}

/** Names that `typedef` gives in the file. */
function typedefNames(tokens: readonly Token[], items: readonly Item[]): Set<string> {
  const names = new Set<string>();
  for (const item of items) {
    if (tokens[item.from]?.text !== 'typedef') continue;
    const words = tokens.slice(item.from, item.to);
    const pointer = words.findIndex((t, i) => t.text === '(' && words[i + 1]?.text === '*');
    const name = pointer > 0 ? words[pointer + 2] : words.findLast((t) => t.kind === 'word');
    if (name?.kind === 'word') names.add(name.text);
  }
  return names;
}

function rewriteItem(tokens: readonly Token[], item: Item, to: Rewriting): void {
  const own = tokens.slice(item.from, item.to);
  if (item.kind === 'function') {
    const brace = tokens[item.at]?.start ?? 0;
    const kept = takeAttributes(own, to);
    const at = kept.findIndex((t) => t.start === brace);
    const head = takeUnknownAttributes(kept.slice(0, at), to);
    rewriteBody([...head, ...kept.slice(at)], head.length, to);
  } else if (item.kind === 'declaration') {
    const kept = takeAttributes(own, to);
    const assign = kept.findIndex((t) => t.text === '=');
    if (assign >= 0) rewriteBody(kept, assign, to);
  }
}

/** Prepares `text`, of at most TEXT_MAX characters, for the parser. Never throws on input. */
export function prepare(text: string, how: Preparing): Prepared {
  const mask = new Mask(text);
  const notes = emptyNotes();
  const scanned = scan(text);
  const selected = select(scanned, text.length, how);
  for (const [start, end] of [...scanned.blanks, ...selected.blanks]) mask.blank(start, end);
  const tokens = cutDeepParts(selected.tokens, text, { mask, notes });
  const items = splitItems({ text, tokens, brackets: matchBrackets(tokens) });
  const names = typedefNames(tokens, items);
  const isType = (word: string): boolean => isTypeWord(word) || names.has(word) || (how.isType?.(word) ?? false);
  for (const item of items) rewriteItem(tokens, item, { text, mask, notes, isType });
  notes.attributes.sort((a, b) => a.start - b.start);
  const { macros, includes } = selected;
  const problems = [...scanned.problems, ...selected.problems];
  return { text, mask, notes, tokens, items, macros, includes, problems, isType };
}
