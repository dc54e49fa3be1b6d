/**
 * @module `kcovet model`: prints the TypeScript model of kcov as C, or what a patch makes of it as a diff.
 */
import { Command } from 'commander';
import { clean } from '../render/line.js';
import { unifiedDiff } from '../render/unified-diff.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { applyToModel, loadModel, type ModelText } from './parts.js';
import { readPatches } from './read-input.js';

const help = `
Examples:
  kcovet model                     kernel/kcov.c and what it uses, as the model has it
  kcovet model --apply v2.mbox     what the patch changes in the model, as a diff

Exit status: 0 printed; 2 usage or unreadable input; 3 nothing of the patch could
be placed.`;

/** The files of a model as one text, each under a comment with its path. */
function printed(files: readonly ModelText[]): string {
  return files.map(({ path, lines }) => `/* ${path} */\n\n${lines.join('\n')}\n`).join('\n');
}

/** Prints the model's files before and after a patch as a diff; says on standard error what was not placed. */
async function applied(file: string, version: string | undefined, io: Io): Promise<number> {
  const submission = await readPatches(file, io);
  const { before, after, hunks } = await applyToModel(submission, version);
  for (const hunk of hunks.filter((one) => one.placed === 'failed' || one.placed === 'ignored')) {
    io.stderr.write(`kcovet: ${clean(`${hunk.path} hunk ${hunk.index}: ${hunk.placed}: ${hunk.note}`)}\n`);
  }
  for (const old of before) {
    const fresh = after.find((one) => one.path === old.path);
    const lines = fresh ? unifiedDiff(old.path, old.lines, fresh.lines) : [];
    if (lines.length > 0) io.stdout.write(`${lines.map(clean).join('\n')}\n`);
  }
  if (hunks.some((one) => one.placed !== 'failed' && one.placed !== 'ignored')) return exitStatus.reviewed;
  if (hunks.every((one) => one.placed === 'ignored') && hunks.length > 0) return exitStatus.reviewed;
  throw new CliFailure(`${clean(file)}: no hunk could be placed on the model: check the kernel version`, exitStatus.notPlaced);
}

/** The command, which reports its exit status to `done`. */
export function modelCommand(io: Io, done: (status: number) => void): Command {
  return new Command('model')
    .summary('print the model of kcov as C, or what a patch makes of it')
    .description('Prints the model of kcov as C; with --apply, the change a patch makes to it as a diff.')
    .option('--apply <file>', 'a patch to put on the model; - is standard input')
    .option('--version <version>', 'the kernel version of the model', 'v5.5')
    .addHelpText('after', help)
    .action(async (flags: { apply?: string; version: string }) => {
      if (flags.apply !== undefined) return done(await applied(flags.apply, flags.version, io));
      io.stdout.write(printed(await loadModel(flags.version)));
    });
}
