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
import { buildKernel } from './build.js';
import type { Built } from './build.js';
import { disagreementText } from './compare.js';
import type { Both } from './hold.js';
import type { Held } from './held.js';
import { inOrder } from './in-order.js';
import { holdRaces } from './hold-races.js';
import { subjectOf } from './simulate.js';
import { tableText } from './table.js';
import type { Row } from './table.js';

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

interface Options {
  readonly cache: string;
  readonly accelerator: string;
  readonly seed: number;
  readonly sequences: number;
  readonly show: boolean;
  readonly instructions: number;
  readonly kcov: string | undefined;
}

async function bothOf(version: string, options: Options, say: (text: string) => void): Promise<{ both: Both; built: Built }> {
  const built = buildKernel({ version, cache: options.cache, say, ...(options.kcov === undefined ? {} : { kcov: options.kcov }) });
  say(`built in ${built.seconds} s`);
  const program = wholeProgram(await loadFrontEnd(), built.source, { KCOV: true, KCOV_ENABLE_COMPARISONS: true });
  return { both: { machine: { ...built, accelerator: options.accelerator }, subject: subjectOf(program, 'v5.18'), show: options.show, say }, built };
}

/** All comparisons on one kernel, one after the other. */
async function holdKernel(version: string, options: Options): Promise<Row[]> {
  const say = (text: string): void => console.error(`${version}: ${text}`);
  const { both, built } = await bothOf(version, options, say);
  const held: Held[] = [
    ...(await inOrder(both, options)),
    await holdRaces(both, { object: built.object, instructions: options.instructions }),
  ];
  for (const { row, disagreements } of held) {
    for (const one of disagreements) console.log(`${version}, ${row.what}: disagreement\n${disagreementText(one)}\n`);
  }
  return held.map(({ row }) => row);
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
  const many = (text: string): number => (text === 'all' ? Infinity : Number(text));
  const options: Options = { cache: values.cache, accelerator: values.accelerator, seed: Number(values.seed), sequences: Number(values.sequences), show: values.show, instructions: many(values.instructions), kcov: values.kcov };
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
