/** @module Rule: a count goes up without going down, or the reverse. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const unbalancedCount = rule<Unexplained>({
  id: 'unbalanced-count',
  summary: 'A count goes up without going down, or the reverse.',
  why: 'A reference that is put once too often frees the device under its users; preempt_count that is left raised makes the CPU atomic for ever.',
  evidence: 'counterexample',
  gaps: 'References are audited where a refcount_t is used.',
  origin: 'lib/refcount.c; include/linux/preempt.h.',
  fires: [],
  silent: [],
  check: (subject) => unexplained(subject, ['refcount', 'preempt-unbalanced']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    return found.property === 'refcount' ? `Is the reference count right here? In the schedule below ${found.operation} makes it go wrong: ${found.detail}.` : `Is preempt_count balanced on this path? ${found.detail.charAt(0).toUpperCase() + found.detail.slice(1)}.`;
  },
});
