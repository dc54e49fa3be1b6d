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

/** Letters of a sentence from which on it tells one question from another. */
const SENTENCE_MIN = 16;
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

/** The question whose words or schedule stand last in a text; the gravest of those that stand at the same place. */
function nearestIn(text: string, asked: readonly Finding[]): Finding | null {
  const placed = asked.map((finding) => ({ finding, at: Math.max(...marksOf(finding).map((mark) => text.lastIndexOf(mark))) })).filter(({ at }) => at >= 0);
  return placed.reduce<(typeof placed)[number] | null>((best, one) => (best === null || one.at > best.at ? one : best), null)?.finding ?? null;
}

/** What of a question tells it from others: its sentences, and its schedules without the name of the scenario. */
function marksOf({ question, evidence }: Finding): string[] {
  const sentences = plain(question).split(/(?<=[.?!]) /u).filter((one) => one.length >= SENTENCE_MIN);
  return [...sentences, ...evidence.flatMap(({ schedule }) => (schedule === null ? [] : [schedule.replace(/^[^:]+:(?=[0-9a-f]{8}:)/u, '')]))];
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
