/**
 * @module Takes attribute words out of the text: known ones everywhere, unknown ones where the head of a function has more
 * words than C allows. What is taken out is noted with its offset.
 */
import { matchBrackets } from './brackets.js';
import {
  STORAGE_KEYWORDS, TAG_KEYWORDS, TYPE_KEYWORDS, isAttributeWord, isTypeWord, takesArguments,
} from './kernel-words.js';
import type { Mask } from './mask.js';
import type { AttributeNote, Notes } from './notes.js';
import type { Token } from './scan.js';

export interface Rewriting {
  readonly text: string;
  readonly mask: Mask;
  readonly notes: Notes;
  /** True for a name that this file or the kernel makes a type. */
  readonly isType: (word: string) => boolean;
}

function note(to: Rewriting, first: Token, last: Token): AttributeNote {
  const text = to.text.slice(first.start, last.end).replace(/\s+/g, ' ');
  to.mask.blank(first.start, last.end);
  return { start: first.start, end: last.end, text };
}

/** Blanks the known attributes in `tokens` and notes them; returns the other tokens. */
export function takeAttributes(tokens: readonly Token[], to: Rewriting): Token[] {
  const { close } = matchBrackets(tokens);
  const kept: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) continue;
    const before = tokens[i - 1]?.text ?? '';
    const end = tokens[i + 1]?.text === '(' ? close[i + 1] ?? -1 : -1;
    const last = end > 0 ? tokens[end] : undefined;
    if (token.kind !== 'word' || before === '.' || before === '->') {
      kept.push(token);
    } else if (takesArguments(token.text) && last) {
      to.notes.attributes.push(note(to, token, last));
      i = end;
    } else if (isAttributeWord(token.text) && end < 0) {
      to.notes.attributes.push(note(to, token, token));
    } else {
      kept.push(token);
    }
  }
  return kept;
}

/** Indices of the words of a declaration's head that are neither storage, tag nor base type. */
function looseWords(head: readonly Token[]): { readonly loose: number[]; readonly typed: boolean } {
  const loose: number[] = [];
  let typed = false;
  head.forEach((token, i) => {
    if (token.kind !== 'word') return;
    if (TYPE_KEYWORDS.has(token.text) || TAG_KEYWORDS.has(token.text)) typed = true;
    else if (STORAGE_KEYWORDS.has(token.text) || TAG_KEYWORDS.has(head[i - 1]?.text ?? '')) return;
    else loose.push(i);
  });
  return { loose, typed };
}

/** Which of the loose words is the type, -1 if none has to be: the known type, else the last one. */
function typeAmong(head: readonly Token[], loose: readonly number[], isType: (word: string) => boolean): number {
  const known = loose.find((i) => isType(head[i]?.text ?? ''));
  return known ?? loose.at(-1) ?? -1;
}

/** Blanks unknown words in the head of a function, `tokens` up to the brace of its body; returns what is left of it. */
export function takeUnknownAttributes(head: readonly Token[], to: Rewriting): Token[] {
  const params = head.findIndex((token) => token.text === '(');
  const close = params < 0 ? -1 : matchBrackets(head).close[params] ?? -1;
  const plain = params > 1 && head[params - 1]?.kind === 'word' && head[params + 1]?.text !== '*';
  if (!plain || close < 0) return [...head];
  const { loose, typed } = looseWords(head.slice(0, params - 1));
  const type = typed ? -1 : typeAmong(head, loose, (word) => isTypeWord(word) || to.isType(word));
  const taken = new Set(loose.filter((i) => i !== type));
  for (const i of taken) {
    const token = head[i];
    if (token) to.notes.attributes.push(note(to, token, token));
  }
  const behind = head.slice(close + 1);
  const [first, last] = [behind[0], behind.at(-1)];
  if (first?.kind === 'word' && last) to.notes.attributes.push(note(to, first, last));
  return head.filter((_, i) => !taken.has(i) && i <= close);
}
