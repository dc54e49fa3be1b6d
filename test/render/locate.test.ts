/** @module Where findings are in the files at the end of a series. */
import { expect, test } from 'vitest';
import type { Submission } from '../../src/mail/submission.js';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';
import { locator } from '../../src/render/locate.js';
import type { Place } from '../../src/review/review.js';

const patch = { of: 2, subject: '', messageId: null, message: '', mail: null, bodyLines: [], bodyLineNumbers: [] };
const diff = (hunks: string): ReturnType<typeof parseDiffText>['diff'] => parseDiffText(`diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n${hunks}`, { name: 'x' }).diff;
const submission: Submission = {
  name: 'x', form: 'diff', subject: '', messageId: null, version: 1, problems: [],
  patches: [
    { ...patch, n: 1, diff: diff('@@ -10,3 +10,3 @@\n a\n-b\n+c\n d\n@@ -30,2 +30,1 @@\n e\n-f\n') },
    { ...patch, n: 2, diff: diff('@@ -1,1 +1,3 @@\n x\n+y\n+z\n') },
  ],
};
const place: Place = { path: 'f.c', image: 'diff', side: 'RIGHT', line: 11, endLine: 12, inDiff: true, hunk: 1, function: 'f', text: 'c', patch: 1 };
const at = locator({ submission, root: '' });

test('an added line is followed to the end of the series', () => {
  expect(at(place)).toEqual({ path: 'f.c', line: 13, endLine: 14 });
  expect(locator({ submission, root: 'src/linux' })(place)?.path).toBe('src/linux/f.c');
});

test('a removed line is the line that has its place', () => {
  expect(at({ ...place, side: 'LEFT' })).toEqual({ path: 'f.c', line: 13, endLine: 13 });
  expect(at({ ...place, side: 'LEFT', line: 31, endLine: 31, hunk: 2 })).toEqual({ path: 'f.c', line: 32, endLine: 32 });
});

test('a place of the model, or without a line, is nowhere', () => {
  expect(at({ ...place, image: 'model' })).toBeNull();
  expect(at({ ...place, line: null, endLine: null })).toBeNull();
});
