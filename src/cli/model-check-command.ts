/**
 * @module `kcovet model check`: whether the model of a version and the kcov of a tree agree, statement by statement.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { ModelCheck } from '../analysis/check-model.js';
import { clean } from '../render/line.js';
import type { KcovModel } from '../../simulator/kcov/index.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { findModel } from './parts.js';
import { textWidth } from './terminal.js';
import { twoColumns } from './rules-command.js';

const KCOV_C = 'kernel/kcov.c';

/** Bytes of one file of a tree; include/linux/sched.h has less than 100,000. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

const help = `
Examples:
  kcovet model check --tree ~/linux                    with the model that is nearest
  kcovet model check --tree ~/linux --version v6.12

Exit status: 0 they agree; 1 they differ; 2 usage, or no kernel/kcov.c there.`;

/** The text of a file; null when it is not there. */
async function textOf(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new CliFailure(`${clean(path)}: ${size} bytes: give a kernel tree`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new CliFailure(`${clean(path)}: cannot be read (${code}): make it readable`);
  }
}

/** The files of a model that a tree has. */
async function readFiles(tree: string, models: readonly KcovModel[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of new Set(models.flatMap((model) => model.files.map((file) => file.path)))) {
    const text = await textOf(join(tree, path));
    if (text !== null) texts.set(path, text);
  }
  if (!texts.has(KCOV_C)) throw new CliFailure(`${clean(tree)}: no ${KCOV_C} in it: give a kernel tree`);
  return texts;
}

/** The check with the fewest differences, the newest of equals. */
function nearest(checks: readonly ModelCheck[]): ModelCheck | undefined {
  return checks.reduce<ModelCheck | undefined>((best, one) => (best && best.differences.length < one.differences.length ? best : one), undefined);
}

/** What stable releases changed since the tag. */
function laterChanges({ model }: ModelCheck, io: Io): string {
  const list = (model.differences ?? []).map(({ since, what, commit }) => ({ name: since, text: `${what} ("${commit}")` }));
  return list.length === 0 ? '' : `\nThe model has what releases changed since ${model.version}:\n${twoColumns(list, textWidth(io))}`;
}

async function write(check: ModelCheck, tree: string, io: Io): Promise<number> {
  const { model, differences, compared, absent } = check;
  for (const path of absent) io.stderr.write(`kcovet: ${clean(tree)}: no ${path}: it is not compared\n`);
  if (differences.length === 0) {
    io.stdout.write(`kcov of ${clean(tree)} is what the model of ${model.version} says: ${compared} statements and declarations agree.\n${laterChanges(check, io)}`);
    return exitStatus.reviewed;
  }
  const { renderDifferences } = await import('../analysis/render-differences.js');
  const text = renderDifferences(differences, { a: `model ${model.version}`, b: 'tree' });
  io.stdout.write(text.split('\n').map(clean).join('\n'));
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  io.stderr.write(`kcovet: ${clean(tree)}: ${count} from the model of ${model.version}, which has ${compared} statements and declarations\n`);
  return exitStatus.questions;
}

async function run(flags: { tree: string; version?: string }, io: Io): Promise<number> {
  const { kcovModels } = await import('../../simulator/kcov/index.js');
  const models = flags.version === undefined ? kcovModels : [await findModel(flags.version)];
  const texts = await readFiles(flags.tree, models);
  const [{ checkModel }, { loadFrontEnd }] = await Promise.all([import('../analysis/check-model.js'), import('../c/front-end.js')]);
  const frontEnd = await loadFrontEnd();
  const check = nearest(models.map((model) => checkModel(frontEnd, model, texts)));
  if (check === undefined) throw new CliFailure('there is no model');
  return await write(check, flags.tree, io);
}

/** The command, which reports its exit status to `done`. */
export function modelCheckCommand(io: Io, done: (status: number) => void): Command {
  return new Command('check')
    .summary('compare the model with the kcov of a tree')
    .description('Compares the model with kernel/kcov.c and its headers in a tree, statement by statement.')
    .requiredOption('--tree <dir>', 'a kernel tree; headers may be missing')
    .option('--version <version>', 'the kernel version of the model; the nearest when left out')
    .addHelpText('after', help)
    .action(async (flags: { tree: string; version?: string }) => done(await run(flags, io)));
}
