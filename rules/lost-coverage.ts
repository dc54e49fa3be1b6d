/** @module Rule: coverage that was collected does not arrive. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const lostCoverage = rule<Unexplained>({
  id: 'lost-coverage',
  summary: 'Coverage that was collected does not arrive.',
  why: 'A fuzzer takes what is not there for not run, and drops the input.',
  evidence: 'counterexample',
  gaps: 'What the contract lets go is no loss: a full area, a device that was disabled meanwhile, a section that was refused.',
  origin: 'Fix of the order of count and PC, kernel/kcov.c, May 2022 ("kcov: update pos before writing pc in trace function").',
  fires: [{
    name: 'two sections append to one area at once', on: 'model', scenarios: ['sections-on-two-cpus'],
    edits: [{ find: '\tspin_lock(&kcov->lock);\n\tkcov_debug();\n\tif (sequence == kcov->sequence && kcov->remote)\n\t\tkcov_move_area(kcov->mode, kcov->area, kcov->size, area);\n\tspin_unlock(&kcov->lock);\n', replace: '\tkcov_debug();\n\tif (sequence == kcov->sequence && kcov->remote)\n\t\tkcov_move_area(kcov->mode, kcov->area, kcov->size, area); //~ lost-coverage\n' }],
  }],
  silent: [{
    name: 'sections append under another lock that they share', on: 'model', scenarios: ['sections-on-two-cpus'],
    edits: [{ find: '\tspin_lock(&kcov->lock);\n\tkcov_debug();\n\tif (sequence == kcov->sequence && kcov->remote)\n\t\tkcov_move_area(kcov->mode, kcov->area, kcov->size, area);\n\tspin_unlock(&kcov->lock);\n', replace: '\tspin_lock(&kcov_remote_lock);\n\tkcov_debug();\n\tif (sequence == kcov->sequence && kcov->remote)\n\t\tkcov_move_area(kcov->mode, kcov->area, kcov->size, area);\n\tspin_unlock(&kcov_remote_lock);\n' }],
  }],
  check: (subject) => unexplained(subject, ['coverage-lost']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    const where = found.operation === '' ? 'at the end' : `after ${found.operation}`;
    return `Can coverage get lost here? In the schedule below ${found.detail} ${where}, although the device was enabled all the time and had room.`;
  },
});
