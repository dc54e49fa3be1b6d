/** @module Rule: locks are taken in a way that can deadlock, though no execution searched does. */
import { lockHazards } from '../src/analysis/lock-hazards.js';
import type { LockHazard } from '../src/analysis/lock-hazards.js';
import { rule } from '../src/analysis/rule.js';

export const unsafeLocking = rule<LockHazard>({
  id: 'unsafe-locking',
  summary: 'Locks are taken in an order or a context in which they can deadlock.',
  why: 'Two orders of two locks deadlock as soon as two CPUs meet, and a lock that an interrupt takes does as soon as one comes at the wrong moment. Both can take years to happen. lockdep finds them without the meeting, and so does this rule.',
  evidence: 'counterexample',
  gaps: 'Only locks that kernel/kcov.c takes itself; two scenarios are not put together. Readers of rwlocks are not modelled.',
  origin: 'Documentation/locking/lockdep-design.rst.',
  fires: [
    {
      name: 'two locks in the other order than KCOV_REMOTE_ENABLE takes them', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { find: '\tt->kcov = NULL;\n\tspin_lock(&kcov->lock);\n', replace: '\tt->kcov = NULL;\n\tspin_lock(&kcov_remote_lock);\n\tspin_lock(&kcov->lock); //~ unsafe-locking\n' },
        { find: '\tspin_unlock(&kcov->lock);\n\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(', replace: '\tspin_unlock(&kcov->lock);\n\tkcov_remote_area_put(' },
      ],
    },
    {
      name: 'a lock that softirqs take is taken with softirqs on before there are any', on: 'interrupt-sections', scenarios: ['softirq-in-section'],
      edits: [
        { find: '\tspin_lock_irqsave(&kcov->lock, flags);\n\tsize = kcov->size', replace: '\tspin_lock(&kcov->lock); //~ unsafe-locking\n\tsize = kcov->size' },
        { find: '\t\tspin_unlock_irqrestore(&kcov->lock, flags);\n\t\tfor (off', replace: '\t\tspin_unlock(&kcov->lock);\n\t\tfor (off' },
        { find: 'exit:\n\tspin_unlock_irqrestore(&kcov->lock, flags);', replace: 'exit:\n\tspin_unlock(&kcov->lock);' },
      ],
    },
  ],
  silent: [
    {
      name: 'two locks in the order in which KCOV_REMOTE_ENABLE takes them', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { find: '\tspin_unlock(&kcov->lock);\n\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(', replace: '\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(' },
        { find: '\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tkcov_put(kcov);\n', replace: '\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tspin_unlock(&kcov->lock);\n\tkcov_put(kcov);\n' },
      ],
    },
    {
      name: 'a lock that softirqs take is taken with all interrupts off', on: 'interrupt-sections', scenarios: ['softirq-in-section'],
      edits: [
        { find: '\tspin_lock_irqsave(&kcov->lock, flags);\n\tsize = kcov->size', replace: '\tlocal_irq_save(flags);\n\tspin_lock(&kcov->lock);\n\tsize = kcov->size' },
      ],
    },
  ],
  check: lockHazards,
  question(found) {
    const where = `In the executions searched ${found.detail}.`;
    switch (found.property) {
      case 'lock-inversion': return `Is there an order for these locks? ${where} Two CPUs that do so at once wait for each other.`;
      case 'lock-recursion': return `Can the two locks be taken in the other order too? ${where} Nothing says which comes first.`;
      case 'invalid-wait-context': return `Is that lock allowed here? ${where} It may sleep there.`;
      default: return `What happens if the interrupt comes while the lock is held? ${where} On one CPU it then waits for what it interrupted.`;
    }
  },
});
