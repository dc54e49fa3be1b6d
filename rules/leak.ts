/** @module Rule: an object is left that nothing leads to any more. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const leak = rule<Unexplained>({
  id: 'leak',
  summary: 'An object is left that nothing leads to any more.',
  why: 'Every open, enable and section of a fuzzer leaks it again.',
  evidence: 'counterexample',
  gaps: 'Caches that a list still leads to are no leaks.',
  origin: 'Documentation/dev-tools/kmemleak.rst.',
  fires: [{
    name: 'a copy is only freed when all went well', on: 'model', scenarios: ['wrong-calls', 'two-devices'],
    edits: [{ find: '\tkfree(remote_arg);\n\treturn res;\n', replace: '\tif (res == 0)\n\t\tkfree(remote_arg); //~ leak\n\treturn res;\n' }],
  }],
  silent: [{
    name: 'a copy is freed when there is one', on: 'model', scenarios: ['wrong-calls', 'two-devices', 'allocation-failure'],
    edits: [{ find: '\tkfree(remote_arg);\n\treturn res;\n', replace: '\tif (cmd == KCOV_REMOTE_ENABLE)\n\t\tkfree(remote_arg);\n\treturn res;\n' }],
  }],
  check: (subject) => unexplained(subject, ['leak']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    return `Who frees this when it is not used any more? After the schedule below nothing leads to ${found.detail.replace(/#\d+/u, '')} and it was not freed.`;
  },
});
