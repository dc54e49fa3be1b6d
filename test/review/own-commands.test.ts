/** @module Ioctls that only the patched kcov has are compared with the base, which has them not: what was wrong before is not asked of the patch. */
import { expect, it } from 'vitest';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { submissionOfDiff } from '../../src/mail/texts.js';
import { editedDiff } from '../repro/edited-model.js';

const scenarios = ['own-command-when-traced', 'own-commands-at-once'];

/** A new ioctl that does something under the lock. */
const withIoctl = (does: string): string => editedDiff('v5.5', '\tcase KCOV_DISABLE:\n', `#define KCOV_SIZE _IO('c', 3)\n\tcase KCOV_SIZE:\n${does}\tcase KCOV_DISABLE:\n`);

const found = async (does: string): Promise<string[]> => {
  const { findings } = await reviewSubmission(submissionOfDiff('edit', 'kcov: an ioctl', withIoctl(does)), { states: 400_000, bounds: {}, scenarios });
  return findings.filter(({ status }) => status === 'new').map(({ property }) => property);
};

it('a record that early irq code loses on the base, too, is not asked about', async () => {
  expect(await found('\t\treturn kcov->size;\n')).toEqual([]);
});

it('what the ioctl itself does is', async () => {
  expect(await found('\t\tkcov_put(kcov);\n\t\treturn 0;\n')).toContain('use-after-free');
});
