/** @module Rule: interrupt flags are restored that another context saved. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const foreignIrqFlags = rule<Unexplained>({
  id: 'foreign-irq-flags',
  summary: 'Interrupt flags are restored that another context saved.',
  why: 'local_irq_save() and spin_lock_irqsave() write their flags before anything keeps others out. In a variable that is shared, another CPU or an interrupter overwrites them, and the CPU goes on with interrupts on or off as somebody else had them.',
  evidence: 'counterexample',
  gaps: 'Flags that are copied into a bool, or changed, are nobody\'s.',
  origin: 'Documentation/locking/spinlocks.rst, on the flags; CPU flags kept in per-CPU data by "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019.',
  fires: [{
    name: 'one variable for the flags of two CPUs', on: 'model', scenarios: ['sections-on-two-cpus'],
    edits: [
      { find: 'static DEFINE_SPINLOCK(kcov_remote_lock);\n', replace: 'static DEFINE_SPINLOCK(kcov_remote_lock);\nstatic unsigned long kcov_remote_flags;\n' },
      { find: '\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tkcov_put(kcov);\n', replace: '\tspin_lock_irqsave(&kcov_remote_lock, kcov_remote_flags);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock_irqrestore(&kcov_remote_lock, kcov_remote_flags); //~ foreign-irq-flags\n\tkcov_put(kcov);\n' },
    ],
  }],
  silent: [{
    name: 'each call has flags of its own', on: 'model', scenarios: ['sections-on-two-cpus'],
    edits: [
      { find: '\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tkcov_put(kcov);\n', replace: '\tunsigned long flags;\n\n\tspin_lock_irqsave(&kcov_remote_lock, flags);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n\tkcov_put(kcov);\n' },
    ],
  }],
  check: (subject) => unexplained(subject, ['foreign-irq-flags']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    return `Can somebody else write these flags before they are restored? In the schedule below ${found.detail}.`;
  },
});
