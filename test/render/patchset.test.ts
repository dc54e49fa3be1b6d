/** @module A review as other tools read it: b4's external check, and the patch set that b4 asks a server for. */
import { describe, expect, test } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import { checkResults } from '../../src/render/check-result.js';
import { inlineReview } from '../../src/render/inline-review.js';
import { patchsetOf } from '../../src/render/patchset.js';
import { reviewOfTwo } from '../lists/review-of-two.js';

const mail = (n: number, id: string, path: string): string => [
  'From: A <a@example.org>', 'Date: Mon, 5 Jan 2026 10:00:00 +0000', `Subject: [PATCH ${n}/3] x`, `Message-ID: <${id}>`, '', 'Text.', '---',
  `diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`, '@@ -10,2 +10,3 @@ void kcov_f(void)', ' \tint x;', '+\tx = 1;', ' \treturn;', '-- ', '2.0', '',
].join('\n');

async function series(): Promise<Submission> {
  const mails = [mail(1, 'one@example.org', 'kernel/kcov.c'), mail(2, 'two@example.org', 'kernel/kcov.c'), mail(3, 'three@example.org', 'fs/other.c')];
  return await readSubmission('series.mbox', Buffer.from(mails.map((text) => `From x Mon Sep 17 00:00:00 2001\n${text}\n`).join('')));
}

describe('a check of b4', () => {
  test('a question is a warning with its text, nothing to ask passes, what is not kcov is no result', () => {
    expect(checkResults(reviewOfTwo(), 'the text')).toEqual([
      { tool: 'kcovet', status: 'warn', summary: 'patch 1: 2 questions: 1 high, 1 low', url: '', details: 'the text' },
      { tool: 'kcovet', status: 'pass', summary: 'patch 2: nothing to ask; 2 scenarios searched', url: '', details: '' },
    ]);
    expect(checkResults({ ...reviewOfTwo(), verdict: 'notPlaced', findings: [] }, '')).toEqual([]);
    expect(checkResults({ ...reviewOfTwo(), stopped: true, findings: [] }, '')).toEqual([]);
    expect(checkResults({ ...reviewOfTwo(), complete: false, findings: [] }, '')[0]?.summary).toContain('not all to the end');
  });
});

describe('a patch set', () => {
  test('has the fields and states that b4 reads, with ids that stay', async () => {
    const parts = { key: 'cover@example.org', submission: await series(), status: 'Reviewed' as const, review: reviewOfTwo() };
    const made = patchsetOf(parts);
    expect(made).toEqual(patchsetOf(parts));
    expect(made).toMatchObject({ message_id: 'cover@example.org', status: 'Reviewed', patches: [{ message_id: 'one@example.org', part_index: 1 }, { message_id: 'two@example.org' }, { message_id: 'three@example.org' }] });
    const ids = [made.id, ...made.patches.map(({ id }) => id), ...made.reviews.map(({ id }) => id)];
    expect(ids.every((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(made.reviews.map(({ patch_id: id, status }) => [made.patches.find((patch) => patch.id === id)?.part_index, status])).toEqual([[1, 'Reviewed'], [2, 'Reviewed'], [3, 'Skipped']]);
    const { findings } = JSON.parse(made.reviews[0]?.output ?? '') as { findings: unknown[] };
    expect(findings).toEqual([
      expect.objectContaining({ severity: 'High', preexisting: false, locations: [{ file: 'kernel/kcov.c', line: 12 }], problem: expect.stringContaining('What about first here?') as string }),
      expect.objectContaining({ severity: 'Low' }),
    ]);
    expect(JSON.parse(made.reviews[1]?.output ?? '')).toEqual({ findings: [] });
    expect(patchsetOf({ ...parts, review: null, status: 'Pending' })).toMatchObject({ status: 'Pending', reviews: [] });
  });

  test('its inline review quotes the diff with its file and hunk, each question under its line', async () => {
    const lines = inlineReview(reviewOfTwo(), await series(), 1).split('\n');
    const quote = ['> @@ -10,1 +10,2 @@ void kcov_f(void)', '>  \tint x;', '> +\tx = 1;', ''];
    expect(lines).toEqual(['> diff --git a/kernel/kcov.c b/kernel/kcov.c', ...quote, 'What about first here? It is "quoted". And more.', '', ...quote, 'What about second here? It is "quoted". And more.', '', '']);
    expect(inlineReview(reviewOfTwo(), await series(), 2)).toBe('');
  });
});
