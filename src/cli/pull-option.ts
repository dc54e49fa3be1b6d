/**
 * @module --github-pr OWNER/REPO#N: a pull request of GitHub instead of a file, its base with it, as the repository's
 * .github/kcovet.yml wants it. Nothing is written to GitHub.
 */
import type { Octokit } from '@octokit/rest';
import type { PullHead, PullName, PullRequest } from '../gateway/pull-request.js';
import { clean } from '../render/line.js';
import type { RepositoryConfig } from '../service/repository-config.js';
import { findBaseOf, githubAccess, type Based, type BaseFlags } from './base-options.js';
import { CliFailure, type Io } from './io.js';

/** A pull request as commands take it. */
export interface ReadPull extends Based {
  /** The folder of the repository that is the root of its kernel. */
  readonly root: string;
}

/** Reads a pull request and its base; throws CliFailure when it cannot be read. */
export async function readPull(text: string, flags: BaseFlags, io: Io): Promise<ReadPull> {
  const [{ parsePullName, readPullHead, readPullRequest }, { githubClient, refusal }, { LIMITS }] = await Promise.all([
    import('../gateway/pull-request.js'), import('../gateway/github-store.js'), import('../gateway/limits.js'),
  ]);
  const name = parsePullName(text);
  if (!name) throw new CliFailure(`--github-pr ${clean(text)}: is no pull request: give OWNER/REPO#N`);
  const octokit = githubClient(githubAccess(io), LIMITS);
  try {
    const head = await readPullHead(octokit, name);
    const config = await configOf(octokit, head);
    const pull = await readPullRequest(octokit, head, config.tree ?? '');
    return { ...await based(octokit, { pull, config, flags, io }), root: config.tree ?? '' };
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure(`${clean(text)}: ${refusal(error, 'the pull request')?.message ?? notThere(name, io)}`);
  }
}

function notThere({ owner, repo }: PullName, io: Io): string {
  const token = githubAccess(io).token === undefined ? ', or it is private: give a token in GITHUB_TOKEN' : ', or the token does not reach it';
  return `no such pull request in ${clean(owner)}/${clean(repo)}${token}`;
}

/** What the branch it goes into says; the defaults where it has no such file. */
async function configOf(octokit: Octokit, { owner, repo, baseSha }: PullHead): Promise<RepositoryConfig> {
  const [{ CONFIG_PATH, parseConfig }, { GithubStore }, { LIMITS }] = await Promise.all([
    import('../service/repository-config.js'), import('../gateway/github-store.js'), import('../gateway/limits.js'),
  ]);
  const file = await new GithubStore({ owner, repo, octokit }, LIMITS).file(CONFIG_PATH, baseSha);
  const read = parseConfig(file?.text ?? '');
  if (!read.ok) throw new CliFailure(read.problems.map(clean).join('; '));
  return read.config;
}

/** The base that an option names, else that of the pull request. */
async function based(octokit: Octokit, { pull, config, flags, io }: { pull: PullRequest; config: RepositoryConfig; flags: BaseFlags; io: Io }): Promise<Based> {
  const { submission } = pull;
  if (flags.tree !== undefined || flags.git !== undefined || flags.github !== undefined) return findBaseOf(submission, flags, io);
  if (!pull.concernsKcov) return { submission };
  const [{ findPullBase }, { onModel }, { baseOptionsOf }] = await Promise.all([
    import('../gateway/pull-base.js'), import('../gateway/find-base.js'), import('../service/repository-config.js'),
  ]);
  const { base, steps } = await findPullBase(octokit, pull, baseOptionsOf(config));
  return base ? { submission, base } : { submission: onModel(submission, steps) };
}
