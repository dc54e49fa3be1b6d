/**
 * @module Makes scenarios of kcov from few words: which devices there are, what is set up, who then runs what. Constants
 * are scaled: a page is two words, and a Kconfig size of a buffer is SCALED_AREA_WORDS.
 */
import { LABEL_IN_SWITCH } from '../kcov/ghost.js';
import type { Ghost } from '../kcov/ghost.js';
import { PAGE_WORDS } from '../kcov/operations.js';
import type { PreemptRt } from '../machine/code.js';
import type { Reorderings } from '../machine/orders.js';
import type { ContextKind } from '../machine/state.js';
import type { Actor, Operation, Scenario, SetUp } from './scenario.js';

export type KcovScenario = Scenario<Ghost> & {
  /** Contexts in which it runs remote sections that some versions refuse; searched only where they are allowed. */
  readonly sectionsIn: readonly ContextKind[];
  /** It is about ioctls that the contract does not state; searched only where there are some. */
  readonly ownCommands?: true;
};

/** Words of the user's areas: small ones fill up, large ones never do. */
export const AREA_WORDS = 6;

/** Bytes of a page in the model. */
export const PAGE_BYTES = PAGE_WORDS * 8;

const ARGUMENT_BYTES = 24 + 8 * 4;
const TABLE_BYTES = 8 * 8;

export interface KcovScenarioSpec {
  readonly name: string;
  readonly checks: string;
  readonly cpus?: number;
  /** One letter each, as people name files in examples. */
  readonly devices: readonly string[];
  readonly setUp?: readonly SetUp<Ghost>[];
  readonly actors: readonly Actor<Ghost>[];
  /** Tasks beyond those of actors and set-up, such as children. */
  readonly tasks?: readonly string[];
  /** Tables of cases that compilers make of switches. */
  readonly tables?: readonly string[];
  readonly allocationsFail?: boolean;
  readonly preemptions?: number;
  readonly migrations?: number;
  readonly rt?: PreemptRt;
  /** Instrumented code runs in the middle of context switches. */
  readonly switches?: true;
  readonly sectionsIn?: readonly ContextKind[];
  readonly reorderings?: Reorderings;
  readonly reader?: boolean;
  readonly ownCommands?: true;
}

export function kcovScenario(spec: KcovScenarioSpec): KcovScenario {
  const named = [...(spec.setUp ?? []).map((s) => s.task), ...spec.actors.flatMap((a) => (a.task === undefined ? [] : [a.task])), ...(spec.tasks ?? [])];
  const cpus = spec.cpus ?? 1;
  return {
    name: spec.name, checks: spec.checks, cpus, tasks: [...new Set(named)], setUp: spec.setUp ?? [], actors: spec.actors,
    objects: [
      { name: 'inode', bytes: 64 }, ...(spec.tables ?? []).map((name) => ({ name, bytes: TABLE_BYTES })),
      ...spec.devices.flatMap((d) => [{ name: `file:${d}`, struct: 'file' }, { name: `vma:${d}`, struct: 'vm_area_struct' }, { name: `arg:${d}`, bytes: ARGUMENT_BYTES }]),
    ],
    allocationsFail: spec.allocationsFail ?? false, sectionsIn: spec.sectionsIn ?? [],
    constants: { PAGE_SIZE: PAGE_BYTES, nr_cpu_ids: cpus }, ...axesOf(spec), ...(spec.ownCommands ? { ownCommands: true } : {}),
  };
}

/** Those axes of the machine that a scenario turns on. */
function axesOf({ preemptions, migrations, switches, rt, reorderings, reader }: KcovScenarioSpec): Partial<KcovScenario> {
  return {
    ...(preemptions === undefined ? {} : { preemptions }), ...(migrations === undefined ? {} : { migrations }),
    ...(rt === undefined ? {} : { rt }), ...(switches ? { switchReturnAddress: LABEL_IN_SWITCH } : {}),
    ...(reorderings ? { reorderings } : {}), ...(reader ? { reader: true } : {}),
  };
}

type Operations = readonly Operation<Ghost>[];

/** A task on a CPU. Letters t, u, v name tasks in schedules. */
export function task(name: string, operations: Operations, place: { cpu?: number; letter?: string } = {}): Actor<Ghost> {
  const cpu = place.cpu ?? 0;
  return { name: `CPU${cpu} ${name}`, letter: place.letter ?? 'tuvw'[cpu] ?? 't', kind: 'task', cpu, task: name, operations, times: 1 };
}

/** Early code of a hardirq, which still looks like code of what it interrupts. Letter e; E on CPU1. */
export function earlyIrq(operations: Operations, place: { cpu?: number; letter?: string } = {}): Actor<Ghost> {
  const cpu = place.cpu ?? 0;
  return { name: `CPU${cpu} early irq`, letter: place.letter ?? (cpu === 0 ? 'e' : 'E'), kind: 'hardirq', early: true, cpu, operations, times: 1 };
}

/** An interrupt that may arrive once at any moment its kind allows. Letters s, h, n; capitals on CPU1. */
export function interrupt(kind: Exclude<ContextKind, 'task'>, operations: Operations, place: { cpu?: number; letter?: string } = {}): Actor<Ghost> {
  const cpu = place.cpu ?? 0;
  const letter = place.letter ?? (cpu === 0 ? kind.charAt(0) : kind.charAt(0).toUpperCase());
  return { name: `CPU${cpu} ${kind === 'nmi' ? 'NMI' : kind}`, letter, kind, cpu, operations, times: 1 };
}

/** A softirq with PREEMPT_RT: in ksoftirqd of its CPU, or in the thread that turns bottom halves on. Letters s, r. */
export function threadedSoftirq(name: string, operations: Operations, letter: string): Actor<Ghost> {
  return { name: `CPU0 softirq ${name}`, letter, kind: 'softirq', cpu: 0, task: 'ksoftirqd0', operations, times: 1 };
}
