/**
 * @module A review as Sashiko's API has it, `GET /api/patchset?id=MESSAGE-ID`, which `b4 review` asks when `b4.sashiko-url` names a
 * server. Field names and states are those that b4 reads (src/b4/review/checks.py of b4). Ids are numbers there: made of
 * the Message-IDs, so that they stay.
 */
import { createHash } from 'node:crypto';
import type { Submission } from '../mail/submission.js';
import type { Finding, Review } from '../review/review.js';
import { inlineReview } from './inline-review.js';
import { firstSentence } from '../review/first-sentence.js';
import { verdictOn } from './verdict-on-patch.js';

/** States of a patch set. */
export type PatchsetStatus = 'Pending' | 'In Review' | 'Applying' | 'Reviewed' | 'Failed' | 'Failed To Apply' | 'Incomplete';

export interface PatchsetReview {
  readonly id: number;
  readonly patch_id: number;
  readonly status: 'Reviewed' | 'Skipped';
  /** One line. */
  readonly result: string;
  readonly inline_review: string;
  /** JSON as text: the findings. */
  readonly output: string;
}

export interface Patchset {
  readonly id: number;
  readonly message_id: string;
  readonly subject: string;
  readonly author: string;
  readonly status: PatchsetStatus;
  readonly patches: readonly { readonly id: number; readonly message_id: string; readonly part_index: number; readonly subject: string }[];
  readonly reviews: readonly PatchsetReview[];
}

/** What a patch set is made of; `review` null as long as there is none. */
export interface PatchsetParts {
  readonly key: string;
  readonly submission: Submission;
  readonly status: PatchsetStatus;
  readonly review: Review | null;
}

export function patchsetOf({ key, submission, status, review }: PatchsetParts): Patchset {
  const patches = submission.patches.filter((patch) => patch.messageId !== null);
  const idOf = (patch: { readonly messageId: string | null }): number => numberOf(patch.messageId ?? '');
  return {
    id: numberOf(key), message_id: key, subject: submission.subject, author: submission.patches[0]?.mail?.from ?? '', status,
    patches: patches.map((patch) => ({ id: idOf(patch), message_id: patch.messageId ?? '', part_index: patch.n, subject: patch.subject })),
    reviews: review === null ? [] : patches.map((patch) => reviewOf(review, { submission, n: patch.n, id: idOf(patch) })),
  };
}

function reviewOf(review: Review, { submission, n, id }: { submission: Submission; n: number; id: number }): PatchsetReview {
  const { state, summary, findings } = verdictOn(review, n);
  return {
    id: numberOf(`review ${id} ${review.tool.rulesHash}`), patch_id: id, status: state === 'nothing' ? 'Skipped' : 'Reviewed',
    result: state === 'nothing' ? 'changes nothing of kcov that could be run' : summary, inline_review: inlineReview(review, submission, n), output: JSON.stringify({ findings: findings.map(findingOf) }),
  };
}

const SEVERITIES: Readonly<Record<Finding['severity'], string>> = { high: 'High', medium: 'Medium', low: 'Low', note: 'Low' };

function findingOf({ question, severity, property, rule, place }: Finding): object {
  return {
    problem: question, title: firstSentence(question), severity: SEVERITIES[severity], severity_explanation: `${rule}: ${property}`, preexisting: false,
    locations: place.line === null ? [] : [{ file: place.path, line: place.line }],
  };
}

/** A positive number of 31 bits, the same for the same text. */
function numberOf(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt32BE(0) >>> 1) || 1;
}
