/**
 * @module What a repository on the fake GitHub holds, as a real bare git repository: commits are made with fast-import, and
 * diffs, patches, trees and merge bases are git's own. What an id stands for never changes, so answers are remembered.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of a commit that differ from its parent: text by path, null for a file that goes away. */
export type Files = Readonly<Record<string, string | null>>;

/** One commit to make. */
export interface NewCommit {
  readonly message: string;
  readonly files: Files;
}

/** One file of a diff. */
export interface ChangedFile {
  readonly filename: string;
  readonly previous: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  /** From the first @@ on, as the API has it; '' for a binary file. */
  readonly patch: string;
  readonly additions: number;
  readonly deletions: number;
  readonly sha: string;
}

const AUTHOR = 'A Uthor <author@example.org>';
const BYTES_MAX = 256 * 1024 * 1024;

export class GitStore {
  private readonly dir = mkdtempSync(join(tmpdir(), 'kcovet-fake-github-'));
  private readonly known = new Map<string, string>();
  private seconds = 1_700_000_000;

  constructor() {
    this.run(['init', '-q', '--bare', '.']);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Commits on top of `parent`, in order; their ids. */
  commit(parent: string | null, commits: readonly NewCommit[]): string[] {
    const parts: string[] = ['feature done\n'];
    commits.forEach(({ message, files }, i) => {
      this.seconds += 1;
      const from = i > 0 ? `from :${i}\n` : parent === null ? '' : `from ${parent}\n`;
      parts.push(`commit refs/kcovet/made\nmark :${i + 1}\nauthor ${AUTHOR} ${this.seconds} +0000\ncommitter ${AUTHOR} ${this.seconds} +0000\n${data(`${message}\n`)}${from}`);
      for (const [path, text] of Object.entries(files)) parts.push(text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`);
      parts.push(`\nget-mark :${i + 1}\n`);
    });
    parts.push('done\n');
    return this.run(['fast-import', '--quiet', '--force', '--date-format=raw'], parts.join('')).trim().split('\n');
  }

  /** The files after the patches of an mbox were put on a commit, as git am does; one commit for each. */
  apply(parent: string, mbox: string): string[] {
    const mails = mbox.split(/^(?=From \S+ \w{3} \w{3} )/mu).filter((mail) => mail.includes('\ndiff --git ') || mail.startsWith('diff --git '));
    const made: string[] = [];
    for (const mail of mails) {
      const before = made.at(-1) ?? parent;
      const subject = /^Subject: (?:\[[^\]]*\] )?(.*)$/mu.exec(mail)?.[1] ?? 'a change';
      const body = /\n\n([\s\S]*?)\n---\n/u.exec(mail)?.[1] ?? '';
      const index = { GIT_INDEX_FILE: join(this.dir, 'index') };
      this.run(['read-tree', before], '', index);
      this.run(['apply', '--cached', '--recount', '-'], mail.slice(mail.indexOf('diff --git ')), index);
      const tree = this.run(['write-tree'], '', index).trim();
      this.seconds += 1;
      const date = `${this.seconds} +0000`;
      made.push(this.run(['commit-tree', tree, '-p', before], `${subject}\n\n${body}\n`, { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }).trim());
    }
    return made;
  }

  /** A merge of commits, with the files of the first; its id. */
  merge(parents: readonly string[]): string {
    this.seconds += 1;
    const date = `${this.seconds} +0000`;
    const from = parents.flatMap((parent) => ['-p', parent]);
    return this.run(['commit-tree', `${parents[0]}^{tree}`, ...from], 'a merge\n', { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }).trim();
  }

  /** The full id of a commit; null when there is none. */
  commitId(ref: string): string | null {
    return /^[0-9a-f]{7,40}$/u.test(ref) ? this.tried(['rev-parse', '--verify', '-q', `${ref}^{commit}`]) : null;
  }

  /** Commits of `head` that are not in `base`, the oldest first. */
  between(base: string, head: string): string[] {
    return this.asked(['rev-list', '--reverse', '--topo-order', `${base}..${head}`]).split('\n').filter((id) => id !== '');
  }

  /** Commits that changed a path, or all, the newest first. */
  history(from: string, path: string | null): string[] {
    return this.asked(['rev-list', from, ...(path === null ? [] : ['--', path])]).split('\n').filter((id) => id !== '');
  }

  parents(commit: string): string[] {
    return this.asked(['rev-list', '--parents', '-n1', commit]).trim().split(' ').slice(1);
  }

  message(commit: string): string {
    return this.asked(['log', '-n1', '--format=%B', commit]).trimEnd();
  }

  tree(commit: string): string {
    return this.asked(['rev-parse', `${commit}^{tree}`]).trim();
  }

  mergeBase(a: string, b: string): string {
    return this.asked(['merge-base', a, b]).trim();
  }

  /** A file in a commit, with its blob id; null when it is not there. */
  file(commit: string, path: string): { readonly id: string; readonly text: string } | null {
    const id = this.tried(['rev-parse', '--verify', '-q', `${commit}:${path}`]);
    return id === null ? null : { id, text: this.asked(['cat-file', 'blob', id]) };
  }

  /** What a tree, or that of a commit, has at its top; null when there is none. */
  entries(id: string): readonly { readonly path: string; readonly mode: string; readonly type: string; readonly sha: string; readonly size?: number }[] | null {
    const listed = /^[0-9a-f]{40}$/u.test(id) ? this.tried(['ls-tree', '-l', id]) : null;
    return listed === null ? null : listed.split('\n').flatMap((line) => {
      const [, mode = '', type = '', sha = '', size, path = ''] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/u.exec(line) ?? [];
      return path === '' ? [] : [{ path, mode, type, sha, ...(type === 'blob' ? { size: Number(size) } : {}) }];
    });
  }

  blob(id: string): string | null {
    return /^[0-9a-f]{40}$/u.test(id) && this.tried(['cat-file', '-t', id]) === 'blob' ? this.asked(['cat-file', 'blob', id]) : null;
  }

  /** A diff as git writes it. */
  diff(from: string, to: string): string {
    return this.asked(['diff', '--full-index', '-M', from, to]);
  }

  /** Commits as mails, as format-patch writes them. */
  mails(from: string, to: string): string {
    return this.asked(['format-patch', '--stdout', '--full-index', '-M', `${from}..${to}`]);
  }

  /** The files of a diff, by name. */
  changed(from: string, to: string): ChangedFile[] {
    const sections = this.diff(from, to).split(/^(?=diff --git )/mu).filter((part) => part !== '');
    return sections.map(changedFile);
  }

  private tried(args: readonly string[]): string | null {
    try {
      return this.asked(args).trim();
    } catch {
      return null;
    }
  }

  /** A question whose answer never changes. */
  private asked(args: readonly string[]): string {
    const key = args.join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const answer = this.run(args);
    this.known.set(key, answer);
    return answer;
  }

  private run(args: readonly string[], input = '', more: Readonly<Record<string, string>> = {}): string {
    const env = {
      PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_DIR: this.dir,
      GIT_AUTHOR_NAME: 'A Uthor', GIT_AUTHOR_EMAIL: 'author@example.org', GIT_COMMITTER_NAME: 'A Uthor', GIT_COMMITTER_EMAIL: 'author@example.org', ...more,
    };
    return execFileSync('git', args, { cwd: this.dir, env, input, encoding: 'utf8', maxBuffer: BYTES_MAX, stdio: ['pipe', 'pipe', 'pipe'] });
  }
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function changedFile(section: string): ChangedFile {
  const one = (pattern: RegExp): string | null => pattern.exec(section)?.[1] ?? null;
  const filename = one(/^\+\+\+ b\/(.*)$/mu) ?? one(/^rename to (.*)$/mu) ?? one(/^diff --git a\/.* b\/(.*)$/mu) ?? '';
  const start = section.search(/^@@ /mu);
  const patch = start < 0 ? '' : section.slice(start).trimEnd();
  const count = (mark: string): number => patch.split('\n').filter((line) => line.startsWith(mark)).length;
  const status = /^new file/mu.test(section) ? 'added' : /^deleted file/mu.test(section) ? 'removed' : /^rename from/mu.test(section) ? 'renamed' : 'modified';
  return {
    filename, previous: one(/^rename from (.*)$/mu), status, patch, additions: count('+'), deletions: count('-'),
    sha: one(/^index [0-9a-f]+\.\.([0-9a-f]+)/mu) ?? '0'.repeat(40),
  };
}
