/** @module Two CPUs of a kernel beside all that the simulator allows: what is shown must be among it, however little of it that is. */
import type { Disagreement } from './compare.js';
import { allowedOf } from './concurrent.js';
import type { Allowed } from './concurrent.js';
import type { Held } from './held.js';
import { NOT_RUN, runAll } from './hold.js';
import type { Both } from './hold.js';
import { evenly } from './evenly.js';
import { atRandom, byHand, ofScenarios, triesOf } from './pairs.js';
import type { Pair } from './pairs.js';
import { came, instructionsOf, judge, outcomeOf } from './racing.js';
import type { Sequence } from './sequence.js';

interface Known {
  readonly allowed: Allowed;
  readonly tries: readonly Sequence[];
}

export interface PairOptions {
  readonly what: string;
  readonly pairs: readonly Pair[];
  /** The object file of kcov. */
  readonly object: string;
  /** Beginnings, and as many instructions, of each pair that are tried at most. */
  readonly most: number;
}

/** Random pairs. */
const RANDOM = 20;

const textOf = ({ lines, ended }: { lines: readonly string[]; ended: string | null }): string => (ended === null ? outcomeOf(lines) : 'ended');

/** Pairs, each tried in many ways. */
export async function holdPairs({ machine, subject, say }: Both, { what, pairs, object, most }: PairOptions): Promise<Held> {
  const instructions = instructionsOf(object);
  const known = pairs.map((pair): Known => {
    const allowed = allowedOf(subject, pair.sequence);
    const { turns, points } = triesOf(pair, allowed.functions, instructions);
    return { allowed, tries: [...evenly(turns, most), ...evenly(points, most)] };
  });
  const flat = known.flatMap(({ tries }) => tries);
  const states = known.reduce((sum, { allowed }) => sum + allowed.states, 0);
  say(`${what}: ${pairs.length} pairs, ${states} states, ${flat.length} tries`);
  const ran = await runAll(machine, flat, { progress: (done) => say(`${what}: ${done} of ${flat.length} tries`) });
  const disagreements: Disagreement[] = [];
  let [at, outcomes, shown] = [0, 0, 0];
  known.forEach(({ allowed, tries }, i) => {
    const mine = ran.slice(at, at + tries.length);
    disagreements.push(...tries.map((sequence, n) => judge(sequence, mine[n] ?? NOT_RUN, allowed.outcomes)).filter((one) => one !== null));
    at += tries.length;
    const all = new Set(allowed.outcomes.map(textOf));
    const seen = [...new Set(mine.map(textOf))].filter((text) => all.has(text));
    outcomes += all.size;
    shown += seen.length;
    say(`${what}: ${pairs[i]?.name ?? ''}: ${seen.length} of ${all.size} outcomes seen, ${allowed.states} states`);
  });
  const gaveUp = known.filter(({ allowed }) => allowed.gaveUp).length;
  const note = [`${pairs.length} pairs, ${shown} of ${outcomes} allowed outcomes seen, ${ran.filter(came).length} times one waited at its instruction`, gaveUp > 0 ? `${gaveUp} have more states than were visited` : ''].filter(Boolean).join('; ');
  return { row: { what, compared: ran.length, disagreements: disagreements.length, note }, disagreements };
}

/** Pairs by hand, of the simulator's scenarios, and random ones. */
export async function twoCpus(both: Both, { seed, object, most }: { seed: number; object: string; most: number }): Promise<Held[]> {
  return [
    await holdPairs(both, { what: 'two CPUs, by hand', pairs: byHand(), object, most }),
    await holdPairs(both, { what: 'two CPUs, of scenarios', pairs: ofScenarios(both.subject.code), object, most }),
    await holdPairs(both, { what: `two CPUs, random, seed ${seed}`, pairs: atRandom(seed, RANDOM), object, most }),
  ];
}
