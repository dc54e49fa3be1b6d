/** @module Mails that come back: bounces, moderators' answers, and those who only pretend to be moderators. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noteBounce, readBounce } from '../../src/lists/bounce.js';
import type { Draft } from '../../src/lists/draft.js';
import { moderate } from '../../src/lists/moderate.js';
import { decisionIn, takeModerationReply } from '../../src/lists/moderation-reply.js';
import type { Office } from '../../src/lists/office.js';
import { prepareDrafts } from '../../src/lists/prepare-drafts.js';
import { sendDue } from '../../src/lists/send-due.js';
import { verifiedSender } from '../../src/lists/verified-sender.js';
import type { Store } from '../../src/store/store.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { officeOf, onlyDraft, OPEN_POLICY, readySeries, review, takingSender } from './post.js';

const trusted = ['mx.example.org'];

function bounce(messageId: string, status = '5.1.1', envelopeId = '0'.repeat(24)): Buffer {
  return Buffer.from([
    'From: Mail Delivery System <MAILER-DAEMON@mx.example.org>', 'Subject: Undelivered', 'Auto-Submitted: auto-replied', 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', '',
    '--b', 'Content-Type: text/plain', '', 'Sorry.', '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.org', `Original-Envelope-Id: ${envelopeId}`, '',
    'Final-Recipient: rfc822; jane@example.org', 'Action: failed', `Status: ${status}`, 'Diagnostic-Code: smtp; 550 no such user', '', '--b', 'Content-Type: text/rfc822-headers', '', `Message-ID: <${messageId}>`, '', '--b--', '',
  ].join('\r\n'));
}

describe.skipIf(noSqlite)(`with SQLite${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let store: Store;
  let office: Office;
  let sender: ReturnType<typeof takingSender>;
  const opened = async (policy: string): Promise<Draft> => {
    sender = takingSender();
    office = officeOf(store.drafts, { sender, policy: { text: policy } });
    await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
    await sendDue(office, 1);
    return await onlyDraft(store.drafts);
  };
  beforeEach(async () => { store = await openStore(); });
  afterEach(async () => { await store.close(); });

  test('a bounce is noted at its draft, once, and nothing is sent again', async () => {
    const draft = await opened(OPEN_POLICY);
    for (let i = 0; i < 2; i += 1) expect(await noteBounce(store.drafts, bounce(draft.mail.messageId, '4.2.2'), 2)).toBe(draft.id);
    expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'sent', bounces: ['jane@example.org: failed, 4.2.2, 550 no such user'] });
    expect(await sendDue(office, 1e9)).toMatchObject({ sent: 0 });
    // Somebody looked, and sends it again to her alone.
    expect(await moderate(store.drafts, draft.id, { verb: 'retry', by: 'me', why: '', nowMs: 2 })).toBeNull();
    expect(await sendDue(office, 1e9)).toMatchObject({ sent: 1 });
    expect(sender.taken.map((one) => one.to.length)).toEqual([4, 1]);
    expect(sender.taken[1]?.to).toEqual(['jane@example.org']);
    expect(await noteBounce(store.drafts, bounce('kcovet-00000000000000000000000000000000@example.org'), 2)).toBeNull();
    expect(await noteBounce(store.drafts, Buffer.from(`From: a@b.org\n\n<${draft.mail.messageId}>\n`), 2)).toBeNull();
  });

  test('a bounce by a mail server that had the mail, for now: it goes again to that recipient, later, once', async () => {
    const draft = await opened(OPEN_POLICY);
    const { envelopeId, mail: { messageId, raw } } = draft;
    expect([envelopeId, raw.includes(envelopeId)]).toEqual([expect.stringMatching(/^[0-9a-f]{24}$/u), false]);
    for (let i = 0; i < 2; i += 1) await noteBounce(store.drafts, bounce(messageId, '4.2.2', envelopeId), 2);
    expect(await sendDue(office, 3)).toMatchObject({ sent: 0 });
    expect(await sendDue(office, 600_000)).toMatchObject({ sent: 1 });
    expect(sender.taken.map((one) => one.to)).toEqual([expect.arrayContaining(['joerg@example.net']), ['jane@example.org']]);
    await noteBounce(store.drafts, bounce(messageId, '4.2.2', envelopeId), 700_000);
    await noteBounce(store.drafts, bounce(messageId, '5.1.1', envelopeId), 700_000);
    expect(await sendDue(office, 1e10)).toMatchObject({ sent: 0 });
    expect((await onlyDraft(store.drafts)).state).toBe('sent');
  });

  describe('an answer to a moderation mail', () => {
    const policy = OPEN_POLICY.replace('send: list', 'send: moderators');
    const results = 'Authentication-Results: mx.example.org; dkim=pass header.d=example.org';
    const answer = (shown: Draft, change: { text?: string; header?: string; from?: string } = {}): { raw: Buffer; text: string } => {
      const { text = '#kcovet approve\n', header = results, from = 'Mod <mod@example.org>' } = change;
      return { raw: Buffer.from(`${header}\r\nFrom: ${from}\r\nMessage-ID: <answer@example.org>\r\nIn-Reply-To: <${shown.mail.messageId}>\r\n\r\n${text}`), text };
    };
    const take = async (change: Parameters<typeof answer>[1] = {}): Promise<{ outcome: Awaited<ReturnType<typeof takeModerationReply>>; draft: Draft }> => {
      await opened(policy);
      const outcome = await takeModerationReply(office, answer(await onlyDraft(store.drafts, 'moderation'), change), { trusted, nowMs: 5 });
      return { outcome, draft: await onlyDraft(store.drafts) };
    };

    test('approves, and the mail goes', async () => {
      expect(await take()).toMatchObject({ outcome: { done: true }, draft: { state: 'approved', why: 'approved by mod@example.org' } });
      await sendDue(office, 6);
      expect(sender.taken.at(-1)?.to).toContain('joerg@example.net');
    });

    test('rejects with a reason', async () => {
      expect(await take({ text: 'Hm.\n\n#kcovet reject: the lock is held\n' })).toMatchObject({ outcome: { done: true }, draft: { state: 'dropped', why: 'rejected by mod@example.org: the lock is held' } });
    });

    test.each([
      ['nobody says who sent it', { header: 'X-Other: 1' }], ['only a server says so that is not trusted', { header: results.replace('mx.example.org', 'mx.evil.example') }],
      ['the signature is of another domain', { header: results.replace('header.d=example.org', 'header.d=evil.example') }], ['the signature did not hold', { header: results.replace('pass', 'fail') }],
      ['a result that came with it stands below another', { header: `Authentication-Results: other.example; none\r\n${results}` }],
      ['a comment pretends', { header: 'Authentication-Results: mx.example.org; dkim=fail (dkim=pass header.d=example.org; dkim=pass header.d=example.org)' }],
      ['it is by somebody else', { from: 'Eve <eve@example.org>' }], ['the name pretends', { from: '"mod@example.org" <eve@example.org>' }], ['two senders', { from: 'mod@example.org, eve@example.org' }],
      ['the command is quoted', { text: '> #kcovet approve\n' }], ['it is automatic', { header: `${results}\r\nAuto-Submitted: auto-replied` }], ['it says nothing', { text: 'Thanks!\n' }],
    ])('does nothing where %s', async (_, change) => {
      expect(await take(change)).toMatchObject({ outcome: { done: false }, draft: { state: 'waiting' } });
    });

    test('an approval of a text that the draft does not have any more does nothing', async () => {
      const { id, mail, ...rest } = await opened(policy);
      const old = await onlyDraft(store.drafts, 'moderation');
      await store.drafts.rewrite(id, { ...rest, mail: { ...mail, messageId: `kcovet-${'0'.repeat(32)}@example.org` } });
      expect(await takeModerationReply(office, answer(old), { trusted, nowMs: 5 })).toMatchObject({ done: false, why: 'the draft has another text by now' });
      expect((await onlyDraft(store.drafts)).state).toBe('waiting');
    });

    test('a mail that answers something else is none', async () => {
      await opened(policy);
      expect(await takeModerationReply(office, { raw: Buffer.from('From: a@b.org\nIn-Reply-To: <x@y>\n\n#kcovet approve\n'), text: '#kcovet approve\n' }, { trusted, nowMs: 5 })).toBeNull();
    });

    test('property: damage of an answer never sends anything that a moderator did not approve', async () => {
      await opened(policy);
      const good = answer(await onlyDraft(store.drafts, 'moderation'), { header: results.replace('pass', 'fail') });
      const before = sender.taken.length;
      await fc.assert(fc.asyncProperty(fc.array(fc.record({ at: fc.nat(good.raw.length - 1), byte: fc.nat(255) }), { maxLength: 6 }), async (edits) => {
        const raw = Buffer.from(good.raw);
        for (const { at, byte } of edits) raw[at] = byte;
        await takeModerationReply(office, { raw, text: raw.toString('latin1') }, { trusted, nowMs: 5 });
        await noteBounce(store.drafts, raw, 5);
        await sendDue(office, 1e9);
        expect(sender.taken).toHaveLength(before);
      }), { numRuns: 150 });
    });
  });
});

test('whom a trusted server vouches for', () => {
  const mail = (results: string): string => `Authentication-Results: ${results}\nFrom: A <a@lists.example.org>\n\n`;
  expect(verifiedSender(mail('mx.example.org 1; dkim=pass header.i=@lists.example.org header.d=lists.example.org'), trusted)).toBe('a@lists.example.org');
  expect(verifiedSender(mail('mx.example.org; dmarc=pass header.from=lists.example.org'), trusted)).toBeNull();
  expect(verifiedSender(mail('mx.example.org; spf=pass smtp.mailfrom=example.org; dkim=pass (2048-bit key) header.d=example.org header.i=@example.org'), trusted)).toBe('a@lists.example.org');
  expect(verifiedSender(mail('mx.example.org; spf=pass smtp.mailfrom=example.org'), trusted)).toBeNull();
  expect(verifiedSender(mail('mx.example.org; dkim=fail (a (b) ; dkim=pass header.d=example.org) header.d=example.org'), trusted)).toBeNull();
  expect(verifiedSender(mail('mx.example.org; dkim=fail (a; dkim=pass header.d=example.org'), trusted)).toBeNull();
  expect(verifiedSender(mail('mx.example.org; dkim=pass header.d=org'), trusted)).toBeNull();
  expect(verifiedSender(mail('mx.example.org; dkim=pass header.d=example.org'), [])).toBeNull();
});

test('of several results those count that the last server wrote, of signatures the first', () => {
  const pass = 'Authentication-Results: mx.example.org; dkim=pass header.d=example.org\n';
  const spf = 'Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=a@example.org\n';
  const fail = 'Authentication-Results: mx.example.org; dkim=fail header.d=example.org\n';
  const received = 'Received: from a by mx.example.org; Mon, 12 Jan 2026 10:00:00 +0100\n';
  const other = 'Authentication-Results: mx.other.example; dkim=pass header.d=example.org\n';
  const sender = (...header: string[]): string | null => verifiedSender(`${header.join('')}From: A <a@example.org>\n\n`, trusted);
  expect([sender(received, spf, pass), sender('Return-Path: <a@example.org>\n', spf, 'X-Spam: no\n', pass, received, fail)]).toEqual(['a@example.org', 'a@example.org']);
  const list = 'Received: from b (b [192.0.2.1]) by list.example.net with ESMTPS; Mon, 12 Jan 2026 10:00:00 +0100\n';
  expect([sender(list, received, pass), sender(received, list, pass), sender('Received: unknown\n', pass), sender('Received: from unknown (HELO by mx.example.org) (192.0.2.1) by list.example.net; Mon\n', pass), sender(list, pass)]).toEqual([null, null, null, null, null]);
  expect([sender(fail, pass), sender(spf, received, pass), sender(spf, other, pass), sender(other, pass), sender(other), sender(spf)]).toEqual([null, null, null, null, null, null]);
});

test('property: any bytes are no crash', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
    readBounce(Buffer.from(bytes));
    decisionIn(Buffer.from(bytes).toString('latin1'));
    expect(verifiedSender(Buffer.from(bytes), trusted)).toBeNull();
  }));
});
