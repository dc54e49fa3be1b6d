/**
 * @module Patch ids as `git patch-id --stable` computes them (git's builtin/patch-id.c, v2.39): of each file's diff without
 * index lines, hunk headers and white space a SHA-1, all added up with carry, so that the order of files does not matter.
 */
import { createHash } from 'node:crypto';

/** Lines that are read of one patch. */
const LINES_MAX = 400_000;

/** Sums the files of one patch. */
class Sum {
  private readonly bytes = new Uint8Array(20);
  private hash = createHash('sha1');
  private some = false;

  add(line: string): void {
    const text = line.replace(/[ \t\r\n]+/gu, '');
    if (text === '') return;
    this.hash.update(text, 'utf8');
    this.some = true;
  }

  endFile(): void {
    const digest = this.hash.digest();
    let carry = 0;
    for (let i = 0; i < 20; i++) {
      carry += (this.bytes[i] ?? 0) + (digest[i] ?? 0);
      this.bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    this.hash = createHash('sha1');
  }

  /** null when there was no diff. */
  result(): string | null {
    return this.some ? Buffer.from(this.bytes).toString('hex') : null;
  }
}

/** Lines still to come of the hunk being read; null in the header of a file. */
type Left = { old: number; new: number } | null;

/** The patch id, 40 hex digits, of the first patch in the lines of a mail; null when they hold no `diff` line. */
export function patchId(lines: readonly string[]): string | null {
  const sum = new Sum();
  const start = lines.findIndex((line) => line.startsWith('diff '));
  if (start < 0) return null;
  let left: Left = null;
  let hunks = false;
  for (const line of lines.slice(start, start + LINES_MAX)) {
    if (line.startsWith('\\ ') && line.length > 12) continue;
    if (left === null) {
      if (line.startsWith('index ')) continue;
      if (line.startsWith('--- ')) left = { old: 1, new: 1 };
      else if (!/^[A-Za-z]/u.test(line)) break;
    } else if (left.old === 0 && left.new === 0) {
      if (line.startsWith('@@ -')) {
        left = counts(line);
        hunks = true;
        continue;
      }
      if (!line.startsWith('diff ')) break;
      if (hunks) sum.endFile();
      left = null;
      hunks = false;
    }
    if (left) count(left, line);
    sum.add(line);
  }
  sum.endFile();
  return sum.result();
}

function counts(header: string): { old: number; new: number } {
  const match = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))?/u.exec(header);
  return { old: Number(match?.[1] ?? 1), new: Number(match?.[2] ?? 1) };
}

function count(left: { old: number; new: number }, line: string): void {
  const mark = line[0];
  if (mark === '-' || mark === ' ') left.old--;
  if (mark === '+' || mark === ' ') left.new--;
}
