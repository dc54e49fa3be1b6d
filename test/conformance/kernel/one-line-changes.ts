/**
 * @module Bugs for `kcovet repro` to show: small changes of kernel/kcov.c by hand, as replacements of the identifiers and conditions
 * of 6.1 and 6.12. Nothing of them is kept but these.
 */

export interface OneLineChange {
  /** What is wrong then, in a few words. */
  readonly what: string;
  /** Must fit once, or the first time where it is meant to. */
  readonly find: RegExp;
  readonly by: string;
  /** The property that is violated, and a scenario that shows it. */
  readonly property: string;
  readonly scenario: string;
}

/** Two need nothing, others instrumented code, a debugging option, or two CPUs. */
export const ONE_LINE_CHANGES: readonly OneLineChange[] = [
  { what: 'a task may enable a second device', find: /if \(kcov->t != NULL \|\| t->kcov != NULL\)/u, by: 'if (kcov->t != NULL)', property: 'errno', scenario: 'two-devices' },
  { what: 'the last page is not mapped', find: /off < size;/u, by: 'off + PAGE_SIZE < size;', property: 'mmap-without-pages', scenario: 'device-lifecycle' },
  { what: 'an exit keeps the device', find: /kcov_put\(kcov\);(\s*\}\s*static int kcov_mmap)/u, by: '$1', property: 'leak', scenario: 'taken-over' },
  { what: 'an enabled device is not held', find: /kcov_get\(kcov\);(\s*return 0;\s*case KCOV_DISABLE)/u, by: '$1', property: 'use-after-free', scenario: 'closed-while-enabled' },
  { what: 'tracing stays on', find: /WRITE_ONCE\(t->kcov_mode, KCOV_MODE_DISABLED\);\s*barrier\(\);(\s*t->kcov = NULL;)\s*t->kcov_size = 0;\s*t->kcov_area = NULL;/u, by: 'barrier();$1', property: 'coverage-misattributed', scenario: 'device-lifecycle' },
  {
    what: 'ioctls without the lock', find: /spin_lock_irqsave\(&kcov->lock, flags\);(\s*res = kcov_ioctl_locked\(kcov, cmd, arg\);)\s*spin_unlock_irqrestore\(&kcov->lock, flags\);/u, by: '$1',
    property: 'errno', scenario: 'enabled-at-once',
  },
];
