/**
 * @module Executions of the patched image that end in an outcome the base has in none: a scenario held to the base's outcomes as if they
 * were its contract, searched for the shortest one, or replayed.
 */
import { explore } from '../../simulator/explore/explore.js';
import type { Observations } from '../../simulator/explore/observations.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { Contract } from '../../simulator/machine/view.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { contractOf, holdToContract } from './contract-of.js';
import { resultName } from './outcomes.js';
import type { Difference } from './outcomes.js';
import type { Support } from './rule.js';

/** The property that such an execution violates. */
export const CHANGED = 'changed-behaviour';

const END = 'the areas end as in no execution of the base';

/** What an image can be held to. */
interface Held {
  readonly scenario: KcovScenario;
  readonly contract: Contract<Ghost>;
}

type Outcomes = Pick<Observations, 'results' | 'endings'>;

/** The contract, and that everything ends as it can end in the base. */
function endingAs(contract: Contract<Ghost>, { endings }: Outcomes): Contract<Ghost> {
  return {
    ...contract,
    quiescent(view) {
      contract.quiescent(view);
      const outcome = contract.outcome?.(view);
      if (outcome !== undefined && !endings.has(outcome)) view.report(CHANGED, END);
    },
  };
}

/** The scenario, in which operations return what they can return in the base. */
function returningAs(scenario: KcovScenario, { results }: Outcomes): KcovScenario {
  const actors = scenario.actors.map((actor) => ({
    ...actor,
    operations: actor.operations.map((operation, i) => {
      const known = results.get(`${actor.name} ${i} ${operation.label}`);
      return known === undefined ? operation : {
        ...operation,
        end(view, result) {
          operation.end(view, result);
          if (!known.has(String(result))) view.report(CHANGED, `${operation.label} returns ${resultName(String(result))}, as in no execution of the base`);
        },
      } satisfies typeof operation;
    }),
  }));
  return { ...scenario, actors };
}

/** A scenario and its contract, held to the outcomes of the base. */
export function heldToOutcomes({ scenario, contract }: Held, outcomes: Outcomes): Held {
  return { scenario: returningAs(scenario, outcomes), contract: endingAs(contract, outcomes) };
}

/** The counterexample; null where there is none to show: what is gone is in no execution, and set-ups have no schedule. */
export function executionOf({ result, of, what }: Difference, statesMax: number): (Support & { readonly kind: 'counterexample' }) | null {
  const { pre, post } = result;
  if (!pre || !post) return null;
  const { scenario, contract } = heldToOutcomes({ scenario: result.scenario, contract: contractOf(post.code) }, pre.exploration.observations);
  const code = holdToContract(post.code, contract);
  const wanted = (detail: string): boolean => (of === 'area' ? detail === END : detail.startsWith(`${what} returns `));
  const found = explore(code, scenario, contract, { statesMax, observe: false }).found.find((f) => f.violation.property === CHANGED && wanted(f.violation.detail));
  return found ? { kind: 'counterexample', scenario, code, found } : null;
}
