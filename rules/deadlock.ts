/** @module Rule: a lock is waited for that is never given back. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const deadlock = rule<Unexplained>({
  id: 'deadlock',
  summary: 'A lock is waited for that is never given back.',
  why: 'A lock that is taken again on the same CPU, in the other order on two, or not given back on an error path, stops the CPU.',
  evidence: 'counterexample',
  gaps: 'Lock classes and irq-safety are not checked yet: only deadlocks that an execution reaches.',
  origin: 'Documentation/locking/lockdep-design.rst; error paths of KCOV_REMOTE_ENABLE in kernel/kcov.c.',
  fires: [],
  silent: [],
  check: (subject) => unexplained(subject, ['deadlock', 'unlock-not-held']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    const lock = found.statement.replace(/;$/u, '');
    if (found.property === 'unlock-not-held') return `Is the lock held here in every case? In the schedule below ${lock} gives back a lock that this CPU does not hold.`;
    return `Can this deadlock? In the schedule below ${lock === '' ? 'a context' : lock} waits for a lock that nobody will give back: ${found.detail}.`;
  },
});
