/** @module Rule: a remote section that is left open on some path, or ended without having begun. */
import { rule } from '../src/analysis/rule.js';
import { sectionHazards } from '../src/analysis/sections/hazards.js';
import type { SectionHazard } from '../src/analysis/sections/hazards.js';

const TRIVIAL = { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tbarrier();\n\tspin_lock(' };
const BEFORE = 'static void echo_work(struct echo *echo)\n{\n\tif (!echo->open)\n\t\treturn;\n\techo_receive(echo);\n}\n';

export const unbalancedSection = rule<SectionHazard>({
  id: 'unbalanced-section',
  summary: 'A remote section is left open on a path, or ended without having begun.',
  why: 'A section that is not ended collects whatever the thread does next for a device that did not ask for it, and refuses the next one. An end without a beginning ends what the task itself collects.',
  evidence: 'static',
  gaps: 'Paths through what the patch does not show are followed only where the patch brings all starts and stops of the function. Sections that begin in one function and end in another are not judged.',
  origin: 'drivers/usb/core/hub.c and net/mac80211/rx.c (v6.12), which reach one stop from every way out.',
  fires: [{
    name: 'an early return keeps the section open', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, {
      path: 'drivers/misc/echo.c', find: BEFORE,
      replace: 'static void echo_work(struct echo *echo)\n{\n\tkcov_remote_start_common(echo->kcov_handle);\n\tif (!echo->open)\n\t\treturn; //~ unbalanced-section\n\techo_receive(echo);\n\tkcov_remote_stop();\n}\n',
    }],
  }, {
    name: 'a goto reaches the stop before the start', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, {
      path: 'drivers/misc/echo.c', find: BEFORE,
      replace: 'static void echo_work(struct echo *echo)\n{\n\tif (!echo->open)\n\t\tgoto out;\n\tkcov_remote_start_common(echo->kcov_handle);\n\techo_receive(echo);\nout:\n\tkcov_remote_stop(); //~ unbalanced-section\n}\n',
    }],
  }],
  silent: [{
    name: 'every way out leads to the stop', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, {
      path: 'drivers/misc/echo.c', find: BEFORE,
      replace: 'static void echo_work(struct echo *echo)\n{\n\tkcov_remote_start_common(echo->kcov_handle);\n\tif (!echo->open)\n\t\tgoto out;\n\techo_receive(echo);\nout:\n\tkcov_remote_stop();\n}\n',
    }],
  }, {
    name: 'start and stop under the same condition', on: 'model', scenarios: ['section-in-kthread'],
    edits: [TRIVIAL, {
      path: 'drivers/misc/echo.c', find: BEFORE,
      replace: 'static void echo_work(struct echo *echo)\n{\n\tif (!echo->open)\n\t\treturn;\n\tif (echo->kcov_handle != 0)\n\t\tkcov_remote_start_common(echo->kcov_handle);\n\techo_receive(echo);\n\tif (echo->kcov_handle)\n\t\tkcov_remote_stop();\n}\n',
    }],
  }],
  check: (subject) => sectionHazards(subject, ['left-open', 'round', 'stop-alone', 'other-kind']),
  question(found) {
    if (found.status === 'fixed') return `Fixed: the section in ${found.function}() that was not balanced.`;
    return QUESTIONS[found.kind](found) + moreOf(found);
  },
});

function moreOf({ more }: SectionHazard): string {
  return more === 0 ? '' : ` The same holds for ${more === 1 ? 'another way' : `${more} other ways`} through the function.`;
}

const QUESTIONS: Readonly<Record<SectionHazard['kind'], (found: SectionHazard) => string>> = {
  'left-open': (f) => (f.atStart
    ? `Does every way out of ${f.function}() end this section? On the one below the function is left without kcov_remote_stop().`
    : `Is a kcov_remote_stop() missing on this way out? The section that ${f.start}() begins in ${f.function}() is still open here.`),
  round: (f) => `Can this be reached again before kcov_remote_stop()? On the way below the loop comes round with the section of ${f.start}() still open, and kcov refuses a second one in a task.`,
  'stop-alone': (f) => `Can ${f.other}() be reached here without a start before it? On the way below no section has begun, and the stop would end what the task itself collects, if it does.`,
  'other-kind': (f) => `Do ${f.start}() and ${f.other}() belong together? The _softirq form acts in softirqs only, so in another context only one of the two does anything.`,
  nested: () => '',
};
