/** @module Pull requests of a GitHub of our own as submissions, with their base. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobId } from '../../src/apply/blob-id.js';
import { githubClient } from '../../src/gateway/github-store.js';
import { LIMITS } from '../../src/gateway/limits.js';
import { findPullBase } from '../../src/gateway/pull-base.js';
import { parsePullName, readPullHead, readPullRequest, type PullRequest } from '../../src/gateway/pull-request.js';
import { FakeGithub } from '../fake-github/fake-github.js';
import type { NewCommit } from '../fake-github/git-store.js';
import { kcovText, makefile } from './repository.js';

const github = new FakeGithub();
const before = kcovText();
let base = '';
let token = '';

const octokit = (): ReturnType<typeof githubClient> => githubClient({ url: github.url, token }, LIMITS);
const repository = (): ReturnType<FakeGithub['repository']> => github.repository('o', 'linux');

beforeAll(async () => {
  await github.start();
  token = String(github.credentials.issue()['token']);
  [base = ''] = repository().git.commit(null, [{ message: 'base', files: { 'kernel/kcov.c': before, Makefile: makefile('6.12'), 'a.c': 'int a;\n' } }]);
  repository().branches.set('master', base);
});
afterAll(() => github.stop());

/** Opens a pull request of commits; its number. */
function open(commits: readonly NewCommit[], more: { repo?: string; base?: string } = {}): number {
  const repo = github.repository('o', more.repo ?? 'linux');
  const from = more.base ?? repo.branches.get('master') ?? '';
  const ids = repo.git.commit(from, commits);
  const number = repo.pulls.size + 1;
  repo.pulls.set(number, {
    number, title: 'kcov: two changes', body: 'Why it is so.', state: 'open', draft: false, user: { login: 'author', type: 'User' },
    base: { ref: 'master' }, head: { ref: 'topic', sha: ids.at(-1) ?? '', repo: 'o/linux' },
  });
  return number;
}

async function read(number: number, { repo = 'linux', root = '' } = {}): Promise<PullRequest> {
  return readPullRequest(octokit(), await readPullHead(octokit(), { owner: 'o', repo, number }), root);
}

describe('a pull request', () => {
  test('is a series: each commit a patch with its message, its ids and the numbers of its lines', async () => {
    const number = open([
      { message: 'kcov: first\n\nBecause of that.\n\nSigned-off-by: A Uthor <author@example.org>', files: { 'kernel/kcov.c': kcovText({ alpha: 1 }) } },
      { message: 'kcov: first', files: { 'kernel/kcov.c': kcovText({ alpha: 1, zeta: 2 }), 'kernel/new.c': 'int b;\n' } },
    ]);
    const pull = await read(number);
    const { submission } = pull;
    expect(submission).toMatchObject({ name: `o/linux#${number}`, subject: 'kcov: two changes', cover: 'Why it is so.', version: 1, problems: [] });
    expect(submission.patches.map(({ n, of, subject, message }) => ({ n, of, subject, message }))).toEqual([
      { n: 1, of: 2, subject: 'kcov: first', message: 'Because of that.\n\nSigned-off-by: A Uthor <author@example.org>' },
      { n: 2, of: 2, subject: 'kcov: first', message: '' },
    ]);
    const [first, second] = submission.patches;
    expect(first?.diff.files[0]).toMatchObject({ path: 'kernel/kcov.c', oldBlob: blobId(before), newBlob: second?.diff.files[0]?.oldBlob });
    for (const patch of submission.patches) {
      for (const line of patch.diff.files.flatMap((file) => file.hunks).flatMap((hunk) => hunk.lines)) {
        expect(patch.bodyLines[patch.bodyLineNumbers.indexOf(line.inputLine)]?.slice(1)).toBe(line.text);
      }
    }
    expect(pull.mergeBaseSha).toBe(base);
    expect(pull.diff.files.map((file) => [file.path, file.oldPath])).toEqual([['kernel/kcov.c', 'kernel/kcov.c'], ['kernel/new.c', null]]);
  });

  test('has the files of its merge base for a base, proved by the ids of its diff, though master went on', async () => {
    const number = open([{ message: 'kcov: one', files: { 'kernel/kcov.c': kcovText({ beta: 3 }) } }]);
    const [ahead = ''] = repository().git.commit(base, [{ message: 'ahead', files: { 'kernel/kcov.c': kcovText({ delta: 9 }) } }]);
    repository().branches.set('master', ahead);
    const pull = await read(number);
    const found = await findPullBase(octokit(), pull);
    repository().branches.set('master', base);
    expect(pull.mergeBaseSha).toBe(base);
    expect(found.base).toMatchObject({ kind: 'github', label: base.slice(0, 12), version: 'v6.12', guessed: false });
    expect(found.base?.files.get('kernel/kcov.c')).toBe(before);
    expect(found.steps.at(-1)?.what).toContain(`kernel/kcov.c is blob ${blobId(before).slice(0, 12)}, as the patch says`);
  });

  test('that does not concern kcov costs no request for its commits', async () => {
    const number = open([{ message: 'a', files: { 'a.c': 'int c;\n' } }]);
    const asked = github.asked.length;
    const pull = await read(number);
    expect([pull.concernsKcov, pull.submission.patches.length, github.asked.length - asked]).toEqual([false, 0, 2]);
  });

  test('that names kcov in a driver concerns it', async () => {
    const number = open([{ message: 'a', files: { 'a.c': 'int c;\nkcov_remote_start_common(id);\n' } }]);
    expect((await read(number)).concernsKcov).toBe(true);
  });

  test('with a merge in it is read as one patch, and it says so', async () => {
    const number = open([{ message: 'kcov: one', files: { 'kernel/kcov.c': kcovText({ beta: 3 }) } }]);
    const { git, pulls } = repository();
    const [side = ''] = git.commit(base, [{ message: 'side', files: { 'b.c': 'int b;\n' } }]);
    const head = pulls.get(number)?.head;
    if (head) head.sha = git.merge([head.sha, side]);
    const { submission } = await read(number);
    expect(submission.problems).toEqual([{ where: `o/linux#${number}`, what: '1 of its 3 commits is a merge: read as one patch' }]);
    expect(submission.patches.map(({ subject, message, diff }) => [subject, message, diff.files.map((file) => file.path)])).toEqual([['kcov: two changes', 'Why it is so.', ['kernel/kcov.c']]]);
  });

  test('of 3,000 files is read in pages, and only what concerns kcov', async () => {
    const files = Object.fromEntries(Array.from({ length: 2999 }, (_, i) => [`d/f${i}.txt`, `${i}\n`]));
    const number = open([{ message: 'kcov: all', files: { ...files, 'kernel/kcov.c': kcovText({ beta: 3 }) } }]);
    github.faults.add({ method: 'GET', path: /\/commits\/[0-9a-f]{40}$/u, answer: { status: 406, message: 'Sorry, the diff exceeded the maximum number of files (300)' } });
    const pull = await read(number);
    expect(pull.files).toHaveLength(3000);
    expect(pull.submission.patches.map((patch) => patch.diff.files.map((file) => file.path))).toEqual([['kernel/kcov.c']]);
    expect(pull.submission.problems[0]?.what).toBe('GitHub does not show the diff of every commit: read as one patch');
  });

  test('in a repository that has its kernel in a folder is read in paths of the kernel', async () => {
    const repo = github.repository('o', 'tools');
    const [root = ''] = repo.git.commit(null, [{ message: 'base', files: { 'linux/kernel/kcov.c': before, 'linux/Makefile': makefile('6.12'), 'README': 'x\n' } }]);
    repo.branches.set('master', root);
    const number = open([{ message: 'kcov: one', files: { 'linux/kernel/kcov.c': kcovText({ beta: 3 }), README: 'y\n' } }], { repo: 'tools' });
    const pull = await read(number, { repo: 'tools', root: 'linux' });
    expect(pull.submission.patches[0]?.diff.files.map((file) => [file.path, file.oldPath])).toEqual([['kernel/kcov.c', 'kernel/kcov.c']]);
    expect(pull.diff.files.map((file) => file.path)).toEqual(['README', 'linux/kernel/kcov.c']);
    expect((await findPullBase(octokit(), pull, { root: 'linux' })).base?.version).toBe('v6.12');
    expect((await findPullBase(octokit(), pull)).base).toBeNull();
  });

  test('in a repository of a part of the kernel takes the rest from another one', async () => {
    const repo = github.repository('o', 'drivers');
    const [root = ''] = repo.git.commit(null, [{ message: 'base', files: { 'drivers/d.c': 'int d;\n' } }]);
    repo.branches.set('master', root);
    const number = open([{ message: 'd: collect', files: { 'drivers/d.c': 'int d;\nvoid f(void) { kcov_remote_stop(); }\n' } }], { repo: 'drivers' });
    const pull = await read(number, { repo: 'drivers' });
    expect((await findPullBase(octokit(), pull)).base).toBeNull();
    const { base: found, steps } = await findPullBase(octokit(), pull, { elsewhere: { owner: 'o', repo: 'linux', ref: 'master' } });
    expect([...found?.files.keys() ?? []].sort()).toEqual(['drivers/d.c', 'kernel/kcov.c']);
    expect(steps.some((step) => step.what === 'from o/linux@master: kernel/kcov.c')).toBe(true);
  });

  test.each([401, 403, 404, 429, 500])('a %d is passed on as it is', async (status) => {
    const number = open([{ message: 'kcov: one', files: { 'kernel/kcov.c': kcovText({ beta: 4 }) } }]);
    github.faults.add({ method: 'GET', path: /\/compare\//u, answer: { status } });
    await expect(read(number)).rejects.toMatchObject({ status });
    const pull = await read(number);
    if (status === 404) return;
    github.faults.add({ method: 'GET', path: /\/contents\//u, answer: { status } });
    await expect(findPullBase(octokit(), pull)).rejects.toMatchObject({ status });
  });
});

test.each([
  ['torvalds/linux#12', { owner: 'torvalds', repo: 'linux', number: 12 }],
  ['https://github.com/a/b.c/pull/7', { owner: 'a', repo: 'b.c', number: 7 }],
  ['https://ghe.example.org/a/b/pull/7/files', { owner: 'a', repo: 'b', number: 7 }],
  ['a/b', null], ['a/b#', null], ['a/b#0', null], ['a/b#1x', null], ['../b#1', null], ['#1', null], ['a/b/c#1', null], ['a/b#-1', null],
])('the name %s', (text, name) => {
  expect(parsePullName(text)).toEqual(name);
});
