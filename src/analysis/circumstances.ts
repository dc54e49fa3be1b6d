/**
 * @module What a schedule needs beyond tasks and interrupts that the base would meet anyway: early irq code, a kill, a fork,
 * a hostile write, an allocation that fails. A violation that the base shows only under more of them is another one than
 * what the patch brings.
 */
import type { Found } from '../../simulator/explore/explore.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';

type Actor = KcovScenario['actors'][number];

/** What an actor's moves bring in. Choices of allocations count too where the actor has others: that says too much, never too little. */
function broughtBy(actor: Actor, chose: boolean): string[] {
  const bounds = actor.operations.flatMap((o) => o.bound ?? []);
  return [...(actor.early ? ['early'] : []), ...bounds.filter((bound) => chose || bound === 'userWrite')];
}

/** Something that may fail does. Choices of actors that have others count too. */
const FAILURE = 'failure';

/** Names of the circumstances of a violation found, as bounds have them. */
export function circumstancesOf(scenario: KcovScenario, found: Found): ReadonlySet<string> {
  const chose = found.schedule.some((move) => move.choice > 0);
  const brought = scenario.actors.flatMap((actor, index) => {
    const moves = found.schedule.filter((move) => move.actor === index);
    return moves.length === 0 ? [] : broughtBy(actor, moves.some((move) => move.choice > 0));
  });
  return new Set([...brought, ...(chose && scenario.allocationsFail ? [FAILURE] : [])]);
}

/**
 * Circumstances under which a violation may well be found too: where allocations may fail, the shortest schedule has one that
 * fails on one side only because of how many steps there are.
 */
export function possibleCircumstances(scenario: KcovScenario, found: Found): ReadonlySet<string> {
  return new Set([...circumstancesOf(scenario, found), ...(scenario.allocationsFail ? [FAILURE] : [])]);
}
