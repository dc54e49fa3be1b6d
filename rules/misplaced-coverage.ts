/** @module Rule: coverage of one context arrives in the area of another. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const misplacedCoverage = rule<Unexplained>({
  id: 'misplaced-coverage',
  summary: 'Coverage of one context arrives in the area of another.',
  why: 'A fuzzer credits it to the wrong input, which looks like flaky coverage.',
  evidence: 'counterexample',
  gaps: 'Code of a hardirq that still has in_task() is known to leak into the task; it is not modelled.',
  origin: 'Documentation/dev-tools/kcov.rst; kernel/kcov.c check_kcov_mode().',
  fires: [{
    name: 'coverage of one enable goes to the next', on: 'model', scenarios: ['enabled-again'],
    edits: [{ find: '\tif (sequence == kcov->sequence && kcov->remote)\n\t\tkcov_move_area(kcov->mode, kcov->area, kcov->size, area);\n', replace: '\tif (kcov->remote)\n\t\tkcov_move_area(kcov->mode, kcov->area, kcov->size, area); //~ misplaced-coverage\n' }],
  }],
  silent: [{
    name: 'the sequence alone tells enables apart', on: 'model', scenarios: ['enabled-again', 'owner-leaves-kthread'],
    edits: [{ find: '\tif (sequence == kcov->sequence && kcov->remote)\n', replace: '\tif (sequence == kcov->sequence)\n' }],
  }],
  check: (subject) => unexplained(subject, ['coverage-misattributed', 'coverage-invented']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    return `Whose coverage is this? In the schedule below ${found.detail}.`;
  },
});
