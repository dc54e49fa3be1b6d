/** @module Rule: a remote section in a context in which kcov refuses sections. */
import { rule } from '../src/analysis/rule.js';
import { refusedSections } from '../src/analysis/sections/refused.js';
import type { RefusedSection } from '../src/analysis/sections/refused.js';
import { contextName } from '../src/analysis/support.js';

const TRIVIAL = { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tbarrier();\n\tspin_lock(' };
const TASKLET = 'static void echo_tasklet(struct tasklet_struct *t)\n{\n\tstruct echo *echo = from_tasklet(echo, t, tasklet);\n\techo_receive(echo);\n}\n';
const WORK = 'static void echo_work(struct echo *echo)\n{\n\techo_receive(echo);\n}\n';

export const sectionInRefusedContext = rule<RefusedSection>({
  id: 'section-in-refused-context',
  summary: 'A remote section in a function that runs where kcov refuses sections.',
  why: 'The start warns or returns without a word, and nothing of what runs is collected.',
  evidence: 'static',
  gaps: 'Only functions whose context follows from what is seen: handlers, tasklets, timers, NAPI polls and completion callbacks with their signature or registration.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: until then sections were for tasks only.',
  fires: [{
    name: 'a tasklet, with a kcov that is for tasks only', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, { path: 'drivers/misc/echo.c', find: TASKLET, replace: TASKLET.replace('\techo_receive(echo);\n', '\tkcov_remote_start_common(echo->kcov_handle); //~ section-in-refused-context\n\techo_receive(echo);\n\tkcov_remote_stop();\n') }],
  }],
  silent: [{
    name: 'the same in a work item', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, { path: 'drivers/misc/echo.c', find: WORK, replace: WORK.replace('\techo_receive(echo);\n', '\tkcov_remote_start_common(echo->kcov_handle);\n\techo_receive(echo);\n\tkcov_remote_stop();\n') }],
  }],
  check: refusedSections,
  question(found) {
    return `Does ${found.start}() do anything here? ${found.function}() runs in ${contextName(found.kinds)} (${found.why}), and kcov, as it is with this patch, takes sections in ${contextName(found.allowed)} only.`;
  },
});
