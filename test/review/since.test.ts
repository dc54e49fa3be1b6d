/** @module A review held against that of an older version, on invented reviews: what remains, what is new, what is gone and why. */
import { expect, test } from 'vitest';
import { renderMail } from '../../src/render/mail.js';
import { renderText } from '../../src/render/text.js';
import { firstSentence } from '../../src/review/first-sentence.js';
import type { Finding, Review } from '../../src/review/review.js';
import { isSameSeries } from '../../src/review/same-series.js';
import { reviewSchema } from '../../src/review/schema.js';
import { sinceOlder } from '../../src/review/since.js';
import { review, submission } from '../render/fixtures/invented-review.js';

const asked = review.findings.filter((f) => f.asked);
const first = asked.find((f) => f.evidence.some((e) => e.kind === 'counterexample')) as Finding;
const second = asked.find((f) => f.evidence.some((e) => e.kind === 'observation')) as Finding;

/** The same review of a second version. */
const newer: Review = { ...review, submission: { ...review.submission, version: 2 } };

function versionWith(findings: readonly Finding[], change: Partial<Review> = {}): Review {
  return { ...newer, findings: [...findings], ...change };
}

function states(held: Review): (string | undefined)[] {
  return held.findings.filter((f) => f.asked).map((f) => f.since?.state);
}

test('the same review again: everything remains, nothing is gone', () => {
  const held = sinceOlder(newer, review);
  expect(states(held)).toEqual(asked.map(() => 'remaining'));
  expect(held.since).toMatchObject({ version: 1, asked: asked.length, remaining: asked.length, new: 0, gone: [] });
  expect(reviewSchema.parse(JSON.parse(JSON.stringify(held)))).toEqual(held);
});

test('a finding is known by its cause or by its fingerprint', () => {
  const renamed = { ...first, cause: 'by other names' };
  const rebuilt = { ...first, fingerprint: '0'.repeat(16) };
  const other = { ...renamed, fingerprint: '1'.repeat(16) };
  expect(states(sinceOlder(versionWith([renamed]), review))).toEqual(['remaining']);
  expect(states(sinceOlder(versionWith([rebuilt]), review))).toEqual(['remaining']);
  expect(states(sinceOlder(versionWith([other]), review))).toEqual(['new']);
  expect(states(sinceOlder(versionWith([first, rebuilt]), review)), 'each of the older ones is taken once').toEqual(['remaining', 'new']);
});

test('what is gone says why', () => {
  const why = (now: Review): (string | undefined)[] => (sinceOlder(now, versionWith([first])).since?.gone ?? []).map((gone) => gone.why);
  const seen = first.evidence[0]?.scenario ?? '';
  const run = { name: seen, image: 'post', patch: 1, config: {}, bounds: {}, verdict: 'gaveUp', states: 1, transitions: 1 } as const;
  expect(why(versionWith([]))).toEqual(['notFound']);
  expect(why(versionWith([{ ...first, asked: false, status: 'pre-existing' }]))).toEqual(['inBase']);
  expect(why(versionWith([{ ...first, asked: false, goneBy: 2 }]))).toEqual(['answered']);
  expect(why(versionWith([], { scenarios: [run] }))).toEqual(['notSearched']);
  expect(why(versionWith([], { failures: [{ rule: first.rule, what: 'threw' }] }))).toEqual(['notSearched']);
});

test('a mail puts what is new in full and what remains in one sentence, without what is gone', () => {
  const held = sinceOlder(versionWith([first, { ...second, fingerprint: '2'.repeat(16), cause: 'another' }]), review);
  const mail = renderMail(held, submission, { from: 'kcovet <kcovet@example.org>', date: 'Thu, 01 Jan 1970 00:00:00 +0000' });
  const text = renderText(held, { color: false, width: 76, show: 'new' });
  expect(mail.replace(/\s+/gu, ' ')).toContain(`Still open: ${firstSentence(first.question)} replay: `);
  expect(mail).not.toContain('From here on');
  expect(mail.replace(/\s+/gu, ' ')).toContain(second.question);
  expect(mail).not.toContain('Gone since v1');
  expect(text.replace(/\s+/gu, ' ')).toMatch(/Gone since v1: - .*\(\): /u);
  for (const output of [mail, text]) expect(output.replace(/\s+/gu, ' ')).toContain(`Of ${asked.length} questions on v1, ${asked.length - 1} are gone and 1 remains; 1 is new.`);
});

test('versions of one series share a title or what they add', () => {
  const [patch] = submission.patches;
  if (!patch) throw new Error('no patch');
  const retitled = { ...submission, subject: 'other', patches: [{ ...patch, subject: '[PATCH v2] other' }] };
  const stranger = { ...retitled, patches: [{ ...patch, subject: '[PATCH v2] other', diff: { ...patch.diff, files: [] } }] };
  expect(isSameSeries(submission, { submission })).toBe(true);
  expect(isSameSeries(retitled, { submission })).toBe(true);
  expect(isSameSeries(stranger, { submission })).toBe(false);
  expect(isSameSeries(submission, { review })).toBe(true);
  expect(isSameSeries(retitled, { review })).toBe(true);
  expect(isSameSeries(stranger, { review })).toBe(false);
});

test('first sentences', () => {
  expect(firstSentence('Is this\n needed?  Interrupts are off.')).toBe('Is this needed?');
  expect(firstSentence('t->kcov.x is read, e.g. by A. It ends.')).toBe('t->kcov.x is read, e.g. by A.');
  expect(firstSentence('no end')).toBe('no end');
  expect(firstSentence('word '.repeat(100)).length).toBeLessThan(250);
});
