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
    name: 'a note of every enable that nobody throws away', on: 'model', scenarios: ['two-devices', 'wrong-calls', 'closed-while-enabled'],
    edits: [
      { find: '\tstruct kcov_remote *remote;\n\n\tswitch (cmd) {\n', replace: '\tstruct kcov_remote *remote;\n\tunsigned long *note;\n\n\tswitch (cmd) {\n' },
      { find: '\t\tkcov->mode = mode;\n\t\tkcov_start(t, kcov->size', replace: '\t\tnote = kmalloc(sizeof(*note), GFP_ATOMIC); //~ leak\n\t\tif (note)\n\t\t\t*note = arg;\n\t\tkcov->mode = mode;\n\t\tkcov_start(t, kcov->size' },
    ],
  }, {
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
