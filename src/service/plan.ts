/**
 * @module What is to be said about a review, held against what was said before: which questions are new, which are open
 * still, which are gone and which are back. Pure: it reads what the store and the comments of a pull request know.
 */
import type { Finding, Review } from '../review/review.js';
import { matchFindings, sinceOlder } from '../review/since.js';
import type { AskedFinding } from '../store/store.js';

/** A question of this review that was asked before, and what was known of it. */
export interface Remaining {
  readonly finding: Finding;
  readonly known: AskedFinding;
}

export interface Plan {
  /** Asked for the first time. */
  readonly fresh: readonly Finding[];
  /** Asked before, and still found. */
  readonly open: readonly Remaining[];
  /** Somebody said why they are none; found again, and not asked again. */
  readonly invalid: readonly Remaining[];
  /** They were told to be gone, and are found again. */
  readonly back: readonly Remaining[];
  /** Looked for and not found any more. */
  readonly gone: readonly AskedFinding[];
  /** Not found, and nobody knows: what showed them was not searched. Kept for the next review. */
  readonly unclear: readonly Finding[];
}

/** The plan for a review. `older` is the one kept before, with all that was open then; null when there is none. */
export function planFor(review: Review, older: Review | null, known: readonly AskedFinding[]): Plan {
  const asked = uniqueBy(review.findings.filter((finding) => finding.asked));
  const before = (older?.findings ?? []).filter((finding) => finding.asked);
  const matched = matchFindings(asked, before);
  const byFingerprint = new Map(known.map((one) => [one.fingerprint, one]));
  const found = asked.map((finding) => ({ finding, known: byFingerprint.get(finding.fingerprint) ?? byFingerprint.get(matched.get(finding)?.fingerprint ?? '') ?? null }));
  const inState = (state: AskedFinding['state']): Remaining[] => found.flatMap(({ finding, known: one }) => (one?.state === state ? [{ finding, known: one }] : []));
  const kept = new Set(found.flatMap(({ known: one }) => (one ? [one.fingerprint] : [])));
  const left = known.filter((one) => one.state === 'asked' && !kept.has(one.fingerprint));
  const why = new Map((older ? sinceOlder(review, older).since?.gone ?? [] : []).map((one) => [one.fingerprint, one.why]));
  return {
    fresh: found.flatMap(({ finding, known: one }) => (one ? [] : [finding])),
    open: inState('asked'), invalid: inState('invalid'), back: inState('gone'),
    gone: left.filter((one) => (why.get(one.fingerprint) ?? 'notSearched') !== 'notSearched'),
    unclear: before.filter((finding) => left.some((one) => one.fingerprint === finding.fingerprint) && why.get(finding.fingerprint) === 'notSearched'),
  };
}

/** What the next review is held against: this one, and what is unclear of the ones before. */
export function keptReview(review: Review, { unclear }: Plan): Review {
  return { ...review, findings: [...review.findings, ...unclear] };
}

function uniqueBy(findings: readonly Finding[]): Finding[] {
  return findings.filter((one, i) => findings.findIndex((other) => other.fingerprint === one.fingerprint) === i);
}
