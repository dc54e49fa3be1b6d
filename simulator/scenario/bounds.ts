/** @module Bounds of a scenario: how often each kind of interrupt may arrive. They can be changed, and are stated with each result. */
import type { KcovScenario } from './kcov-scenario.js';

/** Names of bounds that can be set. */
export const BOUND_NAMES = ['softirq', 'hardirq', 'early', 'nmi'] as const;

/** Arrivals of one actor at most; more only repeat themselves and cost states. */
export const ARRIVALS_MAX = 4;

/** The bound that an actor's arrivals come under. */
const boundOf = ({ kind, early }: KcovScenario['actors'][number]): string => (early ? 'early' : kind);

/** The bounds a scenario has: CPUs, and arrivals of each kind of interrupt over all CPUs; of early irq code where it has some. */
export function boundsOf(scenario: KcovScenario): Record<string, number> {
  const count = (bound: string): number => scenario.actors.filter((a) => boundOf(a) === bound).reduce((sum, a) => sum + a.times, 0);
  const early = count('early');
  return { cpus: scenario.cpus, softirq: count('softirq'), hardirq: count('hardirq'), nmi: count('nmi'), ...(early > 0 ? { early } : {}) };
}

/** The scenario with other bounds: each interrupt of a named kind, early irq code being one of its own, arrives up to that often; 0 leaves it out. */
export function withBounds(scenario: KcovScenario, bounds: Readonly<Record<string, number>>): KcovScenario {
  const actors = scenario.actors.map((actor) => {
    const times = actor.kind === 'task' ? undefined : bounds[boundOf(actor)];
    return times === undefined ? actor : { ...actor, times: Math.min(ARRIVALS_MAX, times) };
  });
  return { ...scenario, actors };
}
