/** @module Does what one command of a mail says. Done twice for the same mail it is as done once. */
import { readOwnPatch } from '../../mail/own-patch.js';
import type { Message } from '../../mail/message.js';
import type { ThreadMessage } from '../../mail/read-thread.js';
import type { Submission } from '../../mail/submission.js';
import { ProblemList } from '../../patch/input-line.js';
import { compose } from '../../mail/read-submission.js';
import type { Line } from '../../render/line.js';
import type { Assumed, Review } from '../../review/review.js';
import { parseAssumption } from '../../service/assumptions.js';
import { considerAssumption } from '../../service/commands/consider-assumption.js';
import { beforeIn, outcomeOf, tryPatch } from '../../service/commands/try-patch.js';
import type { ReadySeries } from '../ready-series.js';
import { requestFor, reviewAssuming, type SeriesReviewing } from '../review-series.js';
import type { SaidKind } from '../said-store.js';
import * as words from './answer-words.js';
import type { Authority } from './authority.js';
import { heardOf } from './heard.js';
import type { WrittenCommand } from './mail-commands.js';
import { meantQuestion } from './meant-question.js';
import type { SearchLeave } from './search-leave.js';

/** What a command works with. */
export interface Commanded {
  readonly mail: { readonly messageId: string; readonly message: Message; readonly inThread: ThreadMessage };
  readonly authority: Authority;
  readonly ready: ReadySeries;
  /** The review kept last; null when there is none. */
  readonly review: Review | null;
  /** Fingerprints of the questions in the answered mail; empty where it asks none. */
  readonly questions: readonly string[];
  readonly tools: SeriesReviewing;
  /** Asks whether searches may be made for it. */
  readonly leave: () => Promise<SearchLeave>;
  readonly signal: AbortSignal;
}

/** What is to be answered; null where the command asks for silence. */
export async function follow(written: WrittenCommand, asked: Commanded): Promise<readonly Line[] | null> {
  const { command } = written;
  switch (command.kind) {
    case 'help': return words.helpLines();
    case 'unknown': return words.unknownLines(command.why);
    case 'invalid': return await invalid(command, written, asked);
    case 'assume': return await assume(command.text, asked);
    case 'unassume': return await unassume(command.text, asked);
    case 'test': return await test(asked);
    case 'stop': return await stop(asked);
    case 'upstream': return await upstream(asked);
  }
}

async function say({ mail, authority, ready, tools }: Commanded, kind: SaidKind, { what = '', note = '' }: { what?: string; note?: string } = {}): Promise<void> {
  await tools.said.say({ series: ready.key, kind, what, note, by: authority.sender, mail: mail.messageId, atMs: tools.now() });
}

async function invalid({ id, reason }: { id: string | null; reason: string }, { at, line }: WrittenCommand, asked: Commanded): Promise<readonly Line[]> {
  const { review, ready, mail, questions } = asked;
  if (review === null) return words.paragraph(words.notReviewedText);
  const finding = meantQuestion(id, { message: mail.inThread, at, line, submission: ready.submission, review: onlyAsking(review, questions) });
  if (finding === null) return words.paragraph(words.noQuestionText);
  await say(asked, 'invalid', { what: finding.fingerprint, note: reason });
  await asked.tools.drafting.refresh(ready.key);
  return words.invalidLines(finding);
}

/** A review in which only these questions are asked; all where none are given. */
function onlyAsking(review: Review, questions: readonly string[]): Review {
  return questions.length === 0 ? review : { ...review, findings: review.findings.map((one) => ({ ...one, asked: one.asked && questions.includes(one.fingerprint) })) };
}

async function assume(text: string, asked: Commanded): Promise<readonly Line[] | null> {
  const { ready, tools, signal, mail } = asked;
  const parsed = parseAssumption(text);
  if (!parsed.ok) return words.unknownLines(parsed.why);
  const { assumptions, said } = await heardOf(ready.key, tools);
  const known = said.find(({ kind, what }) => kind === 'assume' && what === parsed.text);
  if (known && known.mail !== mail.messageId) return words.paragraph(words.assumedAlreadyText(parsed.text));
  if (!parsed.conditions.assume) {
    await say(asked, 'assume', { what: parsed.text });
    return await changedBy(asked, words.paragraph(words.assumedText(parsed.text, undefined)));
  }
  const leave = await asked.leave();
  if (!leave.granted) return leave.refusal;
  const considered = await considerAssumption(text, { on: () => requestFor(ready, assumptions, tools), engine: tools.engine, signal });
  if (considered.kind === 'unknown') return words.unknownLines(considered.why);
  if (considered.kind === 'refused') return words.notAssumedLines(considered.checked);
  await say(asked, 'assume', { what: considered.text });
  if (considered.checked) await nameIn(asked, considered.checked);
  return words.paragraph(words.assumedText(considered.text, considered.checked));
}

async function unassume(text: string, asked: Commanded): Promise<readonly Line[] | null> {
  const { ready, tools } = asked;
  const parsed = parseAssumption(text);
  const known = parsed.ok ? parsed.text : text.trim();
  const wasThere = await tools.said.unsay((await heardOf(ready.key, tools)).lineage, { kind: 'assume', what: known });
  const now = words.paragraph(words.unassumedText(known, wasThere));
  return wasThere ? await changedBy(asked, now) : now;
}

/** An assumption that was checked, in the review that is kept, so that what is not sent yet names it. */
async function nameIn({ ready, tools }: Commanded, checked: Assumed): Promise<void> {
  const kept = await tools.lists.review(ready.key);
  if (kept === null) return;
  const review = JSON.parse(kept) as Review;
  await keep({ ...review, assumed: [...(review.assumed ?? []).filter(({ text }) => text !== checked.text), checked] }, ready, tools);
}

async function keep(review: Review, ready: ReadySeries, { lists, drafting, now }: SeriesReviewing): Promise<void> {
  await lists.saveReview(ready.key, JSON.stringify(review), now());
  await drafting.refresh(ready.key);
}

/** Reviews again with what is assumed now, and says what that changes; without leave it counts from the next review on. */
async function changedBy(asked: Commanded, now: readonly Line[]): Promise<readonly Line[] | null> {
  const { ready, tools, signal, review: before } = asked;
  const leave = await asked.leave();
  if (!leave.granted) return leave.refusal === null ? null : [...now, ...leave.refusal];
  const { assumptions, invalid: answered } = await heardOf(ready.key, tools);
  const review = await reviewAssuming(ready, assumptions, { signal, tools });
  if (review.stopped) return [...now, ...words.paragraph(words.stoppedText)];
  const lines = before === null ? [] : words.testedLines('Reviewed again with that', outcomeOf(beforeIn(before, answered), review));
  await keep(review, ready, tools);
  return [...now, ...lines];
}

async function test(asked: Commanded): Promise<readonly Line[] | null> {
  const { mail, review, ready, tools, signal } = asked;
  const own = readOwnPatch(mail.message, 'the patch');
  if (own === null) return words.paragraph(words.noPatchText);
  if (review === null) return words.paragraph(words.notReviewedText);
  const { assumptions, invalid: answered } = await heardOf(ready.key, tools);
  const before = beforeIn(review, answered);
  if (before.open.length === 0) return words.paragraph(words.nothingOpenText);
  const leave = await asked.leave();
  if (!leave.granted) return leave.refusal;
  const added: Submission = compose('the patch', { mails: [own], form: 'mail' }, new ProblemList('the patch'));
  const tried = await tryPatch(added, { before, on: await requestFor(ready, assumptions, tools), engine: tools.engine, signal });
  return tried.kind === 'misplaced' ? words.notPlacedLines(tried.reasons) : words.testedLines('With that patch on top', tried.tested);
}

/** The author opts out; anybody else stops what is said about the series. */
async function stop(asked: Commanded): Promise<null> {
  const { authority, ready, tools, mail } = asked;
  if (authority.isAuthor) await tools.said.optOut({ address: authority.sender, mail: mail.messageId, atMs: tools.now() });
  await say(asked, 'stop');
  await tools.drafting.refresh(ready.key);
  return null;
}

async function upstream(asked: Commanded): Promise<readonly Line[] | null> {
  if (!asked.authority.isModerator) return words.paragraph(words.moderatorsOnlyText);
  await say(asked, 'closed');
  await asked.tools.drafting.refresh(asked.ready.key);
  return null;
}
