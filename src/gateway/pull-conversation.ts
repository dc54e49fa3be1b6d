/**
 * @module What the App reads and writes in one pull request: its state, reviews, comments, threads, reactions. It
 * is the one place that knows these routes. Methods reject with GithubFailure. Nothing here decides what is said.
 */
import { asking, askingFor } from './github-failure.js';
import type { GithubClient } from './github-client.js';
import { readPullHead } from './pull-request.js';
import type { PullHead } from './pull-request.js';

/** Which pull request, and as whom. */
export interface PullRef {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  /** Of GitHub's; the same after a renaming. */
  readonly repositoryId: number;
  readonly number: number;
}

/** A comment, on a line or in the conversation. */
export interface PullComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** The comment that its thread began with; null for that one, and for the conversation. */
  readonly inReplyTo: number | null;
}

/** A new comment on a line of the diff. */
export interface LineComment {
  readonly path: string;
  readonly side: 'LEFT' | 'RIGHT';
  readonly line: number;
  /** First line of several; null for one line. */
  readonly startLine: number | null;
  readonly body: string;
}

/** Of the thread that a comment began. */
export interface ThreadState {
  readonly resolved: boolean;
  readonly outdated: boolean;
}

/** Reactions that are used. */
export type Reaction = '+1' | 'confused' | 'eyes';

/** A comment that a reaction can be put on. */
export interface CommentRef {
  readonly kind: 'issue' | 'review';
  readonly id: number;
}

const PAGE = 100;
/** Pages of threads that are read. */
const THREAD_PAGES_MAX = 20;

const THREADS = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { isResolved isOutdated comments(first: 1) { nodes { databaseId } } }
      }
    }
  }
}`;

interface ThreadsPage {
  readonly repository: { readonly pullRequest: { readonly reviewThreads: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly ({ readonly isResolved: boolean; readonly isOutdated: boolean; readonly comments: { readonly nodes: readonly ({ readonly databaseId: number } | null)[] } } | null)[];
  } } | null } | null;
}

export class PullConversation {
  private readonly at: { readonly owner: string; readonly repo: string };
  private readonly pull: { readonly owner: string; readonly repo: string; readonly pull_number: number };

  constructor(readonly client: GithubClient, readonly ref: PullRef) {
    this.at = { owner: ref.owner, repo: ref.repo };
    this.pull = { ...this.at, pull_number: ref.number };
  }

  /** How the pull request stands now. */
  async head(): Promise<PullHead> {
    return await asking('the pull request', () => readPullHead(this.client, { owner: this.ref.owner, repo: this.ref.repo, number: this.ref.number }));
  }

  /** The text of a file in a commit; null when it is not there. */
  async textFile(path: string, ref: string): Promise<string | null> {
    const answer = await askingFor(path, () => this.client.rest.repos.getContent({ ...this.at, path, ref }));
    const data: unknown = answer?.data;
    if (typeof data !== 'object' || data === null || !('content' in data) || typeof data.content !== 'string') return null;
    return Buffer.from(data.content, 'base64').toString('utf8');
  }

  /** Comments on lines and the answers to them, the oldest first. */
  async lineComments(): Promise<PullComment[]> {
    const all = await asking('the comments', () => this.client.paginate(this.client.rest.pulls.listReviewComments, { ...this.pull, per_page: PAGE }));
    return all.map(({ id, user, body, in_reply_to_id: inReplyTo }) => ({ id, author: user?.login ?? '', body, inReplyTo: inReplyTo ?? null }));
  }

  /** Comments of the conversation, the oldest first. */
  async comments(): Promise<PullComment[]> {
    const all = await asking('the conversation', () => this.client.paginate(this.client.rest.issues.listComments, { ...this.at, issue_number: this.ref.number, per_page: PAGE }));
    return all.map(({ id, user, body }) => ({ id, author: user?.login ?? '', body: body ?? '', inReplyTo: null }));
  }

  /** The texts of reviews. */
  async reviews(): Promise<PullComment[]> {
    const all = await asking('the reviews', () => this.client.paginate(this.client.rest.pulls.listReviews, { ...this.pull, per_page: PAGE }));
    return all.map(({ id, user, body }) => ({ id, author: user?.login ?? '', body, inReplyTo: null }));
  }

  /** The threads, by the comment that each began with. */
  async threads(): Promise<Map<number, ThreadState>> {
    const found = new Map<number, ThreadState>();
    let after: string | null = null;
    for (let page = 0; page < THREAD_PAGES_MAX; page += 1) {
      const variables = { owner: this.ref.owner, name: this.ref.repo, number: this.ref.number, after };
      const answer: ThreadsPage = await asking('the threads', () => this.client.graphql<ThreadsPage>(THREADS, variables));
      const threads = answer.repository?.pullRequest?.reviewThreads;
      for (const node of threads?.nodes ?? []) {
        const id = node?.comments.nodes[0]?.databaseId;
        if (node && id !== undefined) found.set(id, { resolved: node.isResolved, outdated: node.isOutdated });
      }
      if (!threads?.pageInfo.hasNextPage) break;
      after = threads.pageInfo.endCursor;
    }
    return found;
  }

  /** One review, event COMMENT, with comments on lines; its id. */
  async review({ headSha, body, comments }: { headSha: string; body: string; comments: readonly LineComment[] }): Promise<number> {
    const { data } = await asking('the review', () => this.client.rest.pulls.createReview({
      ...this.pull, commit_id: headSha, event: 'COMMENT', body, comments: comments.map(lineShape),
    }));
    return data.id;
  }

  /** One comment on a line, alone; its id. */
  async lineComment(headSha: string, comment: LineComment): Promise<number> {
    const { data } = await asking('the comment', () => this.client.rest.pulls.createReviewComment({ ...this.pull, commit_id: headSha, ...lineShape(comment) }));
    return data.id;
  }

  /** An answer in the thread that a comment began; its id. */
  async reply(comment: number, body: string): Promise<number> {
    const { data } = await asking('the answer', () => this.client.rest.pulls.createReplyForReviewComment({ ...this.pull, comment_id: comment, body }));
    return data.id;
  }

  /** A comment in the conversation; its id. */
  async say(body: string): Promise<number> {
    const { data } = await asking('the comment', () => this.client.rest.issues.createComment({ ...this.at, issue_number: this.ref.number, body }));
    return data.id;
  }

  /** Puts a reaction on a comment; twice is once. Nothing where the comment is gone. */
  async react({ kind, id }: CommentRef, content: Reaction): Promise<void> {
    const { reactions } = this.client.rest;
    await askingFor('the reaction', async () => {
      if (kind === 'issue') await reactions.createForIssueComment({ ...this.at, comment_id: id, content });
      else await reactions.createForPullRequestReviewComment({ ...this.at, comment_id: id, content });
    });
  }

  /** Whether somebody may push to the repository. */
  async mayWrite(login: string): Promise<boolean> {
    const answer = await askingFor('the permission', () => this.client.rest.repos.getCollaboratorPermissionLevel({ ...this.at, username: login }));
    return answer !== null && ['admin', 'write'].includes(answer.data.permission);
  }
}

function lineShape({ path, side, line, startLine, body }: LineComment): { path: string; side: 'LEFT' | 'RIGHT'; line: number; body: string; start_line?: number; start_side?: 'LEFT' | 'RIGHT' } {
  return { path, side, line, body, ...(startLine === null ? {} : { start_line: startLine, start_side: side }) };
}
