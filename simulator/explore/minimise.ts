/**
 * @module Makes a counterexample as simple as there is one: fewest contexts, then fewest switches between them, then fewest
 * steps. Sets of contexts are tried in increasing size, and within each the cheapest schedule is searched for; all
 * violations of one scenario share these searches. Where their budget ends before the answer is known, what was met by then
 * and what dropping and joining gives (./reduce.ts) stands in, and says that it may not be minimal.
 */
import type { Code } from '../machine/code.js';
import type { Transition } from '../machine/machine.js';
import type { Contract } from '../machine/view.js';
import type { Violation } from '../machine/violation.js';
import type { Scenario } from '../scenario/scenario.js';
import { Cheapest, isCheaper } from './cheapest.js';
import type { Cost, Reached } from './cheapest.js';
import { contextSets, contextsOf, sizeOf } from './context-sets.js';
import type { Shape } from './context-sets.js';
import type { Found } from './explore.js';
import { Graph } from './graph.js';
import { isLockProperty } from './lock-graph.js';
import { isSimpler, reduce } from './reduce.js';
import { spaceOf } from './space.js';
import type { Space } from './space.js';
import { likeness, likenessAnywhere, violationKey } from './violation-key.js';

/** Pairs of a state and the context that moved last, for one set of contexts. */
export const PAIRS_MAX = 60_000;

/** A counterexample as simple as was found. */
export interface Minimised extends Found {
  /** No schedule of the scenario shows the same with fewer contexts, or as many and fewer switches, or as many of both and fewer steps. */
  readonly minimal: boolean;
}

/** A violation and the moves to it. */
export interface Simplest {
  readonly violation: Violation;
  readonly schedule: readonly Transition[];
  readonly minimal: boolean;
}

export interface MinimiserOptions {
  /** Gives equal names to violations that count as the same. */
  readonly nameOf: (violation: Violation) => string;
  /** The same for where the task that it interrupted has not moved. */
  readonly nameAnywhere: (violation: Violation) => string;
  /** Pairs to visit at most for one set of contexts. */
  readonly pairsMax: number;
}

/** Searches of one scenario. `S` is what an engine has for states. */
export class Minimiser<S> {
  private readonly graph: Graph<S>;
  private readonly searches = new Map<string, Cheapest<S>>();

  constructor(private readonly space: Space<S>, private readonly actors: readonly Shape[], private readonly options: MinimiserOptions) {
    const { nameOf, nameAnywhere } = options;
    this.graph = new Graph(space, (violation) => [`at ${nameOf(violation)}`, `anywhere ${nameAnywhere(violation)}`], actors.length);
  }

  /** The simplest schedule to a violation that `schedule` shows; null when neither it nor any of as many contexts shows it. */
  simplest(violation: Violation, schedule: readonly Transition[]): Simplest | null {
    const { reached, minimal } = this.cheapest(violation, schedule);
    if (reached && minimal) return { violation: reached.violation, schedule: reached.schedule, minimal };
    const reduced = reduce(this.space, schedule, { violation, nameOf: this.options.nameOf });
    const isBetter = reduced !== null && (!reached || isSimpler(reduced.schedule, reached.schedule));
    const best = isBetter ? reduced : reached;
    return best && { violation: best.violation, schedule: best.schedule, minimal: false };
  }

  private cheapest(violation: Violation, schedule: readonly Transition[]): { reached: Reached | null; minimal: boolean } {
    const [exact = -1, anywhere = -1] = this.graph.wanted(violation);
    const interrupted = violation.interrupted.at(-1);
    const preferred = contextsOf(schedule, this.actors.length);
    let best: Reached | null = null;
    let minimal = true;
    for (let size = 0; size <= sizeOf(preferred); size += 1) {
      for (const counts of contextSets(this.actors, size, { violation, preferred })) {
        const below: Cost | null = best?.cost ?? null;
        const search = this.search(counts);
        const name = interrupted?.kind === 'task' && counts[interrupted.actor] === 0 ? anywhere : exact;
        const answer = search.find(name, below);
        if (answer.kind === 'found') best = answer.reached;
        if (answer.kind !== 'gaveUp') continue;
        minimal = false;
        const met = search.best(name);
        if (met && (!best || isCheaper(met.cost, best.cost))) best = met;
      }
      if (best) break;
    }
    return { reached: best, minimal: minimal && best !== null };
  }

  private search(counts: readonly number[]): Cheapest<S> {
    const key = counts.join();
    const known = this.searches.get(key) ?? new Cheapest(this.graph, counts, this.options.pairsMax);
    this.searches.set(key, known);
    return known;
  }
}

type OfScenario = Pick<Minimiser<unknown>, 'simplest'>;

/** One minimiser for each scenario, as long as its Code and its contract are in use. */
const minimisers = new WeakMap<Code, WeakMap<object, Map<object, OfScenario>>>();
const minimised = new WeakMap<Found, Minimised>();

function minimiserFor<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>): OfScenario {
  const ofCode = minimisers.get(code) ?? new WeakMap<object, Map<object, OfScenario>>();
  const ofScenario = ofCode.get(scenario) ?? new Map<object, OfScenario>();
  minimisers.set(code, ofCode.set(scenario, ofScenario));
  const known = ofScenario.get(contract);
  if (known) return known;
  const made = new Minimiser(spaceOf(code, scenario, contract), scenario.actors, {
    nameOf: (violation) => likeness(code, scenario, violation), nameAnywhere: (violation) => likenessAnywhere(code, scenario, violation), pairsMax: PAIRS_MAX,
  });
  ofScenario.set(contract, made);
  return made;
}

/**
 * The simplest counterexample of a scenario that shows the same as `found`; `found` itself, not called minimal, when nothing
 * shows it. Deterministic: what else was asked of the scenario before makes no difference.
 */
export function minimise<G>(code: Code, scenario: Scenario<G>, contract: Contract<G>, found: Found): Minimised {
  if (found.schedule.length === 0) return { ...found, minimal: true };
  // What lockdep reports depends on the way; its evidence is short already.
  if (isLockProperty(found.violation.property)) return { ...found, minimal: false };
  const known = minimised.get(found);
  if (known) return known;
  const simplest = minimiserFor(code, scenario, contract).simplest(found.violation, found.schedule);
  const made = simplest ? { ...simplest, key: violationKey(code, scenario, simplest.violation) } : { ...found, minimal: false };
  minimised.set(found, made);
  return made;
}
