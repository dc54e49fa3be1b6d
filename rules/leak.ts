/** @module Rule: an object is left that nothing leads to any more. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const leak = rule<Unexplained>({
  id: 'leak',
  summary: 'An object is left that nothing leads to any more.',
  why: 'Every open, enable and section of a fuzzer leaks it again.',
  evidence: 'counterexample',
  gaps: 'Caches that a list still leads to are no leaks.',
  origin: 'Documentation/dev-tools/kmemleak.rst.',
  fires: [],
  silent: [],
  check: (subject) => unexplained(subject, ['leak']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    return `Who frees this when it is not used any more? After the schedule below nothing leads to ${found.detail.replace(/#\d+/u, '')} and it was not freed.`;
  },
});
