/** @module A series: each patch is held to its own words, against the patch before it. */
import { expect, it } from 'vitest';
import { treeImageOf } from '../../src/apply/model-image.js';
import { unifiedDiff } from '../../src/apply/unified.js';
import type { Submission } from '../../src/mail/submission.js';
import { submissionOfDiff } from '../../src/mail/texts.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovV55 } from '../../simulator/kcov/index.js';

const KCOV_C = 'kernel/kcov.c';
const TEXT = printProgram(kcovV55.files.find((f) => f.path === KCOV_C) ?? kcovV55.files[0]!).lines.join('\n');
const RENAMED = TEXT.replace(/\bres\b/gu, 'error');
const changed = (text: string): string => text.replace('return -ENOTTY;', 'return -EINVAL;');

/** A series that goes from text to text, with a changelog for each patch. */
function series(texts: readonly string[], messages: readonly string[]): Submission {
  const patches = messages.map((message, i) => {
    const [before, after] = [treeImageOf(KCOV_C, (texts[i] ?? '').split('\n')), treeImageOf(KCOV_C, (texts[i + 1] ?? '').split('\n'))];
    const one = submissionOfDiff('series', message, unifiedDiff(before, after)).patches[0];
    if (!one) throw new Error('no patch');
    return { ...one, n: i + 1, of: messages.length, message };
  });
  return { name: 'series', form: 'mbox', subject: 'kcov: ours', messageId: null, version: 1, patches, problems: [] };
}

async function claims(submission: Submission): Promise<(number | null)[]> {
  const review = await reviewSubmission(submission, { states: 50_000, bounds: {}, scenarios: ['wrong-calls'] });
  expect(review.hunks.map((h) => h.placed)).not.toContain('failed');
  return review.findings.filter((f) => f.rule === 'changed-behaviour' && f.asked).map((f) => f.introducedBy);
}

it('asks the patch that changes behaviour and says it does not, and no other', async () => {
  const last = changed(RENAMED);
  expect(new Set([TEXT, RENAMED, last]).size).toBe(3);
  expect(await claims(series([TEXT, RENAMED, last], ['Rename a local. No functional change.', 'Return another errno. No functional change.']))).toEqual([2]);
});

it('lets a patch change what it says it changes, and holds the next one to its own words', async () => {
  const first = changed(TEXT);
  expect(await claims(series([TEXT, first, changed(RENAMED)], ['Return another errno.', 'Rename a local. No functional change.']))).toEqual([]);
});
