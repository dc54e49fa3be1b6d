/**
 * @module `kcovet model`: prints the TypeScript model of kcov as C, or what a patch makes of it as a diff.
 */
import { Command } from 'commander';
import type { PlacedHunk } from '../apply/image.js';
import { clean } from '../render/line.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { modelCheckCommand } from './model-check-command.js';
import { applyToModel, loadModel, type ModelText } from './parts.js';
import { inputName, readPatches } from './read-input.js';

const help = `
Examples:
  kcovet model                     kernel/kcov.c and what it uses, as C
  kcovet model --version v6.12     the model of another version
  kcovet model --apply v2.mbox     what the patch changes in it, as a diff
  kcovet model check --tree DIR    whether the model and a tree agree

Exit status: 0 printed; 2 usage or unreadable input; 3 nothing of the patch could
be placed.`;

/** The files of a model as one text, each under a comment with its path. */
function printed(files: readonly ModelText[]): string {
  return files.map(({ path, lines }) => `/* ${path} */\n\n${lines.join('\n')}\n`).join('\n');
}

/** Remarks on hunks before the rest is counted. */
const REMARKS_MAX = 20;

/** Whether a hunk changed nothing in the model. */
function isLeftOut({ placed }: PlacedHunk): boolean {
  return placed === 'failed' || placed === 'ignored';
}

/** Prints the model's files before and after a patch as a diff; says on standard error what was not placed. */
async function applied(file: string, version: string, io: Io): Promise<number> {
  const submission = await readPatches(file, io);
  const { diff, hunks, foreign } = await applyToModel(submission, version);
  const remarks = [
    ...hunks.filter(isLeftOut).map((hunk) => `${hunk.path} hunk ${hunk.index}: ${hunk.placed}: ${hunk.note}`),
    ...foreign.map((path) => `${path}: ignored: the model has no such file`),
  ];
  for (const remark of remarks.slice(0, REMARKS_MAX)) io.stderr.write(`kcovet: ${clean(remark)}\n`);
  if (remarks.length > REMARKS_MAX) io.stderr.write(`kcovet: and ${remarks.length - REMARKS_MAX} more that were not placed\n`);
  io.stdout.write(diff.split('\n').map(clean).join('\n'));
  if (hunks.some((one) => !isLeftOut(one))) return exitStatus.reviewed;
  if (hunks.length > 0 && hunks.every((one) => one.placed === 'ignored')) return exitStatus.reviewed;
  throw new CliFailure(`${inputName(file)}: no hunk could be placed on the model: check the kernel version`, exitStatus.notPlaced);
}

/** The command, which reports its exit status to `done`. */
export function modelCommand(io: Io, done: (status: number) => void): Command {
  return new Command('model')
    .summary('print the model of kcov as C, or what a patch makes of it')
    .description('Prints the model of kcov as C; with --apply, the change a patch makes to it as a diff.')
    .enablePositionalOptions()
    .addCommand(modelCheckCommand(io, done))
    .option('--apply <file>', 'a patch to put on the model; - is standard input')
    .option('--version <version>', 'the kernel version of the model', 'v5.5')
    .addHelpText('after', help)
    .action(async (flags: { apply?: string; version: string }) => {
      if (flags.apply !== undefined) return done(await applied(flags.apply, flags.version, io));
      io.stdout.write(printed(await loadModel(flags.version)));
    });
}
