/** @module Rule: a WARN can be reached by legal use. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const reachableWarning = rule<Unexplained>({
  id: 'reachable-warning',
  summary: 'A WARN can be reached by legal use.',
  why: 'User space that may open the device can then fill the log, and panic a kernel that runs with panic_on_warn, as fuzzers do.',
  evidence: 'counterexample',
  gaps: 'WARNs behind failing services of other subsystems are asked about too when the patch brings them.',
  origin: 'google/syzkaller, docs/linux/reporting_kernel_bugs.md: a WARN is a report.',
  fires: [{
    name: 'a warning about a mistake of user space', on: 'model', scenarios: ['wrong-calls'],
    edits: [{ find: '\t\tif (unused != 0 || current->kcov != kcov)\n', replace: '\t\tif (WARN_ON(unused != 0 || current->kcov != kcov)) //~ reachable-warning\n' }],
  }, {
    name: 'an assertion about interrupts that a caller does not keep', on: 'model', scenarios: ['device-lifecycle'],
    edits: [{ find: '\tt->kcov_size = size;\n\tt->kcov_area = area;\n\tbarrier();\n', replace: '\tlockdep_assert_irqs_disabled(); //~ reachable-warning\n\tt->kcov_size = size;\n\tt->kcov_area = area;\n\tbarrier();\n' }],
  }],
  silent: [{
    name: 'a warning about what cannot be', on: 'model', scenarios: ['wrong-calls', 'device-lifecycle'],
    edits: [{ find: '\t\tkcov_fault_in_area(kcov);\n', replace: '\t\tif (WARN_ON(kcov->size < 2))\n\t\t\treturn -EINVAL;\n\t\tkcov_fault_in_area(kcov);\n' }],
  }, {
    name: 'an assertion about a lock that all callers keep', on: 'model', scenarios: ['device-lifecycle', 'section-in-kthread'],
    edits: [{ find: '\tt->kcov_size = size;\n\tt->kcov_area = area;\n\tbarrier();\n', replace: '\tlockdep_assert_not_held(&kcov_remote_lock);\n\tt->kcov_size = size;\n\tt->kcov_area = area;\n\tbarrier();\n' }],
  }],
  check: (subject) => unexplained(subject, ['warn']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    const asserted = found.statement.replace(/;$/u, '');
    if (asserted.startsWith('lockdep_assert')) return `Does this hold for every caller? In the schedule below ${found.operation} comes here where it does not: ${asserted}.`;
    return `Can user space reach this warning? In the schedule below ${found.operation} does, by legal use: ${asserted}.`;
  },
});
