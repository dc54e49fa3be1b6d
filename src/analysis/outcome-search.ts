/**
 * @module A shortest execution of the patched image that ends in an outcome the base has in none: the scenario is searched once more,
 * held to the base's outcomes as if they were its contract.
 */
import { explore } from '../../simulator/explore/explore.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { Contract } from '../../simulator/machine/view.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { contractOf, holdToContract } from './contract-of.js';
import type { Difference } from './outcomes.js';
import type { Support } from './rule.js';

export const CHANGED = 'changed-behaviour';

/** The contract, and that everything ends as it can end in the base. */
function endingAs(contract: Contract<Ghost>, endings: ReadonlySet<string>, detail: string): Contract<Ghost> {
  return {
    ...contract,
    quiescent(view) {
      contract.quiescent(view);
      const outcome = contract.outcome?.(view);
      if (outcome !== undefined && !endings.has(outcome)) view.report(CHANGED, detail);
    },
  };
}

/** The scenario, in which the operation returns what it can return in the base. */
function returningAs(scenario: KcovScenario, key: string, known: ReadonlySet<string>, detail: string): KcovScenario {
  return {
    ...scenario,
    actors: scenario.actors.map((actor) => ({
      ...actor,
      operations: actor.operations.map((operation, i) => (key !== `${actor.name} ${i} ${operation.label}` ? operation : {
        ...operation,
        end(view, result) {
          operation.end(view, result);
          if (!known.has(String(result))) view.report(CHANGED, detail);
        },
      })),
    })),
  };
}

/** The counterexample; null where there is none to show: what is gone is in no execution, and set-ups have no schedule. */
export function executionOf({ result, of, key }: Difference, detail: string, statesMax: number): (Support & { readonly kind: 'counterexample' }) | null {
  const { pre, post } = result;
  if (!pre || !post) return null;
  const { observations } = pre.exploration;
  const scenario = of === 'result' ? returningAs(result.scenario, key, observations.results.get(key) ?? new Set(), detail) : result.scenario;
  const own = contractOf(post.code);
  const code = holdToContract(post.code, of === 'result' ? own : endingAs(own, observations.endings, detail));
  const found = explore(code, scenario, contractOf(code), { statesMax, observe: false }).found.find((f) => f.violation.property === CHANGED);
  return found ? { kind: 'counterexample', scenario, code, found } : null;
}
