/** @module Rule: memory is accessed or freed that is not there, or not any more. */
import { rule } from '../src/analysis/rule.js';
import { fixedText } from '../src/analysis/support.js';
import { unexplained } from '../src/analysis/unexplained.js';
import type { Unexplained } from '../src/analysis/unexplained.js';

export const invalidAccess = rule<Unexplained>({
  id: 'invalid-access',
  summary: 'Memory is accessed or freed that is not there, or not any more.',
  why: 'A pointer outlives what it points to, or an index what it indexes. In a tracing callback there is no safe place for that to happen.',
  evidence: 'counterexample',
  gaps: 'Objects are as large as the model makes them: sizes are scaled.',
  origin: 'Fix of a use after free in kcov_remote_start(), kernel/kcov.c, March 2020 ("kcov: fix potential use-after-free in kcov_remote_start").',
  fires: [
    {
      name: 'the reference is put before the last use', on: 'model', scenarios: ['owner-leaves-kthread'],
      edits: [{ find: '\tt->kcov = NULL;\n\tspin_lock(&kcov->lock);\n', replace: '\tt->kcov = NULL;\n\tkcov_put(kcov); //~ invalid-access\n\tspin_lock(&kcov->lock);\n' }, { find: 'kcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tkcov_put(kcov);\n', replace: 'kcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n' }],
    },
    {
      name: 'an allocation is used unchecked', on: 'model', scenarios: ['allocation-failure'],
      edits: [{ find: '\tif (!kcov)\n\t\treturn -ENOMEM;\n\tkcov->mode = KCOV_MODE_DISABLED;\n', replace: '\tkcov->mode = KCOV_MODE_DISABLED; //~ invalid-access\n' }],
    },
  ],
  silent: [{
    name: 'the reference is put before the buffer of the section, which is not the device\'s', on: 'model', scenarios: ['owner-leaves-kthread', 'sections-on-two-cpus'],
    edits: [{ find: '\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n\tkcov_put(kcov);\n', replace: '\tkcov_put(kcov);\n\tspin_lock(&kcov_remote_lock);\n\tkcov_remote_area_put(area, size);\n\tspin_unlock(&kcov_remote_lock);\n' }],
  }],
  check: (subject) => unexplained(subject, ['null-dereference', 'use-after-free', 'out-of-bounds', 'double-free', 'invalid-free', 'wild-access', 'uninitialised-pointer', 'uninitialised-read', 'division-by-zero']),
  question(found) {
    if (found.status === 'fixed') return fixedText(found);
    const what = found.property.replace(/-/gu, ' ').replace('null', 'NULL').replace('out of bounds', 'access out of bounds');
    const article = /^[aio]|^un/u.test(what) ? 'an' : 'a';
    const from = found.from === '' || found.from === found.statement ? '' : ` The pointer comes from ${found.from.replace(/;$/u, '')}.`;
    return `Can this be ${article} ${what}? In the schedule below ${found.function === '' ? found.operation : `${found.function}()`} meets one in ${found.context} context: ${found.detail}.${from}`;
  },
});
