/**
 * @module `kcovet check-mail`: the external per-patch check of b4: a mail on standard input, results as JSON on standard output.
 */
import { Command } from 'commander';
import { addBaseOptions, findBaseOf, type BaseFlags } from './base-options.js';
import { exitStatus, type Io } from './io.js';
import { reviewSubmission } from './parts.js';
import { readPatches } from './read-input.js';
import { addSearchOptions, stoppedStatus, withSearches, type SearchFlags } from './search-options.js';
import { packageVersion } from './version.js';

interface CheckMailFlags extends BaseFlags, SearchFlags {
  readonly url?: string;
}

const help = `
For b4 review, in the configuration of git:

  git config b4.review-perpatch-check-cmd "kcovet check-mail"

It prints [{tool, status, summary, url, details}]: status "warn" with questions,
whose text is in details, "pass" when there is nothing to ask, and [] for a patch
that changes nothing of kcov, or that could not be put on the base. It never says
"fail": what kcovet has are questions.

Examples:
  b4 mbox -o - MESSAGE-ID | kcovet check-mail
  kcovet check-mail --tree ~/linux < 0001-kcov.patch

Exit status: 0 with a result, whatever it is; 2 usage or unreadable input, with the
reason on standard error and nothing on standard output; 4 stopped by --seconds.`;

/** Columns of the text in details. */
const WIDTH = 76;

async function run(file: string, flags: CheckMailFlags, io: Io): Promise<number> {
  const { submission, base } = await findBaseOf(await readPatches(file, io), flags, io);
  const review = await withSearches(flags, async (searches) => await reviewSubmission(submission, { ...searches, bounds: {}, base, version: packageVersion() }));
  const stopped = stoppedStatus(review, file, io);
  if (stopped !== null) return stopped;
  const [{ checkResults }, { renderText }] = await Promise.all([import('../render/check-result.js'), import('../render/text.js')]);
  const details = renderText(review, { color: false, width: WIDTH, show: 'new' });
  io.stdout.write(`${JSON.stringify(checkResults(review, details, flags.url), null, 2)}\n`);
  return exitStatus.reviewed;
}

/** The command, which reports its exit status to `done`. */
export function checkMailCommand(io: Io, done: (status: number) => void): Command {
  return addSearchOptions(addBaseOptions(new Command('check-mail')))
    .summary("b4's check of one patch: a mail in, results as JSON out")
    .description('Reviews the patch of a mail, and prints the result as b4 wants it of an external check.')
    .argument('[file]', 'the mail; - is standard input', '-')
    .option('--url <url>', 'page that the result links to')
    .addHelpText('after', help)
    .action(async (file: string, flags: CheckMailFlags) => done(await run(file, flags, io)));
}
