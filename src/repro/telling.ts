/**
 * @module Whether the results of calls that were under way at once tell anything: the other side, which is without the bug, is searched
 * for an execution of the same calls with the same results.
 */
import { explore } from '../../simulator/explore/explore.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { Contract } from '../../simulator/machine/view.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { Operation } from '../../simulator/scenario/scenario.js';
import type { Course } from './course.js';
import type { Call, Setting } from './noted.js';

/** The search of the other side at most. */
const STATES_MAX = 100_000;

type Heard = Ghost & { readonly returned?: Readonly<Record<string, number>> };

const keyOf = ({ actor, operation }: Pick<Call, 'actor' | 'operation'>): string => `${actor}.${operation}`;

/** One text for results by call. */
const resultsText = (results: Readonly<Record<string, number>>): string => JSON.stringify(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The operation, which leaves its result behind. */
function heard(operation: Operation<Ghost>, key: string): Operation<Ghost> {
  return {
    ...operation,
    end(view, result) {
      operation.end(view, result);
      const before: Heard = view.ghost;
      view.setGhost({ ...before, returned: { ...before.returned, [key]: Number(BigInt.asIntN(32, BigInt(result))) } } as Heard);
    },
  };
}

/** The scenario as far as the calls go, without interrupts; what `known` ones return is left behind. */
function cut(scenario: KcovScenario, calls: readonly Call[], known: readonly Call[]): KcovScenario {
  const actors = scenario.actors.map((actor, a) => {
    const last = Math.max(-1, ...calls.flatMap((call) => (call.actor === a ? [call.operation] : [])));
    const operations = actor.operations.slice(0, last + 1).map((operation, i) => (known.some((call) => keyOf(call) === `${a}.${i}`) ? heard(operation, `${a}.${i}`) : operation));
    return { ...actor, operations, ...(actor.kind === 'task' ? {} : { times: 0 }) };
  });
  return { ...scenario, actors, allocationsFail: false };
}

/** True where no execution of `other` has the results that the course has; false where one has, or that cannot be told. */
export function isTelling({ parts }: Course, scenario: KcovScenario, other: Pick<Setting, 'code' | 'contract'>): boolean {
  const calls = parts.flatMap((part) => part.calls);
  const known = calls.filter(({ actor, result, deed }) => actor >= 0 && result !== null && deed !== undefined && 'device' in deed);
  const wanted = Object.fromEntries(known.map((call) => [keyOf(call), call.result ?? 0]));
  const contract: Contract<Ghost> = {
    ...other.contract,
    outcome: (view) => resultsText((view.ghost as Heard).returned ?? {}),
  };
  const { observations, gaveUp, notModelled } = explore(other.code, cut(scenario, calls, known), contract, { statesMax: STATES_MAX });
  return gaveUp === null && notModelled.length === 0 && !observations.endings.has(resultsText(wanted));
}
