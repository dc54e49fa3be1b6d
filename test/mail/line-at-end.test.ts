/** @module A line followed through a series: held against texts in which every line is known by its words. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineAtEnd } from '../../src/mail/line-at-end.js';
import type { Submission } from '../../src/mail/submission.js';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';

/** A diff of whole texts, in one hunk with all lines: removed ones before added ones, what is equal kept by position. */
function diffOf(before: readonly string[], after: readonly string[]): string {
  const kept = new Set(before.filter((line) => after.includes(line)));
  const rows: string[] = [];
  let i = 0;
  for (const line of after) {
    if (!kept.has(line)) {
      rows.push(`+${line}`);
      continue;
    }
    while (before[i] !== line) rows.push(`-${before[i++] ?? ''}`);
    rows.push(` ${line}`);
    i += 1;
  }
  rows.push(...before.slice(i).map((line) => `-${line}`));
  return `diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1,${before.length} +1,${after.length} @@\n${rows.join('\n')}\n`;
}

function series(versions: readonly (readonly string[])[]): Submission {
  const patches = versions.slice(1).map((after, i) => ({
    n: i + 1, of: versions.length - 1, subject: '', messageId: null, message: '', mail: null, bodyLines: [], bodyLineNumbers: [],
    diff: parseDiffText(diffOf(versions[i] ?? [], after), { name: 'x' }).diff,
  }));
  return { name: 'x', form: 'diff', subject: '', messageId: null, version: 1, patches, problems: [] };
}

/** Versions of a text whose lines are all different: numbers, in order. */
const versions = fc.array(fc.uniqueArray(fc.nat(12), { minLength: 1 }).map((lines) => lines.sort((a, b) => a - b).map((n) => `line ${n}`)), { minLength: 2, maxLength: 5 });

describe('a line of a patch', () => {
  test('is at the end of the series where its text is, if it stayed all the time', () => {
    fc.assert(fc.property(versions, fc.nat(4), fc.nat(12), (texts, patch, at) => {
      const n = (patch % (texts.length - 1)) + 1;
      const own = texts[n] ?? [];
      const line = own[at % own.length] ?? '';
      const stayed = texts.slice(n).every((text) => text.includes(line));
      const found = lineAtEnd({ path: 'f.c', line: own.indexOf(line) + 1 }, { side: 'RIGHT', patch: n }, series(texts));
      expect(found?.line ?? null).toBe(stayed ? (texts.at(-1) ?? []).indexOf(line) + 1 : null);
    }));
  });

  test('of its pre-image is at the beginning where its text was', () => {
    fc.assert(fc.property(versions, fc.nat(4), fc.nat(12), (texts, patch, at) => {
      const n = (patch % (texts.length - 1)) + 1;
      const own = texts[n - 1] ?? [];
      const line = own[at % own.length] ?? '';
      const stayed = texts.slice(0, n).every((text) => text.includes(line));
      const found = lineAtEnd({ path: 'f.c', line: own.indexOf(line) + 1 }, { side: 'LEFT', patch: n }, series(texts));
      expect(found?.line ?? null).toBe(stayed ? (texts[0] ?? []).indexOf(line) + 1 : null);
    }));
  });
});

test('between hunks it moves by what the hunks before it add, and with its file', () => {
  const first = parseDiffText('diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n', { name: 'x' }).diff;
  const second = parseDiffText('diff --git a/f.c b/g.c\nrename from f.c\nrename to g.c\n--- a/f.c\n+++ b/g.c\n@@ -3,0 +4,2 @@\n+x\n+y\n@@ -10 +12,0 @@\n-z\n', { name: 'x' }).diff;
  const patch = { of: 2, subject: '', messageId: null, message: '', mail: null, bodyLines: [], bodyLineNumbers: [] };
  const submission: Submission = { ...series([['a'], ['b']]), patches: [{ ...patch, n: 1, diff: first }, { ...patch, n: 2, diff: second }] };
  const right = (line: number): unknown => lineAtEnd({ path: 'f.c', line }, { side: 'RIGHT', patch: 1 }, submission);
  expect([3, 4, 10, 11].map(right)).toEqual([{ path: 'g.c', line: 3 }, { path: 'g.c', line: 6 }, null, { path: 'g.c', line: 12 }]);
  expect(lineAtEnd({ path: 'other.c', line: 5 }, { side: 'RIGHT', patch: 1 }, submission)).toEqual({ path: 'other.c', line: 5 });
});
