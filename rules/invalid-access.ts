/** @module Rule: memory is accessed or freed that is not there, or not any more. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const invalidAccess = rule<Unexplained>({
  id: 'invalid-access',
  summary: 'Memory is accessed or freed that is not there, or not any more.',
  why: 'A pointer outlives what it points to, or an index what it indexes. In a tracing callback there is no safe place for that to happen.',
  evidence: 'counterexample',
  gaps: 'Objects are as large as the model makes them: sizes are scaled.',
  origin: 'Fix of a use after free in kcov_remote_start(), kernel/kcov.c, March 2020 ("kcov: fix potential use-after-free in kcov_remote_start").',
  fires: [],
  silent: [],
  check: (subject) => unexplained(subject, ['null-dereference', 'use-after-free', 'out-of-bounds', 'double-free', 'invalid-free', 'wild-access', 'uninitialised-pointer', 'uninitialised-read', 'division-by-zero']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    const what = found.property.replace(/-/gu, ' ').replace('null', 'NULL');
    const from = found.from === '' || found.from === found.statement ? '' : ` The pointer comes from ${found.from.replace(/;$/u, '')}.`;
    return `Can this be a ${what}? In the schedule below ${found.function === '' ? found.operation : `${found.function}()`} meets one in ${found.context} context: ${found.detail}.${from}`;
  },
});
