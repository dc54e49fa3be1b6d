/**
 * @module Git repositories made for one test: a small kernel of our own with a history of kernel/kcov.c, and the patches
 * of it as git writes them. Dates and names are fixed, so that ids are the same in every run.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';

/** A directory that goes away with `remove`. */
export class Sandbox {
  readonly root = mkdtempSync(join(tmpdir(), 'kcovet-test-'));

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  write(path: string, text: string): string {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
    return this.path(path);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Runs git in a directory as a person would; standard output. */
export function git(dir: string, args: readonly string[], input = ''): string {
  const env = {
    PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'A Uthor', GIT_AUTHOR_EMAIL: 'author@example.org', GIT_COMMITTER_NAME: 'A Uthor', GIT_COMMITTER_EMAIL: 'author@example.org',
  };
  return execFileSync('git', ['-c', 'init.defaultBranch=master', '-c', 'protocol.file.allow=always', ...args], { cwd: dir, env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A file of ours in the manner of kernel/kcov.c: one function for each name, with its value in the middle. */
export function kcovText(values: Readonly<Record<string, number>> = {}): string {
  const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
  const bodies = names.map((name) => [
    `static int kcov_${name}(struct kcov *kcov)`, '{', `\tint ${name}_first = 1;`, `\tint ${name}_second = 2;`, `\tint ${name}_value = ${values[name] ?? 0};`,
    `\tint ${name}_third = 3;`, `\tint ${name}_fourth = 4;`, `\treturn ${name}_value;`, '}', '',
  ].join('\n'));
  return ['void notrace __sanitizer_cov_trace_pc(void)', '{', '}', '', ...bodies].join('\n');
}

/** A history: the files of each commit and the tag it gets, if any. */
export interface Commit {
  readonly files: Readonly<Record<string, string>>;
  readonly tag?: string;
  readonly message?: string;
  /** Seconds since 1970. */
  readonly timeS: number;
}

/** Commits on master of a new repository; their ids in order. */
export function history(dir: string, commits: readonly Commit[]): string[] {
  mkdirSync(dir, { recursive: true });
  git(dir, ['init', '-q', '.']);
  return commits.map((commit) => addCommit(dir, commit));
}

/** One commit more. */
export function addCommit(dir: string, commit: Commit): string {
  for (const [path, text] of Object.entries(commit.files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  git(dir, ['add', '-A', '.']);
  const date = `${commit.timeS} +0000`;
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-q', '--allow-empty', '-m', commit.message ?? 'kcov: a change'], {
    cwd: dir, env: { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  });
  if (commit.tag !== undefined) git(dir, ['tag', '-a', '-m', commit.tag, commit.tag]);
  return git(dir, ['rev-parse', 'HEAD']).trim();
}

/** The Makefile of a version such as 5.4. */
export function makefile(version: string): string {
  const [major, minor, sub] = version.split('.');
  return `# SPDX-License-Identifier: GPL-2.0\nVERSION = ${major}\nPATCHLEVEL = ${minor}\nSUBLEVEL = ${sub ?? 0}\nEXTRAVERSION =\n`;
}

/** The last commits of a repository as mails, one text for each file git wrote; the cover letter, if asked for, first. */
export function formatPatch(dir: string, range: string, more: readonly string[] = []): string {
  return git(dir, ['format-patch', '--stdout', ...more, range]);
}

/** A text of patches as a submission. */
export function submissionOf(text: string, name = 'patch.mbox'): Promise<Submission> {
  return readSubmission(name, Buffer.from(text, 'utf8'));
}

/** The text without its index lines. */
export function withoutIds(text: string): string {
  return text.replace(/^index [0-9a-f]+\.\.[0-9a-f]+.*\n/gmu, '');
}
