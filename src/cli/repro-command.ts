/**
 * @module `kcovet repro ID|SCHEDULE FILE`: a C program that takes the course of a counterexample on a real kernel. An id is that of a
 * finding, for which the patch is reviewed first; a schedule is run at once.
 */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Config } from '../../simulator/ir/program.js';
import type { Submission } from '../mail/submission.js';
import { clean } from '../render/line.js';
import { mainOf } from '../render/evidence.js';
import type { ReproResult } from '../review/repro-submission.js';
import { compareFindings, type Finding } from '../review/review.js';
import { addBaseOptions, findBaseOf, type Based, type BaseFlags } from './base-options.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { reproSubmission, reviewSubmission } from './parts.js';
import { progressLine } from './progress.js';
import { inputName, readPatches } from './read-input.js';
import { assumeOption, boundsOption, configOption } from './review-command.js';
import { addSearchOptions, withSearches, type SearchFlags } from './search-options.js';
import { packageVersion } from './version.js';

const help = `
The program is one file of plain C, for whoever wants to see on a machine what a
review says of the model:

  gcc -Wall -Wextra -O2 -pthread -o repro repro.c && ./repro

It makes the calls of the counterexample in its order; where two calls are under
way at once, it races them on two CPUs, again and again, for half a minute. Then
it says in one line what it saw, and exits with 0 shown, 1 not shown, 2 cannot
run here (no kcov, no root, one CPU). Run it in a virtual machine: on a kernel
that has the bug it may end in a crash.

There is a program only where user space alone can take that course. Interrupts,
remote sections, allocations that fail, a scheduler that must preempt at one
place: these are not for user space to bring about. kcovet replay shows them.

Examples:
  kcovet repro wrong-result-3fa9c1 v2.mbox > repro.c
      the finding of that id, as a review in JSON has it; its beginning will do
  kcovet repro device-lifecycle:8d1fb602:t12 v2.mbox -o repro.c
      a schedule, as a review prints it; the patch is not searched again

Exit status: 0 the program is written; 1 there is none: what is needed beyond user
space is said; 2 usage, unreadable input, or nothing of that id or schedule.`;

interface ReproFlags extends BaseFlags, SearchFlags {
  readonly output?: string;
  readonly bounds: Record<string, number>;
  readonly config?: Config;
  readonly assume?: readonly string[];
  readonly githubPr?: string;
  readonly quiet?: boolean;
}

/** What a program can be made of. */
interface Wanted {
  readonly schedule: string;
  readonly question?: string;
}

/** The schedules of a finding, the one that shows its own property first. */
function schedulesOf(finding: Finding): Wanted[] {
  const main = mainOf(finding);
  const all = [...(main ? [main] : []), ...finding.evidence.filter((one) => one !== main)];
  return [...new Set(all.flatMap(({ schedule }) => schedule ?? []))].map((schedule) => ({ schedule, question: finding.question }));
}

/** The finding whose id begins so. Throws CliFailure where none does, or several. */
export function findingOf(findings: readonly Finding[], id: string, file: string): Finding {
  const [found, ...others] = findings.filter((finding) => finding.id.startsWith(id));
  const list = (all: readonly Finding[]): string => [...all].sort(compareFindings).map((finding) => finding.id).join(', ');
  if (found && others.length === 0) return found;
  if (found) throw new CliFailure(`${clean(id)}: is the beginning of several: give one of ${list([found, ...others])}`);
  throw new CliFailure(`${clean(id)}: ${inputName(file)} has no finding of that id: ${findings.length === 0 ? 'it has none at all' : `it has ${list(findings)}`}`);
}

async function reviewed({ submission, base }: Based, flags: ReproFlags, io: Io): Promise<readonly Finding[]> {
  const progress = progressLine(io, { quiet: flags.quiet });
  const { bounds, config, assume } = flags;
  const review = await withSearches(flags, async (searches) =>
    await reviewSubmission(submission, { ...searches, bounds, base, config, assume, version: packageVersion(), onProgress: progress.update })).finally(progress.end);
  return review.findings;
}

/** The first of the schedules that has a program; else what came of the first. */
async function firstProgram(submission: Submission, wanted: readonly Wanted[], options: Parameters<typeof reproSubmission>[2]): Promise<ReproResult> {
  let first: ReproResult | null = null;
  for (const { schedule, question } of wanted) {
    const result = await reproSubmission(submission, schedule, { ...options, ...(question === undefined ? {} : { question }) });
    if (result.kind === 'program') return result;
    first ??= result;
  }
  return first ?? { kind: 'none', why: 'no execution: the text of the patch is what is asked about' };
}

/** Runs the command; the number is the exit status. */
async function run({ what, file, flags }: { what: string; file: string; flags: ReproFlags }, io: Io): Promise<number> {
  const based = flags.githubPr === undefined ? await findBaseOf(await readPatches(file, io), flags, io) : await (await import('./pull-option.js')).readPull(flags.githubPr, flags, io);
  const wanted = what.includes(':') ? [{ schedule: what }] : schedulesOf(findingOf(await reviewed(based, flags, io), what, flags.githubPr ?? file));
  const { bounds, config, assume } = flags;
  const result = await firstProgram(based.submission, wanted, { bounds, base: based.base, config, assume });
  if (result.kind === 'refused') throw new CliFailure(`${clean(what)}: ${clean(result.why)}`);
  if (result.kind === 'none') {
    const instead = wanted[0] ? `: kcovet replay ${clean(wanted[0].schedule)} shows it` : '';
    io.stderr.write(`kcovet: ${clean(what)}: no program in user space shows it, since it takes ${clean(result.why)}${instead}\n`);
    return exitStatus.questions;
  }
  if (flags.output === undefined) io.stdout.write(result.text);
  else writeOutput(flags.output, result.text);
  return exitStatus.reviewed;
}

function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliFailure(`${clean(file)}: cannot be written: ${error instanceof Error ? clean(error.message) : 'unknown'}`);
  }
}

/** The command, which reports its exit status to `done`. */
export function reproCommand(io: Io, done: (status: number) => void): Command {
  const command = new Command('repro')
    .summary('a C program that shows a finding on a real kernel')
    .description('Writes a C program that takes the course of a finding, or of a schedule, on a real kernel.')
    .argument('<what>', 'the id of a finding or its beginning, or a schedule')
    .argument('[file]', 'the patch; - is standard input', '-')
    .option('-o, --output <file>', 'where the program goes instead of standard output')
    .option('--github-pr <owner/repo#n>', 'the pull request that the review was given')
    .option('--bounds <key=n,...>', 'the bounds that the review was given', boundsOption, {})
    .option('--config <name=value,...>', 'the configuration that the review was given', configOption)
    .option('--assume <what>', 'the assumption that the schedule refutes, as the review was given it', assumeOption)
    .option('--quiet', 'no progress; failures are still said')
    .addHelpText('after', help)
    .action(async (what: string, file: string, flags: ReproFlags) => done(await run({ what, file, flags }, io)));
  return addSearchOptions(addBaseOptions(command));
}
