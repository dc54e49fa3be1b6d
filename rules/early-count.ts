/** @module Rule: another CPU sees the count of an area before the entries that it counts. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const earlyCount = rule<Unexplained>({
  id: 'early-count',
  summary: 'Another CPU can see the count of an area before the entries that it counts.',
  why: 'A thread that reads the area while it grows takes what was there before for coverage.',
  evidence: 'counterexample',
  gaps: 'The reader loads the count with acquire; one that does not is not looked at. Loads and later stores stay in order.',
  origin: 'Patch that adds a write barrier to kcov_move_area(), July 2025; tools/memory-model/Documentation/recipes.txt.',
  fires: [{
    name: 'the barrier between entries and count goes', on: 'ordered-area', scenarios: ['reader-beside-section'],
    edits: [
      { find: '\tsmp_wmb();\n\tswitch (mode) {\n', replace: '\tbarrier();\n\tswitch (mode) {\n' },
      { find: '\t\tWRITE_ONCE(*(unsigned long *)dst_area, dst_len + entries_moved);\n', replace: '\t\tWRITE_ONCE(*(unsigned long *)dst_area, dst_len + entries_moved); //~ early-count\n' },
    ],
  }],
  silent: [{
    name: 'the count is stored with release', on: 'ordered-area', scenarios: ['reader-beside-section'],
    edits: [
      { find: '\tsmp_wmb();\n\tswitch (mode) {\n', replace: '\tswitch (mode) {\n' },
      { find: '\t\tWRITE_ONCE(*(unsigned long *)dst_area, dst_len + entries_moved);\n', replace: '\t\tsmp_store_release((unsigned long *)dst_area, dst_len + entries_moved);\n' },
    ],
  }],
  check: (subject) => unexplained(subject, ['published-too-early']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    return 'Can another CPU see the new count before the entries? Nothing orders the stores for a thread that reads the area meanwhile, and the lock orders nothing for user space.';
  },
});
