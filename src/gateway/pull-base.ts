/**
 * @module The base of a pull request: the files of kcov at its merge base. A repository that has only a part of the kernel
 * takes the rest from another one.
 */
import type { BaseStep } from '../review/base-input.js';
import { asInput, type FoundBase } from './find-base.js';
import { filesAt, type FileWay, type GithubName } from './github.js';
import { GithubStore, type Asker } from './github-store.js';
import { LIMITS } from './limits.js';
import { pullInWords, type PullRequest } from './pull-request.js';
import { logTo, settle, type Found } from './settle.js';
import { wantedOf } from './wanted.js';

/** How a repository holds its kernel. */
export interface PullBaseOptions {
  /** The folder that is the root of the kernel; '' for the repository itself. */
  readonly root?: string;
  /** Where the files are that the repository lacks. */
  readonly elsewhere?: GithubName;
}

/** The base; null, with the reasons as steps, when there is no kcov in it. Failures of the client are passed on. */
export async function findPullBase(octokit: Asker, { head, mergeBaseSha, submission }: PullRequest, { root = '', elsewhere }: PullBaseOptions = {}): Promise<FoundBase> {
  const steps: BaseStep[] = [];
  const wanted = wantedOf(submission, []);
  const way = (at: { owner: string; repo: string; root: string }): FileWay => ({
    wanted, limits: LIMITS, log: logTo(steps, pullInWords(head)), store: new GithubStore({ ...at, octokit }, LIMITS), partial: elsewhere !== undefined,
  });
  const own = await filesAt(way({ ...head, root }), mergeBaseSha, { label: mergeBaseSha.slice(0, 12), chosen: 'patch' });
  const found = elsewhere ? await filledUp(own, elsewhere, way({ ...elsewhere, root: '' })) : own;
  const candidate = await settle(found, wanted, logTo(steps, pullInWords(head)));
  return { base: candidate && asInput(candidate, steps), steps, alreadyApplied: candidate?.fit === 'inBase' };
}

/** The files of another repository where there are none of this one. */
async function filledUp(own: Found, { owner, repo, ref }: GithubName, way: FileWay): Promise<Found> {
  const sha = await way.store.commit(ref ?? await way.store.defaultBranch());
  const name = `${owner}/${repo}${ref === null ? '' : `@${ref}`}`;
  if (sha === null) {
    way.log.add(`${name}: no such repository or ref`);
    return own;
  }
  const other = await filesAt(way, sha, { label: name, chosen: 'user' });
  const taken = [...other.files.keys()].filter((path) => !own.files.has(path));
  if (taken.length > 0) way.log.add(`from ${name}: ${taken.join(', ')}`);
  return {
    ...own, version: own.version ?? other.version,
    files: new Map([...other.files, ...own.files]), blobs: new Map([...other.blobs, ...own.blobs]),
  };
}
