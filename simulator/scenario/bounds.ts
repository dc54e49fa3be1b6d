/**
 * @module Bounds of a scenario: how often each kind of interrupt may arrive, what the scheduler may do, how many accesses may be put
 * off, which tasks may be killed or fork, and what a hostile user may write. They can be changed, and are stated with each result.
 */
import { budgetOf, needsScheduler } from '../machine/scheduler.js';
import type { KcovScenario } from './kcov-scenario.js';

/** Names of bounds that can be set. */
export const BOUND_NAMES = ['softirq', 'hardirq', 'early', 'nmi', 'kill', 'fork', 'userWrite', 'preemptions', 'migrations', 'compiler-reorderings', 'cpu-reorderings'] as const;

/** Arrivals of one actor, and accesses put off, at most; more only repeat themselves and cost states. */
export const ARRIVALS_MAX = 4;

/** The bound that an actor's arrivals come under. */
const boundOf = ({ kind, early }: KcovScenario['actors'][number]): string => (early ? 'early' : kind);

/** Choices between operations: tasks that may be killed, children, writes of a user; each happens at most once. */
function choicesOf(scenario: KcovScenario): Record<string, number> {
  const labels = (bound: string): string[] => scenario.actors.flatMap((a) => a.operations.filter((o) => o.bound === bound).map((o) => o.label));
  const kills = scenario.actors.filter((a) => a.operations.some((o) => o.bound === 'kill')).length;
  return { kill: kills, fork: new Set(labels('fork')).size, userWrite: labels('userWrite').length };
}

/** The bounds a scenario has: CPUs, and arrivals of each kind of interrupt over all CPUs; the others where it has any. */
export function boundsOf(scenario: KcovScenario): Record<string, number> {
  const count = (bound: string): number => scenario.actors.filter((a) => boundOf(a) === bound).reduce((sum, a) => sum + a.times, 0);
  const others = Object.entries({ early: count('early'), ...choicesOf(scenario), ...ordersOf(scenario) }).filter(([, n]) => n > 0);
  const scheduler = needsScheduler(scenario) ? budgetOf(scenario) : {};
  return { cpus: scenario.cpus, softirq: count('softirq'), hardirq: count('hardirq'), nmi: count('nmi'), ...scheduler, ...Object.fromEntries(others) };
}

function ordersOf({ reorderings }: KcovScenario): Record<string, number> {
  const { compiler = 0, cpus = 0 } = reorderings ?? {};
  return { 'compiler-reorderings': compiler, 'cpu-reorderings': cpus };
}

/** The configuration of the kernel that it runs, scaled. */
export function configOf({ constants, rt }: KcovScenario): Record<string, number | boolean> {
  return rt === undefined ? { ...constants } : { ...constants, CONFIG_PREEMPT_RT: true, CONFIG_PREEMPT_RT_NEEDS_BH_LOCK: rt === 'bh-lock' };
}

/**
 * The scenario with other bounds: each interrupt of a named kind, early irq code being one of its own, arrives up to that often; 0
 * leaves it out, and so it does what operations may choose. So for what may be put off. The scheduler's hold where it has work.
 */
export function withBounds(scenario: KcovScenario, bounds: Readonly<Record<string, number>>): KcovScenario {
  const actors = scenario.actors.map((actor) => {
    const times = actor.kind === 'task' ? undefined : bounds[boundOf(actor)];
    const operations = actor.operations.filter((o) => o.bound === undefined || bounds[o.bound] !== 0);
    return { ...actor, operations, ...(times === undefined ? {} : { times: Math.min(ARRIVALS_MAX, times) }) };
  });
  const limited = (n: number | undefined, before = 0): number => Math.min(ARRIVALS_MAX, n ?? before);
  const { preemptions, migrations, reorderings: own } = scenario;
  const scheduled = needsScheduler(scenario) ? { preemptions: limited(bounds.preemptions, preemptions), migrations: limited(bounds.migrations, migrations) } : {};
  const [compiler, cpus] = [bounds['compiler-reorderings'], bounds['cpu-reorderings']];
  const reordered = compiler === undefined && cpus === undefined ? {} : { reorderings: { compiler: limited(compiler, own?.compiler), cpus: limited(cpus, own?.cpus) } };
  return { ...scenario, actors, ...scheduled, ...reordered };
}
