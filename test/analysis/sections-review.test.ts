/** @module Patches to drivers as whole reviews: our example, series with and without the kcov they need, and the corpus. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';

async function reviewOf(name: string, bytes: Uint8Array): Promise<Review> {
  return reviewSubmission(await readSubmission(name, bytes), { states: 1_000, bounds: {}, scenarios: ['section-in-kthread'] });
}

const asked = (review: Review): string[] => review.findings.filter((f) => f.asked).map((f) => `${f.rule}: ${f.place.function}: ${f.place.text}`);

test('the example: one part is right, one return keeps the section open', async () => {
  const review = await reviewOf('annotate-driver.mbox', readFileSync('examples/annotate-driver.mbox'));
  expect(asked(review)).toEqual(['unbalanced-section: echo_link_reset_work: return;']);
  expect(review.verdict).toBe('questions');
  expect(review.scenarios).toEqual([]);
  const notes = review.hunks.filter((h) => h.note.startsWith('sections checked')).map((h) => h.index);
  expect(notes).toEqual([2, 3, 4]);
});

/** A mail that gives a section to a function. */
function mail(date: string, head: string, more = ''): Uint8Array {
  const diff = [
    'diff --git a/drivers/misc/echo.c b/drivers/misc/echo.c', '--- a/drivers/misc/echo.c', '+++ b/drivers/misc/echo.c',
    `@@ -1,4 +1,6 @@`, ` ${head}`, ' {', `+\tkcov_remote_start_common(handle);`, ' \techo_receive(data);', '+\tkcov_remote_stop();', ' }', more,
  ].filter((l) => l !== '');
  return new TextEncoder().encode(['From: A. Developer <dev@example.org>', `Date: ${date}`, 'Message-ID: <a@example.org>', 'Subject: [PATCH] echo: sections', '', 'Text.', '---', ...diff, '-- ', '2.25.0', ''].join('\n'));
}

const REGISTERED = '@@ -20,2 +22,3 @@ static int probe(struct echo *echo)\n \tint err;\n+\terr = request_irq(echo->irq, echo_irq, 0, "echo", echo);\n \treturn err;';
const TASKLET = '@@ -20,2 +22,3 @@ static int probe(struct echo *echo)\n \tint err;\n+\ttasklet_init(&echo->tasklet, echo_bh, 0);\n \treturn err;';

describe('contexts', () => {
  test.each([
    ['an interrupt handler, of any time', 'Mon, 3 Feb 2025 10:00:00 +0100', 'static irqreturn_t echo_irq(int irq, void *data)', REGISTERED, true],
    ['a tasklet, later: which kcov it is for is not known', 'Mon, 3 Feb 2025 10:00:00 +0100', 'static void echo_bh(unsigned long data)', TASKLET, false],
    ['a threaded handler', 'Mon, 3 Feb 2020 10:00:00 +0100', 'static irqreturn_t echo_irq(int irq, void *data)', REGISTERED.replace('request_irq(echo->irq, echo_irq', 'request_threaded_irq(echo->irq, NULL, echo_irq'), false],
    ['a callback of which nothing is seen', 'Mon, 3 Feb 2020 10:00:00 +0100', 'static void echo_done(struct urb *data)', '', false],
  ])('%s', async (_, date, head, more, fires) => {
    const review = await reviewOf('x.eml', mail(date, head, more));
    expect(asked(review).map((a) => a.split(':')[0])).toEqual(fires ? ['section-in-refused-context'] : []);
    expect(review.verdict).toBe(fires ? 'questions' : 'nothingToAsk');
  });
});

describe('the corpus', () => {
  const corpus = resolve('..', 'shared', 'corpus');
  const names = ['2019-12-12-irq-rfc-2of2.eml', '2019-10-29-vhost-annotation.eml'];
  for (const name of names) {
    const file = resolve(corpus, name);
    test.skipIf(!existsSync(file))(`${name}: sections checked, nothing to ask (skipped where ${corpus} is absent)`, async () => {
      const review = await reviewOf(name, readFileSync(file));
      expect(asked(review)).toEqual([]);
      expect(review.verdict).toBe('nothingToAsk');
      expect(review.hunks.some((h) => h.note.startsWith('sections checked in'))).toBe(true);
      expect(review.hunks.filter((h) => h.note.startsWith('sections not checked'))).toEqual([]);
    });
  }
});
