/** @module Rule: a remote section that begins while another one is open. */
import { rule } from '../src/analysis/rule.js';
import { sectionHazards } from '../src/analysis/sections/hazards.js';
import type { SectionHazard } from '../src/analysis/sections/hazards.js';

const TRIVIAL = { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tbarrier();\n\tspin_lock(' };
const BEFORE = 'static void echo_work(struct echo *echo)\n{\n\techo_receive(echo);\n\techo_answer(echo);\n}\n';

export const nestedSection = rule<SectionHazard>({
  id: 'nested-section',
  summary: 'A remote section begins while another one of the same function is open.',
  why: 'kcov refuses a second section in a task, with a warning; the first stop then ends the outer section, and the second ends nothing.',
  evidence: 'static',
  gaps: 'Sections that a called function begins are not followed.',
  origin: 'Documentation/dev-tools/kcov.rst (v5.5): sections do not nest; kernel/kcov.c refuses a second start.',
  fires: [{
    name: 'two handles, one after the other without a stop', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, {
      path: 'drivers/misc/echo.c', find: BEFORE,
      replace: 'static void echo_work(struct echo *echo)\n{\n\tkcov_remote_start_usb(echo->bus);\n\techo_receive(echo);\n\tkcov_remote_start_common(echo->kcov_handle); //~ nested-section\n\techo_answer(echo);\n\tkcov_remote_stop();\n}\n',
    }],
  }],
  silent: [{
    name: 'two sections, one after the other', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, {
      path: 'drivers/misc/echo.c', find: BEFORE,
      replace: 'static void echo_work(struct echo *echo)\n{\n\tkcov_remote_start_usb(echo->bus);\n\techo_receive(echo);\n\tkcov_remote_stop();\n\tkcov_remote_start_common(echo->kcov_handle);\n\techo_answer(echo);\n\tkcov_remote_stop();\n}\n',
    }],
  }],
  check: (subject) => sectionHazards(subject, ['nested']),
  question(found) {
    if (found.status === 'fixed') return `Fixed: a section in ${found.function}() that began inside another one.`;
    return `Is the section that ${found.start}() begins meant to be open here? kcov refuses a second one in a task, and the first stop then ends the outer section.`;
  },
});
