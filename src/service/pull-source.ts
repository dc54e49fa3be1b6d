/**
 * @module What a review of a pull request is made of: its commits as a series, the base at its merge base, and what somebody
 * assumed. Two readings of the same head give the same.
 */
import { findPullBase } from '../gateway/pull-base.js';
import type { PullBaseOptions } from '../gateway/pull-base.js';
import { onModel } from '../gateway/find-base.js';
import { asking } from '../gateway/github-failure.js';
import type { GithubClient } from '../gateway/github-client.js';
import { readPullRequest } from '../gateway/pull-request.js';
import type { PullHead, PullRequest } from '../gateway/pull-request.js';
import type { BaseInput } from '../review/base-input.js';
import type { Submission } from '../mail/submission.js';

/** A pull request, read, and the base it is reviewed on. */
export interface PullSource {
  readonly request: PullRequest;
  /** With what was found wrong on the way. */
  readonly submission: Submission;
  /** Left out where there is none: the model is the base. */
  readonly base?: BaseInput;
}

/** Reads a pull request as it was at `head`; rejects with GithubFailure. */
export async function readPull(client: GithubClient, head: PullHead, options: PullBaseOptions): Promise<PullSource> {
  const request = await asking('the commits', () => readPullRequest(client, head, options.root));
  if (!request.concernsKcov) return { request, submission: request.submission };
  const { base, steps } = await asking('the base', () => findPullBase(client, request, options));
  return base ? { request, submission: request.submission, base } : { request, submission: onModel(request.submission, steps) };
}
