/** @module Rule: a call returns what its contract does not say, or success for something that it did not do. */
import { resultName } from '../src/analysis/outcomes.js';
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const wrongResult = rule<Unexplained>({
  id: 'wrong-result',
  summary: 'A call returns what its contract does not say, or success for something that it did not do.',
  why: 'Fuzzers and their reproducers depend on which ioctl fails when, and on the pages being there when mmap() succeeded.',
  evidence: 'counterexample',
  gaps: 'Results under concurrent calls on one device are accepted when they fit the state before or after.',
  origin: 'Fix of mmap() returning success without pages, kernel/kcov.c, December 2021.',
  fires: [{
    name: 'another errno for a device that is in use', on: 'model', scenarios: ['wrong-calls'],
    edits: [{ find: '\t\tif (kcov->mode != KCOV_MODE_DISABLED)\n\t\t\treturn -EBUSY;\n', replace: '\t\tif (kcov->mode != KCOV_MODE_DISABLED)\n\t\t\treturn -EINVAL; //~ wrong-result\n' }],
  }],
  silent: [{
    name: 'two checks with one errno change places', on: 'model', scenarios: ['wrong-calls'],
    edits: [{ find: '\t\tif (unused != 0 || current->kcov != kcov)\n', replace: '\t\tif (current->kcov != kcov || unused != 0)\n' }],
  }, {
    name: 'a mmap() that has no memory for all pages says so, and leaves the device its area', on: 'model', scenarios: ['allocation-failure'],
    edits: [{ find: '\t\t\tif (vm_insert_page(vma, vma->vm_start + off, page))\n\t\t\t\tWARN_ONCE(1, "");\n', replace: '\t\t\tres = vm_insert_page(vma, vma->vm_start + off, page);\n\t\t\tif (res)\n\t\t\t\treturn res;\n' }],
  }],
  check: (subject) => unexplained(subject, ['errno', 'mmap-without-pages', 'common-handle']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    const named = found.detail.replace(/(?<= )-\d+\b/gu, resultName);
    return `Is this meant: ${named.replace(/, should be (.+)$/u, ', by the contract of kcov $1')}? User space takes that result at its word.`;
  },
});
