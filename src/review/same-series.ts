/**
 * @module Whether two submissions are versions of one series: a title that both have, or lines that both add. Titles
 * change between versions, and patches are split and joined, so that one of the two is enough.
 */
import type { Submission } from '../mail/submission.js';
import type { Review } from './review.js';

/** Letters and digits of an added line that is compared; shorter ones many patches add. */
const LINE_CHARACTERS_MIN = 12;
/** Share of the lines of the shorter one that both must add: patches with one aim have some in common by accident. */
const SHARE_MIN = 0.3;

/** What is known of the older version: its mails, or only the review of them. */
export type OlderVersion = { readonly submission: Submission } | { readonly review: Review };

/** True where the two share a title, or a good part of what they add. */
export function isSameSeries(newer: Submission, older: OlderVersion): boolean {
  const titles = titlesOf(newer);
  if ('submission' in older) return [...titlesOf(older.submission)].some((t) => titles.has(t)) || shareMuch(addedLines(older.submission), addedLines(newer));
  const { subject, patches } = older.review.submission;
  const quoted = older.review.findings.flatMap((f) => f.quote?.lines ?? []).filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  return [subject, ...patches.map((p) => p.subject)].map(titleKey).some((t) => titles.has(t)) || shareMuch(lineKeys(quoted), addedLines(newer));
}

function shareMuch(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const common = [...a].filter((line) => b.has(line)).length;
  return common > 0 && common >= SHARE_MIN * Math.min(a.size, b.size);
}

function titlesOf({ subject, patches }: Submission): Set<string> {
  return new Set([subject, ...patches.map((p) => p.subject)].map(titleKey).filter((t) => t !== ''));
}

/** A title without [PATCH v2 1/3], case and punctuation. */
function titleKey(subject: string): string {
  return keyOf(subject.replace(/^\s*(?:re:\s*)?(?:\[[^\]]*\]\s*)*/iu, '').toLowerCase());
}

function keyOf(line: string): string {
  return line.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

function addedLines({ patches }: Submission): Set<string> {
  const lines = patches.flatMap((p) => p.diff.files.flatMap((f) => f.hunks.flatMap((h) => h.lines)));
  return lineKeys(lines.filter((l) => l.kind === 'added').map((l) => l.text));
}

function lineKeys(lines: readonly string[]): Set<string> {
  return new Set(lines.map(keyOf).filter((key) => key.replace(/ /gu, '').length >= LINE_CHARACTERS_MIN));
}
