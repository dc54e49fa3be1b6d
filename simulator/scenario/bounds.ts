/**
 * @module Bounds of a scenario: how often each kind of interrupt may arrive, and how many accesses may be put off. They can be
 * changed, and are stated with each result.
 */
import type { KcovScenario } from './kcov-scenario.js';

/** Names of bounds that can be set. */
export const BOUND_NAMES = ['softirq', 'hardirq', 'nmi', 'compiler-reorderings', 'cpu-reorderings'] as const;

/** Arrivals of one actor, and accesses put off, at most; more only repeat themselves and cost states. */
export const ARRIVALS_MAX = 4;

/** The bounds a scenario has: CPUs, arrivals of each kind of interrupt over all CPUs, and accesses put off where there are any. */
export function boundsOf(scenario: KcovScenario): Record<string, number> {
  const count = (kind: string): number => scenario.actors.filter((a) => a.kind === kind).reduce((sum, a) => sum + a.times, 0);
  return { cpus: scenario.cpus, softirq: count('softirq'), hardirq: count('hardirq'), nmi: count('nmi'), ...ordersOf(scenario) };
}

function ordersOf({ reorderings }: KcovScenario): Record<string, number> {
  const { compiler = 0, cpus = 0 } = reorderings ?? {};
  return { ...(compiler > 0 ? { 'compiler-reorderings': compiler } : {}), ...(cpus > 0 ? { 'cpu-reorderings': cpus } : {}) };
}

/** The scenario with other bounds: each interrupt of a named kind arrives up to that often; 0 leaves it out. So for what may be put off. */
export function withBounds(scenario: KcovScenario, bounds: Readonly<Record<string, number>>): KcovScenario {
  const actors = scenario.actors.map((actor) => {
    const times = actor.kind === 'task' ? undefined : bounds[actor.kind];
    return times === undefined ? actor : { ...actor, times: Math.min(ARRIVALS_MAX, times) };
  });
  const [compiler, cpus] = [bounds['compiler-reorderings'], bounds['cpu-reorderings']];
  if (compiler === undefined && cpus === undefined) return { ...scenario, actors };
  const limited = (n: number | undefined, before: number | undefined): number => Math.min(ARRIVALS_MAX, n ?? before ?? 0);
  const { reorderings: own } = scenario;
  return { ...scenario, actors, reorderings: { compiler: limited(compiler, own?.compiler), cpus: limited(cpus, own?.cpus) } };
}
