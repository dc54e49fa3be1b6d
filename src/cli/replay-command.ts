/**
 * @module `kcovet replay SCHEDULE FILE`: runs one schedule again on a patch and shows every step. A schedule names its
 * scenario, configuration, bounds and the hash of the Program, and is refused on any other.
 */
import { Command, Option } from 'commander';
import type { Config } from '../../simulator/ir/program.js';
import { clean } from '../render/line.js';
import { addBaseOptions, findBaseOf, type BaseFlags } from './base-options.js';
import { lanesOf } from '../render/lanes/picture.js';
import { lanesFile } from '../render/lanes/svg.js';
import { renderTrace } from '../render/trace.js';
import type { ReplayResult } from '../review/options.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { replaySubmission } from './parts.js';
import { readPatches } from './read-input.js';
import { assumeOption, boundsOption, configOption } from './review-command.js';
import { textWidth } from './terminal.js';

const help = `
The schedule is the one that a review prints below each trace. It holds for the
patch it was found on: on another patch, or with another release whose model
differs, it is refused instead of run.

Examples:
  kcovet replay SCHEDULE v2.mbox
  b4 am -o - MESSAGE-ID | kcovet replay SCHEDULE -
  kcovet replay --format svg SCHEDULE v2.mbox > interleaving.svg

Exit status: 0 it violates the property again; 1 it runs without a violation;
2 usage, unreadable input, or a schedule of something else.`;

/** The steps and how they ended. */
function outcome(result: Exclude<ReplayResult, { kind: 'refused' }>, width: number): string {
  const last = result.kind === 'violated' ? `violated: ${clean(result.property)}` : 'held: no property was violated';
  return `${[...renderTrace({ ...result.evidence, schedule: null }, { width, form: 'steps' }), '', last].join('\n')}\n`;
}

interface ReplayFlags extends BaseFlags {
  readonly format: 'text' | 'svg';
  readonly bounds: Record<string, number>;
  readonly config?: Config;
  readonly assume?: readonly string[];
  readonly githubPr?: string;
}

/** Runs the command; the number is the exit status. */
async function run({ schedule, file, flags }: { schedule: string; file: string; flags: ReplayFlags }, io: Io): Promise<number> {
  const { submission, base } = flags.githubPr === undefined ? await findBaseOf(await readPatches(file, io), flags, io)
    : await (await import('./pull-option.js')).readPull(flags.githubPr, flags, io);
  const result = await replaySubmission(submission, schedule, { bounds: flags.bounds, base, config: flags.config, assume: flags.assume });
  if (result.kind === 'refused') throw new CliFailure(`${clean(schedule)}: ${clean(result.why)}`);
  io.stdout.write(flags.format === 'svg' ? lanesFile(lanesOf(result.evidence, { all: true })) : outcome(result, textWidth(io)));
  return result.kind === 'violated' ? exitStatus.reviewed : exitStatus.questions;
}

/** The command, which reports its exit status to `done`. */
export function replayCommand(io: Io, done: (status: number) => void): Command {
  const command = new Command('replay')
    .summary('run one schedule of a review again, step by step')
    .description('Runs one schedule again on the patch it was found on, and prints every step.')
    .argument('<schedule>', 'as printed by a review: after "replay: kcovet replay"')
    .argument('[file]', 'the same patch; - is standard input', '-')
    .addOption(new Option('--format <format>', 'steps as text, or as a picture: a lane for each context').choices(['text', 'svg']).default('text'))
    .option('--github-pr <owner/repo#n>', 'the pull request that the review was given')
    .option('--bounds <key=n,...>', 'the bounds that the review was given', boundsOption, {})
    .option('--config <name=value,...>', 'the configuration that the review was given', configOption)
    .option('--assume <what>', 'the assumption that the schedule refutes, as the review was given it', assumeOption)
    .addHelpText('after', help)
    .action(async (schedule: string, file: string, flags: ReplayFlags) => done(await run({ schedule, file, flags }, io)));
  return addBaseOptions(command);
}
