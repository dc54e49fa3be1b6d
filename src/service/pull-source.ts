/**
 * @module What a review of a pull request is made of: its commits as a series, and the base at its merge base. Two readings
 * of the same head give the same. Where GitHub does not list all files, kcov's own are compared one by one.
 */
import { treeImageOf } from '../apply/model-image.js';
import { unifiedDiff } from '../apply/unified.js';
import { onModel } from '../gateway/find-base.js';
import { asking } from '../gateway/github-failure.js';
import type { GithubClient } from '../gateway/github-client.js';
import { GithubStore } from '../gateway/github-store.js';
import { KCOV_FILES } from '../gateway/kernel-file.js';
import { LIMITS } from '../gateway/limits.js';
import { findPullBase } from '../gateway/pull-base.js';
import type { PullBaseOptions } from '../gateway/pull-base.js';
import { pullInWords, readPullRequest } from '../gateway/pull-request.js';
import type { PullHead, PullRequest } from '../gateway/pull-request.js';
import { readSubmission } from '../mail/read-submission.js';
import type { Submission } from '../mail/submission.js';
import type { BaseInput } from '../review/base-input.js';

/** A pull request, read. */
export async function readPull(client: GithubClient, head: PullHead, { root = '' }: PullBaseOptions): Promise<PullRequest> {
  const request = await asking('the commits', () => readPullRequest(client, head, root));
  if (request.concernsKcov || head.changedFiles <= request.files.length) return request;
  const submission = await asking('the files of kcov', () => unlisted(client, request, root));
  return submission ? { ...request, concernsKcov: true, submission } : request;
}

/** What is done to kcov's own files in a pull request of which GitHub does not list all files; null when nothing is. */
async function unlisted(client: GithubClient, { head, mergeBaseSha, files }: PullRequest, root: string): Promise<Submission | null> {
  const store = new GithubStore({ owner: head.owner, repo: head.repo, octokit: client, root }, LIMITS);
  const diffs: string[] = [];
  for (const path of KCOV_FILES) {
    const [before, after] = [await store.file(path, mergeBaseSha), await store.file(path, head.headSha)];
    const images = [before, after].map((file) => treeImageOf(path, (file?.text ?? '').split('\n')));
    if (before && after && images[0] && images[1]) diffs.push(unifiedDiff(images[0], images[1]));
  }
  if (diffs.join('') === '') return null;
  const name = pullInWords(head);
  const read = await readSubmission(name, Buffer.from(diffs.join(''), 'utf8'));
  const what = `GitHub lists ${files.length} of its ${head.changedFiles} files, so that kcov's own are compared as they are at its ends: read as one patch`;
  return { ...read, subject: head.title, cover: head.body, problems: [...read.problems, { where: name, what }] };
}

/** A pull request on its base; left out where there is none: then the model is it. */
export async function onBase(client: GithubClient, request: PullRequest, options: PullBaseOptions): Promise<{ submission: Submission; base?: BaseInput }> {
  const { base, steps } = await asking('the base', () => findPullBase(client, request, options));
  return base ? { submission: request.submission, base } : { submission: onModel(request.submission, steps) };
}
