/**
 * @module How long whole reviews take for who waits for them: until the first question is on the terminal, and until all is
 * said, as multiples of what Node takes to do nothing, in the same run. Each is a command line in a process of its own.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { seconds } from './figures.js';
import type { Effort, Figures } from './figures.js';

/** What is wanted, in times of `node -e 0`. */
const FIRST_MAX = 40;
const WHOLE_MAX = 200;

const command = fileURLToPath(new URL('../../src/main.js', import.meta.url));

interface Subject {
  readonly name: string;
  readonly on: string;
  readonly args: readonly string[];
  /** Both wanted figures are of these. */
  readonly wanted: boolean;
}

/** Patches of our own; the mail of December 2019 that brought sections in interrupts, where it is at hand; a tree where one is named. */
function subjects(): Subject[] {
  const mail = path.resolve('..', 'shared', 'corpus', '2019-12-12-irq-rfc-1of2.eml');
  const tree = process.env['KCOVET_LINUX'];
  const own = (file: string): string => path.join('examples', file);
  return [
    ...(existsSync(mail) ? [{ name: path.basename(mail, '.eml'), on: 'model', args: [mail], wanted: true }] : []),
    { name: 'irq-coverage.mbox', on: 'model', args: [own('irq-coverage.mbox')], wanted: true },
    { name: 'cleanup.mbox', on: 'model', args: [own('cleanup.mbox')], wanted: false },
    ...(tree !== undefined && existsSync(tree) ? [{ name: 'cleanup.mbox', on: `tree ${path.basename(tree)}`, args: [own('cleanup.mbox'), '--tree', tree], wanted: true }] : []),
  ];
}

/** Seconds from the start of a process; `first` null where nothing was asked before the end. */
interface Timed {
  readonly first: number | null;
  readonly whole: number;
}

/** A line of progress that is a question: a file, then what is asked. */
const QUESTION = /^\S+\.[chS]: .*[?.]$/mu;

async function timed(args: readonly string[]): Promise<Timed> {
  const began = performance.now();
  const since = (): number => (performance.now() - began) / 1000;
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let [text, first] = ['', null as number | null];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (first === null && QUESTION.test(text)) first = since();
  });
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${text.trim()}`);
  return { first, whole: since() };
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Medians of some runs; what it is held against runs between them, so that a busy machine slows both. */
async function compared(args: readonly string[], runs: number): Promise<Timed & { readonly nothing: number }> {
  const all: Timed[] = [];
  const nothing: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    for (let j = 0; j < 5; j += 1) nothing.push((await timed(['-e', '0'])).whole);
    all.push(await timed([command, 'review', '--progress', ...args]));
  }
  const firsts = all.flatMap(({ first }) => first ?? []);
  return { first: firsts.length < runs ? null : middle(firsts), whole: middle(all.map(({ whole }) => whole)), nothing: middle(nothing) };
}

const times = (n: number): string => `${n.toFixed(0)} x`;

/** First question and whole review of each subject. */
export async function reviews({ quick, says }: Effort): Promise<Figures> {
  const rows: string[][] = [];
  const wanted: Figures['wanted'][number][] = [];
  for (const subject of subjects()) {
    says(`review of ${subject.name} on ${subject.on}`);
    const { first, whole, nothing } = await compared(subject.args, quick ? 1 : 3);
    rows.push([subject.name, subject.on, seconds(nothing), first === null ? '' : seconds(first), first === null ? '' : times(first / nothing), seconds(whole), times(whole / nothing)]);
    if (!subject.wanted) continue;
    if (first !== null) wanted.push({ text: `first question of ${subject.name} on ${subject.on} within ${FIRST_MAX} x`, met: first <= FIRST_MAX * nothing });
    wanted.push({ text: `whole review of ${subject.name} on ${subject.on} within ${WHOLE_MAX} x`, met: whole <= WHOLE_MAX * nothing });
  }
  return {
    title: 'Time until a question is there', wrong: [], wanted, rows,
    about: 'kcovet review with all defaults, each time in a process of its own, and `node -e 0` between the runs: medians. The first question is the first that --progress shows, the whole is the end of the process; x is how often Node could have started.',
    head: ['patch', 'on', 'node -e 0', 'first question', 'x node', 'whole review', 'x node'],
  };
}
