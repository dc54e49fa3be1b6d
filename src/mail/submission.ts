/**
 * @module What was submitted for review: one patch or a whole series, with what a reply needs to know of the mails.
 * Made by ./read-submission.ts from any input kcovet takes; everything after it is a pure function of this.
 */
import type { Diff, Problem } from '../patch/diff.js';

export interface Patch {
  /** Position in the series, 1-based; 0 never occurs (a cover letter is no patch). */
  readonly n: number;
  /** Length of the series, 1 for a single patch. */
  readonly of: number;
  /** Subject with its prefix, decoded, folded lines joined; '' for a bare diff. */
  readonly subject: string;
  /** Without angle brackets; null for a bare diff. */
  readonly messageId: string | null;
  /** Changelog above the --- line, trailers included; '' when there is none. */
  readonly message: string;
  readonly diff: Diff;
  /** What a reply needs; null for a bare diff. */
  readonly mail: MailHeaders | null;
  /** The text of the patch as lines of the mail body, decoded: what a reply quotes. */
  readonly bodyLines: readonly string[];
  /**
   * For each of bodyLines its 1-based line in the input, as DiffLine.inputLine counts; ascending. In a base64 body the
   * lines of the decoded text are counted on from where the body begins.
   */
  readonly bodyLineNumbers: readonly number[];
}

export interface MailHeaders {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly date: string;
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
}

export interface Submission {
  /** What the input is called in messages: a file name or "-". */
  readonly name: string;
  readonly form: 'mail' | 'mbox' | 'diff' | 'quoted-reply';
  /** Subject of the cover letter, else of the first patch, without prefixes like [PATCH v2 1/2]. */
  readonly subject: string;
  /** Message-ID of the cover letter or the single patch. */
  readonly messageId: string | null;
  /** Version of the series: 1 unless the subject says v2 or more. */
  readonly version: number;
  /** Sorted by n; may have gaps when mails are missing (a problem says so). */
  readonly patches: readonly Patch[];
  /** Body of the cover letter, decoded, for its trailers; left out when there is no cover letter. */
  readonly cover?: string;
  readonly problems: readonly Problem[];
}
