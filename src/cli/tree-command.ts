/**
 * @module `kcovet check --tree DIR` and `kcovet diff A B`: kcov as a tree has it, and the step between two versions of
 * kernel/kcov.c, reviewed with the same searches and rules as a patch.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { treeImageOf } from '../apply/model-image.js';
import { unifiedDiff } from '../apply/unified.js';
import { submissionOfDiff } from '../mail/texts.js';
import { clean } from '../render/line.js';
import { renderJson } from '../render/json.js';
import { renderText } from '../render/text.js';
import type { BaseInput } from '../review/base-input.js';
import type { Review } from '../review/review.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { progressLine } from './progress.js';
import { textWidth, wantsColor } from './terminal.js';
import { addSearchOptions, stoppedStatus, withSearches, type SearchFlags } from './search-options.js';
import { packageVersion } from './version.js';

const KCOV_C = 'kernel/kcov.c';
const HEADERS = ['include/linux/kcov.h', 'include/uapi/linux/kcov.h', 'include/linux/sched.h'] as const;

interface Flags extends SearchFlags {
  readonly tree?: string;
  readonly format: 'text' | 'json';
  readonly color: 'auto' | 'always' | 'never';
  readonly quiet?: boolean;
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}

/** The files of kcov in a directory, or those around one kcov.c. */
async function readTree(path: string): Promise<BaseInput> {
  const asTree = await textOf(join(path, KCOV_C));
  const text = asTree ?? await textOf(path);
  if (text === null) throw new CliFailure(`${clean(path)}: no ${KCOV_C} in it, and no file: give a kernel tree or a kcov.c`);
  const files = new Map([[KCOV_C, text]]);
  for (const header of asTree === null ? [] : HEADERS) {
    const found = await textOf(join(path, header));
    if (found !== null) files.set(header, found);
  }
  return { kind: 'tree', label: path, files, blobs: new Map(), steps: [], guessed: false };
}

function write(review: Review, flags: Flags, io: Io): void {
  if (flags.format === 'json') io.stdout.write(renderJson(review));
  else io.stdout.write(renderText(review, { color: wantsColor(io, flags.color), width: textWidth(io), show: 'all' }));
}

async function check(flags: Flags, io: Io): Promise<number> {
  const { reviewTree } = await import('../review/review-tree.js');
  const progress = progressLine(io, { quiet: flags.quiet });
  const input = await readTree(flags.tree ?? '.');
  const review = await withSearches(flags, async (searches) =>
    await reviewTree(input, { ...searches, bounds: {}, version: packageVersion(), onProgress: progress.update })).finally(progress.end);
  write(review, flags, io);
  const stopped = stoppedStatus(review, clean(input.label), io);
  if (stopped !== null) return stopped;
  return review.findings.length > 0 ? exitStatus.questions : exitStatus.reviewed;
}

async function diff(a: string, b: string, of: { flags: Flags; io: Io }): Promise<number> {
  const [before, after] = [await readTree(a), await readTree(b)];
  const changes = [KCOV_C, ...HEADERS.filter((h) => h !== 'include/linux/sched.h')].map((path) => {
    const [x, y] = [before.files.get(path), after.files.get(path)];
    return x === undefined || y === undefined ? '' : unifiedDiff(treeImageOf(path, x.replace(/\n$/u, '').split('\n')), treeImageOf(path, y.replace(/\n$/u, '').split('\n')));
  }).join('');
  if (changes === '') {
    of.io.stdout.write(`${clean(a)} and ${clean(b)} have the same kcov.\n`);
    return exitStatus.reviewed;
  }
  const { reviewSubmission } = await import('../review/review-submission.js');
  const submission = submissionOfDiff(`${a}..${b}`, `kcov from ${a} to ${b}`, changes);
  const progress = progressLine(of.io, { quiet: of.flags.quiet });
  const review = await withSearches(of.flags, async (searches) =>
    await reviewSubmission(submission, { ...searches, bounds: {}, base: before, version: packageVersion(), onProgress: progress.update })).finally(progress.end);
  write(review, of.flags, of.io);
  return stoppedStatus(review, clean(submission.name), of.io) ?? exitStatus.reviewed;
}

function common(command: Command): Command {
  return addSearchOptions(command)
    .addOption(new Option('--format <format>', 'what to write').choices(['text', 'json']).default('text'))
    .addOption(new Option('--color <when>', 'colour of text').choices(['auto', 'always', 'never']).default('auto'))
    .option('--quiet', 'no progress');
}

/** `kcovet check`. */
export function checkCommand(io: Io, done: (status: number) => void): Command {
  return common(new Command('check')
    .summary('search kcov as a tree has it')
    .description('Searches kernel/kcov.c of a tree as it stands. Everything found is in the tree already.')
    .requiredOption('--tree <dir>', 'a kernel tree, or a single kcov.c'))
    .addHelpText('after', '\nExample:\n  kcovet check --tree ~/linux\n\nExit status: 0 nothing found; 1 something found; 2 usage, or no kernel/kcov.c;\n4 stopped by --seconds.')
    .action(async (flags: Flags) => done(await check(flags, io)));
}

/** `kcovet diff`. */
export function diffCommand(io: Io, done: (status: number) => void): Command {
  return common(new Command('diff')
    .summary('review the step between two versions of kcov.c')
    .description('Reviews the difference between two trees, or two files, as if it were one patch.')
    .argument('<a>', 'a kernel tree or a kcov.c')
    .argument('<b>', 'another'))
    .addHelpText('after', '\nExample:\n  kcovet diff linux-6.1 linux-6.12')
    .action(async (a: string, b: string, flags: Flags) => done(await diff(a, b, { flags, io })));
}
