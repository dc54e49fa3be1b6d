/** @module Races on a kernel: an interrupt at each of many instructions, beside all that the simulator allows. */
import type { Ran } from './boot.js';
import type { Disagreement } from './compare.js';
import { kindOf } from './effects.js';
import { evenly } from './evenly.js';
import type { Held } from './held.js';
import { NOT_RUN, runAll } from './hold.js';
import type { Both } from './hold.js';
import { came, instructionsOf, judge, outcomeOf, reachedFrom, sequencesOf, shows } from './racing.js';
import type { Race } from './racing.js';
import type { Sequence } from './sequence.js';
import { simulateEach } from './simulate.js';
import type { Simulated } from './simulate.js';

/** A race at some instructions, and what the simulator allows. */
interface Raced {
  readonly name: string;
  readonly sequences: readonly Sequence[];
  readonly allowed: readonly Simulated[];
}

/** What the contract says of an outcome, without numbers, and how it ends. */
const wrongIn = ({ contract, ended }: Simulated): Set<string> => new Set([...contract.map(({ text }) => kindOf(text)), ...(ended === null ? [] : [`the kernel ends: ${ended}`])]);

/** For each thing that is wrong at some moves: at how many, and at how many instructions the kernel showed what the simulator shows there alone. */
function effectsIn({ name, sequences, allowed }: Raced, ran: readonly Ran[]): string[] {
  return [...new Set(allowed.flatMap((one) => [...wrongIn(one)]))].sort().map((wrong) => {
    const [wrongs, rights] = [allowed.filter((one) => wrongIn(one).has(wrong)), allowed.filter((one) => !wrongIn(one).has(wrong))];
    const shown = sequences.filter((sequence, i) => {
      const real = ran[i] ?? NOT_RUN;
      return wrongs.some((one) => shows(sequence, real, one)) && !rights.some((one) => shows(sequence, real, one));
    });
    return `${name}: ${wrong}: predicted at ${wrongs.length} of ${allowed.length} moves, shown at ${shown.length} of ${sequences.length} instructions`;
  });
}

/** Races, each at some instructions of the functions it is about. `object`: the object file they are in. */
export async function holdRaces({ machine, subject, say }: Both, { what, races, object, instructions: most }: { what: string; races: readonly Race[]; object: string; instructions: number }): Promise<Held> {
  const instructions = instructionsOf(object);
  const all = races.flatMap((race): Raced[] => {
    const sequences = evenly(sequencesOf({ ...race, functions: reachedFrom(subject.code, race.functions) }, instructions), most);
    return sequences[0] ? [{ name: race.name, sequences, allowed: simulateEach(subject, sequences[0]) }] : [];
  });
  const flat = all.flatMap(({ sequences, allowed }) => sequences.map((sequence) => ({ sequence, taints: allowed.some((one) => one.taints && one.ended === null) })));
  const ran = await runAll(machine, flat.map(({ sequence }) => sequence), { taints: (i) => flat[i]?.taints ?? false, progress: (done) => say(`${what}: ${done} of ${flat.length} instructions`) });
  const disagreements: Disagreement[] = [];
  let [at, outcomes, shown] = [0, 0, 0];
  for (const raced of all) {
    const mine = ran.slice(at, at + raced.sequences.length);
    disagreements.push(...raced.sequences.map((sequence, i) => judge(sequence, mine[i] ?? NOT_RUN, raced.allowed)).filter((one) => one !== null));
    for (const text of effectsIn(raced, mine)) say(`${what}: ${text}`);
    at += raced.sequences.length;
    outcomes += new Set(raced.allowed.map((one) => outcomeOf(one.lines))).size;
    shown += new Set(mine.map((one) => outcomeOf(one.lines))).size;
  }
  return { row: { what, compared: ran.length, disagreements: disagreements.length, note: `${all.length} races, ${ran.filter(came).length} times the interrupt came; ${shown} of ${outcomes} allowed outcomes seen` }, disagreements };
}
