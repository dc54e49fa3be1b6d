/**
 * @module Why user space alone cannot take the way of an execution: what in it belongs to interrupts, to the kernel's own code, to the
 * scheduler or to luck that cannot be had.
 */
import type { Deed } from '../../simulator/kcov/deed.js';
import { needsScheduler } from '../../simulator/machine/scheduler.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { Call, Noted } from './noted.js';

/** What no program in user space does; null where it can. */
function deedObstacle(deed: Deed | undefined): string | null {
  switch (deed?.does) {
    case undefined: return 'an operation that only the simulator knows';
    case 'start': case 'stop': return 'a remote section, which kernel code begins and ends';
    case 'bottom-halves': return 'bottom halves that kernel code turns off and on';
    default: return null;
  }
}

/** What only the kernel learns, or does, where a call of it is the one that violates. */
function markedObstacle({ deed }: Call): string | null {
  switch (deed?.does) {
    case 'common-handle': return 'the result of kcov_common_handle(), which only kernel code sees';
    case 'read': return 'a reader at one place between two stores of the kernel';
    default: return null;
  }
}

/** Who moves but tasks. */
function interruptObstacle(scenario: KcovScenario, { run }: Noted): string | null {
  const other = run.transitions.map(({ actor }) => scenario.actors[actor]).find((actor) => actor !== undefined && actor.kind !== 'task');
  if (!other) return null;
  const kind = other.early ? 'early irq code' : other.kind === 'nmi' ? 'an NMI' : `a ${other.kind}`;
  return `${kind} at one place in the kernel`;
}

/** A task loses its CPU to another one in the middle of a call. */
function isPreempted(scenario: KcovScenario, { run }: Noted): boolean {
  if (!needsScheduler(scenario)) return false;
  const stepOf = (event: number | null, otherwise: number): number => (event === null ? otherwise : (run.events[event]?.step ?? otherwise));
  return run.operations.some(({ actor, began, ended }) => {
    const between = run.transitions.slice(stepOf(began, 0), stepOf(ended, run.transitions.length));
    return actor >= 0 && between.some((t) => t.actor !== actor && t.cpu === scenario.actors[actor]?.cpu);
  });
}

/** What an execution needs beyond user space, as a noun phrase; null where that is nothing. */
export function obstacleTo(scenario: KcovScenario, one: Noted, marked: Call | null): string | null {
  if (scenario.rt !== undefined) return 'a kernel with PREEMPT_RT and its threads in a certain order';
  const interrupt = interruptObstacle(scenario, one);
  if (interrupt !== null) return interrupt;
  if (one.failed) return 'an allocation that fails';
  if (one.run.events.some(({ remark, access }) => remark !== undefined || access === 'putOff')) return 'accesses in another order than that of the program';
  if (isPreempted(scenario, one)) return 'the scheduler, which takes the CPU at one place in a call';
  const deed = one.calls.map((call) => deedObstacle(call.deed)).find((why) => why !== null);
  return deed ?? (marked ? markedObstacle(marked) : null);
}
