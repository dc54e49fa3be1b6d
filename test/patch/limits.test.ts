import { describe, expect, it } from 'vitest';
import { hunksMax, inputBytesMax, inputLinesMax } from '../../src/patch/limits.js';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';

/** Generous for a busy machine; quadratic behaviour takes minutes. */
const msMax = 20_000;

function read(text: string) {
  const start = performance.now();
  const parsed = parseDiffText(text, { name: 'big.diff' });
  expect(performance.now() - start).toBeLessThan(msMax);
  return parsed;
}

describe('input beyond the limits returns, with the part inside them and one problem', () => {
  it('a million hunks', () => {
    const { diff, problems } = read('--- a/f\n+++ b/f\n' + '@@ -1 +1 @@\n-a\n+b\n'.repeat(1_000_000));
    expect(diff.files[0]!.hunks).toHaveLength(hunksMax);
    expect(problems.map((problem) => problem.what).join()).toContain(`more than ${hunksMax} hunks`);
  });

  it('50 MB of added lines', () => {
    const line = `+${'x'.repeat(99)}\n`;
    const { diff, problems } = read(`--- a/f\n+++ b/f\n@@ -0,0 +1,600000 @@\n${line.repeat(500_000)}`);
    expect(diff.files[0]!.hunks[0]!.truncated).toBe(true);
    expect(problems[0]!.what).toContain(`only the first ${inputBytesMax} characters`);
  });

  it('one line of 30 MB, and nothing but newlines', () => {
    expect(read(`diff -u ${' '.repeat(30_000_000)}`).diff.files).toEqual([]);
    const { problems } = read('\n'.repeat(30_000_000));
    expect(problems.map((problem) => problem.what).join()).toContain(`only the first ${inputLinesMax} lines`);
  });

  it.each([
    ['unmarked lines', '--- a/f\n+++ b/f\n@@ -1,400000 +1,400000 @@\n' + 'word word word word word word word word word word word word word word\n'.repeat(250_000)],
    ['file headers', 'diff --git a/f b/f\nindex 1111111..2222222\n'.repeat(200_000)],
    ['names without hunks', '--- a/f\n+++ b/f\n'.repeat(200_000)],
    ['empty lines in a hunk', '--- a/f\n+++ b/f\n@@ -1,400000 +1,400000 @@\n' + '\n \n'.repeat(200_000)],
    ['quotes in a name', `diff --git "${'\\'.repeat(3_000_000)} b/f\n`],
    ['blanks before a bar', `${' '.repeat(3_000_000)}|\n 1 file changed\n`],
  ])('%s', (_, text) => {
    expect(read(text).diff.files.length).toBeLessThanOrEqual(10_000);
  });
});
