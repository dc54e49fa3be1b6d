/**
 * @module The scenario that searches are measured by: on CPU0 a task that traces itself, on CPU1 one that enables and
 * disables remote sections; on each CPU an interrupt with a section and an NMI. At level 0 it has STATES states.
 *
 * ../shared/bench/thread-patch.pml is the same in Promela, step for step. What differs is no state: a lock holds its CPU's
 * number, irqs are a flag and not a depth, row 0 stands for no area in both. Of its assertions those on locals are WARN_ON();
 * those on what the interrupted task had, and on what an NMI finds at its entry, would be steps of their own and are left out.
 */
import { compile } from '../simulator/compile/compile.js';
import { link } from '../simulator/ir/link.js';
import { environment } from '../simulator/kernel/environment.js';
import type { Code } from '../simulator/machine/code.js';
import type { Actor, Operation, Scenario } from '../simulator/scenario/scenario.js';
import { loadFrontEnd } from '../src/c/front-end.js';
import { threadPatchText } from './thread-patch-text.js';

/** States and transitions of the whole scenario without reduction. */
export const STATES = 6_522_532;
export const TRANSITIONS = 14_926_546;

/** How often each interrupt may arrive on CPU0, CPU1 and those after them. */
export interface Arrivals {
  readonly irq: readonly [number, number, ...number[]];
  readonly nmi: readonly [number, number, ...number[]];
}

export const ONCE: Arrivals = { irq: [1, 1], nmi: [1, 1] };

/** What can be had of the scenario otherwise. */
export interface Size {
  /** 1 to 3, 2 when left out; the third runs another task that traces itself. */
  readonly cpus?: number;
  /** How often each task hits code, once when left out. */
  readonly hits?: number;
}

const TRACING = ['trace_on', 'trace_off'];
/** The first and the last that the task of each CPU does. */
const TASKS = [TRACING, ['remote_on', 'remote_off'], TRACING];

/** The program for as many CPUs. */
export async function threadPatchCode({ cpus = 2 }: Size = {}): Promise<Code> {
  const frontEnd = await loadFrontEnd();
  return compile(link(environment, frontEnd.lower('thread-patch', threadPatchText, {})), { constants: new Map([['nr_cpu_ids', BigInt(cpus)]]), hashBuckets: 2 });
}

function runs(name: string): Operation<null> {
  return { label: `${name}()`, begin: () => ({ function: name, args: [] }), end: () => undefined };
}

/** The scenario; `arrivals` 0 leaves an interrupt out. */
export function threadPatchScenario(arrivals: Arrivals = ONCE, { cpus = 2, hits = 1 }: Size = {}): Scenario<null> {
  const actors = Array.from({ length: cpus }).flatMap((_, cpu): Actor<null>[] => {
    const [first, last] = (TASKS[cpu] ?? []).map(runs);
    if (!first || !last) throw new Error(`no task for CPU${cpu}`);
    const operations = [first, ...Array.from({ length: hits }, () => runs('hit_in_task')), last];
    return [
      { name: `CPU${cpu} task`, letter: 'tuv'[cpu] ?? '?', kind: 'task', cpu, task: `task${cpu}`, operations, times: 1 },
      { name: `CPU${cpu} hardirq`, letter: 'hHi'[cpu] ?? '?', kind: 'hardirq', cpu, operations: [runs('section')], times: arrivals.irq[cpu] ?? 0 },
      { name: `CPU${cpu} NMI`, letter: 'nNm'[cpu] ?? '?', kind: 'nmi', cpu, operations: [runs('hit_in_interrupt')], times: arrivals.nmi[cpu] ?? 0 },
    ];
  });
  return {
    name: 'thread-patch', checks: 'Sections in interrupts put the coverage of the task aside.', cpus, tasks: actors.flatMap((actor) => actor.task ?? []), objects: [],
    setUp: [], actors, allocationsFail: false, constants: {},
  };
}
