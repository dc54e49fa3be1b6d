/** @module Rule: a count or a lock is taken without being given back, or the reverse. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const unbalancedCount = rule<Unexplained>({
  id: 'unbalanced-count',
  summary: 'A count or a lock is taken without being given back, or the reverse.',
  why: 'A reference that is put once too often frees the device under its users; preempt_count that is left raised makes the CPU atomic for ever, and a lock that is kept stops the next who takes it.',
  evidence: 'counterexample',
  gaps: 'References are audited where a refcount_t is used.',
  origin: 'lib/refcount.c; include/linux/preempt.h.',
  fires: [{
      name: 'bottom halves stay off when there is no device', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { find: '\tkcov_debug();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n\tif (!remote) {\n', replace: '\tlocal_bh_disable();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n\tif (!remote) { //~ unbalanced-count\n' },
        { find: '\tspin_unlock(&kcov_remote_lock);\n\tif (!area) {\n', replace: '\tspin_unlock(&kcov_remote_lock);\n\tlocal_bh_enable();\n\tif (!area) {\n' },
      ],
    }, {
      name: 'the lock is kept when there is no device', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { find: '\t\tspin_unlock(&kcov_remote_lock);\n\t\treturn;\n\t}\n\tkcov_get', replace: '\t\treturn; //~ unbalanced-count\n\t}\n\tkcov_get' },
      ],
    }, {
      name: 'preemption stays disabled when there is no device', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { find: '\tkcov_debug();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n\tif (!remote) {\n', replace: '\tpreempt_disable();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n\tif (!remote) { //~ unbalanced-count\n' },
        { find: '\tspin_unlock(&kcov_remote_lock);\n\tif (!area) {\n', replace: '\tspin_unlock(&kcov_remote_lock);\n\tpreempt_enable();\n\tif (!area) {\n' },
      ],
    }],
  silent: [{
      name: 'bottom halves are off and on again around the search', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { find: '\tkcov_debug();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n', replace: '\tlocal_bh_disable();\n\tlocal_bh_enable();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n' },
      ],
    }, {
      name: 'preemption is enabled again on both paths', on: 'model', scenarios: ['section-in-kthread'],
      edits: [
        { find: '\tkcov_debug();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n', replace: '\tpreempt_disable();\n\tspin_lock(&kcov_remote_lock);\n\tremote = kcov_remote_find(handle);\n' },
        { find: '\tspin_unlock(&kcov_remote_lock);\n\tif (!area) {\n', replace: '\tspin_unlock(&kcov_remote_lock);\n\tpreempt_enable();\n\tif (!area) {\n' },
        { find: '\t\tspin_unlock(&kcov_remote_lock);\n\t\treturn;\n\t}\n\tkcov_get', replace: '\t\tspin_unlock(&kcov_remote_lock);\n\t\tpreempt_enable();\n\t\treturn;\n\t}\n\tkcov_get' },
      ],
    }],
  check: (subject) => unexplained(subject, ['refcount', 'preempt-unbalanced', 'bh-unbalanced', 'lock-held-at-return']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    if (found.property === 'refcount') return `Is the reference count right here? In the schedule below ${found.operation} makes it go wrong: ${found.detail}.`;
    if (found.property === 'bh-unbalanced') return `Are bottom halves enabled again on this path? At the return of ${found.operation} they are not as they were at its call.`;
    if (found.held !== '') return `Is ${found.held} given back on this path? ${found.operation} returns with it held.`;
    return `Is preemption enabled again on this path? At the return of ${found.operation} preempt_count is not what it was at its call.`;
  },
});
