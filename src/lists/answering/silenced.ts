/**
 * @module Questions of a review that are not to be asked: answered as invalid, also of an older version, or asked already by a
 * person, at the same place and about the same functions. What cannot be told is asked.
 */
import { linksOf } from '../mail-links.js';
import { readThread } from '../../mail/read-thread.js';
import { remarksOf, type Remark } from '../../mail/remarks.js';
import { compareThread } from '../../review/compare-thread.js';
import type { Finding, Review } from '../../review/review.js';
import { matchFindings } from '../../review/since.js';
import { automaticReason } from '../automatic.js';
import { THREAD_LIMITS } from '../list-store.js';
import type { KeptMail, ReadySeries } from '../ready-series.js';
import { heardOf, type Ears, type Heard } from './heard.js';

export interface Silenced {
  /** Why nothing at all is said; null where something may be. */
  readonly ended: string | null;
  /** Fingerprints of this review and of older ones. */
  readonly invalid: ReadonlySet<string>;
  /** Fingerprint to who asked. */
  readonly alreadyAsked: ReadonlyMap<string, string>;
}

/** Words that a remark has at least. */
const WORDS_MIN = 4;

export interface Listening extends Ears {
  /** Our own addresses. */
  readonly own: readonly string[];
}

/** What of a review is not to be asked, as things stand now. */
export async function silencedIn(ready: ReadySeries, review: Review, ears: Listening): Promise<Silenced> {
  const heard = await heardOf(ready.key, ears);
  const invalid = new Set([...heard.invalid, ...await sameAsInvalid(ready, review, { heard, ears })]);
  return { ended: heard.ended, invalid, alreadyAsked: await askedBefore(ready, review, ears) };
}

/** Findings that have another fingerprint than in the older version, where they were answered; known by both from now on. */
async function sameAsInvalid({ key, older }: ReadySeries, review: Review, { heard, ears }: { heard: Heard; ears: Ears }): Promise<string[]> {
  const kept = older === null || heard.invalid.size === 0 ? null : await ears.lists.review(older);
  if (kept === null) return [];
  const before = (JSON.parse(kept) as Review).findings.filter(({ fingerprint }) => heard.invalid.has(fingerprint));
  const same = [...matchFindings(review.findings.filter(({ asked }) => asked), before)];
  for (const [{ fingerprint }, { fingerprint: was }] of same) {
    const said = heard.said.find(({ kind, what }) => kind === 'invalid' && what === was);
    if (said && fingerprint !== was) await ears.said.say({ ...said, series: key, what: fingerprint });
  }
  return same.map(([{ fingerprint }]) => fingerprint);
}

/** Findings that people asked about in answers to the mails of the series. */
async function askedBefore({ key, submission, mails }: ReadySeries, review: Review, { lists, own }: Listening): Promise<Map<string, string>> {
  const thread = (await lists.series(key))?.thread;
  const ids = new Set(mails.map(({ messageId }) => messageId));
  const replies: KeptMail[] = [];
  for (const id of thread === undefined ? [] : (await lists.mailIdsOf(thread, THREAD_LIMITS)).ids) {
    const kept = ids.has(id) ? null : await lists.mail(id);
    if (kept !== null && linksOf(kept.raw, id).some((one) => ids.has(one)) && automaticReason(kept.raw, own) === null) replies.push(kept);
  }
  if (replies.length === 0) return new Map();
  const { messages } = await readThread(replies.map(({ messageId, raw }) => ({ name: messageId, bytes: raw })));
  const remarks = remarksOf({ submission, messages });
  return new Map(compareThread(review, remarks, messages.length).remarks.flatMap(({ met, author }, i) => met.flatMap(({ id, near }): [string, string][] => {
    const finding = review.findings.find((one) => one.id === id);
    const remark = remarks[i];
    return finding && remark && asksTheSame(remark, finding, near === 'line') ? [[finding.fingerprint, author]] : [];
  })));
}

/** Whether a remark near a finding is about it: it names its functions, or what its statement names, or asks something right there and names no function. */
export function asksTheSame({ text }: Pick<Remark, 'text'>, finding: Finding, rightThere: boolean): boolean {
  if (text.split(' ').length < WORDS_MIN || /^#kcovet\b/u.test(text)) return false;
  const called = [...text.slice(0, 4_000).matchAll(/\b([A-Za-z_]\w+)\(/gu)].map((match) => match[1] ?? '');
  const functions = functionsOf(finding);
  if (called.length > 0) return called.some((name) => functions.has(name));
  return (rightThere && text.includes('?')) || namesIn(finding.place.text).some((name) => new RegExp(`\\b${name}\\b`, 'u').test(text));
}

/** The functions that a finding is about: where it stands, and those whose accesses meet. */
function functionsOf({ place, labels, evidence }: Finding): Set<string> {
  const traced = evidence.flatMap(({ trace }) => trace.map((row) => row.function));
  return new Set([place.function, ...labels.map((label) => label.place.function), ...traced, ...namesIn(place.text)].filter((name) => name !== ''));
}

/** Names in a statement that are long enough to mean something. */
function namesIn(statement: string): string[] {
  return [...new Set(statement.match(/[A-Za-z_]\w{4,}/gu) ?? [])];
}
