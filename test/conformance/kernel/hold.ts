/** @module Sequences on a kernel beside the simulator: batches of them to a boot, one boot for each that a kernel is not the same after. */
import { boot } from './boot.js';
import type { Boot, Machine, Ran } from './boot.js';
import { compare, disagreementText } from './compare.js';
import type { Disagreement } from './compare.js';
import type { Sequence } from './sequence.js';
import { shrink } from './shrink.js';
import { simulate } from './simulate.js';
import type { Simulated, Subject } from './simulate.js';

/** Sequences in a boot: what is lost where one boot goes wrong. */
const BATCH = 250;
/** For a boot that says nothing. */
const TRIES_MAX = 3;
/** Sequences that differ and are made smaller; and for how many boots for each. */
const SHRUNK_MAX = 5;
const SHRINKING_BOOTS_MAX = 40;

/** A kernel, what the simulator runs of it, and where progress goes. */
export interface Both {
  readonly machine: Machine;
  readonly subject: Subject;
  /** Prints each sequence with what came of it. */
  readonly show: boolean;
  readonly say: (text: string) => void;
}

/** A sequence with what the simulator says of it. */
export interface Known {
  readonly sequence: Sequence;
  readonly simulated: Simulated;
}

export const NOT_RUN: Ran = { lines: [], ended: 'not run' };

export const knownOf = (subject: Subject, sequence: Sequence): Known => ({ sequence, simulated: simulate(subject, sequence) });

/** A boot of which nothing is heard is tried again: on a machine that has much to do, a kernel may not come to its first word in time. */
async function booted(machine: Machine, sequences: readonly Sequence[]): Promise<Boot> {
  for (let tries = 1; ; tries += 1) {
    const one = await boot(machine, sequences);
    if (one.cpus === 2 && one.ran.length > 0) return one;
    if (one.cpus !== 0 || tries === TRIES_MAX) throw new Error(`the kernel has ${one.cpus} CPUs online, not 2:\n${one.ran[0]?.ended ?? ''}`);
  }
}

/** Boots as often as it takes: a boot ends with the sequence that ends it, and one that taints the kernel is the last of its boot. */
export async function runAll(machine: Machine, sequences: readonly Sequence[], { taints = () => false, progress }: { taints?: (i: number) => boolean; progress?: (done: number) => void } = {}): Promise<Ran[]> {
  const ran: Ran[] = [];
  // Those that taint come last, each in a boot of its own: what is stale in a kernel that ran others may show in them.
  const order = sequences.map((_, i) => i).sort((a, b) => Number(taints(a)) - Number(taints(b)) || a - b);
  for (let at = 0; at < order.length;) {
    const own = order.findIndex((i, place) => place >= at && taints(i));
    const batch = order.slice(at, Math.min(at + BATCH, own < 0 ? order.length : Math.max(own, at + 1)));
    const { ran: some } = await booted(machine, batch.map((i) => sequences[i] ?? []));
    some.forEach((one, place) => {
      const i = batch[place];
      if (i !== undefined) ran[i] = one;
    });
    at += some.length;
    progress?.(at);
  }
  return ran;
}

function compared(known: readonly Known[], ran: readonly Ran[]): Disagreement[] {
  return known.map(({ sequence, simulated }, i) => compare(sequence, ran[i] ?? NOT_RUN, simulated)).filter((one) => one !== null);
}

/** Runs them on the kernel; says how far it is, and each disagreement where it is found. */
export async function hold({ machine, show, say }: Both, all: readonly Known[]): Promise<Disagreement[]> {
  const found: Disagreement[] = [];
  for (let at = 0; at < all.length; at += BATCH) {
    const batch = all.slice(at, at + BATCH);
    const ran = await runAll(machine, batch.map(({ sequence }) => sequence), { taints: (i) => batch[i]?.simulated.taints ?? false });
    if (show) batch.forEach(({ sequence, simulated }, i) => say(disagreementText({ sequence, line: sequence.length, kernel: `\n${ran[i]?.lines.join('\n') ?? ''}`, simulator: `\n${simulated.lines.join('\n')}` })));
    const beyond = compared(batch, ran);
    for (const one of beyond) say(`disagreement\n${disagreementText(one)}`);
    found.push(...beyond);
    say(`${at + batch.length} of ${all.length} sequences, ${found.length} disagreements`);
  }
  return found;
}

/** The first few disagreements with as little left of their sequences as shows them. */
export async function smallest({ machine, subject }: Both, disagreements: readonly Disagreement[]): Promise<Disagreement[]> {
  const small: Disagreement[] = [];
  for (const one of disagreements.slice(0, SHRUNK_MAX)) {
    let boots = 0;
    small.push(await shrink(one, async (sequences) => {
      const known = sequences.map((sequence) => knownOf(subject, sequence));
      const judged: (Disagreement | null)[] = known.map(() => null);
      // Those that need a boot of their own one by one, until one of them differs.
      const groups = [known.flatMap((k, i) => (k.simulated.taints ? [] : [i])), ...known.flatMap((k, i) => (k.simulated.taints ? [[i]] : []))].filter((group) => group.length > 0);
      for (const group of groups) {
        if ((boots += 1) > SHRINKING_BOOTS_MAX || judged.some((d) => d !== null)) break;
        const ran = await runAll(machine, group.map((i) => sequences[i] ?? []), { taints: (place) => known[group[place] ?? 0]?.simulated.taints ?? false });
        group.forEach((i, place) => (judged[i] = compare(sequences[i] ?? [], ran[place] ?? NOT_RUN, known[i]?.simulated ?? NOTHING)));
      }
      return judged;
    }));
  }
  return small;
}

const NOTHING: Simulated = { lines: [], contract: [], ended: null, taints: false };
