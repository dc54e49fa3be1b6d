/**
 * @module Bounds of a scenario: how often each kind of interrupt may arrive, what the scheduler may do, and how many accesses
 * may be put off. They can be changed, and are stated with each result.
 */
import { budgetOf, needsScheduler } from '../machine/scheduler.js';
import type { KcovScenario } from './kcov-scenario.js';

/** Names of bounds that can be set. */
export const BOUND_NAMES = ['softirq', 'hardirq', 'nmi', 'preemptions', 'migrations', 'compiler-reorderings', 'cpu-reorderings'] as const;

/** Arrivals of one actor, and accesses put off, at most; more only repeat themselves and cost states. */
export const ARRIVALS_MAX = 4;

/** The bounds a scenario has: CPUs, arrivals of each kind of interrupt over all CPUs, and those of the scheduler and of accesses put off where there are any. */
export function boundsOf(scenario: KcovScenario): Record<string, number> {
  const count = (kind: string): number => scenario.actors.filter((a) => a.kind === kind).reduce((sum, a) => sum + a.times, 0);
  const scheduler = needsScheduler(scenario) ? budgetOf(scenario) : {};
  return { cpus: scenario.cpus, softirq: count('softirq'), hardirq: count('hardirq'), nmi: count('nmi'), ...scheduler, ...ordersOf(scenario) };
}

function ordersOf({ reorderings }: KcovScenario): Record<string, number> {
  const { compiler = 0, cpus = 0 } = reorderings ?? {};
  return { ...(compiler > 0 ? { 'compiler-reorderings': compiler } : {}), ...(cpus > 0 ? { 'cpu-reorderings': cpus } : {}) };
}

/** The configuration of the kernel that it runs, scaled. */
export function configOf({ constants, rt }: KcovScenario): Record<string, number | boolean> {
  return rt === undefined ? { ...constants } : { ...constants, CONFIG_PREEMPT_RT: true, CONFIG_PREEMPT_RT_NEEDS_BH_LOCK: rt === 'bh-lock' };
}

/**
 * The scenario with other bounds: each interrupt of a named kind arrives up to that often; 0 leaves it out. So for what may be
 * put off. The scheduler's hold where it has work.
 */
export function withBounds(scenario: KcovScenario, bounds: Readonly<Record<string, number>>): KcovScenario {
  const actors = scenario.actors.map((actor) => {
    const times = actor.kind === 'task' ? undefined : bounds[actor.kind];
    return times === undefined ? actor : { ...actor, times: Math.min(ARRIVALS_MAX, times) };
  });
  const limited = (n: number | undefined, before = 0): number => Math.min(ARRIVALS_MAX, n ?? before);
  const { preemptions, migrations, reorderings: own } = scenario;
  const scheduled = needsScheduler(scenario) ? { preemptions: limited(bounds.preemptions, preemptions), migrations: limited(bounds.migrations, migrations) } : {};
  const [compiler, cpus] = [bounds['compiler-reorderings'], bounds['cpu-reorderings']];
  const reordered = compiler === undefined && cpus === undefined ? {} : { reorderings: { compiler: limited(compiler, own?.compiler), cpus: limited(cpus, own?.cpus) } };
  return { ...scenario, actors, ...scheduled, ...reordered };
}
