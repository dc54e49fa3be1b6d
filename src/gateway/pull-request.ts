/**
 * @module A pull request on GitHub as a submission: each of its commits a patch, in order. What GitHub does not show commit
 * by commit (merges, too many commits, diffs beyond its limits) is read as one patch from its list of files, and said.
 * Failures of the client are passed on: 404, limits and expired tokens mean other things to a server than to a person.
 * Follows docs.github.com/rest/pulls and rest/commits, version 2022-11-28.
 */
import type { Diff, Problem } from '../patch/diff.js';
import type { Patch, Submission } from '../mail/submission.js';
import { splitLines } from '../patch/input-line.js';
import { parseDiffLines } from '../patch/parse-diff-text.js';
import type { Asker } from './github-store.js';
import { inKernel } from './kernel-root.js';
import { concernsKcov, diffOfFiles, readPullFiles, type PullFile } from './pull-files.js';

/** Commits that are read one by one; each is a request. GitHub's comparison names 250. */
const COMMITS_MAX = 100;

/** Where a pull request is. */
export interface PullName {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/** What a pull request is at one moment. */
export interface PullHead extends PullName {
  readonly title: string;
  readonly body: string;
  /** Login of who opened it; '' for a deleted account. */
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly draft: boolean;
  readonly headSha: string;
  /** The tip of the branch that it is to go into, and its name. */
  readonly baseSha: string;
  readonly baseRef: string;
  readonly changedFiles: number;
  /** In a repository that not everybody sees; also where GitHub does not say. */
  readonly isPrivate: boolean;
}

/** A pull request, read. */
export interface PullRequest {
  readonly head: PullHead;
  /** The commit that it is a change of. */
  readonly mergeBaseSha: string;
  /** All of its files, as far as GitHub lists them. */
  readonly files: readonly PullFile[];
  /** All of it as one diff, in paths of the repository: what comments are placed on. */
  readonly diff: Diff;
  /** Something of it may concern kcov; without that the submission is left without patches, which saves requests. */
  readonly concernsKcov: boolean;
  /** In paths of the kernel. */
  readonly submission: Submission;
}

/** Reads OWNER/REPO#N, or the address of a pull request; null when it is neither. */
export function parsePullName(text: string): PullName | null {
  const match = /^([\w.-]{1,100})\/([\w.-]{1,100})#(\d{1,9})$/u.exec(text) ?? /^https:\/\/[\w.-]+(?::\d+)?\/([\w.-]{1,100})\/([\w.-]{1,100})\/pull\/(\d{1,9})(?:\/.*)?$/u.exec(text);
  const [, owner = '', repo = '', number = ''] = match ?? [];
  if (!match || /^\.+$/u.test(owner) || /^\.+$/u.test(repo) || Number(number) === 0) return null;
  return { owner, repo, number: Number(number) };
}

/** How a pull request is called in messages. */
export function pullInWords({ owner, repo, number }: PullName): string {
  return `${owner}/${repo}#${number}`;
}

/** Where a pull request stands: one request. */
export async function readPullHead(octokit: Asker, { owner, repo, number }: PullName): Promise<PullHead> {
  const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { owner, repo, pull_number: number });
  return {
    owner, repo, number, title: data.title, body: data.body ?? '', author: (data.user as { login: string } | null)?.login ?? '',
    state: data.state, draft: data.draft === true, headSha: data.head.sha, baseSha: data.base.sha, baseRef: data.base.ref, changedFiles: data.changed_files,
    isPrivate: (data.base.repo as { private?: unknown } | null)?.private !== false,
  };
}

/** Reads all of a pull request as it was at `head`; `root` is the folder of the repository that is the root of its kernel. */
export async function readPullRequest(octokit: Asker, head: PullHead, root = ''): Promise<PullRequest> {
  const range = await compared(octokit, head);
  const files = await readPullFiles(octokit, head, range.files);
  const { diff, problems } = diffOfFiles(files, pullInWords(head));
  const common = { head, mergeBaseSha: range.mergeBaseSha, files, diff };
  if (!concernsKcov(files, { root, all: head.changedFiles <= files.length })) {
    return { ...common, concernsKcov: false, submission: submissionOf(head, [], problems) };
  }
  const why = whyNotByCommit(range);
  const patches = why === null ? await byCommit(octokit, head, { commits: range.commits, root }) : null;
  const submission = patches ? submissionOf(head, patches.patches, patches.problems)
    : submissionOf(head, [wholePatch(head, files, root)], [{ where: pullInWords(head), what: `${why ?? 'GitHub does not show the diff of every commit'}: read as one patch` }, ...problems, ...unread(files, head)]);
  return { ...common, concernsKcov: true, submission };
}

interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly parents: number;
}

/** What a pull request is made of: the commits between its merge base and its head. */
interface Range {
  readonly mergeBaseSha: string;
  readonly total: number;
  readonly commits: readonly Commit[];
  readonly files: readonly PullFile[];
}

async function compared(octokit: Asker, { owner, repo, baseSha, headSha }: PullHead): Promise<Range> {
  const { data } = await octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', { owner, repo, basehead: `${baseSha}...${headSha}` });
  const commits = data.commits.map(({ sha, commit, parents }) => ({ sha, message: commit.message, parents: parents.length }));
  return { mergeBaseSha: data.merge_base_commit.sha, total: data.total_commits, commits, files: (data.files ?? []).map(toPullFile) };
}

function toPullFile(file: { filename: string; previous_filename?: string; status: string; patch?: string }): PullFile {
  return { path: file.filename, previousPath: file.previous_filename ?? null, status: file.status, patch: file.patch ?? null };
}

function whyNotByCommit({ total, commits }: Range): string | null {
  if (total > COMMITS_MAX) return `${total} commits, more than the ${COMMITS_MAX} that are read one by one`;
  const merges = commits.filter((commit) => commit.parents > 1).length;
  return merges > 0 ? `${merges} of its ${total} commits ${merges === 1 ? 'is a merge' : 'are merges'}` : null;
}

/** Each commit as a patch; null when GitHub does not show the diff of one of them. */
async function byCommit(octokit: Asker, head: PullHead, { commits, root }: { commits: readonly Commit[]; root: string }): Promise<{ patches: Patch[]; problems: Problem[] } | null> {
  const patches: Patch[] = [];
  const problems: Problem[] = [];
  for (const commit of commits) {
    const text = await diffOf(octokit, head, commit.sha);
    if (text === null) return null;
    const name = `${pullInWords(head)} ${commit.sha.slice(0, 12)}`;
    const read = patchOf(commit.message, text, { name, root });
    patches.push({ ...read.patch, n: patches.length + 1, of: commits.length });
    problems.push(...read.problems);
  }
  return { patches, problems };
}

/** The diff of a commit as git writes it; null where GitHub says that it is too large. */
async function diffOf(octokit: Asker, { owner, repo }: PullHead, ref: string): Promise<string | null> {
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', { owner, repo, ref, mediaType: { format: 'diff' } });
    return String(data);
  } catch (error) {
    const { status } = (error ?? {}) as { status?: unknown };
    if (status === 406 || status === 422) return null;
    throw error;
  }
}

/** A patch of a message and a diff, as format-patch would put them together. */
function patchOf(message: string, diffText: string, { name, root }: { name: string; root: string }): { patch: Omit<Patch, 'n' | 'of'>; problems: readonly Problem[] } {
  const [subject = '', ...rest] = message.replace(/\r/gu, '').trim().split('\n');
  const changelog = rest.join('\n').trim();
  const above = `${changelog === '' ? '' : `${changelog}\n`}---\n\n`;
  const lines = splitLines(above + diffText);
  const parsed = parseDiffLines(lines.slice(splitLines(above).length), { name });
  const patch = {
    subject: subject.trim(), messageId: null, message: changelog, mail: null, diff: inKernel(parsed.diff, root),
    bodyLines: lines.map((line) => line.text), bodyLineNumbers: lines.map((line) => line.inputLine),
  };
  return { patch, problems: parsed.problems };
}

/** All of it as one patch: title and description for a changelog, and of the files those that concern kcov. */
function wholePatch(head: PullHead, files: readonly PullFile[], root: string): Patch {
  const own = files.filter((file) => concernsKcov([file], { root, all: true }));
  const { text } = diffOfFiles(own, pullInWords(head));
  return { ...patchOf(`${head.title}\n\n${head.body}`, text, { name: pullInWords(head), root }).patch, n: 1, of: 1 };
}

/** What GitHub lists no lines of, and what it does not list. */
function unread(files: readonly PullFile[], head: PullHead): Problem[] {
  const where = pullInWords(head);
  const silent = files.filter((file) => file.patch === null && /\.[chS]$/u.test(file.path)).map((file) => file.path);
  const beyond = head.changedFiles - files.length;
  return [
    ...(silent.length > 0 ? [{ where, what: `not read, since GitHub shows no lines of them: ${silent.slice(0, 5).join(', ')}${silent.length > 5 ? ` and ${silent.length - 5} more` : ''}` }] : []),
    ...(beyond > 0 ? [{ where, what: `${beyond} of ${head.changedFiles} files are not read: GitHub lists ${files.length}` }] : []),
  ];
}

function submissionOf(head: PullHead, patches: readonly Patch[], problems: readonly Problem[]): Submission {
  return { name: pullInWords(head), form: 'diff', subject: head.title, messageId: null, version: 1, patches, cover: head.body, problems };
}
