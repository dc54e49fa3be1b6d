/* eslint-disable no-console -- it is a program of its own */
/**
 * @module `npm run conformance`: builds kernels, runs sequences on each and on the simulator with the Program of that very kernel's
 * kernel/kcov.c, and prints what was compared and where they differ. Exit status 1: they differ; 2: it could not run.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadFrontEnd } from '../../../src/c/front-end.js';
import type { Machine } from './boot.js';
import { buildKernel, unpack } from './build.js';
import type { Built } from './build.js';
import { disagreementText } from './compare.js';
import type { Both } from './hold.js';
import type { Held } from './held.js';
import { twoCpus } from './hold-pairs.js';
import { inOrder } from './in-order.js';
import { holdMutants } from './hold-mutants.js';
import { holdEffects } from './hold-effects.js';
import { holdRaces } from './hold-races.js';
import { KCOV, portFiles } from './port.js';
import { kcovOf } from './program.js';
import { races } from './racing.js';
import { holdReproducers } from './reproducers.js';
import { scenarioRaces } from './scenario-races.js';
import { subjectOf } from './simulate.js';
import type { Subject } from './simulate.js';
import { tableText } from './table.js';
import type { Row } from './table.js';

const HELP = `npm run conformance -- [options]: the simulator held against real kernels, in QEMU

  --kernel 6.1,6.12     versions of Debian's linux-source packages (both)
  --sequences 1000      random sequences for each kernel, beside those made by hand
  --seed N              of the random sequences (1)
  --orders 12           in how many orders each of the simulator's scenarios is run, evenly chosen; all: every one
  --instructions 10     how many instructions of each race are tried, evenly chosen; all: every one
  --tries 3             how often each pair of tasks on two CPUs begins, and at how many instructions one of them waits
  --kcov FILE           built instead of the kernel's own kernel/kcov.c, in a tree of its own: one with a bug put in, or of another version
  --patch MAIL          with --kcov: a mail, mbox or diff that is put on that file first
  --mutants 0           so many changes by the operators of bench/mutants, each put into kernel/kcov.c and built with KASAN
  --kasan               all on a kernel with KASAN, kernel/kcov.c included
  --reproducers         programs of kcovet repro on kernels with and without a bug, and nothing else
  --cache FOLDER        where kernels are unpacked and built (~/.cache/kcovet/kernels)
  --accelerator tcg     what QEMU runs them with: tcg, or kvm where /dev/kvm is there
  --show                each sequence with what came of it, for a look

Needs Debian's gcc make flex bison bc libelf-dev qemu-system-x86 linux-source-*; see docs/conformance.md.`;

interface Options {
  readonly cache: string;
  readonly accelerator: string;
  readonly seed: number;
  readonly sequences: number;
  readonly show: boolean;
  readonly instructions: number;
  readonly orders: number;
  readonly tries: number;
  readonly kcov: string | undefined;
  readonly patch: string | undefined;
  readonly mutants: number;
  readonly kasan: boolean;
  readonly reproducers: boolean;
}

/** Files of the tree that are built with another text: none where the kernel is the plain one. */
async function filesOf(source: string, { kcov, patch }: Options, say: (text: string) => void): Promise<ReadonlyMap<string, string>> {
  if (kcov === undefined) return new Map();
  const { files, done } = await portFiles({ source, kcov, ...(patch === undefined ? {} : { patch }) });
  for (const text of done) say(text);
  return files;
}

const subjectIn = async (source: string): Promise<Subject> => {
  const { program, dialect } = await kcovOf(source);
  return subjectOf(program, dialect);
};

async function bothOf(version: string, options: Options, say: (text: string) => void): Promise<{ both: Both; built: Built }> {
  const where = { version, cache: options.cache, say, kasan: options.kasan };
  const built = buildKernel({ ...where, files: await filesOf(unpack(where), options, say) });
  say(`built in ${built.seconds} s`);
  return { both: { machine: { ...built, accelerator: options.accelerator }, subject: await subjectIn(built.source), show: options.show, say }, built };
}

/** Mutants of the kernel's own kernel/kcov.c, each of which is built in the place of the one before. */
async function mutants(version: string, options: Options, say: (text: string) => void): Promise<Held> {
  const where = { version, cache: options.cache, kasan: true };
  say('a kernel with KASAN, of which mutants are made');
  const { source } = buildKernel({ ...where, say });
  const { program, dialect } = await kcovOf(source);
  const text = readFileSync(path.join(source, KCOV), 'utf8');
  const lower = async (mutant: string): Promise<Subject> => subjectOf((await kcovOf(source, mutant)).program, dialect);
  const build = (mutant: string): Machine | null => {
    try {
      return { ...buildKernel({ ...where, files: new Map([[KCOV, mutant]]), say: () => undefined }), accelerator: options.accelerator };
    } catch {
      return null;
    }
  };
  return await holdMutants({ subject: subjectOf(program, dialect), show: options.show, say }, { seed: options.seed, count: options.mutants, text, frontEnd: await loadFrontEnd(), build, lower });
}

/** All comparisons on one kernel, one after the other. */
async function compared(version: string, options: Options, say: (text: string) => void): Promise<Held[]> {
  const { both, built } = await bothOf(version, options, say);
  const effects = options.kcov === undefined ? [] : [await holdEffects(both, { ...options, plain: await subjectIn(unpack({ version, cache: options.cache, say })) })];
  const held: Held[] = [
    ...effects,
    ...(await inOrder(both, options)),
    await holdRaces(both, { what: 'races at instructions', races: races(), object: built.object, instructions: options.instructions }),
    await holdRaces(both, { what: 'scenarios at instructions', races: scenarioRaces(both.subject), object: built.object, instructions: options.instructions }),
    ...(await twoCpus(both, { seed: options.seed, object: built.object, most: options.tries })),
  ];
  if (options.mutants > 0) held.push(await mutants(version, options, say));
  return held;
}

/** What was asked for on one kernel. */
async function holdKernel(version: string, options: Options): Promise<Row[]> {
  const say = (text: string): void => console.error(`${version}: ${text}`);
  const held = options.reproducers ? [await holdReproducers({ version, cache: options.cache, accelerator: options.accelerator, say })] : await compared(version, options, say);
  for (const { row, disagreements } of held) {
    for (const one of disagreements) console.log(`${version}, ${row.what}: disagreement\n${disagreementText(one)}\n`);
  }
  return held.map(({ row }) => row);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: {
    kernel: { type: 'string', default: '6.1,6.12' }, sequences: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, show: { type: 'boolean', default: false }, instructions: { type: 'string', default: '10' }, orders: { type: 'string', default: '12' }, tries: { type: 'string', default: '3' },
    cache: { type: 'string', default: path.join(homedir(), '.cache', 'kcovet', 'kernels') }, accelerator: { type: 'string', default: 'tcg' }, kcov: { type: 'string' }, patch: { type: 'string' }, mutants: { type: 'string', default: '0' }, kasan: { type: 'boolean', default: false }, reproducers: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
  } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (values.patch !== undefined && values.kcov === undefined) throw new Error('--patch goes with --kcov: the file that the patch is for');
  const count = (name: 'seed' | 'sequences' | 'instructions' | 'orders' | 'tries' | 'mutants', whole = false): number => {
    const text = values[name];
    if (whole && text === 'all') return Infinity;
    if (!/^\d{1,9}$/u.test(text)) throw new Error(`--${name} ${text}: it takes a number${whole ? ', or all' : ''}`);
    return Number(text);
  };
  if (!['tcg', 'kvm'].includes(values.accelerator)) throw new Error(`--accelerator ${values.accelerator}: it takes tcg or kvm`);
  const { cache, accelerator, show, kcov, patch, kasan, reproducers } = values;
  const options: Options = {
    cache, accelerator, show, kcov, patch, kasan, reproducers,
    seed: count('seed'), sequences: count('sequences'), instructions: count('instructions', true), orders: count('orders', true), tries: count('tries', true), mutants: count('mutants'),
  };
  const rows: (Row & { kernel: string })[] = [];
  for (const version of values.kernel.split(',')) rows.push(...(await holdKernel(version, options)).map((row) => ({ ...row, kernel: version })));
  console.log(tableText(rows));
  return rows.some(({ disagreements }) => disagreements > 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
