/**
 * @module Changes put into kernel/kcov.c by the operators of bench/mutants, each built into a kernel of its own: where the simulator
 * says that a sequence comes out otherwise than before, the kernel must show just that, its warnings and its death included.
 */
import { operators } from '../../../bench/mutants/operators/index.js';
import { mutantsOf } from '../../../bench/mutants/mutants.js';
import type { Mutant } from '../../../bench/mutants/mutants.js';
import { randomOf, shuffled } from '../../../bench/mutants/random.js';
import type { FrontEnd } from '../../../src/c/front-end.js';
import { KCOV_C } from '../../../src/review/base-files.js';
import { byHand } from './by-hand.js';
import type { Disagreement } from './compare.js';
import { evenly } from './evenly.js';
import { randomSequences } from './generate.js';
import type { Held } from './held.js';
import { hold, knownOf, smallest } from './hold.js';
import type { Both, Known } from './hold.js';
import type { Machine } from './boot.js';
import { parseSequence, withEnd } from './sequence.js';
import type { Sequence } from './sequence.js';
import type { Simulated, Subject } from './simulate.js';

/** Random sequences, beside those by hand, of which those are taken that tell a mutant from the file it was made of. */
const RANDOM = 100;
/** Of those that tell, how many are run: without and with a boot of their own. Of the others, as many as of the first kind. */
const TELLING_MAX = 12;
const OWN_BOOT_MAX = 3;

/** A task that has nothing of kcov: there are such beside each sequence, so that a kernel that this ends runs no other. */
const IDLE = withEnd(parseSequence('t0 state'));

export interface MutantOptions {
  readonly seed: number;
  readonly count: number;
  /** The file as the kernel has it. */
  readonly text: string;
  readonly frontEnd: FrontEnd;
  /** A kernel with another kernel/kcov.c; null where it does not compile. */
  readonly build: (text: string) => Machine | null;
  /** What the simulator makes of a kernel/kcov.c. */
  readonly lower: (text: string) => Promise<Subject>;
}

/** So many of all mutants, from all operators alike. */
function chosen({ seed, count, text, frontEnd }: MutantOptions): Mutant[] {
  const base = { name: 'tree', label: KCOV_C, input: { kind: 'tree' as const, label: KCOV_C, files: new Map(), blobs: new Map(), steps: [], guessed: false }, text };
  const semantic = operators.filter((operator) => operator.semantic);
  return shuffled(mutantsOf(base, semantic, { seed: String(seed), perOperator: 2, frontEnd }), randomOf(String(seed))).slice(0, count);
}

const text = ({ lines, ended }: Simulated): string => [...lines, ended ?? ''].join('\n');

/** What ends an execution on the simulator because it knows no further is nothing that a kernel could show. */
const isKnown = ({ ended }: Simulated): boolean => ended === null || /^[a-z-]+: /u.test(ended);

interface Chosen {
  readonly known: readonly Known[];
  /** How many sequences tell it from the file it was made of. */
  readonly telling: number;
}

function sequencesFor(mutant: Subject, all: readonly Known[]): Chosen {
  const both = all.map((before) => ({ before, after: knownOf(mutant, before.sequence) })).filter(({ after }) => isKnown(after.simulated));
  const telling = both.filter(({ before, after }) => text(before.simulated) !== text(after.simulated)).map(({ after }) => after);
  const silent = both.filter(({ before, after }) => !after.simulated.taints && text(before.simulated) === text(after.simulated)).map(({ after }) => after);
  const clean = telling.filter(({ simulated }) => !simulated.taints);
  const own = telling.filter(({ simulated }) => simulated.taints);
  const idle = knownOf(mutant, IDLE);
  if (idle.simulated.ended !== null) return { known: [idle], telling: telling.length };
  return { known: [...evenly(clean, TELLING_MAX), ...evenly(silent, TELLING_MAX), ...evenly(own, OWN_BOOT_MAX)], telling: telling.length };
}

/** Mutants one after the other; those that no sequence tells apart are not built. */
export async function holdMutants({ subject, show, say }: Omit<Both, 'machine'>, options: MutantOptions): Promise<Held> {
  const sequences: Sequence[] = [...byHand(), ...randomSequences(options.seed, RANDOM)];
  const all = sequences.map((sequence) => knownOf(subject, sequence));
  const mutants = chosen(options);
  const disagreements: Disagreement[] = [];
  let [told, untold, unbuilt, compared] = [0, 0, 0, 0];
  for (const [i, mutant] of mutants.entries()) {
    const head = `mutant ${i + 1} of ${mutants.length}, ${mutant.id}`;
    const mutated = await options.lower(mutant.text);
    const { known, telling } = sequencesFor(mutated, all);
    if (telling === 0) {
      untold += 1;
      say(`${head}: no sequence tells it from the file it was made of`);
      continue;
    }
    const machine = options.build(mutant.text);
    if (!machine) {
      unbuilt += 1;
      say(`${head}: does not compile`);
      continue;
    }
    told += 1;
    say(`${head}: ${telling} of ${all.length} sequences tell it, ${known.length} are run`);
    const both: Both = { machine, subject: mutated, show, say: (line) => say(`${head}: ${line}`) };
    const found = await hold(both, known);
    compared += known.length;
    if (found.length > 0) say(`${head}:\n${mutant.diff}`);
    disagreements.push(...(await smallest(both, found)));
  }
  const note = [`${told} mutants shown`, untold > 0 ? `${untold} that no sequence tells` : '', unbuilt > 0 ? `${unbuilt} do not compile` : ''].filter(Boolean).join(', ');
  return { row: { what: `mutants of ${KCOV_C}, seed ${options.seed}`, compared, disagreements: disagreements.length, note }, disagreements };
}
