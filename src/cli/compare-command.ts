/**
 * @module `kcovet compare THREAD...`: reviews the patches of a thread and holds the questions against what people wrote
 * into their replies.
 */
import { Command, Option } from 'commander';
import { clean } from '../render/line.js';
import { addBaseOptions, findBaseOf, type BaseFlags } from './base-options.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { reviewSubmission } from './parts.js';
import { progressLine } from './progress.js';
import { inputName, patchesOrFail, readInput } from './read-input.js';
import { addSearchOptions, stoppedStatus, withSearches, type SearchFlags } from './search-options.js';
import { packageVersion } from './version.js';

interface CompareFlags extends BaseFlags, SearchFlags {
  readonly format: 'text' | 'json';
  readonly exitCode?: boolean;
  readonly quiet?: boolean;
}

/** Columns of the table at most and at least. */
const WIDTH_MAX = 100;
const WIDTH_MIN = 60;

const examples = `
Examples:
  kcovet compare thread.mbox
      a thread with its patches and the replies to them
  b4 mbox -o - MESSAGE-ID | kcovet compare -
  kcovet compare patch.eml reply-1.eml reply-2.eml
  kcovet compare --format json thread.mbox | jq '.counts'

What the output means: a remark is what somebody other than the author wrote
under quoted lines of the patch; mails that quote it again repeat it, trailers
and thanks are none, and neither is what programs write. It is met by a question
of ours at the same line, or among the lines quoted right above it; the last
column says which. In parentheses: nothing meets it, and this is the nearest.

Exit status: 0 compared; 1 something is theirs alone (only with --exit-code);
2 usage, or input that cannot be read; 3 nothing of the patch could be placed;
4 stopped by --seconds.`;

async function run(files: readonly string[], flags: CompareFlags, io: Io): Promise<number> {
  if (files.filter((file) => file === '-').length > 1) throw new CliFailure('-: standard input is given twice: name files, or join the mails to one mbox');
  const inputs: { name: string; bytes: Uint8Array }[] = [];
  for (const file of files) inputs.push({ name: file, bytes: await readInput(file, io) });
  const [{ readThread }, { remarksOf }] = await Promise.all([import('../mail/read-thread.js'), import('../mail/remarks.js')]);
  const thread = await readThread(inputs);
  const { submission, base } = await findBaseOf(patchesOrFail(thread.submission, files[0] ?? '-'), flags, io);
  const progress = progressLine(io, { quiet: flags.quiet });
  const review = await withSearches(flags, async (searches) =>
    await reviewSubmission(submission, { ...searches, bounds: {}, base, version: packageVersion(), onProgress: progress.update })).finally(progress.end);
  if (review.verdict === 'notPlaced' || review.verdict === 'outOfScope') {
    throw new CliFailure(`${inputName(files[0] ?? '-')}: nothing of the patch could be placed, so there is nothing to compare: give its base with --tree, --git or --github`, exitStatus.notPlaced);
  }
  const [{ compareThread }, { comparisonSchema }, { renderComparison }] = await Promise.all([
    import('../review/compare-thread.js'), import('../review/comparison.js'), import('../render/comparison.js'),
  ]);
  const comparison = compareThread(review, remarksOf(thread), thread.messages.length);
  io.stdout.write(flags.format === 'json' ? `${JSON.stringify(comparisonSchema.parse(comparison), null, 2)}\n`
    : renderComparison(comparison, Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, io.stdout.columns ?? WIDTH_MAX))));
  if (!flags.quiet && thread.messages.length < 2) io.stderr.write(`kcovet: ${clean(inputName(files[0] ?? '-'))}: has no replies: give the whole thread, or more files\n`);
  return stoppedStatus(review, inputName(files[0] ?? '-'), io) ?? (flags.exitCode === true && comparison.counts.theirsAlone > 0 ? exitStatus.questions : exitStatus.reviewed);
}

/** The command, which reports its exit status to `done`. */
export function compareCommand(io: Io, done: (status: number) => void): Command {
  return addSearchOptions(addBaseOptions(new Command('compare')))
    .summary('compare with what people wrote in a thread')
    .description('Reviews the patches of a thread and shows which inline remarks of people the questions meet.')
    .argument('<thread...>', 'an mbox, or mails, with patch and replies; - is standard input')
    .addOption(new Option('--format <format>', 'what to write').choices(['text', 'json']).default('text'))
    .option('--exit-code', 'exit with 1 when a remark is met by nothing')
    .option('--quiet', 'no progress and no remarks; failures are still said')
    .addHelpText('after', examples)
    .action(async (files: string[], flags: CompareFlags) => done(await run(files, flags, io)));
}
