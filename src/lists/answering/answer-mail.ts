/**
 * @module A mail with commands, followed once and answered at most once, to its sender alone unless the policy says list. Who is not
 * known, not allowed, or a program gets no answer.
 */
import { readMessage } from '../../mail/message.js';
import { decodeInput } from '../../mail/input-text.js';
import { readThreadMail } from '../../mail/patch-mail.js';
import { messageOf } from '../../mail/read-thread.js';
import { ProblemList, splitLines } from '../../patch/input-line.js';
import { blank, clean, clip, type Line } from '../../render/line.js';
import { MAIL_WIDTH } from '../../render/reply.js';
import type { Review } from '../../review/review.js';
import { RetryLater } from '../../queue/queue.js';
import { automaticReason } from '../automatic.js';
import { loadReady } from '../compose-series.js';
import type { Office } from '../office.js';
import { reviewSeries, type SeriesReviewing } from '../review-series.js';
import { paragraph } from './answer-words.js';
import type { AnswerRun } from './answer-job.js';
import { answeredSeries } from './answered-series.js';
import { authorityOf } from './authority.js';
import { draftAnswer } from './draft-answer.js';
import { follow } from './follow.js';
import { heardOf } from './heard.js';
import { mailCommands } from './mail-commands.js';
import { searchLeave, type SearchLeave } from './search-leave.js';

/** Times that a mail waits for the series it is about to be put together. */
const DELAYS_MAX = 3;
const DELAY_MS = 1_000;
/** Mails of one sender that are answered in 24 hours: each may have hours of searches made. */
const ANSWERS_MAX = 20;
const DAY_MS = 86_400_000;
/** Until a policy that is broken may have been mended. */
const POLICY_DELAY_MS = 60_000;

export interface Answering extends SeriesReviewing {
  readonly office: Office;
  /** Names of mail servers whose Authentication-Results count. */
  readonly trusted: readonly string[];
}

/** Follows the commands of a kept mail. Rejects when it is to be tried again. */
export async function answerMail(messageId: string, run: AnswerRun, tools: Answering): Promise<void> {
  const { lists, office, log } = tools;
  const kept = await lists.mail(messageId);
  const input = kept === null || automaticReason(kept.raw, [office.from]) !== null ? null : decodeInput(kept.raw);
  if (kept === null || input === null || input.kind === 'unreadable') return;
  const message = await readMessage({ lines: splitLines(input.text) }, new ProblemList(messageId));
  const { commands, more } = mailCommands(message.body);
  if (commands.length === 0) return;
  const answered = await answeredSeries(message.headers, { lists, drafts: office.drafts });
  if (answered === null && run.delays < DELAYS_MAX) throw new RetryLater(DELAY_MS, 'the series that it is about is not there yet');
  const ready = answered === null ? null : await loadReady(answered.key, lists);
  const policy = await office.policy();
  if (!policy.ok) throw new RetryLater(POLICY_DELAY_MS, `the policy cannot be read: ${policy.problems[0] ?? ''}`);
  if (answered === null || ready === null) return log('warn', 'commands were not followed', { mail: messageId, why: 'it is about no series' });
  const authority = authorityOf({ raw: kept.raw, author: ready.author.address, policy: policy.config, trusted: tools.trusted });
  if (typeof authority === 'string') return log('warn', 'commands were not followed', { mail: messageId, why: authority });
  // Where its review was not made yet it is made now: what a command is about must be known.
  await reviewSeries(ready.key, run, tools);
  const asked = { mail: { messageId, message, inThread: messageOf(message, readThreadMail(message, messageId)) }, authority, ready, tools, questions: answered.findings, signal: run.signal };
  const parts: Followed[] = [];
  const tooMany = await office.drafts.answeredSince(authority.sender, tools.now() - DAY_MS) >= ANSWERS_MAX;
  if (tooMany) log('warn', 'commands were not followed', { mail: messageId, why: `${authority.sender} had ${ANSWERS_MAX} answers in 24 hours` });
  let silent = tooMany || (await heardOf(ready.key, tools)).ended !== null;
  // Of what is over only an end is heard, and of who asks too much.
  for (const written of commands.filter(({ command: { kind } }) => !silent || kind === 'stop' || kind === 'upstream')) {
    const leave = (): Promise<SearchLeave> => searchLeave(written.at, { ready, sender: authority.sender, messageId, policy: policy.config, said: tools.said, nowMs: tools.now() });
    const lines = await follow(written, { ...asked, leave, review: await reviewOf(ready.key, tools) });
    log('info', 'a command was followed', { mail: messageId, series: ready.key, command: written.command.kind, by: authority.sender });
    if (lines === null) silent = true;
    else parts.push({ line: written.line, lines });
  }
  if (silent) return;
  const rest = more === 0 ? [] : [paragraph(`${more} more commands in that mail were not read.`)];
  await draftAnswer(office, { ready, messageId, headers: message.headers, subject: message.subject, sender: authority.sender, parts: [...together(parts), ...rest], nowMs: tools.now() });
}

/** A command as it was written, and what is answered. */
interface Followed {
  readonly line: string;
  readonly lines: readonly Line[];
}

/** Answers below the commands; those in a row that are answered alike stand above one answer. */
function together(parts: readonly Followed[]): Line[][] {
  const quoted = ({ line }: Followed): Line => ({ kind: 'quote', text: `> ${clip(clean(line), MAIL_WIDTH - 2)}` });
  const isLike = (a: Followed, b: Followed | undefined): boolean => JSON.stringify(a.lines) === JSON.stringify(b?.lines);
  return parts.flatMap((part, i): Line[][] => {
    if (isLike(part, parts[i - 1])) return [];
    const next = parts.findIndex((one, k) => k > i && !isLike(one, part));
    return [[...parts.slice(i, next < 0 ? undefined : next).map(quoted), blank, ...part.lines]];
  });
}

async function reviewOf(key: string, { lists }: Answering): Promise<Review | null> {
  const kept = await lists.review(key);
  return kept === null ? null : JSON.parse(kept) as Review;
}
