/**
 * @module The lines of a diff that are not hunks: which lines start a file or a hunk, paths as git quotes them, and the
 * extended headers of git (modes, ids, renames, binary). Follows git's Documentation/diff-generate-patch and quote.c.
 * Every expression here is anchored and linear: lines of any length come in.
 */
import type { InputLine } from './input-line.js';

/** What `@@ -a,b +c,d @@ section` says. */
export interface HunkRange {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  readonly section: string;
}

/** Names and flags of one file, from the lines before its first hunk. */
export interface FileHeader {
  oldPath: string | null;
  newPath: string | null;
  oldBlob: string | null;
  newBlob: string | null;
  binary: boolean;
  renamed: boolean;
}

const hunkLine = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(.*)$/;

/** Reads a hunk header; null for any other line. A missing count means 1. */
export function parseHunkRange(text: string): HunkRange | null {
  const match = hunkLine.exec(text);
  if (!match) return null;
  const [, oldStart = '0', oldCount = '1', newStart = '0', newCount = '1', section = ''] = match;
  return { oldStart: +oldStart, oldCount: +oldCount, newStart: +newStart, newCount: +newCount, section: section.trim() };
}

/** True where a file's part of a diff begins: a git or diff line, or `---` and `+++` right above a hunk. */
export function startsFile(lines: readonly InputLine[], at: number): boolean {
  const text = lines[at]?.text ?? '';
  if (/^diff --(?:git|cc|combined) \S/.test(text)) return true;
  if (/^diff -\S+ .*\S \S/.test(text) && (lines[at + 1]?.text ?? '').startsWith('--- ')) return true;
  if (text.startsWith('Index: ') && /^={20,}$/.test(lines[at + 1]?.text ?? '')) return true;
  return startsNames(lines, at);
}

/** True at `--- old` when `+++ new` and a hunk follow: a lone `--- a/x` in a message is no file. */
export function startsNames(lines: readonly InputLine[], at: number): boolean {
  return (
    (lines[at]?.text ?? '').startsWith('--- ') &&
    (lines[at + 1]?.text ?? '').startsWith('+++ ') &&
    (lines[at + 2]?.text ?? '').startsWith('@@ -')
  );
}

/** Reads what stands between the start of a file and its first hunk. Paths come without a/ and b/, /dev/null as null. */
export function parseFileHeader(lines: readonly InputLine[]): FileHeader {
  const header: FileHeader = { oldPath: null, newPath: null, oldBlob: null, newBlob: null, binary: false, renamed: false };
  let created = false;
  let deleted = false;
  for (const { text } of lines) {
    if (text.startsWith('diff --git ')) Object.assign(header, gitPaths(text.slice('diff --git '.length)));
    else if (text.startsWith('Index: ')) header.oldPath = header.newPath = plainPath(text.slice('Index: '.length));
    else if (text.startsWith('new file mode ')) created = true;
    else if (text.startsWith('deleted file mode ')) deleted = true;
    else if (text.startsWith('--- ')) header.oldPath = namedPath(text.slice(4));
    else if (text.startsWith('+++ ')) header.newPath = namedPath(text.slice(4));
    else readExtended(header, text);
  }
  if (created) header.oldPath = null;
  if (deleted) header.newPath = null;
  return sameRoot(header);
}

/** `diff -u old-tree/f new-tree/f` and `f.orig f`: trees and suffixes differ, the file is one. */
function sameRoot(header: FileHeader): FileHeader {
  const { oldPath, newPath } = header;
  if (header.renamed || oldPath === null || newPath === null || oldPath === newPath) return header;
  if (oldPath === `${newPath}.orig` || oldPath === `${newPath}~`) return { ...header, oldPath: newPath };
  const oldRest = oldPath.slice(oldPath.indexOf('/') + 1);
  const newRest = newPath.slice(newPath.indexOf('/') + 1);
  if (oldRest === newRest && oldPath.includes('/') && newPath.includes('/')) {
    return { ...header, oldPath: oldRest, newPath: newRest };
  }
  return header;
}

function readExtended(header: FileHeader, text: string): void {
  const ids = /^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: \d+)?\s*$/.exec(text);
  if (ids) {
    header.oldBlob = blobId(ids[1]);
    header.newBlob = blobId(ids[2]);
  }
  if (/^(?:Binary files .* differ|GIT binary patch)\s*$/.test(text)) header.binary = true;
  const move = /^(rename|copy) (from|to) (.+)$/.exec(text);
  if (!move) return;
  const path = unquotePath(move[3] ?? '');
  if (move[1] === 'rename') header.renamed = true;
  if (move[2] === 'from') header.oldPath = path;
  else header.newPath = path;
}

/** A blob id of 7 to 40 digits; null otherwise, and for the zero id of a missing side. */
function blobId(digits: string | undefined): string | null {
  if (!digits || digits.length < 7 || digits.length > 40 || /^0+$/.test(digits)) return null;
  return digits;
}

/** The two paths of a `diff --git` line. Unquoted names with spaces are found by both halves being equal. */
function gitPaths(names: string): { oldPath: string | null; newPath: string | null } {
  const text = names.trimEnd();
  if (text.startsWith('"')) {
    const end = closingQuote(text);
    return { oldPath: plainPath(text.slice(0, end + 1)), newPath: plainPath(text.slice(end + 2)) };
  }
  const half = (text.length - 1) / 2;
  if (text[half] === ' ' && withoutPrefix(text.slice(0, half)) === withoutPrefix(text.slice(half + 1))) {
    return { oldPath: plainPath(text.slice(0, half)), newPath: plainPath(text.slice(half + 1)) };
  }
  const space = text.indexOf(' ');
  if (space < 0) return { oldPath: plainPath(text), newPath: plainPath(text) };
  return { oldPath: plainPath(text.slice(0, space)), newPath: plainPath(text.slice(space + 1)) };
}

function closingQuote(text: string): number {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length - 1;
}

/** The path of a `---` or `+++` line: what follows a tab is a time stamp; /dev/null is null. */
function namedPath(text: string): string | null {
  const tab = text.startsWith('"') ? -1 : text.indexOf('\t');
  const named = (tab < 0 ? text : text.slice(0, tab)).replace(/ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*$/, '');
  return plainPath(named.trimEnd());
}

function plainPath(text: string): string | null {
  const path = unquotePath(text.trim());
  if (path === '/dev/null' || path === '') return null;
  return withoutPrefix(path);
}

function withoutPrefix(path: string): string {
  return path.replace(/^[abciwo12]\//, '');
}

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/** Undoes git's quoting of a path: "a/\303\244.c" is UTF-8 in octal. Text without quotes comes back as it is. */
export function unquotePath(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  const bytes: Buffer[] = [];
  const body = text.slice(1, -1);
  for (const part of body.match(/\\[0-7]{3}|\\.|[^\\]+/g) ?? []) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Buffer.from([parseInt(part.slice(1), 8) & 0xff]));
    else if (part.startsWith('\\')) bytes.push(Buffer.from(escapes[part.slice(1)] ?? part.slice(1)));
    else bytes.push(Buffer.from(part));
  }
  return Buffer.concat(bytes).toString('utf8');
}
