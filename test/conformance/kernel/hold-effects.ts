/**
 * @module What the simulator predicts of another kernel/kcov.c, looked for on a kernel that has it: for each effect the shortest
 * sequences that are predicted to show it, beside what is predicted of the plain kernel.
 */
import { byHand } from './by-hand.js';
import { effectsOf } from './effects.js';
import type { Effect } from './effects.js';
import { compare } from './compare.js';
import type { Held } from './held.js';
import { NOT_RUN, runAll, smallest } from './hold.js';
import type { Both, Known } from './hold.js';
import { knownOf } from './hold.js';
import { randomSequences } from './generate.js';
import { probed } from './probes.js';
import { sequenceText } from './sequence.js';
import type { Sequence } from './sequence.js';
import type { Subject } from './simulate.js';

/** Sequences for an effect, and how many of them may need a boot of their own. */
const SHOWING_MAX = 12;
const OWN_BOOT_MAX = 2;

interface Predicted {
  readonly known: Known;
  readonly effect: Effect;
}

/** Sequences by the effect that they are predicted to show, the shortest first. */
function predictedBy(subject: Subject, sequences: readonly Sequence[]): Map<string, Predicted[]> {
  const found = new Map<string, Predicted[]>();
  for (const sequence of sequences) {
    const known = knownOf(subject, probed(sequence));
    for (const effect of effectsOf(known.sequence, known.simulated)) found.set(effect.name, [...(found.get(effect.name) ?? []), { known, effect }]);
  }
  for (const [name, all] of found) found.set(name, all.map((one) => ({ one, length: sequenceText(one.known.sequence).length })).sort((a, b) => a.length - b.length).map(({ one }) => one));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those that are run: the first, few of which end a boot. */
function chosen(all: readonly Predicted[]): Predicted[] {
  let own = 0;
  return all.filter(({ known }) => !known.simulated.taints || (own += 1) <= OWN_BOOT_MAX).slice(0, SHOWING_MAX);
}

export interface EffectOptions {
  readonly seed: number;
  readonly sequences: number;
  /** The plain kernel, as the simulator runs it. */
  readonly plain: Subject;
}

/** Runs what is predicted; an effect that the kernel does not show is said, and counts as a disagreement where the answers differ. */
export async function holdEffects(both: Both, { seed, sequences, plain }: EffectOptions): Promise<Held> {
  const { machine, subject, say } = both;
  const all = [...byHand(), ...randomSequences(seed, sequences)];
  const [predicted, before] = [predictedBy(subject, all), predictedBy(plain, all)];
  const runs = [...new Set([...predicted.values()].flatMap((list) => chosen(list).map(({ known }) => known)))];
  say(`effects: ${predicted.size} are predicted in ${all.length} sequences, ${runs.length} of which are run`);
  const ran = await runAll(machine, runs.map(({ sequence }) => sequence), { taints: (i) => runs[i]?.simulated.taints ?? false, progress: (done) => say(`effects: ${done} of ${runs.length} sequences`) });
  const real = new Map(runs.map((known, i) => [known, ran[i] ?? NOT_RUN]));
  let shownAll = 0;
  for (const [name, list] of predicted) {
    const some = chosen(list);
    const shown = some.filter(({ known, effect }) => effect.shownBy(real.get(known) ?? NOT_RUN)).length;
    shownAll += shown === some.length ? 1 : 0;
    say(`effect: ${name}: predicted in ${list.length}, ${some.length} of them run, shown by the kernel in ${shown}; by its own kernel/kcov.c predicted in ${before.get(name)?.length ?? 0}`);
  }
  const disagreements = runs.map(({ sequence, simulated }, i) => compare(sequence, ran[i] ?? NOT_RUN, simulated)).filter((one) => one !== null);
  return { row: { what: 'predicted effects', compared: runs.length, disagreements: disagreements.length, note: `${predicted.size} predicted, ${shownAll} shown wherever they were run` }, disagreements: await smallest(both, disagreements) };
}
