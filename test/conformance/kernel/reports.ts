/**
 * @module What a kernel's log says of what goes wrong, and what the simulator calls it: the one vocabulary in which both sides'
 * reports are compared. Sources are of 6.1.192 and 6.12.117.
 */

interface Report {
  /** As both sides say it. */
  readonly word: string;
  /** The simulator's property, and what its detail says. */
  readonly property: string;
  readonly detail?: RegExp;
  /** The line of the kernel's log. */
  readonly kernel: RegExp;
  /** A kernel says it once in a boot, or once in a while; the sequence needs a boot of its own. */
  readonly oneShot: boolean;
}

const REPORTS: readonly Report[] = [
  // lib/refcount.c refcount_warn_saturate(): WARN_ONCE for each kind.
  { word: 'REFCOUNT addition', property: 'refcount', detail: /increment on 0$/u, kernel: /^refcount_t: addition on 0/u, oneShot: true },
  { word: 'REFCOUNT underflow', property: 'refcount', detail: /decrement of 0$/u, kernel: /^refcount_t: underflow/u, oneShot: true },
  { word: 'REFCOUNT leak', property: 'refcount', detail: /nobody tests$/u, kernel: /^refcount_t: decrement hit 0/u, oneShot: true },
  // kernel/sched/core.c __might_resched(): once a second.
  { word: 'SLEEPING', property: 'sleep-in-atomic', kernel: /^BUG: sleeping function called from invalid context/u, oneShot: true },
  // kernel/locking/lockdep.c; lockdep switches itself off with its first report.
  { word: 'LOCKDEP circle', property: 'lock-inversion', kernel: /^WARNING: possible circular locking dependency/u, oneShot: true },
  { word: 'LOCKDEP recursion', property: 'lock-recursion', kernel: /^WARNING: possible recursive locking/u, oneShot: true },
  { word: 'LOCKDEP state', property: 'irq-unsafe-lock', kernel: /^WARNING: inconsistent lock state/u, oneShot: true },
  { word: 'LOCKDEP interrupts', property: 'irq-unsafe-dependency', kernel: /^WARNING: (?:\w+-safe -> \w+-unsafe lock order|possible irq lock inversion)/u, oneShot: true },
  { word: 'LOCKDEP unlock', property: 'unlock-not-held', kernel: /^WARNING: bad unlock balance/u, oneShot: true },
];

/** Lockdep reports no more than one thing in a boot. */
const isLockdep = (word: string): boolean => word.startsWith('LOCKDEP');

/** What ends an execution on the simulator, and what a kernel dies of then. */
interface Death {
  readonly property: string;
  readonly kernel: RegExp;
}

const DEATHS: readonly Death[] = [
  { property: 'null-dereference', kernel: /kernel NULL pointer dereference|KASAN: null-ptr-deref/u },
  { property: 'use-after-free', kernel: /KASAN: \S*use-after-free|KASAN: vmalloc-out-of-bounds|general protection fault|unable to handle page fault/u },
  { property: 'out-of-bounds', kernel: /KASAN: \S*out-of-bounds|unable to handle page fault/u },
  { property: 'double-free', kernel: /KASAN: (?:double-free|invalid-free)|Object already free|Trying to vfree\(\) nonexistent/u },
  { property: 'invalid-free', kernel: /KASAN: invalid-free|invalid object pointer|Trying to vfree\(\) (?:nonexistent|bad address)|kernel BUG at mm\/slub/u },
  { property: 'deadlock', kernel: /hung|spinlock recursion|possible recursive locking/u },
  // kernel/irq_work.c irq_work_run_list(): BUG_ON(!irqs_disabled()), 6.1 and 6.12; the driver's hardirqs are its.
  { property: 'irqs-on-at-end', kernel: /invalid opcode|kernel BUG at/u },
  { property: 'bug', kernel: /kernel BUG at/u },
  { property: 'unlock-not-held', kernel: /bad unlock balance|spinlock already unlocked/u },
];

/** vmalloc(0): WARN_ON_ONCE() in __vmalloc_node_range(), 6.1.192:3227; __vmalloc_node_range_noprof(), 6.12.117:3838. */
const VMALLOC = 'mm/vmalloc.c';
const NO_BYTES = /^v\w+\(\) of 0 bytes$/u;

/** Whether a warning is one that a kernel gives once until that is cleared, which it is before each sequence. */
export const isOnce = ({ property, detail }: { readonly property: string; readonly detail: string }): boolean => property === 'warn' && (NO_BYTES.test(detail) || /_ONCE\(/u.test(detail));

/** How the kernel says what the simulator reports; null for what only the contract of kcov forbids. `where`: file:line. */
export function wordOf(violation: { readonly property: string; readonly detail: string }, where: string): string | null {
  if (violation.property === 'warn') return `WARNING ${NO_BYTES.test(violation.detail) ? VMALLOC : where}`;
  return REPORTS.find(({ property, detail }) => property === violation.property && (detail?.test(violation.detail) ?? true))?.word ?? null;
}

/** A line of the kernel's log in the same words; null for what says again what another line does. */
export function wordOfLine(line: string): string | null {
  const at = /^WARNING: CPU: \d+ PID: \d+ at (\S+:\d+)/u.exec(line)?.[1];
  // refcount_t says what is wrong beside its warning.
  if (at?.startsWith('lib/refcount.c:')) return null;
  // A report that is printed in an NMI takes its time.
  if (/^INFO: NMI handler .* took too long/u.test(line)) return null;
  if (at?.startsWith(`${VMALLOC}:`)) return `WARNING ${VMALLOC}`;
  if (at !== undefined) return `WARNING ${at}`;
  return REPORTS.find(({ kernel }) => kernel.test(line))?.word ?? line;
}

export const isOneShot = (word: string): boolean => REPORTS.some((one) => one.word === word && one.oneShot);

/** Whether a kernel says it again in the same boot, of what it has said. */
export const isSaidAgain = (word: string, said: ReadonlySet<string>): boolean => !isOneShot(word) || !(said.has(word) || (isLockdep(word) && [...said].some(isLockdep)));

/** Whether what a kernel said, in the line concerned or as the last thing on its console, is what ended the execution on the simulator. */
export function isDeathOf(simulator: string, said: string): boolean {
  return DEATHS.some(({ property, kernel }) => simulator.startsWith(`${property}:`) && kernel.test(said));
}
