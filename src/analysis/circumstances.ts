/**
 * @module What a schedule needs beyond tasks and interrupts that the base would meet anyway: early irq code, a kill, a fork,
 * a hostile write. A violation that the base shows only under more of them is another one than what the patch brings.
 */
import type { Found } from '../../simulator/explore/explore.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';

type Actor = KcovScenario['actors'][number];

/** What an actor's moves bring in. Choices of allocations count too where the actor has others: that says too much, never too little. */
function broughtBy(actor: Actor, chose: boolean): string[] {
  const bounds = actor.operations.flatMap((o) => o.bound ?? []);
  return [...(actor.early ? ['early'] : []), ...bounds.filter((bound) => chose || bound === 'userWrite')];
}

/** Names of the circumstances of a violation found, as bounds have them. */
export function circumstancesOf(scenario: KcovScenario, found: Found): ReadonlySet<string> {
  return new Set(scenario.actors.flatMap((actor, index) => {
    const moves = found.schedule.filter((move) => move.actor === index);
    return moves.length === 0 ? [] : broughtBy(actor, moves.some((move) => move.choice > 0));
  }));
}
