/** @module Races on a kernel: an interrupt at each of many instructions, beside all that the simulator allows. */
import { NOT_RUN, runAll } from './hold.js';
import type { Both } from './hold.js';
import type { Held } from './held.js';
import type { Disagreement } from './compare.js';
import { evenly } from './evenly.js';
import { came, instructionsOf, judge, outcomeOf, sequencesOf } from './racing.js';
import type { Race } from './racing.js';
import { simulateEach } from './simulate.js';

/** Races, each at some instructions of the functions it is about. `object`: the object file they are in. */
export async function holdRaces({ machine, subject, say }: Both, { what, races, object, instructions: most }: { what: string; races: readonly Race[]; object: string; instructions: number }): Promise<Held> {
  const instructions = instructionsOf(object);
  const all = races.map((race) => evenly(sequencesOf(race, instructions), most)).filter((sequences) => sequences.length > 0);
  const flat = all.flat();
  const ran = await runAll(machine, flat, { progress: (done) => say(`${what}: ${done} of ${flat.length} instructions`) });
  const disagreements: Disagreement[] = [];
  let [at, outcomes, shown] = [0, 0, 0];
  for (const sequences of all) {
    const allowed = simulateEach(subject, sequences[0] ?? []);
    const mine = ran.slice(at, at + sequences.length);
    disagreements.push(...sequences.map((sequence, i) => judge(sequence, mine[i] ?? NOT_RUN, allowed)).filter((one) => one !== null));
    at += sequences.length;
    outcomes += new Set(allowed.map((one) => outcomeOf(one.lines))).size;
    shown += new Set(mine.map((one) => outcomeOf(one.lines))).size;
  }
  return { row: { what, compared: ran.length, disagreements: disagreements.length, note: `${all.length} races, ${ran.filter(came).length} times the interrupt came; ${shown} of ${outcomes} allowed outcomes seen` }, disagreements };
}
