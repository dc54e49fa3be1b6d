/**
 * @module The part of the Store port that keeps what was reviewed, wherever it came from: submissions, their versions, and the review
 * of each version. What pages and the API show is read from here alone.
 */
import { createHash } from 'node:crypto';

/** The short id of a submission by its key: 12 hexadecimal digits. */
export function submissionId(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/** Where a submission came from. */
export const ORIGINS = ['github', 'list', 'upload'] as const;
export type Origin = (typeof ORIGINS)[number];

/**
 * `waiting`: its job has not begun. `running`: it is being reviewed. `reviewed`: its review is kept. `failed`: given up, with the reason.
 * `dropped`: not wanted any more (a later version, withdrawn, closed), with the reason.
 */
export const VERSION_STATES = ['waiting', 'running', 'reviewed', 'failed', 'dropped'] as const;
export type VersionState = (typeof VERSION_STATES)[number];

/** What all versions of a submission share; what the newest version says replaces what was known. */
export interface SubmissionHead {
  /** Opaque, the same for all versions; of a pull request the key that the rest of the Store knows it by. */
  readonly key: string;
  readonly origin: Origin;
  readonly title: string;
  /** Name or login, as people know the author. */
  readonly author: string;
  /** "owner/repo#12", the address of a list; '' for an upload. */
  readonly where: string;
  /** Shown only to those who may see everything: a repository that is not public. */
  readonly isPrivate: boolean;
}

/** A version that is to be reviewed. */
export interface NewVersion {
  readonly submission: SubmissionHead;
  /** Opaque, once in its submission: a head commit, the key of a series, a digest. */
  readonly id: string;
  /** As people call it: "v2", the first 12 digits of a commit. */
  readonly label: string;
  readonly atMs: number;
}

/** How a review stands and how it came out, without its text. */
export interface VersionEntry {
  readonly id: string;
  /** 1 for the first version that was kept, in the order they came; never given twice in a submission. */
  readonly number: number;
  readonly label: string;
  readonly state: VersionState;
  /** Why it failed or was dropped; '' otherwise. */
  readonly reason: string;
  /** How far a running review is, for people, on one line; '' otherwise. */
  readonly progress: string;
  /** The verdict of the review; null before there is one. */
  readonly verdict: string | null;
  /** Questions asked; 0 before there is a review. */
  readonly questions: number;
  /** The commit or tag it was reviewed on, '' for a model. */
  readonly base: string;
  readonly atMs: number;
  /** When it last changed. */
  readonly changedMs: number;
}

/** A submission in a list, with its newest version. */
export interface SubmissionEntry extends SubmissionHead {
  /** 12 hexadecimal digits, made of the key: what addresses of pages name it by. */
  readonly id: string;
  readonly versions: number;
  readonly newest: VersionEntry;
  readonly changedMs: number;
}

/** A review as it is kept, with what it is of. */
export interface ReviewedVersion {
  /** kcovet/review@1, as text. */
  readonly json: string;
  /** The patch as it was read: an mbox or a diff. */
  readonly patch: string;
  readonly base: string;
  readonly verdict: string;
  readonly questions: number;
  readonly atMs: number;
}

/** What a list of submissions is narrowed to; all that is given must hold. */
export interface SubmissionFilter {
  readonly origin?: Origin;
  /** Of the newest version. */
  readonly state?: VersionState;
  /** true: the newest review asks something; false: it was made and asks nothing. */
  readonly asks?: boolean;
  /** Words that occur in title, author or where, without case. */
  readonly text?: string;
  /** Whether private ones are listed, too. */
  readonly withPrivate: boolean;
}

/** A stretch of a list, the one that changed last first. */
export interface SubmissionPage {
  readonly entries: readonly SubmissionEntry[];
  /** What `after` takes to go on; null at the end. */
  readonly next: string | null;
}

export interface SubmissionStore {
  /** Makes a version known, waiting; what is known of its submission is brought up to date. A version that is known already keeps its state, unless it failed or was dropped: then it waits again. It is the newest from then on, but for one of a list that is known already. */
  begin(version: NewVersion): Promise<{ readonly id: string; readonly number: number }>;
  /** Sets state and reason, progress ''. A version that is not known is left alone. */
  setVersionState(submission: string, version: string, step: { readonly state: Exclude<VersionState, 'reviewed'>; readonly reason: string; readonly atMs: number }): Promise<void>;
  /** How far a running review is; ignored in any other state. */
  setProgress(submission: string, version: string, progress: string): Promise<void>;
  /** Hides submissions from all but those who may see everything, or shows them: one, or all whose keys begin so. */
  setPrivate(which: { readonly key: string } | { readonly prefix: string }, isPrivate: boolean): Promise<void>;
  /** Keeps the review of a version that is known, in place of an older one of the same version. */
  saveVersion(submission: string, version: string, reviewed: ReviewedVersion): Promise<void>;

  submissions(filter: SubmissionFilter, page: { readonly max: number; readonly after?: string | null }): Promise<SubmissionPage>;
  /** By its short id; null when there is none. */
  submission(id: string): Promise<SubmissionEntry | null>;
  /** Versions by number, the first first. */
  versions(id: string): Promise<VersionEntry[]>;
  /** The review of one version; null before there is one, and when it was pruned. */
  reviewedVersion(id: string, number: number): Promise<ReviewedVersion | null>;
  /** Number of versions in each state; those of private submissions are left out on demand. */
  versionCounts(which?: { readonly withPrivate: boolean }): Promise<Record<VersionState, number>>;
}
