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
  gaps: 'Only deadlocks that an execution reaches; unsafe-locking asks about the others.',
  origin: 'Documentation/locking/lockdep-design.rst; error paths of KCOV_REMOTE_ENABLE in kernel/kcov.c.',
  fires: [
    {
      name: 'a lock that interrupts take too is taken with interrupts on', on: 'interrupt-sections', scenarios: ['softirq-in-section'],
      edits: [
        { find: '\tspin_lock_irqsave(&kcov_remote_lock, flags);\n\tif (host == KCOV_HOST_TASK)\n', replace: '\tspin_lock(&kcov_remote_lock); //~ deadlock\n\tif (host == KCOV_HOST_TASK)\n' },
        { find: '\t\tkcov_host_leave(t);\n\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n', replace: '\t\tkcov_host_leave(t);\n\tspin_unlock(&kcov_remote_lock);\n' },
      ],
    },
    {
      name: 'two locks in the other order than KCOV_DISABLE takes them', on: 'model', scenarios: ['owner-leaves-kthread'],
      edits: [
        { find: '\tt->kcov = NULL;\n\tspin_lock(&kcov->lock);\n', replace: '\tt->kcov = NULL;\n\tspin_lock(&kcov_remote_lock);\n\tspin_lock(&kcov->lock); //~ deadlock\n' },
        { find: '\tspin_unlock(&kcov->lock);\n\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(', replace: '\tspin_unlock(&kcov->lock);\n\tkcov_remote_area_put(' },
      ],
    },
  ],
  silent: [{
    name: 'two locks in the order in which KCOV_DISABLE takes them', on: 'model', scenarios: ['owner-leaves-kthread', 'sections-on-two-cpus'],
    edits: [
      { find: '\tspin_unlock(&kcov->lock);\n\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(', replace: '\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(' },
      { find: '\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tkcov_put(kcov);\n', replace: '\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tspin_unlock(&kcov->lock);\n\tkcov_put(kcov);\n' },
    ],
  }],
  check: (subject) => unexplained(subject, ['deadlock', 'unlock-not-held']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    const lock = found.statement.replace(/;$/u, '');
    if (found.property === 'unlock-not-held') return `Is the lock held here in every case? In the schedule below ${lock} gives back a lock that this CPU does not hold.`;
    return `Can this deadlock? In the schedule below ${lock === '' ? 'a context' : lock} waits for a lock that nobody will give back: ${found.detail}.`;
  },
});
