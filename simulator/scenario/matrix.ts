/**
 * @module Which property is checked by which scenario: computed from what the operations of a scenario do and in which contexts, never
 * listed by hand. A mark says that an execution of some Program can violate the property there; what any call of any function can violate is
 * met everywhere. test/simulator/scenario/matrix.test.ts holds it against seeded faults.
 */
import { needsScheduler } from '../machine/scheduler.js';
import type { KcovScenario } from './kcov-scenario.js';

/** Properties that are met under one condition. */
export interface Column {
  /** Two letters, unique: the heading. */
  readonly code: string;
  /** In a few words what is wrong where one is violated. */
  readonly says: string;
  /** As violations have them. */
  readonly properties: readonly string[];
  readonly meets: (scenario: KcovScenario) => boolean;
}

/** What whoever calls kcov can violate, so what every scenario checks. */
export const EVERYWHERE: readonly string[] = [
  'out-of-bounds', 'null-dereference', 'wild-access', 'uninitialised-read', 'uninitialised-pointer', 'warn', 'bug', 'refcount', 'leak', 'deadlock', 'unlock-not-held', 'wild-lock',
  'sleep-in-atomic', 'lock-held-at-return', 'preempt-unbalanced', 'bh-unbalanced', 'irqs-left-off', 'irqs-left-on', 'lock-inversion', 'lock-recursion', 'invalid-wait-context',
];

type Sides = readonly { readonly operations: KcovScenario['actors'][number]['operations'] }[];

const labelled = (sides: Sides, what: RegExp): boolean => sides.some(({ operations }) => operations.some(({ label }) => what.test(label)));

/** Actors do it. What only the set-up does is reported as well where it violates something, but nothing can come between. */
const does = ({ actors }: KcovScenario, what: RegExp): boolean => labelled(actors, what);

/** Some task has coverage enabled at some time. */
const enables = ({ setUp, actors }: KcovScenario): boolean => labelled([...setUp, ...actors], /_ENABLE\b/u);

const hasInterrupt = ({ actors }: KcovScenario): boolean => actors.some(({ kind, times }) => kind !== 'task' && times > 0);

export const COLUMNS: readonly Column[] = [
  { code: 'er', says: 'results of calls', properties: ['errno'], meets: (s) => does(s, /^(?:open|ioctl|mmap|munmap)\b/u) },
  { code: 'pg', says: 'pages of mmap()', properties: ['mmap-without-pages'], meets: (s) => does(s, /^mmap\b/u) },
  { code: 'ch', says: 'the common handle', properties: ['common-handle'], meets: (s) => does(s, /^kcov_common_handle\b/u) },
  { code: 'fr', says: 'what is freed', properties: ['use-after-free', 'double-free', 'invalid-free'], meets: (s) => does(s, /^(?:munmap|exit|kcov_remote_stop)\b|_(?:DISABLE|REMOTE_ENABLE|INIT_TRACE)\b/u) },
  { code: 'lo', says: 'coverage lost or invented', properties: ['coverage-lost', 'coverage-invented'], meets: (s) => does(s, /^hit\b/u) && enables(s) },
  { code: 'mi', says: 'coverage in the wrong place', properties: ['coverage-misattributed'], meets: (s) => does(s, /^hit\b/u) },
  { code: 'ea', says: 'counted before it is written', properties: ['published-too-early'], meets: (s) => does(s, /^cover\[/u) },
  { code: 'il', says: 'locks that interrupts take', properties: ['irq-unsafe-lock', 'irq-unsafe-dependency'], meets: hasInterrupt },
  { code: 'ff', says: 'irq flags of another context', properties: ['foreign-irq-flags'], meets: (s) => hasInterrupt(s) || s.actors.length > 1 },
];

/** What a scenario adds to tasks that run undisturbed; one letter each. */
export const CIRCUMSTANCES: readonly { readonly code: string; readonly says: string; readonly has: (scenario: KcovScenario) => boolean }[] = [
  { code: '2', says: 'CPUs', has: ({ cpus }) => cpus > 1 },
  ...(['softirq', 'hardirq', 'nmi'] as const).map((kind) => ({
    code: kind.charAt(0), says: kind, has: ({ actors }: KcovScenario): boolean => actors.some((a) => a.kind === kind && !a.early && a.times > 0),
  })),
  { code: 'e', says: 'early irq', has: ({ actors }) => actors.some((a) => a.early && a.times > 0) },
  { code: 'a', says: 'allocations fail', has: ({ allocationsFail }) => allocationsFail },
  ...([['k', 'kill'], ['f', 'fork'], ['w', 'userWrite']] as const).map(([code, bound]) => ({
    code, says: bound === 'userWrite' ? 'hostile writes' : bound, has: ({ actors }: KcovScenario): boolean => actors.some((a) => a.operations.some((o) => o.bound === bound)),
  })),
  { code: 'p', says: 'preemption', has: needsScheduler },
  { code: 'o', says: 'order of memory', has: ({ reorderings }) => reorderings !== undefined },
  { code: 'r', says: 'PREEMPT_RT', has: ({ rt }) => rt !== undefined },
];

/** Properties that a scenario can meet beside those of EVERYWHERE, in the order of the columns. */
export function propertiesOf(scenario: KcovScenario): string[] {
  return COLUMNS.flatMap(({ properties, meets }) => (meets(scenario) ? [...properties] : []));
}
