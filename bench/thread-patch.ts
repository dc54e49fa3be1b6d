/**
 * @module The scenario that searches are measured by: on CPU0 a task that traces itself, on CPU1 one that enables and
 * disables remote sections; on each CPU an interrupt with a section and an NMI. At level 0 it has STATES states.
 *
 * ../shared/bench/thread-patch.pml is the same in Promela, step for step. What differs is no state: a lock holds its CPU's
 * number, irqs are a flag and not a depth, row 0 stands for no area in both. Of its assertions those on locals are WARN_ON();
 * those on what the interrupted task had, and on what an NMI finds at its entry, would be steps of their own and are left out.
 */
import { readFileSync } from 'node:fs';
import { compile } from '../simulator/compile/compile.js';
import { link } from '../simulator/ir/link.js';
import { environment } from '../simulator/kernel/environment.js';
import type { Code } from '../simulator/machine/code.js';
import type { Actor, Operation, Scenario } from '../simulator/scenario/scenario.js';
import { loadFrontEnd } from '../src/c/front-end.js';

/** States and transitions of the whole scenario without reduction. */
export const STATES = 6_522_532;
export const TRANSITIONS = 14_926_546;

/** How often each interrupt may arrive on CPU0 and CPU1. */
export interface Arrivals {
  readonly irq: readonly [number, number];
  readonly nmi: readonly [number, number];
}

export const ONCE: Arrivals = { irq: [1, 1], nmi: [1, 1] };

/** The program, thread-patch.c beside this file. */
export async function threadPatchCode(): Promise<Code> {
  const frontEnd = await loadFrontEnd();
  const text = readFileSync(new URL('./thread-patch.c', import.meta.url), 'utf8');
  return compile(link(environment, frontEnd.lower('thread-patch.c', text, {})), { constants: new Map([['nr_cpu_ids', 2n]]), hashBuckets: 2 });
}

function runs(name: string): Operation<null> {
  return { label: `${name}()`, begin: () => ({ function: name, args: [] }), end: () => undefined };
}

/** The scenario; `arrivals` 0 leaves an interrupt out. */
export function threadPatchScenario(arrivals: Arrivals = ONCE): Scenario<null> {
  const tasks = [['trace_on', 'hit_in_task', 'trace_off'], ['remote_on', 'hit_in_task', 'remote_off']];
  const actors = [0, 1].flatMap((cpu): Actor<null>[] => [
    { name: `CPU${cpu} task`, letter: 'tu'[cpu] ?? '?', kind: 'task', cpu, task: `task${cpu}`, operations: (tasks[cpu] ?? []).map(runs), times: 1 },
    { name: `CPU${cpu} hardirq`, letter: 'hH'[cpu] ?? '?', kind: 'hardirq', cpu, operations: [runs('section')], times: arrivals.irq[cpu] ?? 0 },
    { name: `CPU${cpu} NMI`, letter: 'nN'[cpu] ?? '?', kind: 'nmi', cpu, operations: [runs('hit_in_interrupt')], times: arrivals.nmi[cpu] ?? 0 },
  ]);
  return {
    name: 'thread-patch', checks: 'Sections in interrupts put the coverage of the task aside.', cpus: 2, tasks: ['task0', 'task1'], objects: [],
    setUp: [], actors, allocationsFail: false, constants: {},
  };
}
