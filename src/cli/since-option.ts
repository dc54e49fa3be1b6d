/**
 * @module --since: the review of the older version of a series, from its mails, which are reviewed the same way, or from
 * the JSON of a review that was made before.
 */
import type { Submission } from '../mail/submission.js';
import type { BaseInput } from '../review/base-input.js';
import type { Review } from '../review/review.js';
import { isSameSeries, type OlderVersion } from '../review/same-series.js';
import { reviewSchema } from '../review/schema.js';
import { sinceOlder } from '../review/since.js';
import { findBaseOf, type BaseFlags } from './base-options.js';
import { CliFailure, type Io } from './io.js';
import { readSubmission } from './parts.js';
import { inputName, patchesOrFail, readInput } from './read-input.js';

const leaveOut = 'leave --since out to be asked everything';

/** An older version: the review of it that was made before, or its mails and their base. */
export type Older = OlderVersion & { readonly file: string; readonly base?: BaseInput };

/** Reads the older version of what is reviewed, and finds its base; throws CliFailure for what is none. */
export async function readOlder(file: string, { newer, flags, io }: { newer: Submission; flags: BaseFlags; io: Io }): Promise<Older> {
  if (file === '-' && newer.name === '-') throw new CliFailure('--since -: standard input is the newer version already: name a file');
  const bytes = await readInput(file, io);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').trimStart();
  const older: Older = text.startsWith('{') ? { file, review: reviewIn(text, file) }
    : { file, ...(await findBaseOf(patchesOrFail(await readSubmission(file, bytes), file), flags, io)) };
  if (!isSameSeries(newer, older)) {
    throw new CliFailure(`${inputName(file)}: has no title and no added line in common with ${inputName(newer.name)}: give an older version of the same series, or ${leaveOut}`);
  }
  return older;
}

function reviewIn(text: string, file: string): Review {
  const refuse = (what: string): CliFailure => new CliFailure(`${inputName(file)}: ${what}: give what "kcovet review --format json" wrote, or the mails of the older version`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse('is no JSON, though it begins like it');
  }
  const parsed = reviewSchema.safeParse(json);
  const issue = parsed.error?.issues[0];
  if (!parsed.success) throw refuse(`is no review by kcovet (${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'of another form'})`);
  return parsed.data;
}

/**
 * The review held against the older one. Where nothing is known of the older one all is asked as if there were none, which
 * is said on standard error: better twice than not at all.
 */
export function heldAgainst(review: Review, older: Review, { file, io }: { file: string; io: Io }): Review {
  const say = (what: string): void => io.stderr.write(`kcovet: --since ${inputName(file)}: ${what}\n`);
  if (older.verdict === 'notPlaced' || older.verdict === 'outOfScope') {
    say('nothing of it could be placed, so what was asked of it is not known, and everything is asked as of a first version: give its base with --tree, --git or --github');
    return review;
  }
  if (older.submission.version > review.submission.version) say(`is v${older.submission.version}, and v${review.submission.version} is what is reviewed: is it the other way round?`);
  if (older.tool.rulesHash !== review.tool.rulesHash) say(`was made by kcovet ${older.tool.version}, which has other rules: what is new or gone may be so for that reason; its mails would be reviewed with these`);
  const held = sinceOlder(review, older);
  return older.stopped ? { ...held, stopped: true } : held;
}
