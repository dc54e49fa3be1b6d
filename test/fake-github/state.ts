/**
 * @module What the fake GitHub remembers: pull requests, reviews with their threads, comments, reactions, check runs. Plain
 * data, changed by ./routes only; what a test looks at and what answers are made from.
 */
import { GitStore } from './git-store.js';

export interface Account {
  readonly login: string;
  readonly type: 'User' | 'Bot';
}

export interface Pull {
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  draft: boolean;
  readonly user: Account;
  base: { ref: string };
  head: { ref: string; sha: string; repo: string };
}

/** One comment on a line, or an answer below one. */
export interface ReviewComment {
  readonly id: number;
  readonly pull: number;
  readonly review: number;
  readonly user: Account;
  body: string;
  readonly path: string;
  readonly line: number | null;
  readonly side: 'LEFT' | 'RIGHT';
  readonly startLine: number | null;
  readonly commit: string;
  /** The comment that the thread began with; null for that one itself. */
  readonly inReplyTo: number | null;
}

export interface Thread {
  readonly id: string;
  /** The comment it began with. */
  readonly comment: number;
  resolved: boolean;
}

export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly user: Account;
  readonly body: string;
  readonly event: string;
  readonly commit: string;
}

export interface IssueComment {
  readonly id: number;
  readonly issue: number;
  readonly user: Account;
  body: string;
}

export interface Reaction {
  readonly id: number;
  /** Such as "issues/comments/12". */
  readonly on: string;
  readonly user: Account;
  readonly content: string;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly message: string;
}

export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly head: string;
  externalId: string;
  detailsUrl: string | null;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  output: CheckOutput | null;
  readonly annotations: Annotation[];
}

/** A user's role in a repository, as the API calls it. */
export type Permission = 'admin' | 'write' | 'read' | 'none';

export class Repository {
  readonly git = new GitStore();
  readonly branches = new Map<string, string>();
  readonly pulls = new Map<number, Pull>();
  readonly reviews: Review[] = [];
  readonly reviewComments: ReviewComment[] = [];
  readonly threads: Thread[] = [];
  readonly issueComments: IssueComment[] = [];
  readonly reactions: Reaction[] = [];
  readonly checks: CheckRun[] = [];
  readonly permissions = new Map<string, Permission>();
  /** Commits that were ever the head of a pull request, by its number. */
  readonly heads = new Map<number, string[]>();
  readonly sarifs: unknown[] = [];

  constructor(readonly owner: string, readonly name: string, readonly id: number) {}

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  /** The commit that a branch, or an id, stands for. */
  commitOf(ref: string): string | null {
    if (ref === 'HEAD') return this.branches.get('master') ?? null;
    return this.branches.get(ref.replace(/^(?:refs\/)?heads\//u, '')) ?? this.git.commitId(ref);
  }

  /** Where a pull request leaves its base. */
  mergeBase({ base, head }: Pull): string {
    return this.git.mergeBase(this.branches.get(base.ref) ?? head.sha, head.sha);
  }

  commitsOf(pull: Pull): string[] {
    return this.git.between(this.mergeBase(pull), pull.head.sha);
  }
}
