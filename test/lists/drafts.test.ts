/** @module Which drafts a review becomes: for whom, about what, and from which mails none. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareDrafts, type DraftWish, type Prepared } from '../../src/lists/prepare-drafts.js';
import { sendDue } from '../../src/lists/send-due.js';
import type { MailHeaders, Submission } from '../../src/mail/submission.js';
import type { Review } from '../../src/review/review.js';
import type { Store } from '../../src/store/store.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { emptyReview } from './watching.js';
import { officeOf, onlyDraft, OPEN_POLICY, readySeries, review, takingSender } from './post.js';

const { submission } = readySeries();

/** The series with other headers in its mail. */
function withMail(change: Partial<MailHeaders>): Submission {
  return { ...submission, patches: submission.patches.map((one) => (one.mail ? { ...one, mail: { ...one.mail, ...change } } : one)) };
}

/** The field of a mail, unfolded. */
function fieldOf(raw: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*(?:\\n[ \\t].*)*)`, 'mu').exec(raw.slice(0, raw.indexOf('\n\n')))?.[1]?.replace(/\s+/gu, ' ');
}

describe.skipIf(noSqlite)(`drafts${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let store: Store;
  beforeEach(async () => { store = await openStore(); });
  afterEach(async () => { await store.close(); });
  const prepare = (policy: string, change: { submission?: Submission; review?: Review; ready?: Parameters<typeof readySeries>[0]; silenced?: DraftWish['silenced'] } = {}): Promise<Prepared[]> =>
    prepareDrafts(officeOf(store.drafts, { policy: { text: policy } }), { ready: readySeries(change.ready, change.submission), review: change.review ?? review, nowMs: 0, ...(change.silenced ? { silenced: change.silenced } : {}) });

  test('the author alone, where the policy says author: nobody else, in header and envelope', async () => {
    await prepare(OPEN_POLICY.replace('send: list', 'send: author'));
    const { mail, lists } = await onlyDraft(store.drafts);
    expect([mail.to, fieldOf(mail.raw, 'Cc'), lists]).toEqual([['joerg@example.net'], undefined, []]);
  });

  test('who opted out is left out of Cc', async () => {
    await prepare(`${OPEN_POLICY}optOut: [jane+kernel@example.org]\n`);
    expect((await onlyDraft(store.drafts)).mail.to).toEqual(['joerg@example.net', 'linux-test@vger.example.org', 'else@example.com']);
  });

  test('questions of the severities that the policy lets out, and no mail where none is left', async () => {
    const [first, ...rest] = review.findings.filter((one) => one.asked);
    const graded = { ...review, findings: review.findings.map((one) => ({ ...one, severity: one === first ? 'high' as const : 'low' as const })) };
    await prepare(`${OPEN_POLICY}severities: [high]\n`, { review: graded });
    const draft = await onlyDraft(store.drafts);
    expect(draft.findings).toEqual([first?.fingerprint]);
    for (const one of rest) expect(draft.mail.raw).not.toContain(one.question.split('\n')[0]?.slice(0, 30));
    expect(await prepare(`${OPEN_POLICY}severities: [note]\n`, { review: graded, ready: { key: 'other@x' } })).toMatchObject([{ draft: null, why: 'nothing is left to ask that the policy lets out' }]);
  });

  test('a finding that somebody asked about, or answered, is not sent', async () => {
    const asked = review.findings.filter((one) => one.asked);
    await prepare(OPEN_POLICY, { silenced: { invalid: new Set([asked[0]?.fingerprint ?? '']), alreadyAsked: new Map([[asked[1]?.fingerprint ?? '', 'R <r@example.org>']]) } });
    const draft = await onlyDraft(store.drafts);
    expect(draft.findings).toEqual(asked.slice(2).map((one) => one.fingerprint));
    expect(draft.mail.raw.replace(/\s+/gu, ' ')).toContain('Not asked again: 1 question, answered as invalid.');
  });

  test('a series that is reviewed again, with a patch that came late, keeps what is asked still and drops the rest', async () => {
    await prepare(OPEN_POLICY);
    const first = await onlyDraft(store.drafts);
    const [, ...fewer] = review.findings.filter((one) => one.asked);
    await prepare(OPEN_POLICY, { review: { ...review, findings: fewer } });
    const second = await onlyDraft(store.drafts);
    expect([second.id, second.state, second.findings]).toEqual([first.id, 'held', fewer.map((one) => one.fingerprint)]);
    expect(second.mail.messageId).not.toBe(first.mail.messageId);
    await prepare(`${OPEN_POLICY}cleanNotices: true\n`, { review: emptyReview(submission) });
    expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'dropped', why: 'the series was reviewed again, and has another answer' });
    expect((await onlyDraft(store.drafts, 'clean')).state).toBe('held');
  });

  test('a patch that has a clean notice gets no other mail', async () => {
    const sender = takingSender();
    await prepare(`${OPEN_POLICY}cleanNotices: true\n`, { review: emptyReview(submission) });
    await sendDue(officeOf(store.drafts, { sender, policy: { text: OPEN_POLICY } }), 1);
    expect(await prepare(OPEN_POLICY)).toMatchObject([{ draft: null, why: expect.stringContaining('the patch has a mail already') as string }]);
    expect(sender.taken).toHaveLength(1);
  });

  test('a clean notice only where it is asked for, to the author alone', async () => {
    const clean = emptyReview(submission);
    expect(await prepare(OPEN_POLICY, { review: clean })).toEqual([]);
    await prepare(`${OPEN_POLICY}cleanNotices: true\n`, { review: { ...clean, complete: false } });
    expect(await store.drafts.ofSeries('gate.1@example.net')).toEqual([]);
    await prepare(`${OPEN_POLICY}cleanNotices: true\n`, { review: clean });
    const { mail } = await onlyDraft(store.drafts, 'clean');
    expect([mail.to, mail.raw]).toEqual([['joerg@example.net'], expect.stringContaining('Nothing to ask') as string]);
  });

  test.each<[string, Review]>([
    ['was stopped by the clock', { ...review, stopped: true }], ['found no place for the patch', { ...emptyReview(submission), verdict: 'notPlaced' }], ['is about nothing', { ...emptyReview(submission), verdict: 'outOfScope' }],
  ])('a review that %s says nothing', async (_, one) => {
    await prepare(`${OPEN_POLICY}cleanNotices: true\n`, { review: one });
    expect(await store.drafts.ofSeries('gate.1@example.net')).toEqual([]);
  });

  test.each<[string, Parameters<typeof prepare>[1], string]>([
    ['10,000 recipients', { submission: withMail({ cc: Array.from({ length: 10_000 }, (_, i) => `a${i}@example.org`) }) }, 'it has more than 100 recipients'],
    ['no address to answer', { submission: withMail({ from: 'Nobody' }) }, 'its author has no address to write to'],
    ['an author who is ourselves', { submission: withMail({ from: 'kcovet <KCOVET@example.org>' }) }, 'its author has no address to write to'],
    ['no Message-ID', { submission: withMail({ messageId: '' }) }, 'it is no mail with a Message-ID'],
    ['one more list that is not in the policy', { submission: withMail({ cc: ['new@lists.example.org'] }) }, 'the policy: off: new@lists.example.org, which is not in the policy'],
    ['a bot as its author', { ready: { mails: [{ messageId: 'gate.1@example.net', raw: Buffer.from('From: A bot <a@example.org>\nAuto-Submitted: auto-generated\n\n'), lists: [], source: 'x', atMs: 1 }] } }, 'Auto-Submitted: auto-generated'],
  ])('a mail with %s gets no answer', async (_, change, why) => {
    expect(await prepare(OPEN_POLICY, change)).toMatchObject([{ draft: null, why }]);
  });

  test('property: whatever the headers of a patch hold, nobody is written to who did not get it, and no header comes in', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('a@b.org', 'A <a@b.org>', 'x\r\nBcc: evil@evil.example', '"a, b" <c@d.org>, e@f.org', '<>', 'a@b.org\nTo: evil@evil.example', 'kcovet@example.org', 'lists@lists.example.org'));
    const names = new Set(['from', 'to', 'cc', 'reply-to', 'subject', 'date', 'message-id', 'in-reply-to', 'references', 'auto-submitted', 'x-kcovet-review', 'mime-version', 'content-type', 'content-transfer-encoding']);
    let n = 0;
    await fc.assert(fc.asyncProperty(fc.record({ from: text, to: fc.array(text, { maxLength: 3 }), cc: fc.array(text, { maxLength: 3 }), messageId: text, subject: text, references: fc.array(text, { maxLength: 3 }) }), async ({ subject, ...mail }) => {
      n += 1;
      const change = { ...mail, messageId: mail.messageId === '' ? '' : `${mail.messageId}${n}` };
      const hostile = { ...withMail(change), patches: withMail(change).patches.map((one) => ({ ...one, subject })) };
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender, policy: { text: `${OPEN_POLICY}caps: {list: 10000, author: 10000, thread: 10000}\n` } });
      await prepareDrafts(office, { ready: readySeries({ key: `k${n}` }, hostile), review, nowMs: 0 });
      await sendDue(office, 1);
      for (const { raw, to, from } of sender.taken) {
        const got = [mail.from, ...mail.to, ...mail.cc].join(' ');
        for (const address of to) expect(address === 'mod@example.org' || got.includes(address)).toBe(true);
        expect(from).toBe('kcovet@example.org');
        const header = raw.slice(0, raw.indexOf('\n\n')).replace(/\n[ \t]+/gu, ' ').split('\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
        expect(header.filter((name) => !names.has(name))).toEqual([]);
        expect(new Set(header).size).toBe(header.length);
        expect(raw.slice(0, raw.indexOf('\n\n'))).toMatch(/^[\t\n\x20-\x7e]*$/u);
      }
    }), { numRuns: 200 });
  });
});
