/** @module One finding: its question, and what shows it. */
import type { Finding, Review } from '../review/review.js';
import type { SubmissionEntry, VersionEntry } from '../store/submission-store.js';
import { html, type Html } from './html.js';

export interface FindingView {
  readonly entry: SubmissionEntry;
  readonly version: VersionEntry;
  readonly review: Review;
  readonly finding: Finding;
  /** Whether every row of the execution is wanted, not those alone that matter. */
  readonly all: boolean;
}

/** The main part of the page; the way back stands above it already. */
export function findingMain({ finding }: FindingView): Html {
  return html`<h1>${finding.rule}</h1>\n<p>${finding.question}</p>`;
}
