/**
 * @module Bounds of a scenario: how often each kind of interrupt may arrive, how many accesses may be put off, which tasks may be
 * killed or fork, and what a hostile user may write. They can be changed, and are stated with each result.
 */
import type { KcovScenario } from './kcov-scenario.js';

/** Names of bounds that can be set. */
export const BOUND_NAMES = ['softirq', 'hardirq', 'early', 'nmi', 'kill', 'fork', 'userWrite', 'compiler-reorderings', 'cpu-reorderings'] as const;

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
  return { cpus: scenario.cpus, softirq: count('softirq'), hardirq: count('hardirq'), nmi: count('nmi'), ...Object.fromEntries(others) };
}

function ordersOf({ reorderings }: KcovScenario): Record<string, number> {
  const { compiler = 0, cpus = 0 } = reorderings ?? {};
  return { 'compiler-reorderings': compiler, 'cpu-reorderings': cpus };
}

/** The scenario with other bounds: each interrupt of a named kind, early irq code being one of its own, arrives up to that often; 0 leaves it out, and so it does what operations may choose. So for what may be put off. */
export function withBounds(scenario: KcovScenario, bounds: Readonly<Record<string, number>>): KcovScenario {
  const actors = scenario.actors.map((actor) => {
    const times = actor.kind === 'task' ? undefined : bounds[boundOf(actor)];
    const operations = actor.operations.filter((o) => o.bound === undefined || bounds[o.bound] !== 0);
    return { ...actor, operations, ...(times === undefined ? {} : { times: Math.min(ARRIVALS_MAX, times) }) };
  });
  const [compiler, cpus] = [bounds['compiler-reorderings'], bounds['cpu-reorderings']];
  if (compiler === undefined && cpus === undefined) return { ...scenario, actors };
  const limited = (n: number | undefined, before: number | undefined): number => Math.min(ARRIVALS_MAX, n ?? before ?? 0);
  const { reorderings: own } = scenario;
  return { ...scenario, actors, reorderings: { compiler: limited(compiler, own?.compiler), cpus: limited(cpus, own?.cpus) } };
}
