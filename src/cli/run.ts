/**
 * @module The command line as a function: arguments and streams in, exit status out. Every failure becomes one line on
 * standard error; a stack trace is shown only when KCOVET_DEBUG is set.
 */
import { Command, CommanderError } from 'commander';
import { clean } from '../render/line.js';
import { compareCommand } from './compare-command.js';
import { checkMailCommand } from './check-mail-command.js';
import { explainCommand } from './explain-command.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { modelCommand } from './model-command.js';
import { replayCommand } from './replay-command.js';
import { reproCommand } from './repro-command.js';
import { reviewCommand } from './review-command.js';
import { rulesCommand } from './rules-command.js';
import { checkCommand, diffCommand } from './tree-command.js';
import { outboxCommand } from './outbox-command.js';
import { serveCommand } from './serve-command.js';
import { scenariosCommand } from './scenarios-command.js';
import { storeCommand } from './store-command.js';
import { packageVersion } from './version.js';
import { watchCommand } from './watch-command.js';
import { workerCommand } from './worker-command.js';

const help = `
kcovet applies a patch to a model of kernel/kcov.c, runs scenarios on it with
interrupts and NMIs at every access to shared memory, and asks the question that
a careful maintainer would ask, under the line concerned, with the schedule that
makes it necessary. Without evidence it is silent. It needs no kernel tree and no
network.

Start here:
  kcovet review examples/irq-coverage.mbox    review a patch; - is stdin
  kcovet help review                          formats, bounds, exit status
  kcovet rules                                what it can ask
  kcovet model                                the model, as C`;

/** How to get the help of a command. */
function helpOf(command: Command, program: Command): string {
  if (command === program) return '--help';
  return command.parent === program ? `help ${command.name()}` : `${command.parent?.name() ?? ''} ${command.name()} --help`;
}

/** The program with all commands. */
function programFor(io: Io, done: (status: number) => void): Command {
  const program = new Command('kcovet')
    .description('Reviews Linux kernel patches that touch KCOV by running them.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText('after', help)
    .addCommand(reviewCommand(io, done))
    .addCommand(compareCommand(io, done))
    .addCommand(replayCommand(io, done))
    .addCommand(reproCommand(io, done))
    .addCommand(rulesCommand(io))
    .addCommand(explainCommand(io))
    .addCommand(scenariosCommand(io))
    .addCommand(modelCommand(io, done))
    .addCommand(checkCommand(io, done))
    .addCommand(diffCommand(io, done))
    .addCommand(serveCommand(io, done))
    .addCommand(storeCommand(io))
    .addCommand(workerCommand(io, done))
    .addCommand(watchCommand(io, done))
    .addCommand(outboxCommand(io, done))
    .addCommand(checkMailCommand(io, done));
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(`kcovet: ${text.trim().replace(/^error: /u, '').replace(/\s*\n\s*/gu, ' ')}: try kcovet ${
        helpOf(command, program)}\n`),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => Math.min(80, io.stdout.columns ?? 80),
      getErrHelpWidth: () => Math.min(80, io.stderr.columns ?? 80),
    });
  }
  return program;
}

/** The line for a failure that nobody expected. */
function unexpected(error: unknown, io: Io): string {
  if (io.env['KCOVET_DEBUG'] && error instanceof Error && error.stack) return error.stack;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const line = clean(what.replace(/\s*\n\s*/gu, ' ')).slice(0, 400);
  return `internal error: ${line}: please report it with the input; KCOVET_DEBUG=1 shows where`;
}

/** Runs one command line, without the names of node and the script; the promise never rejects. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let status: number = exitStatus.reviewed;
  try {
    const program = programFor(io, (result) => { status = result; });
    if (args.length === 0) {
      io.stderr.write(program.helpInformation() + help + '\n');
      return exitStatus.usage;
    }
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.reviewed : exitStatus.usage;
    if (error instanceof CliFailure) {
      io.stderr.write(`kcovet: ${error.message}\n`);
      return error.status;
    }
    io.stderr.write(`kcovet: ${unexpected(error, io)}\n`);
    return exitStatus.usage;
  }
}
