/* eslint-disable no-console -- it is a program of its own */
/**
 * @module `npm run conformance`: builds kernels, runs sequences on each and on the simulator with the Program of that very kernel's
 * kernel/kcov.c, and prints what was compared and where they differ. Exit status 1: they differ; 2: it could not run.
 */
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadFrontEnd } from '../../../src/c/front-end.js';
import { wholeProgram } from '../../whole/debian.js';
import { boot } from './boot.js';
import type { Machine, Ran } from './boot.js';
import { buildKernel } from './build.js';
import { byHand } from './by-hand.js';
import { compare, disagreementText } from './compare.js';
import type { Disagreement } from './compare.js';
import { randomSequences } from './generate.js';
import type { Sequence } from './sequence.js';
import { came, instructionsOf, judge, outcomeOf, races, sequencesOf } from './racing.js';
import { shrink } from './shrink.js';
import { simulate, simulateEach, subjectOf } from './simulate.js';
import type { Simulated, Subject } from './simulate.js';

const BATCH = 250;
const SHRUNK_MAX = 5;
/** Random sequences that taint the kernel, in a run. */
const TAINTING_MAX = 10;
/** How many are drawn for each that is wanted. */
const DRAWN_TIMES = 2;

const HELP = `npm run conformance -- [options]: the simulator held against real kernels, in QEMU

  --kernel 6.1,6.12     versions of Debian's linux-source packages (both)
  --sequences 1000      random sequences for each kernel, beside those made by hand
  --seed N              of the random sequences (1)
  --instructions 10     how many instructions of each race are tried, evenly chosen; all: every one
  --kcov FILE           built instead of the kernel's own kernel/kcov.c, with one --kernel: a patched one, or one with a bug put in
  --cache FOLDER        where kernels are unpacked and built (~/.cache/kcovet/kernels)
  --accelerator tcg     what QEMU runs them with: tcg, or kvm where /dev/kvm is there
  --show                each sequence with what came of it, for a look

Needs Debian's gcc make flex bison bc libelf-dev qemu-system-x86 linux-source-*; see docs/conformance.md.`;

interface Held {
  readonly disagreements: Disagreement[];
  /** Milliseconds in QEMU. */
  readonly booted: number;
}

interface Both {
  readonly machine: Machine;
  readonly subject: Subject;
  readonly show: boolean;
}

/** Boots as often as it takes: a boot ends with the sequence that ends it, and one that taints the kernel is the last of its boot. */
async function runAll(machine: Machine, sequences: readonly Sequence[], taints: (i: number) => boolean = () => false): Promise<{ ran: Ran[]; milliseconds: number }> {
  const ran: Ran[] = [];
  let milliseconds = 0;
  // Those that taint come last, the first of them in the boot of all others.
  const order = sequences.map((_, i) => i).sort((a, b) => Number(taints(a)) - Number(taints(b)) || a - b);
  for (let at = 0; at < order.length;) {
    const last = order.findIndex((i, place) => place >= at && taints(i));
    const batch = order.slice(at, last < 0 ? order.length : last + 1);
    const booted = await boot(machine, batch.map((i) => sequences[i] ?? []));
    if (booted.cpus !== 2) throw new Error(`the kernel has ${booted.cpus} CPUs online, not 2:\n${booted.ran[0]?.ended ?? ''}`);
    if (booted.ran.length === 0) throw new Error('a boot ran nothing');
    booted.ran.forEach((one, place) => {
      const i = batch[place];
      if (i !== undefined) ran[i] = one;
    });
    at += booted.ran.length;
    milliseconds += booted.milliseconds;
  }
  return { ran, milliseconds };
}

/** A sequence with what the simulator says of it. */
interface Known {
  readonly sequence: Sequence;
  readonly simulated: Simulated;
}

const knownOf = (subject: Subject, sequence: Sequence): Known => ({ sequence, simulated: simulate(subject, sequence) });

/** Random sequences, of which only the first few taint a kernel: each of those costs a boot. */
function draw(subject: Subject, { seed, count }: { seed: number; count: number }): Known[] {
  const kept: Known[] = [];
  let tainting = 0;
  for (const sequence of randomSequences(seed, count * DRAWN_TIMES)) {
    if (kept.length === count) break;
    const known = knownOf(subject, sequence);
    tainting += known.simulated.taints ? 1 : 0;
    if (!known.simulated.taints || tainting <= TAINTING_MAX) kept.push(known);
  }
  return kept;
}

async function hold({ machine, show }: Both, all: readonly Known[]): Promise<Held> {
  const { ran, milliseconds } = await runAll(machine, all.map(({ sequence }) => sequence), (i) => all[i]?.simulated.taints ?? false);
  const compared = all.map(({ sequence, simulated }, i) => {
    const real = ran[i] ?? { lines: [], ended: 'not run' };
    if (show) console.log(disagreementText({ sequence, line: sequence.length, kernel: `\n${real.lines.join('\n')}`, simulator: `\n${simulated.lines.join('\n')}` }));
    return compare(sequence, real, simulated);
  });
  return { disagreements: compared.filter((one) => one !== null), booted: milliseconds };
}

/** At most so many of a list, the first among them. */
function evenly<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(list.length, most) }, (_, i) => list[Math.floor(i * step)]).filter((one) => one !== undefined);
}

/** Races, each at instructions of the functions it is about. */
async function holdRaces({ machine, subject }: Both, { object, instructions: most }: { object: string; instructions: number }, say: (text: string) => void): Promise<Disagreement[]> {
  const instructions = instructionsOf(object);
  const all = races().map((race) => ({ race, sequences: evenly(sequencesOf(race, instructions), most) }));
  const { ran, milliseconds } = await runAll(machine, all.flatMap(({ sequences }) => sequences));
  const found: Disagreement[] = [];
  let [at, arrivals, outcomes, shown] = [0, 0, 0, 0];
  for (const { sequences } of all) {
    const [first] = sequences;
    if (!first) continue;
    const allowed = simulateEach(subject, first);
    const mine = ran.slice(at, at + sequences.length);
    sequences.forEach((sequence, i) => {
      const disagreement = judge(sequence, mine[i] ?? { lines: [], ended: 'not run' }, allowed);
      if (disagreement) found.push(disagreement);
    });
    at += sequences.length;
    arrivals += mine.filter(came).length;
    outcomes += new Set(allowed.map((one) => outcomeOf(one.lines))).size;
    shown += new Set(mine.map((one) => outcomeOf(one.lines))).size;
  }
  say(`${all.length} races at ${ran.length} instructions, ${arrivals} of which were reached: ${shown} outcomes of ${outcomes} that the simulator allows, ${found.length} beyond (kernel ${Math.round(milliseconds / 1000)} s)`);
  return found;
}

/** How often each report of the kernel's log was predicted, and seen. */
function reportsOf(all: readonly Known[]): string {
  const counts = new Map<string, number>();
  for (const { simulated } of all) for (const [, report = ''] of simulated.lines.join('\n').matchAll(/! ([^!\n]+)/gu)) counts.set(report.trim(), (counts.get(report.trim()) ?? 0) + 1);
  return [...counts].sort().map(([report, n]) => `${report} ${n} times`).join(', ');
}

async function holdKernel(version: string, options: { cache: string; accelerator: string; seed: number; sequences: number; show: boolean; instructions: number; kcov: string | undefined }): Promise<number> {
  const say = (text: string): void => console.error(`${version}: ${text}`);
  const built = buildKernel({ version, cache: options.cache, say, ...(options.kcov === undefined ? {} : { kcov: options.kcov }) });
  say(`built in ${built.seconds} s`);
  const program = wholeProgram(await loadFrontEnd(), built.source, { KCOV: true, KCOV_ENABLE_COMPARISONS: true });
  const both: Both = { machine: { ...built, accelerator: options.accelerator }, subject: subjectOf(program, 'v5.18'), show: options.show };
  const began = Date.now();
  const hand = byHand().map((sequence) => knownOf(both.subject, sequence));
  const all = [...hand, ...draw(both.subject, { seed: options.seed, count: options.sequences })];
  say(`${all.length} sequences on the simulator (${Math.round((Date.now() - began) / 1000)} s), ${all.filter(({ simulated }) => simulated.taints).length} of them taint a kernel`);
  const disagreements: Disagreement[] = [];
  let booted = 0;
  for (let at = 0; at < all.length; at += BATCH) {
    const held = await hold(both, all.slice(at, at + BATCH));
    disagreements.push(...held.disagreements);
    booted += held.booted;
    say(`${Math.min(all.length, at + BATCH)} of ${all.length} sequences, ${disagreements.length} disagreements (kernel ${Math.round(booted / 1000)} s)`);
  }
  say(`reports: ${reportsOf(all)}; ended by the sequence: ${all.filter(({ simulated }) => simulated.ended !== null).length} boots`);
  const beyond = await holdRaces(both, { object: built.object, instructions: options.instructions }, say);
  for (const one of beyond.slice(0, SHRUNK_MAX)) console.log(`${version}: beyond what the simulator allows\n${disagreementText(one)}`);
  for (const one of disagreements.slice(0, SHRUNK_MAX)) {
    const smallest = await shrink(one, async (sequences) => {
      const known = sequences.map((sequence) => knownOf(both.subject, sequence));
      const { ran } = await runAll(both.machine, sequences, (i) => known[i]?.simulated.taints ?? false);
      return known.map(({ sequence, simulated }, i) => compare(sequence, ran[i] ?? { lines: [], ended: 'not run' }, simulated));
    });
    console.log(`${version}: disagreement\n${disagreementText(smallest)}`);
  }
  for (const text of new Set(all.flatMap(({ simulated }) => simulated.contract))) console.log(`${version}: the contract says otherwise: ${text}`);
  console.log(`${version}: ${hand.length} by hand, ${all.length - hand.length} random with seed ${options.seed}: ${disagreements.length} disagreements; races: ${beyond.length} beyond`);
  return disagreements.length + beyond.length;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: {
    kernel: { type: 'string', default: '6.1,6.12' }, sequences: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, show: { type: 'boolean', default: false }, instructions: { type: 'string', default: '10' },
    cache: { type: 'string', default: path.join(homedir(), '.cache', 'kcovet', 'kernels') }, accelerator: { type: 'string', default: 'tcg' }, kcov: { type: 'string' }, help: { type: 'boolean', default: false },
  } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  let disagreements = 0;
  for (const version of values.kernel.split(',')) {
    disagreements += await holdKernel(version, { cache: values.cache, accelerator: values.accelerator, seed: Number(values.seed), sequences: Number(values.sequences), show: values.show, instructions: values.instructions === 'all' ? Infinity : Number(values.instructions), kcov: values.kcov });
  }
  return disagreements > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
