/**
 * @module Text of a diff to a Diff, on top of the parse-diff package. That package never validates, so files and hunks
 * are cut and fitted to their counts here (./diff-sections.ts, ./hunk-lines.ts), and it is handed clean text, one file
 * at a time; it numbers the lines. What was repaired, and what could not be, is a problem with its place.
 */
import parseDiff from 'parse-diff';
import { parseFileHeader, type FileHeader } from './diff-header.js';
import { cutSections, type FileText, type HunkText } from './diff-sections.js';
import type { Diff, DiffLine, FileDiff, Hunk, Problem } from './diff.js';
import { readHunkLines, type HunkLines } from './hunk-lines.js';
import { ProblemList, splitLines, type InputLine } from './input-line.js';
import { inputBytesMax, inputLinesMax } from './limits.js';

/** A diff with what was wrong with its text. */
export interface ParsedDiff {
  readonly diff: Diff;
  readonly problems: readonly Problem[];
}

/** How the text came. */
export interface DiffSource {
  /** What the input is called in problems. */
  readonly name: string;
  /** For hunks that stand without a file header (a reviewer cut it): the file they are of, where known. */
  readonly fallbackPath?: string | null;
}

/**
 * Reads a diff with whatever stands before, between and after its parts. Never throws. Text beyond the limits
 * (inputBytesMax characters, inputLinesMax lines, hunksMax hunks) is not read, and a problem says so.
 */
export function parseDiffText(text: string, source: DiffSource): ParsedDiff {
  const problems = new ProblemList(source.name);
  const lines = splitLines(text.slice(0, inputBytesMax));
  if (text.length > inputBytesMax) {
    problems.add(lines.length, `only the first ${inputBytesMax} characters are read; split the patch`);
  }
  if (lines.length > inputLinesMax) {
    problems.add(inputLinesMax, `only the first ${inputLinesMax} lines are read; split the patch`);
    lines.length = inputLinesMax;
  }
  const parsed = parseDiffLines(lines, source);
  return { diff: parsed.diff, problems: [...problems.toArray(), ...parsed.problems] };
}

/** The same for lines that are numbered already: the body of a mail, a quoted patch. */
export function parseDiffLines(lines: readonly InputLine[], source: DiffSource): ParsedDiff {
  const problems = new ProblemList(source.name);
  const cut = cutSections(lines, problems);
  const damaged = lostBlanks(cut);
  const files: FileDiff[] = [];
  const seen = new Map<string, number>();
  for (const text of cut) {
    const file = readFile(text, { damaged, source, problems });
    if (!file) continue;
    const line = text.header[0]?.inputLine ?? text.hunks[0]?.header.inputLine ?? 1;
    const before = seen.get(file.path);
    if (before !== undefined) problems.add(line, `${file.path} is in this diff already, at line ${before}`);
    else seen.set(file.path, line);
    files.push(file);
  }
  const last = files.at(-1)?.hunks.at(-1);
  return {
    diff: { files, whitespaceDamaged: damaged || lostTabs(files), truncated: last?.truncated ?? false },
    problems: problems.toArray(),
  };
}

interface FileReading {
  readonly damaged: boolean;
  readonly source: DiffSource;
  readonly problems: ProblemList;
}

function readFile(text: FileText, reading: FileReading): FileDiff | null {
  const { problems } = reading;
  const header = text.header.length > 0 ? parseFileHeader(text.header) : namelessHeader(text, reading);
  const path = header?.newPath ?? header?.oldPath;
  if (!header || !path) {
    if (header) problems.add(text.header[0]?.inputLine ?? 1, 'a file of the diff has no name; left out');
    return null;
  }
  if (/^diff --c/.test(text.header[0]?.text ?? '')) {
    problems.add(text.header[0]!.inputLine, `${path}: the combined diff of a merge is not read; use git diff against one parent`);
  }
  if (text.hunks.length === 0 && !header.binary && !/^(?:diff --git|Index)/.test(text.header[0]?.text ?? '')) {
    problems.add(text.header[0]?.inputLine ?? 1, `${path}: no hunks follow`);
  }
  return { ...header, path, hunks: readHunks(text, { ...reading, path }) };
}

function namelessHeader(text: FileText, { source, problems }: FileReading): FileHeader | null {
  const path = source.fallbackPath ?? null;
  const line = text.hunks[0]?.header.inputLine ?? 1;
  if (path === null) {
    problems.add(line, `${text.hunks.length} hunk(s) without a file header; left out, since nothing names their file`);
    return null;
  }
  problems.add(line, `hunks without a file header; taken as ${path}, the only file that is named`);
  return { oldPath: path, newPath: path, oldBlob: null, newBlob: null, binary: false, renamed: false };
}

function readHunks(text: FileText, reading: FileReading & { path: string }): Hunk[] {
  const fitted: { hunk: HunkText; lines: HunkLines }[] = [];
  for (const hunk of text.hunks) {
    const how = { damaged: reading.damaged, followed: hunk.followed, header: hunk.header.text };
    const lines = readHunkLines(hunk.range, hunk.region, how);
    report(hunk, lines, reading);
    if (lines.lines.length > 0) fitted.push({ hunk, lines });
  }
  for (let at = 1; at < fitted.length; at++) reportOrder(fitted[at]!.hunk, fitted[at - 1]!.hunk, reading);
  if (fitted.length === 0) return [];
  const chunks = parseDiff(cleanText(fitted))[0]?.chunks ?? [];
  return fitted.map((one, index) => numbered(one, chunks[index], index + 1));
}

/** The hunks as a diff without any defect: what the diff package is given. */
function cleanText(fitted: readonly { hunk: HunkText; lines: HunkLines }[]): string {
  const out: string[] = ['--- a/file', '+++ b/file'];
  for (const { hunk, lines } of fitted) {
    const { oldStart, newStart } = hunk.range;
    const oldCount = lines.lines.filter((line) => line.kind !== 'added').length;
    const newCount = lines.lines.filter((line) => line.kind !== 'removed').length;
    out.push(`@@ -${oldStart},${oldCount} +${newStart},${newCount} @@`);
    for (const line of lines.lines) out.push(markers[line.kind] + line.text);
  }
  return out.join('\n');
}

const markers = { context: ' ', added: '+', removed: '-' } as const;

function numbered(one: { hunk: HunkText; lines: HunkLines }, chunk: parseDiff.Chunk | undefined, index: number): Hunk {
  const { range } = one.hunk;
  const { lines, oldMissing, newMissing, gapAt, sectionRest } = one.lines;
  const skipOld = Math.max(0, oldMissing);
  const skipNew = Math.max(0, newMissing);
  const read: DiffLine[] = lines.map((line, at) => {
    const change = chunk?.changes[at];
    const after = gapAt !== null && at >= gapAt;
    const [oldLine, newLine] = change ? sides(change) : [null, null];
    return {
      kind: line.kind,
      text: line.text,
      oldLine: oldLine === null ? null : oldLine + (after ? skipOld : 0),
      newLine: newLine === null ? null : newLine + (after ? skipNew : 0),
      inputLine: line.inputLine,
    };
  });
  const section = `${range.section} ${sectionRest}`.trim();
  return { index, ...range, section, lines: read, truncated: oldMissing > 0 || newMissing > 0 };
}

/** Hunks of one file ascend; where they do not, the header of another file was cut, or the diff was put together by hand. */
function reportOrder(hunk: HunkText, before: HunkText, { problems, path }: FileReading & { path: string }): void {
  if (hunk.range.oldStart >= before.range.oldStart + before.range.oldCount) return;
  problems.add(hunk.header.inputLine, `${path}: this hunk begins before the end of the one above; is a file header missing here?`);
}

function sides(change: parseDiff.Change): [number | null, number | null] {
  if (change.type === 'normal') return [change.ln1, change.ln2];
  return change.type === 'del' ? [change.ln, null] : [null, change.ln];
}

function report(hunk: HunkText, lines: HunkLines, { problems, path }: FileReading & { path: string }): void {
  for (const defect of lines.defects) problems.add(defect.inputLine, `${path}: ${defect.what}`);
  const { oldMissing, newMissing } = lines;
  if (oldMissing === 0 && newMissing === 0) return;
  const { oldCount, newCount } = hunk.range;
  const seen = `${oldCount - oldMissing} and ${newCount - newMissing}`;
  const which = oldMissing > 0 || newMissing > 0 ? 'lines are missing' : 'there are more lines than that';
  const place = lines.gapAt === null ? '' : ', cut where the text says so';
  problems.add(
    hunk.header.inputLine,
    `${path}: the hunk promises ${oldCount} old and ${newCount} new lines, ${seen} are here: ${which}${place}`,
  );
}

/** An archive stripped the blank that marks context: in the hunks, more lines have no marker than have a blank. */
function lostBlanks(files: readonly FileText[]): boolean {
  let blank = 0;
  let unmarked = 0;
  for (const hunk of files.flatMap((file) => file.hunks)) {
    const within = Math.min(hunk.region.length, hunk.range.oldCount + hunk.range.newCount);
    for (let index = 0; index < within; index++) {
      const marker = hunk.region[index]!.text[0] ?? '';
      if (marker === ' ') blank++;
      else if (marker !== '' && !'+-\\'.includes(marker)) unmarked++;
      if (hunk.region[index]!.text.startsWith('-- ')) break;
    }
  }
  return unmarked > blank;
}

/** A mail client wrote tabs as blanks: C files indented by eight blanks, and no tab at the start of any line. */
function lostTabs(files: readonly FileDiff[]): boolean {
  let blanks = 0;
  for (const file of files) {
    if (!/\.[chS]$/.test(file.path)) continue;
    for (const { text } of file.hunks.flatMap((hunk) => hunk.lines)) {
      if (text.startsWith('\t')) return false;
      if (text.startsWith('        ')) blanks++;
    }
  }
  return blanks > 0;
}
