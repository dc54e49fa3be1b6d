/**
 * @module Which question a command in a mail means: the one that it names, else the nearest one that is quoted above it, by its
 * replay line or its words, or by the lines of the patch; else the only one that the answered mail asks.
 */
import type { ThreadMessage } from '../../mail/read-thread.js';
import { remarksOfMail } from '../../mail/remarks.js';
import type { Submission } from '../../mail/submission.js';
import { compareThread } from '../../review/compare-thread.js';
import type { Finding, Review } from '../../review/review.js';
import { namedFinding } from '../../service/commands/meant-finding.js';

/** Characters of a sentence from which on it tells one question from another. */
const SENTENCE_MIN = 16;
/** Characters of the beginning of a long one, which may be all that is quoted. */
const BEGIN_MAX = 40;
/** Quoted lines above a command that are looked at. */
const QUOTED_MAX = 400;

export interface MeantIn {
  readonly message: ThreadMessage;
  /** Index of the command in the body. */
  readonly at: number;
  /** As the command was written, without its reason. */
  readonly line: string;
  readonly submission: Submission;
  /** Its asked findings are those that may be meant. */
  readonly review: Review;
}

/** The question that is meant; null when none is. `id` goes before all that is quoted. */
export function meantQuestion(id: string | null, where: MeantIn): Finding | null {
  const asked = where.review.findings.filter((one) => one.asked);
  if (id !== null) return namedFinding(where.review, id);
  const quoted = quotedAbove(where);
  return nearestIn(quoted, asked) ?? byPlace(where) ?? (asked.length === 1 && !saysOther(quoted) ? asked[0] ?? null : null);
}

/** What is quoted above the command, up to the command before it: without quote marks, on one line. */
function quotedAbove({ message, at }: MeantIn): string {
  const above = message.body.slice(0, at).map(({ text }) => text);
  const before = above.findLastIndex((text) => /^#kcovet\b/u.test(text));
  return plain(above.slice(Math.max(before + 1, at - QUOTED_MAX)).filter((text) => /^\s?>/u.test(text)).map((text) => text.replace(/^(?:\s?>)+/u, '')).join(' '));
}

function plain(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/**
 * The question that stands last in a text, by its words or its schedule; of several with these in common, the one whose words, then
 * whose statement, stand last. Null where that is not one.
 */
function nearestIn(text: string, asked: readonly Finding[]): Finding | null {
  const all = asked.map((finding) => plain(finding.question));
  const placed = asked.map((finding, i) => {
    const words = lastOf(text, wordsOf(finding, all.filter((_, k) => k !== i)));
    return { finding, at: [Math.max(words, lastSchedule(text, finding)), words, lastOf(text, [plain(finding.place.text)])] };
  }).filter(({ at: [nearest = -1] }) => nearest >= 0).sort((a, b) => compare(b.at, a.at));
  const [first, second] = placed;
  return first && (!second || compare(first.at, second.at) !== 0) ? first.finding : null;
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((one, i) => one - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Where one of some texts stands last; -1 where none does. */
function lastOf(text: string, marks: readonly string[]): number {
  return Math.max(-1, ...marks.filter((mark) => mark !== '').map((mark) => text.lastIndexOf(mark)));
}

/** Its sentences, as they are or as the mail had them; of long ones also how they begin where no other question says the same. */
function wordsOf({ question, since }: Finding, others: readonly string[]): string[] {
  const sentences = [...plain(question).split(/(?<=[.?!]) /u), ...(since?.asked === undefined ? [] : [plain(since.asked)])].filter((one) => one.length >= SENTENCE_MIN);
  const begins = sentences.map((one) => one.slice(0, BEGIN_MAX)).filter((one) => one.length === BEGIN_MAX && !others.some((other) => other.includes(one)));
  return [...sentences, ...begins];
}

/** Where one of its schedules stands last, without the name of the scenario, and whole. */
function lastSchedule(text: string, { evidence }: Finding): number {
  const places = evidence.flatMap(({ schedule }) => {
    const bare = schedule?.replace(/^[^:]+:(?=[0-9a-f]{8}:)/u, '') ?? '';
    if (bare === '') return [];
    return [...text.matchAll(new RegExp(`(?<![\\w-])(?:[\\w-]+:)?${bare.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')}(?![\\w@:,+-])`, 'gu'))].map(({ index }) => index);
  });
  return Math.max(-1, ...places);
}

/** Something is quoted that is no question of this review. */
function saysOther(quoted: string): boolean {
  return /\?(?: |$)/u.test(quoted);
}

/** The question at the lines of the patch that the command stands under. */
function byPlace({ message, submission, review, line }: MeantIn): Finding | null {
  const remark = remarksOfMail(message, submission).find(({ text, kind }) => kind === 'inline' && plain(text).includes(plain(line)));
  const met = remark ? compareThread(review, [remark], 1).remarks[0]?.met[0] : undefined;
  return review.findings.find(({ id }) => id === met?.id) ?? null;
}
