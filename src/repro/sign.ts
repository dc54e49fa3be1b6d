/** @module By what user space sees that a property is violated on a real kernel, and what that kernel needs to show it. */

/**
 * `result`: a call returns what it must not. `pages`: a mapping lacks pages. `memory`: what the kernel has in use grows with each time.
 * `records`: counts of areas and what they count. `log`: the kernel says so itself, or a call does not come back.
 */
export type Sign = 'result' | 'pages' | 'memory' | 'records' | 'log';

export interface Shown {
  readonly sign: Sign;
  /** What a kernel with the bug does, as a sentence. */
  readonly says: string;
  /** Configuration without which it may be silent. */
  readonly needs: readonly string[];
}

const log = (says: string, ...needs: string[]): Shown => ({ sign: 'log', says, needs });
const LOCKDEP = 'CONFIG_PROVE_LOCKING=y';
const KASAN = 'CONFIG_KASAN=y';
const access = log('The kernel log has an oops, or a report of KASAN.', KASAN, 'CONFIG_KASAN_VMALLOC=y');
const locking = log('The kernel log has a report of lockdep, or a call does not come back.', LOCKDEP);

const SIGNS: Readonly<Record<string, Shown>> = {
  errno: { sign: 'result', says: 'A call returns what its contract does not say.', needs: [] },
  'mmap-without-pages': { sign: 'pages', says: 'mmap() succeeds, and pages of the area are not there.', needs: [] },
  leak: { sign: 'memory', says: 'Memory that the kernel has in use grows with each time, and stays when all is closed.', needs: [] },
  'coverage-lost': { sign: 'records', says: 'Code that runs is not in the area of the task that runs it.', needs: [] },
  'coverage-invented': { sign: 'records', says: 'An area counts records that nobody wrote.', needs: [] },
  'coverage-misattributed': { sign: 'records', says: 'Code that runs is in an area where it does not belong.', needs: [] },
  'out-of-bounds': access, 'wild-access': access, 'null-dereference': access, 'use-after-free': access, 'double-free': access, 'invalid-free': access,
  'uninitialised-pointer': log('The kernel log has an oops, or a report of KASAN or KMSAN.', KASAN),
  'uninitialised-read': log('The kernel log has a report of KMSAN.', 'CONFIG_KMSAN=y'),
  warn: log('The kernel log has a warning.'), bug: log('The kernel log has a BUG.'),
  refcount: log('The kernel log has a warning of refcount_t.'),
  'sleep-in-atomic': log('The kernel log says that something sleeps in atomic context.', 'CONFIG_DEBUG_ATOMIC_SLEEP=y'),
  'preempt-unbalanced': log('The kernel log says that preempt_count is off.', 'CONFIG_PREEMPT=y', 'CONFIG_DEBUG_ATOMIC_SLEEP=y'),
  'irqs-left-off': log('The kernel log says that interrupts are off at the end of a system call.', LOCKDEP),
  deadlock: log('A call does not come back, or the kernel log has a report of lockdep.', LOCKDEP),
  'unlock-not-held': locking, 'lock-held-at-return': locking, 'bh-unbalanced': locking, 'lock-inversion': locking, 'lock-recursion': locking, 'invalid-wait-context': locking,
};

/** How a violation shows; null where no kernel lets user space see it. */
export function signOf(property: string): Shown | null {
  return SIGNS[property] ?? null;
}
