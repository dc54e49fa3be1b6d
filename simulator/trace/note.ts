/** @module What stands at the step that violates: `NULL dereference`, `use after free of areaA`. */
import type { Violation } from '../machine/violation.js';
import type { Names } from './names.js';

/** Properties whose words are not the property's name with blanks. */
const WORDS: Readonly<Record<string, string>> = {
  'null-dereference': 'NULL dereference', 'use-after-free': 'use after free', 'double-free': 'freed twice', 'out-of-bounds': 'out of bounds',
  'uninitialised-pointer': 'pointer never written', 'uninitialised-read': 'never written', 'sleep-in-atomic': 'may sleep in atomic context',
  warn: 'WARNING', assumption: 'does not hold', 'unlock-not-held': 'unlocked without holding it', deadlock: 'deadlock',
};

/** Properties whose details are an object: "use after free of areaA". */
const OF_OBJECT: ReadonlySet<string> = new Set(['use-after-free', 'uninitialised-read', 'double-free', 'refcount', 'out-of-bounds', 'invalid-free']);

/** Details of so many words say what is wrong by themselves. */
const SENTENCE_WORDS = 4;

/** The violation in a few words, objects by their readable names. */
export function noteOf(violation: Violation, names: Names): string {
  const { property } = violation;
  const words = WORDS[property] ?? property.replaceAll('-', ' ');
  const detail = names.rewrite(violation.detail);
  if (detail === '' || detail === 'NULL') return words;
  if (property === 'warn' || property === 'assumption') return words;
  if (detail.split(' ').length >= SENTENCE_WORDS && !OF_OBJECT.has(property)) return detail;
  if (!OF_OBJECT.has(property)) return `${words}: ${detail}`;
  return /^\w+$/u.test(detail) ? `${words}: ${detail}` : `${words}, ${detail}`;
}
