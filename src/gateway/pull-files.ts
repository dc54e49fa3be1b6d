/** @module The files of a pull request as GitHub lists them, the diff that they make up, and whether any may concern kcov. */
import { parseDiffText, type ParsedDiff } from '../patch/parse-diff-text.js';
import type { Asker } from './github-store.js';
import { KCOV_FILES } from './kernel-file.js';
import { kernelPath } from './kernel-root.js';
import type { PullHead } from './pull-request.js';

/** Files on a page, and pages: GitHub lists 3,000 files at most. */
const PAGE = 100;
const PAGES_MAX = 30;

/** One file of a pull request. */
export interface PullFile {
  readonly path: string;
  /** Its path before, of a renamed file. */
  readonly previousPath: string | null;
  /** As GitHub says it: added, removed, modified, renamed, ... */
  readonly status: string;
  /** Its hunks; null where GitHub shows none: binary, or too large. */
  readonly patch: string | null;
}

/** All files; `known` are those of the comparison, which has all of most pull requests. */
export async function readPullFiles(octokit: Asker, head: PullHead, known: readonly PullFile[]): Promise<readonly PullFile[]> {
  if (known.length >= head.changedFiles) return known;
  const { owner, repo, number } = head;
  const files: PullFile[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', { owner, repo, pull_number: number, per_page: PAGE, page });
    files.push(...data.map((file) => ({ path: file.filename, previousPath: file.previous_filename ?? null, status: file.status, patch: file.patch ?? null })));
    if (data.length < PAGE) break;
  }
  return files.length >= known.length ? files : known;
}

/** A path as it stands in a diff: git quotes what has blanks at its ends, quotes, backslashes or controls. */
function inDiff(prefix: 'a' | 'b', path: string): string {
  const full = `${prefix}/${path}`;
  return /["\\\u0000-\u001f\u007f]/u.test(path) ? `"${full.replace(/["\\]/gu, '\\$&').replace(/[\u0000-\u001f\u007f]/gu, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)}"` : full;
}

/** The lines of a diff above its hunks. */
function headerOf({ path, previousPath, status }: PullFile): string {
  const old = inDiff('a', previousPath ?? path);
  const now = inDiff('b', path);
  const mode = status === 'added' ? 'new file mode 100644\n' : status === 'removed' ? 'deleted file mode 100644\n' : '';
  const renamed = previousPath !== null && status === 'renamed' ? `rename from ${previousPath}\nrename to ${path}\n` : '';
  return `diff --git ${old} ${now}\n${mode}${renamed}--- ${status === 'added' ? '/dev/null' : old}\n+++ ${status === 'removed' ? '/dev/null' : now}\n`;
}

/** The files that show hunks as one diff. */
export function diffOfFiles(files: readonly PullFile[], name: string): ParsedDiff & { readonly text: string } {
  const text = files.filter((file) => file.patch !== null && file.patch !== '')
    .map((file) => `${headerOf(file)}${file.patch}${file.patch?.endsWith('\n') ? '' : '\n'}`).join('');
  return { text, ...parseDiffText(text, { name }) };
}

/**
 * Whether one of the files may concern kcov: it is one of kcov's own, or kcov is named in its path or its hunks. Where the
 * list is whole a C file without lines may, too.
 */
export function concernsKcov(files: readonly PullFile[], { root, all }: { root: string; all: boolean }): boolean {
  return files.some(({ path, previousPath, patch }) => {
    const inside = [path, previousPath].map((one) => (one === null ? null : kernelPath(one, root))).filter((one) => one !== null);
    if (inside.length === 0) return false;
    if (inside.some((one) => KCOV_FILES.includes(one) || /kcov/iu.test(one))) return true;
    return patch === null ? all && /\.[chS]$/u.test(path) : /kcov/iu.test(patch);
  });
}
