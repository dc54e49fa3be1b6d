/**
 * @module A base from a git repository on disk (`--git DIR`): the commit that the patch names, the commit whose files have
 * the blob ids of its index lines, or the nearest version it applies to. Nothing is fetched.
 */
import { openRepository } from './git-run.js';
import { commitOf, refsOf } from './git-objects.js';
import { byBlobIds } from './git-blobs.js';
import { filesAt, labelOf } from './git-files.js';
import type { GitWay } from './git-files.js';
import { nearestVersion } from './git-nearest.js';
import { reasonOf } from './limits.js';
import { better, isGood, settle } from './settle.js';
import type { Candidate } from './settle.js';
import type { Way } from './tree.js';

/** The best base of a repository; null, with the reasons as steps, when it has none. Rejects when it cannot be opened. */
export async function baseFromGit(dir: string, way: Way, program = 'git'): Promise<Candidate | null> {
  const repository = await openRepository(dir, way.limits, program);
  try {
    const refs = await refsOf(repository, way.limits).catch((error: unknown) => {
      way.log.add(`its refs cannot be listed: ${reasonOf(error)}`);
      return [];
    });
    if (repository.shallow) way.log.add('a shallow clone: older history is not there');
    if (repository.partial) way.log.add('a partial clone: objects that are not there are not fetched');
    return await firstGood({ ...way, repository, refs, ambiguous: new Set() });
  } finally {
    await repository.close();
  }
}

async function firstGood(way: GitWay): Promise<Candidate | null> {
  let best: Candidate | null = null;
  for (const one of [byBaseCommit, byBlobIds, nearestVersion]) {
    const candidate = await one(way).catch((error: unknown) => {
      way.log.add(reasonOf(error));
      return null;
    });
    if (isGood(candidate) && !candidate.contradicted) return candidate;
    best = better(best, candidate);
  }
  return best;
}

async function byBaseCommit(way: GitWay): Promise<Candidate | null> {
  let best: Candidate | null = null;
  for (const named of way.wanted.trailers.baseCommits) {
    const commit = await commitOf(way.repository, named);
    if (commit === null) {
      way.log.add(`base-commit ${named.slice(0, 12)} is not there`);
      continue;
    }
    const found = await filesAt(way, commit, { label: labelOf(way.refs, commit), chosen: 'patch' });
    way.log.add(`base-commit ${commit.slice(0, 12)} is there`);
    best = better(best, await settle(found, way.wanted, way.log));
  }
  return best;
}
