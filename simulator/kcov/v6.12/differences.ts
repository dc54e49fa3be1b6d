/**
 * @module What stable releases changed in kcov after v6.12 was tagged, which the model has: facts from the changelogs of
 * the releases, as Debian's linux-source-6.12 (6.12.117-1) lists them.
 */
import type { LaterChange } from '../model.js';

export const differences: readonly LaterChange[] = [
  {
    since: '6.12.9', commit: 'kcov: mark in_softirq_really() as __always_inline', of: ['kernel/kcov.c'],
    what: 'in_softirq_really() is __always_inline; it was inline',
  },
  {
    since: '6.12.44', commit: 'kcov, usb: Don\'t disable interrupts in kcov_remote_start_usb_softirq()', of: ['include/linux/kcov.h'],
    what: 'kcov_remote_start_usb_softirq() and kcov_remote_stop_softirq() leave interrupts on, and pass no flags between them',
  },
  {
    since: '6.12.97', commit: 'kcov: use WRITE_ONCE() for selftest mode stores', of: ['kernel/kcov.c'],
    what: 'selftest() stores kcov_mode with WRITE_ONCE()',
  },
  {
    since: '6.12.106', commit: 'kcov: fix data corruption and race conditions on PREEMPT_RT', of: ['kernel/kcov.c', 'include/linux/sched.h'],
    what: 'what a section in a softirq interrupts is saved in the task; it was saved per CPU, with one buffer for each CPU beside it',
  },
  {
    since: '6.12.117', commit: 'kcov: ignore an out-of-range comparison count in write_comp_data()', of: ['kernel/kcov.c'],
    what: 'write_comp_data() refuses a count that no area holds before it multiplies it',
  },
];
