/**
 * @module `kcovet review FILE|-`, or a pull request: reads patches, reviews them, writes the review in one format or several.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../../simulator/ir/program.js';
import { ASSUMPTION_FORMS, readAssumption } from '../analysis/assumption.js';
import { parseConfig } from '../c/config.js';
import type { ReviewOptions } from '../review/options.js';
import type { Review } from '../review/review.js';
import { clean } from '../render/line.js';
import type { Show } from '../render/text.js';
import { parseBounds } from './arguments.js';
import { addBaseOptions, findBaseOf, type Based, type BaseFlags } from './base-options.js';
import { FORMATS, formatted, parseWritten, writeFormats, type Format, type Output, type Written } from './formats.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { reviewSubmission } from './parts.js';
import { progressLine } from './progress.js';
import { inputName, problemInWords, readPatches } from './read-input.js';
import { addSearchOptions, stoppedStatus, withSearches, type SearchFlags } from './search-options.js';
import { packageVersion } from './version.js';

interface ReviewFlags extends BaseFlags, SearchFlags {
  readonly format: Format;
  readonly write?: readonly Written[];
  readonly githubPr?: string;
  readonly exitCode?: boolean;
  readonly show: Show;
  readonly bounds: Record<string, number>;
  readonly config?: Config;
  readonly assume?: readonly string[];
  readonly color: 'auto' | 'always' | 'never';
  readonly quiet?: boolean;
  readonly progress?: boolean;
  readonly from: string;
  readonly replyTo?: string;
  readonly since?: string;
}

const examples = `
Examples:
  kcovet review 0001-kcov-collect-from-softirqs.patch
      what format-patch wrote: questions as text, colour on a terminal
  b4 am -o - MESSAGE-ID | kcovet review -
      a series from lore.kernel.org
  git show | kcovet review - --exit-code && git push
      exit status 1 when there is something to ask
  kcovet review --format mail v2.mbox > reply.eml
      a complete reply to the author; nothing is sent
  kcovet review --format json v2.mbox | jq '.findings[].question'
  kcovet review v2.mbox --since v1.mbox
      what remains of the questions on v1 in one line each, what is new in full,
      what is gone by name; the JSON of a review of v1 will do as well
  kcovet review --bounds nmi=0 --states 2000000 v2.mbox
      other bounds: kcovet scenarios has their names
  kcovet review --assume 'irqs off in kcov_remote_start' v2.mbox
      what you take for granted: held in every execution, or refuted by one
  kcovet review --seconds 20 v2.mbox
      a first look: what is still searched after 20 s is stopped and named
  kcovet review v2.mbox --git ~/linux.git --with prerequisite.mbox
      on the kernel the patch was made on, found by its blob ids: docs/bases.md
  kcovet review --github-pr OWNER/REPO#12 --write sarif=kcovet.sarif
      a pull request, read with GITHUB_TOKEN; nothing is written to GitHub

What the output means: a question stands under the line it is about, and below
it the schedule that makes it necessary; "kcovet replay SCHEDULE FILE" runs that
again, step by step.

Exit status: 0 reviewed, whatever was found; 1 something to ask (only with
--exit-code); 2 usage, or input that cannot be read; 3 nothing of the patch
could be placed; 4 stopped by --seconds: what was found is shown, but no mail is
written, because what it says would depend on the machine.`;

/** A file name as a shell takes it. */
function shellWord(file: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/u.test(file) ? file : `'${clean(file).replace(/'/gu, "'\\''")}'`;
}

/** What a replay of this review must be given: the same base, bounds and configuration, and the file or pull request. */
function replayArguments(file: string, flags: ReviewFlags): string {
  const given = (name: string, value: string | undefined): string[] => (value === undefined || value === '' ? [] : [`--${name}`, shellWord(value)]);
  const pairs = (record: Readonly<Record<string, number | boolean>> | undefined): string =>
    Object.entries(record ?? {}).map(([name, value]) => `${name}=${value === true ? 'y' : value === false ? 'n' : value}`).join(',');
  const before = [
    ...given('tree', flags.tree), ...given('git', flags.git), ...given('github', flags.github), ...given('bounds', pairs(flags.bounds)), ...given('config', pairs(flags.config)),
  ];
  const after = flags.with === undefined ? [] : ['--with', ...flags.with.map(shellWord)];
  return [...before, ...(flags.githubPr === undefined ? [shellWord(file)] : given('github-pr', flags.githubPr)), ...after].join(' ');
}

/** Says on standard error what the output alone might leave unnoticed. */
function remark(review: Review, flags: ReviewFlags, file: string, io: Io): void {
  const say = (what: string): void => io.stderr.write(`kcovet: ${inputName(file)}: ${what}\n`);
  switch (review.verdict) {
    case 'notPlaced':
      return say('no hunk could be placed on the model: check that it is a patch to kernel/kcov.c of a version kcovet knows');
    case 'outOfScope':
      return say('changes nothing of kcov: give a patch to kernel/kcov.c or its users');
    case 'alreadyApplied':
      return say('the base has this patch already: give a patch that is not merged');
    case 'nothingToAsk':
      return flags.format === 'mail' && !flags.quiet ? say('nothing to ask, so there is no mail') : undefined;
    case 'questions':
  }
}

/** The exit status of a review. */
function statusOf(review: Review, exitCode: boolean): number {
  if (review.verdict === 'notPlaced' || review.verdict === 'outOfScope') return exitStatus.notPlaced;
  return exitCode && review.verdict === 'questions' ? exitStatus.questions : exitStatus.reviewed;
}

/** What is reviewed, with its base. */
interface Input extends Based {
  readonly root: string;
}

/** The pull request, or else the patches of a file. */
async function readReviewed(file: string, flags: ReviewFlags, io: Io): Promise<Input> {
  if (flags.githubPr === undefined) return { ...await findBaseOf(await readPatches(file, io), flags, io), root: '' };
  return await (await import('./pull-option.js')).readPull(flags.githubPr, flags, io);
}

/** Reviews, and holds the review against the older version. */
async function reviewed(newer: Input, flags: ReviewFlags, io: Io): Promise<Review> {
  const since = flags.since === undefined ? null : await import('./since-option.js');
  const older = await since?.readOlder(flags.since ?? '', { newer: newer.submission, flags, io });
  const progress = progressLine(io, { quiet: flags.quiet, always: flags.progress });
  const { bounds, config, assume } = flags;
  return await withSearches(flags, async (searches) => {
    const reviewOf = async ({ submission, base }: Based, onQuestion?: ReviewOptions['onQuestion']): Promise<Review> =>
      await reviewSubmission(submission, { ...searches, ...(flags.show === 'new' ? {} : { everything: true }), bounds, base, config, assume, version: packageVersion(), onProgress: progress.update, onQuestion });
    const before = older && ('review' in older ? older.review : await reviewOf(older));
    // What an older version was asked already stands in another form in the end.
    const now = await reviewOf(newer, since ? undefined : progress.ask);
    return since && before ? since.heldAgainst(now, before, { file: flags.since ?? '', io }) : now;
  }).finally(progress.end);
}

/** The input by name: the file, or the pull request. Throws CliFailure where there is none, or both. */
function inputOf(file: string | undefined, { githubPr }: ReviewFlags): string {
  if (file !== undefined && githubPr !== undefined) throw new CliFailure(`${inputName(file)}: --github-pr names what is reviewed: leave the file out`);
  const input = githubPr ?? file;
  if (input === undefined) throw new CliFailure("missing required argument 'file': try kcovet review --help");
  return input;
}

/** Runs the command; the number is the exit status. */
async function run(file: string | undefined, flags: ReviewFlags, io: Io): Promise<number> {
  const input = inputOf(file, flags);
  const { root, ...based } = await readReviewed(input, flags, io);
  const review = await reviewed({ root, ...based }, flags, io);
  const stopped = stoppedStatus(review, inputName(input), io);
  // A reply says what was found, and that must not depend on how fast the machine is.
  if (stopped !== null && flags.format === 'mail') return stopped;
  const output: Output = { ...flags, review, submission: based.submission, root, replay: replayArguments(input, flags) };
  io.stdout.write(await formatted(flags.format, output, io));
  await writeFormats(flags.write ?? [], output, io);
  if (flags.format !== 'json' && !flags.quiet) {
    for (const problem of review.problems) io.stderr.write(`kcovet: ${problemInWords(problem)}\n`);
  }
  remark(review, flags, input, io);
  return stopped ?? statusOf(review, flags.exitCode === true);
}

/** The command, which reports its exit status to `done`. */
export function reviewCommand(io: Io, done: (status: number) => void): Command {
  return addSearchOptions(addBaseOptions(new Command('review')))
    .summary('review a patch, a series or a quoted patch')
    .description('Reviews a patch mail, an mbox with a series, a diff, or a reply that quotes a patch.')
    .argument('[file]', 'the patch; - is standard input')
    .option('--github-pr <owner/repo#n>', 'a pull request of GitHub instead of a file, its base with it')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('text'))
    .option('--write <format=file>', 'a further format of the same review, to a file; may be repeated', writtenOption)
    .option('--exit-code', 'exit with 1 when there is something to ask')
    .addOption(new Option('--show <which>', 'findings that text shows: what is asked, what the base has, everything')
      .choices(['new', 'pre-existing', 'all']).default('new'))
    .option('--bounds <key=n,...>', 'bounds instead of those of the scenarios, such as nmi=0,softirq=2', boundsOption, {})
    .option('--config <name=value,...>', 'Kconfig symbols, such as KCOV_ENABLE_COMPARISONS=n', configOption)
    .option('--assume <what>', 'what you take for granted, such as "irqs off in kcov_start": checked in every execution; may be repeated', assumeOption)
    .addOption(new Option('--color <when>', 'colour of text').choices(['auto', 'always', 'never']).default('auto'))
    .option('--since <file>', 'the older version of the series, or the JSON of its review: ask only what is new, name what is gone')
    .option('--from <address>', 'sender of mails', 'kcovet <kcovet@localhost>')
    .option('--reply-to <address>', 'a person whom answers to mails go to')
    .option('--progress', 'the first sentence of each question on standard error as soon as it is certain, also where that is no terminal')
    .option('--quiet', 'no progress and no remarks; failures are still said')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, flags: ReviewFlags) => done(await run(file, flags, io)));
}

/** --write, for commander. */
function writtenOption(text: string, before: readonly Written[] = []): Written[] {
  const parsed = parseWritten(text);
  if (typeof parsed === 'string') throw new InvalidArgumentError(parsed);
  return [...before, parsed];
}

/** --assume, for commander. */
export function assumeOption(text: string, before: readonly string[] = []): string[] {
  const read = readAssumption(text);
  if (read?.ok) return [...before, read.assumption.text];
  throw new InvalidArgumentError(`Give ${read?.why ?? `one of: ${ASSUMPTION_FORMS}`}.`);
}

/** --bounds, for commander. */
export function boundsOption(text: string): Record<string, number> {
  const parsed = parseBounds(text);
  if (typeof parsed === 'string') throw new InvalidArgumentError(parsed);
  return parsed;
}

/** --config, for commander. */
export function configOption(text: string): Config {
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.errors.map((e) => e.what).join(' '));
  return parsed.config;
}
