/**
 * @module Cuts the lines of an input into files and hunks without reading the hunks: where each begins and which lines
 * may belong to it. Text between (messages, diffstats, a reviewer's words, signatures) falls away here, so that it never
 * reaches the diff package, which would take `--- a/x` in a message for a file.
 */
import { parseHunkRange, startsFile, startsNames, type HunkRange } from './diff-header.js';
import type { InputLine, ProblemList } from './input-line.js';
import { filesMax, hunksMax } from './limits.js';

/** One hunk as it stands: its header and the lines up to the next hunk, file or the end. */
export interface HunkText {
  readonly header: InputLine;
  readonly range: HunkRange;
  /** Lines that may belong to the hunk; its counts say how many do. */
  readonly region: readonly InputLine[];
  /** Another hunk or file follows: the end of the region was seen. */
  readonly followed: boolean;
}

/** One file as it stands. */
export interface FileText {
  /** The lines before the first hunk that git or diff wrote; empty for hunks without a file header. */
  readonly header: readonly InputLine[];
  readonly hunks: readonly HunkText[];
}

interface OpenFile {
  header: InputLine[];
  hunks: HunkText[];
}

const headerLine =
  /^(?:diff |Index: |={20}|index [0-9a-f]|old mode |new mode |new file mode |deleted file mode |similarity |dissimilarity |rename |copy |Binary files |GIT binary patch)/;

/** Cuts lines into files. Every line is looked at a constant number of times; files and hunks have their maxima. */
export function cutSections(lines: readonly InputLine[], problems: ProblemList): FileText[] {
  const files: OpenFile[] = [];
  let hunkCount = 0;
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    const range = line.text.startsWith('@@ -') ? parseHunkRange(line.text) : null;
    if (range) {
      if (++hunkCount > hunksMax) {
        problems.add(line.inputLine, `more than ${hunksMax} hunks: this one and what follows are not read; split the patch`);
        break;
      }
      const end = regionEnd(lines, at + 1);
      openFile(files).hunks.push({ header: line, range, region: lines.slice(at + 1, end), followed: end < lines.length });
      at = end;
      continue;
    }
    if (files.length >= filesMax && opensFile(lines, at, files.at(-1))) {
      problems.add(line.inputLine, `more than ${filesMax} files: this one and what follows are not read; split the patch`);
      break;
    }
    at += readHeaderLine(lines, at, files);
  }
  return files;
}

/** Takes one line outside hunks; returns how many lines it used. */
function readHeaderLine(lines: readonly InputLine[], at: number, files: OpenFile[]): number {
  const line = lines[at]!;
  if (opensFile(lines, at, files.at(-1))) files.push({ header: [], hunks: [] });
  const file = files.at(-1);
  if (!file || file.hunks.length > 0) return 1;
  const named = line.text.startsWith('--- ') && (lines[at + 1]?.text ?? '').startsWith('+++ ');
  if (named && !hasNames(file)) {
    file.header.push(line, lines[at + 1]!);
    return 2;
  }
  if (headerLine.test(line.text)) file.header.push(line);
  return 1;
}

/** A file begins here, unless the line only names the file that a line above began. */
function opensFile(lines: readonly InputLine[], at: number, file: OpenFile | undefined): boolean {
  if (!startsFile(lines, at)) return false;
  const open = file !== undefined && file.hunks.length === 0;
  if (!open) return true;
  if (startsNames(lines, at)) return hasNames(file);
  return !isAfterIndex(file, lines[at]!.text);
}

/** svn and quilt write `Index:`, a ruler, and then perhaps a diff line for the same file. */
function isAfterIndex(file: OpenFile, text: string): boolean {
  return text.startsWith('diff ') && (file.header[0]?.text.startsWith('Index: ') ?? false) && file.header.length <= 2;
}

function hasNames(file: OpenFile): boolean {
  return file.header.some((line) => line.text.startsWith('+++ '));
}

function openFile(files: OpenFile[]): OpenFile {
  const last = files.at(-1);
  if (last) return last;
  const nameless: OpenFile = { header: [], hunks: [] };
  files.push(nameless);
  return nameless;
}

function regionEnd(lines: readonly InputLine[], from: number): number {
  let at = from;
  while (at < lines.length) {
    const text = lines[at]!.text;
    if (text.startsWith('@@ -') && parseHunkRange(text)) break;
    if (startsFile(lines, at)) break;
    at++;
  }
  return at;
}
