/**
 * @module What is asked of GitHub about one repository, through @octokit/rest: commits, contents, blobs. Requests are
 * counted and limited; refusals become reasons. Nothing is retried: the next way of finding a base is.
 */
import { Octokit } from '@octokit/rest';
import { blobId } from '../apply/blob-id.js';
import { GatewayFailure, reasonOf, timeLeft } from './limits.js';
import type { Limits } from './limits.js';
import { limitedFetch } from './limited-fetch.js';

/** How to reach GitHub. */
export interface GithubAccess {
  readonly owner: string;
  readonly repo: string;
  /** Of the API; api.github.com when left out. */
  readonly url?: string;
  readonly token?: string;
  /** A client that is there already. Whoever brings one decides what its failures mean: they are passed on as they are. */
  readonly octokit?: Asker;
  /** Folder of the repository that is the root of its kernel; '' or left out for the repository itself. */
  readonly root?: string;
}

/** The part of a client of GitHub that reading needs; Probot's has it too. */
export type Asker = Pick<Octokit, 'request'>;

/** A file on GitHub. */
export interface GithubFile {
  readonly text: string;
  /** Full blob id. */
  readonly id: string;
}

/** A commit that changed a path. */
export interface GithubCommit {
  readonly sha: string;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A client with limits on what one answer may cost. Nothing is retried. */
export function githubClient({ url, token }: Pick<GithubAccess, 'url' | 'token'>, limits: Limits): Octokit {
  return new Octokit({
    log: silent, userAgent: 'kcovet', request: { fetch: limitedFetch({ ms: limits.requestMs, bytes: limits.answerBytes }) },
    ...(url === undefined ? {} : { baseUrl: url.replace(/\/+$/u, '') }), ...(token ? { auth: token } : {}),
  });
}

/** One repository on GitHub. Methods reject with GatewayFailure; what is not there is null. */
export class GithubStore {
  private readonly octokit: Asker;
  private readonly passedOn: boolean;
  private readonly root: string;
  private readonly at: { owner: string; repo: string };
  private readonly deadline: number;
  private requests = 0;

  constructor(access: GithubAccess, private readonly limits: Limits) {
    this.deadline = Date.now() + limits.wayMs;
    this.at = { owner: access.owner, repo: access.repo };
    this.octokit = access.octokit ?? githubClient(access, limits);
    this.passedOn = access.octokit !== undefined;
    this.root = access.root ? `${access.root}/` : '';
  }

  /** The default branch of the repository. */
  async defaultBranch(): Promise<string> {
    const answer = await this.ask(() => this.octokit.request('GET /repos/{owner}/{repo}', this.at), 'the repository');
    if (answer === null) throw new GatewayFailure('no such repository (404), or it is private and there is no token for it', true);
    return String(answer.data.default_branch);
  }

  /** The id of the commit that a branch, tag or id stands for. */
  async commit(ref: string): Promise<string | null> {
    const answer = await this.ask(() => this.octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...this.at, ref, per_page: 1 }), `commit ${ref}`);
    return answer && /^[0-9a-f]{40}$/u.test(answer.data.sha) ? answer.data.sha : null;
  }

  /** A file in a commit. */
  async file(path: string, ref: string): Promise<GithubFile | null> {
    const answer = await this.ask(() => this.octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...this.at, path: `${this.root}${path}`, ref }), path);
    const data: unknown = answer?.data;
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
    const { sha, content, encoding, type } = data as Record<string, unknown>;
    if (type !== 'file' || typeof sha !== 'string') return null;
    // Beyond 1 MB contents are left out and have to be asked for as a blob.
    if (encoding !== 'base64' || typeof content !== 'string') return this.blob(sha);
    return proved(Buffer.from(content, 'base64'), sha);
  }

  /** A blob by its full id. */
  async blob(id: string): Promise<GithubFile | null> {
    const answer = await this.ask(() => this.octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { ...this.at, file_sha: id }), `blob ${id.slice(0, 12)}`);
    if (!answer || typeof answer.data.content !== 'string') return null;
    return proved(Buffer.from(answer.data.content, answer.data.encoding === 'utf-8' ? 'utf8' : 'base64'), id);
  }

  /** Commits that changed a path, the newest first, none after `untilS` (seconds since 1970). */
  async history(path: string, from: { sha: string; untilS: number | null; count: number }): Promise<GithubCommit[]> {
    const until = from.untilS === null ? {} : { until: new Date(from.untilS * 1000).toISOString() };
    const answer = await this.ask(() => this.octokit.request('GET /repos/{owner}/{repo}/commits', { ...this.at, path: `${this.root}${path}`, sha: from.sha, per_page: from.count, ...until }), `history of ${path}`);
    const commits: unknown = answer?.data;
    if (!Array.isArray(commits)) return [];
    return commits.slice(0, from.count).flatMap((one: { sha?: unknown } | null) => (typeof one?.sha === 'string' && /^[0-9a-f]{40}$/u.test(one.sha) ? [{ sha: one.sha }] : []));
  }

  /** Requests that may still be made. */
  get left(): number {
    return this.limits.requests - this.requests;
  }

  /** null for 404 and 422, which both mean that there is no such thing. */
  private async ask<T>(request: () => Promise<T>, what: string): Promise<T | null> {
    if (this.left <= 0) throw new GatewayFailure(`${this.limits.requests} requests are made for one base at most`, true);
    timeLeft(this.deadline, this.limits.requestMs, this.limits);
    this.requests += 1;
    try {
      return await request();
    } catch (error) {
      const failure = refusal(error, what);
      if (failure === null) return null;
      throw this.passedOn ? error : failure;
    }
  }
}

function proved(bytes: Buffer, id: string): GithubFile {
  if (blobId(bytes) !== id) throw new GatewayFailure(`the content of blob ${id.slice(0, 12)} does not have that id`);
  return { text: bytes.toString('utf8'), id };
}

/** The reason in an error of Octokit; null when it only says that there is no such thing. */
export function refusal(error: unknown, what: string): GatewayFailure | null {
  // Octokit wraps what its fetch rejects with.
  const cause = error instanceof Error ? error.cause : undefined;
  if (error instanceof GatewayFailure || cause instanceof GatewayFailure) return error instanceof GatewayFailure ? error : cause as GatewayFailure;
  const { status, response } = (error ?? {}) as { status?: unknown; response?: { headers?: Record<string, unknown> } };
  if (typeof status !== 'number') return new GatewayFailure(`${what}: ${reasonOf(error)}`, true);
  switch (status) {
    case 404: case 409: case 422: return null;
    case 401: return new GatewayFailure('the token is refused (401)', true);
    case 403: case 429: return new GatewayFailure(limitReached(status, response?.headers ?? {}), true);
    case 500: {
      const plain = error instanceof Error && /^(?:fetch failed|no answer within|cannot be reached|answered with)/u.test(error.message) && !response;
      return new GatewayFailure(plain ? error.message : `${what}: GitHub failed (500)`, true);
    }
    default: return new GatewayFailure(`${what}: answered with ${status}`, status >= 500);
  }
}

function limitReached(status: number, headers: Record<string, unknown>): string {
  if (String(headers['x-ratelimit-remaining']) === '0' || headers['retry-after'] !== undefined || status === 429) {
    return `the rate limit is reached (${status}): give a token in GITHUB_TOKEN, or try later`;
  }
  return `access is refused (${status})`;
}
