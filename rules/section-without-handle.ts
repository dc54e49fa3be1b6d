/** @module Rule: a remote section whose handle is always zero. */
import { rule } from '../src/analysis/rule.js';
import { zeroHandles } from '../src/analysis/sections/zero-handles.js';
import type { ZeroHandle } from '../src/analysis/sections/zero-handles.js';

const TRIVIAL = { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tbarrier();\n\tspin_lock(' };
const BEFORE = 'static void echo_work(struct echo *echo)\n{\n\techo_receive(echo);\n}\n';

export const sectionWithoutHandle = rule<ZeroHandle>({
  id: 'section-without-handle',
  summary: 'A remote section whose handle is a literal zero.',
  why: 'Zero means that no handle was set, and no device can register it: such a section never records anything.',
  evidence: 'static',
  gaps: 'A handle that is zero because nothing set it is what kcov_remote_start_common() allows for, and is not asked about.',
  origin: 'kernel/kcov.c (v5.5), kcov_check_handle(): a common handle of zero is never registered.',
  fires: [{
    name: 'a literal zero', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, { path: 'drivers/misc/echo.c', find: BEFORE, replace: BEFORE.replace('\techo_receive(echo);\n', '\tkcov_remote_start_common(0); //~ section-without-handle\n\techo_receive(echo);\n\tkcov_remote_stop();\n') }],
  }],
  silent: [{
    name: 'a handle that may be zero', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, { path: 'drivers/misc/echo.c', find: BEFORE, replace: BEFORE.replace('\techo_receive(echo);\n', '\tkcov_remote_start_common(echo->kcov_handle);\n\techo_receive(echo);\n\tkcov_remote_stop();\n') }],
  }],
  check: zeroHandles,
  question: (found) => `Which device is ${found.start}() with handle 0 for? None can register that handle, so this section records nothing.`,
});
