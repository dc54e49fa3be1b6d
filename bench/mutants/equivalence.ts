/**
 * @module Whether a mutant is one at all. Two images are equivalent only if in each scenario the same states end executions, the
 * same violations are met, calls have the same results, and every cell of memory is touched in the same contexts, with
 * interrupts and preemption on or off alike. End states are compared whole: what live objects hold, by name. With accesses put
 * off the first three are compared: a barrier that is gone changes the order of accesses by what it is.
 */
import { explore } from '../../simulator/explore/explore.js';
import type { Exploration } from '../../simulator/explore/explore.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import { functionAt, locate } from '../../simulator/machine/address.js';
import type { Code } from '../../simulator/machine/code.js';
import { Layout } from '../../simulator/machine/layout.js';
import type { Contract, View } from '../../simulator/machine/view.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { withBounds } from '../../simulator/scenario/bounds.js';
import { contractOf } from '../../src/analysis/contract-of.js';
import { goesTheSameWay, ranIn } from './known-searches.js';
import type { ScenarioResult, Searched } from '../../src/analysis/subject.js';

/** What two images are compared by, for one scenario. */
interface Behaviour {
  readonly ends: string;
  readonly violations: string;
  readonly results: string;
  readonly footprints: string;
}

const WORDS: Readonly<Record<keyof Behaviour, string>> = { ends: 'end states', violations: 'violations', results: 'results', footprints: 'footprints' };

/** Accesses that may be put off: as the scenario has it, then one by the compiler and one by CPUs. */
const AXES: readonly Readonly<Record<string, number>>[] = [{}, { 'compiler-reorderings': 1, 'cpu-reorderings': 1 }];
/** States of a search with accesses put off, and of one without it that this is tried for. */
const REORDERED_STATES = 10_000;
const REORDERED_FROM = 1_000;

/** What differs between the images in a scenario, in words; null where nothing does. */
export function difference({ scenario, pre, post, unaffected }: ScenarioResult, statesMax: number): string | null {
  if (unaffected) return null;
  if (!pre || !post) return pre === post ? null : `${scenario.name}: only one side can be searched`;
  if (goesTheSameWay({ code: pre.code, ran: ranIn(pre.exploration) }, post.code)) return null;
  for (const bounds of post.exploration.states > REORDERED_FROM ? AXES.slice(0, 1) : AXES) {
    const bounded = withBounds(scenario, bounds);
    const max = bounds === AXES[0] ? statesMax : REORDERED_STATES;
    const [before, after] = [behaviour(pre, bounded, max), behaviour(post, bounded, max)];
    const first = (Object.keys(WORDS) as (keyof Behaviour)[]).filter((key) => bounds === AXES[0] || key !== 'footprints').find((key) => before[key] !== after[key]);
    if (first) return `${scenario.name}: ${WORDS[first]} differ${bounds === AXES[0] ? '' : ' where accesses are put off'}`;
  }
  return null;
}

const cache = new WeakMap<Code, Map<string, Behaviour>>();

function behaviour({ code }: Searched, scenario: KcovScenario, statesMax: number): Behaviour {
  const known = cache.get(code) ?? new Map<string, Behaviour>();
  cache.set(code, known);
  const key = `${scenario.name} ${JSON.stringify(scenario.reorderings ?? {})}`;
  const made = known.get(key) ?? searched(code, scenario, statesMax);
  known.set(key, made);
  return made;
}

function searched(code: Code, scenario: KcovScenario, statesMax: number): Behaviour {
  const layout = new Layout(code, scenario);
  const contract: Contract<Ghost> = { ...contractOf(code), outcome: (view) => wholeState(view, layout.count) };
  const exploration = explore(code, scenario, contract, { statesMax });
  const { observations } = exploration;
  return {
    ends: [...observations.endings].sort().join('\n'),
    // What a WARN says is its text.
    violations: exploration.found.map(({ violation: { property, detail } }) => (property === 'warn' ? property : `${property} ${detail}`)).sort().join('\n'),
    results: JSON.stringify([...observations.results].map(([key, values]) => [key, [...values].sort()]).sort()),
    footprints: footprints(exploration, layout),
  };
}

/** All that live objects hold; what is freed nobody sees. */
function wholeState(view: View<Ghost>, objects: number): string {
  const lines: string[] = [];
  for (let object = 0; object < objects; object += 1) {
    const held = view.objectAt(view.addressOfObject(object));
    if (held && !held.freed) lines.push(`${view.nameOf(object)} ${held.size}: ${held.cells.map((cell) => named(view, cell)).join(' ')}`);
  }
  return lines.join('; ');
}

/** A value, with addresses by the names of what they lead to: numbers of objects are those of one image. */
function named(view: View<Ghost>, value: unknown): string {
  if (typeof value !== 'number') return String(value);
  const place = locate(value);
  if (place) return `${view.nameOf(place.object)}+${place.offset}`;
  return functionAt(value) === null ? String(value) : (view.functionAt(value) ?? String(value));
}

function footprints({ observations }: Exploration, { names }: Layout): string {
  return [...observations.data.cells].map(([key, { seen, cpus }]) => `${names[Math.floor(key / 65536)] ?? ''}+${key % 65536} ${seen} ${cpus}`).sort().join('\n');
}
