/** @module From a review to a mail that left: drafts, delays, moderators, caps, and everything a mail server can do wrong. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FolderSender, MaildirSender } from '../../src/gateway/outbox/folder-sender.js';
import type { Sender } from '../../src/gateway/outbox/sender.js';
import { SmtpSender } from '../../src/gateway/outbox/smtp-sender.js';
import { cancelDrafts } from '../../src/lists/cancel-drafts.js';
import { moderate } from '../../src/lists/moderate.js';
import { prepareDrafts } from '../../src/lists/prepare-drafts.js';
import { ATTEMPTS_MAX, CLAIM_MAX_MS, sendDue } from '../../src/lists/send-due.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Store } from '../../src/store/store.js';
import { onEachDatabase } from '../store/databases.js';
import { startMailServer, type MailServer } from './mail-server.js';
import { officeOf, onlyDraft, OPEN_POLICY, readySeries, review, takingSender } from './post.js';

const HOUR_MS = 3_600_000;

/** The same patch under another Message-ID. */
function otherSubmission(messageId: string): Submission {
  const { submission } = readySeries();
  return { ...submission, messageId, patches: submission.patches.map((patch) => ({ ...patch, messageId, mail: patch.mail ? { ...patch.mail, messageId } : null })) };
}
const folder = mkdtempSync(join(tmpdir(), 'kcovet-outbox-'));
afterAll(() => rmSync(folder, { recursive: true }));

onEachDatabase('drafts', (open) => {
  let store: Store;
  beforeEach(async () => { store = await open(); });
  afterEach(async () => { await store.close(); });

  describe('a draft', () => {
    test('is held for its delay, then goes once, to author and lists, with the time of sending', async () => {
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender, policy: { text: OPEN_POLICY.replace('delay: 0', 'delay: 2.hours') } });
      const wish = { ready: readySeries(), review, nowMs: 0 };
      expect(await prepareDrafts(office, wish)).toMatchObject([{ patch: 1, why: 'list: linux-test@vger.example.org' }]);
      expect(await prepareDrafts(office, wish)).toMatchObject([{ why: 'it was made before' }]);
      expect(await sendDue(office, HOUR_MS)).toMatchObject({ sent: 0, stopped: '' });
      expect(await sendDue(office, 2 * HOUR_MS)).toMatchObject({ sent: 1 });
      expect(await sendDue(office, 3 * HOUR_MS)).toMatchObject({ sent: 0 });
      expect(sender.taken).toHaveLength(1);
      expect(sender.taken[0]).toMatchObject({ from: 'kcovet@example.org', to: ['joerg@example.net', 'jane@example.org', 'linux-test@vger.example.org', 'else@example.com'] });
      expect(sender.taken[0]?.raw).toContain('\nDate: Thu, 01 Jan 1970 02:00:00 +0000\n');
      expect(sender.taken[0]?.raw).toContain('\nReply-To: Person <person@example.org>\n');
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'sent', sentMs: 2 * HOUR_MS });
    });

    test('is taken back by a newer version, an answer or a correction', async () => {
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      expect(await cancelDrafts(store.drafts, 'gate.1@example.net', 'a person answered')).toBe(1);
      await sendDue(office, HOUR_MS);
      expect(sender.taken).toEqual([]);
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'dropped', why: 'a person answered' });
      expect(await cancelDrafts(store.drafts, 'gate.1@example.net', 'again')).toBe(0);
    });

    test('of an older version is dropped when the newer one is reviewed', async () => {
      const office = officeOf(store.drafts);
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      await prepareDrafts(office, { ready: readySeries({ key: 'gate.2@example.net', older: 'gate.1@example.net' }), review: { ...review, findings: [] }, nowMs: 1 });
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'dropped', why: 'a newer version came' });
    });
  });

  describe('moderators', () => {
    const policy = { text: OPEN_POLICY.replace('send: list', 'send: moderators') };

    test('see the mail as it would go, and it goes when one approves', async () => {
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender, policy });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      await sendDue(office, HOUR_MS);
      const draft = await onlyDraft(store.drafts);
      expect(draft.state).toBe('waiting');
      expect(sender.taken).toHaveLength(1);
      expect(sender.taken[0]?.to).toEqual(['mod@example.org']);
      expect(sender.taken[0]?.raw).toContain(`\n\n${draft.mail.raw}\n--kcovet-`);
      expect(sender.taken[0]?.raw).toContain(`kcovet outbox approve ${draft.id}`);
      expect(await moderate(store.drafts, draft.id, { verb: 'approve', by: 'mod@example.org', why: '', nowMs: HOUR_MS })).toBeNull();
      await sendDue(office, HOUR_MS);
      expect(sender.taken).toHaveLength(2);
      expect(sender.taken[1]?.raw.replace(/^Date: .*$/mu, '')).toBe(draft.mail.raw.replace(/^Date: .*$/mu, ''));
      expect(await moderate(store.drafts, draft.id, { verb: 'reject', by: 'mod@example.org', why: '', nowMs: HOUR_MS })).toBe(`${draft.id} is sent: there is nothing to reject`);
    });

    test('reject: it never goes', async () => {
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender, policy });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      const { id } = await onlyDraft(store.drafts);
      expect(await moderate(store.drafts, id, { verb: 'reject', by: 'mod@example.org', why: 'the lock is held', nowMs: 1 })).toBeNull();
      await sendDue(office, HOUR_MS);
      expect(sender.taken.map((one) => one.to)).toEqual([['mod@example.org']]);
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'dropped', why: 'rejected by mod@example.org: the lock is held' });
      expect(await moderate(store.drafts, 'none', { verb: 'approve', by: 'x', why: '', nowMs: 1 })).toBe('there is no draft none');
    });
  });

  describe('the policy as it is when a mail is due', () => {
    const cases: [string, string, { state: string; why: string }][] = [
      ['stop', `${OPEN_POLICY}stop: true\n`, { state: 'held', why: 'list: linux-test@vger.example.org' }],
      ['a file that is broken', 'stop: [', { state: 'held', why: 'list: linux-test@vger.example.org' }],
      ['a list that is off by now', '', { state: 'dropped', why: 'the policy: off: linux-test@vger.example.org, which is not in the policy' }],
      ['an author who opted out', `${OPEN_POLICY}optOut: [joerg@example.net]\n`, { state: 'dropped', why: 'the policy: off: joerg@example.net, who opted out' }],
      ['a list that wants moderators by now', OPEN_POLICY.replace('send: list', 'send: moderators'), { state: 'waiting', why: 'moderators: linux-test@vger.example.org' }],
      ['an embargo', `${OPEN_POLICY}embargoes:\n  - thread: cover.1@example.net\n`, { state: 'held', why: 'an embargo of the policy holds it' }],
    ];
    test.each(cases)('%s', async (_, text, expected) => {
      const sender = takingSender();
      const policy = { text: OPEN_POLICY };
      const office = officeOf(store.drafts, { sender, policy });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      policy.text = text;
      await sendDue(office, HOUR_MS);
      expect(sender.taken).toEqual([]);
      expect(await onlyDraft(store.drafts)).toMatchObject(expected);
    });

    test('whoever opted out meanwhile neither gets an approved mail nor stands in it', async () => {
      const sender = takingSender();
      const policy = { text: OPEN_POLICY.replace('send: list', 'send: moderators\n    approved: list') };
      const office = officeOf(store.drafts, { sender, policy });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      const { id } = await onlyDraft(store.drafts);
      await moderate(store.drafts, id, { verb: 'approve', by: 'mod@example.org', why: '', nowMs: 1 });
      policy.text += 'optOut: [jane@example.org]\n';
      await sendDue(office, HOUR_MS);
      const went = sender.taken.find(({ to }) => !to.includes('mod@example.org'));
      expect(went?.to).toEqual(['joerg@example.net', 'linux-test@vger.example.org', 'else@example.com']);
      expect(went?.raw.split('\n\n')[0]).not.toContain('jane@');
      expect(went?.raw.split('\n\n')[0]).toMatch(/^Cc: .*linux-test@vger\.example\.org/mu);
    });

    test.each([
      ['a cap', `${OPEN_POLICY}caps: {author: 1}\n`, takingSender()],
      ['a server', OPEN_POLICY, { where: 'a test', send: () => Promise.resolve({ kind: 'later' as const, why: '451 later' }) }],
    ])('what %s put off is asked about again: moderators that are wanted by now see it', async (_, text, sender) => {
      const policy = { text };
      const office = officeOf(store.drafts, { sender, policy });
      await prepareDrafts(office, { ready: readySeries({ key: 'other@example.net', mails: [] }, otherSubmission('other@example.net')), review, nowMs: 0 });
      await sendDue(office, 1);
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 2 });
      await sendDue(office, 3);
      const open = (await store.drafts.inStates(['held', 'approved'], 10)).filter(({ kind }) => kind === 'review');
      expect(open.map(({ state }) => state).filter((state) => state !== 'held')).toEqual([]);
      expect(open.length).toBeGreaterThan(0);
      policy.text = text.replace('send: list', 'send: moderators');
      await sendDue(office, 30 * HOUR_MS);
      for (const { id } of open) expect((await store.drafts.find(id))?.state).toBe('waiting');
    });

    test('a patch that turns out to go to a list that did not agree takes its draft back', async () => {
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      await prepareDrafts(office, { ready: readySeries({ lists: ['linux-test@vger.example.org', 'private@corp.example'] }), review, nowMs: 1 });
      await sendDue(office, HOUR_MS);
      expect(sender.taken).toEqual([]);
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'dropped', why: 'the policy: off: private@corp.example, which is not in the policy' });
    });

    test('an approved mail whose questions change waits again, whoever approved it', async () => {
      const office = officeOf(store.drafts, { sender: takingSender(), policy: { text: OPEN_POLICY.replace('send: list', 'send: moderators').replace(/moderators: \[.*\]\n/u, '') } });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      const { id, findings } = await onlyDraft(store.drafts);
      await moderate(store.drafts, id, { verb: 'approve', by: 'the command line', why: '', nowMs: 1 });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 2, silenced: { invalid: new Set(findings.slice(0, 1)), alreadyAsked: new Map() } });
      expect(await store.drafts.find(id)).toMatchObject({ state: 'waiting', findings: findings.slice(1) });
    });

    test('an embargo ends on its day', async () => {
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender, policy: { text: `${OPEN_POLICY}embargoes:\n  - list: linux-test@vger.example.org\n    until: 1970-01-02\n` } });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      for (let hour = 0; hour < 24; hour += 1) await sendDue(office, hour * HOUR_MS);
      expect(sender.taken).toEqual([]);
      await sendDue(office, 24 * HOUR_MS);
      expect(sender.taken).toHaveLength(1);
    });
  });

  describe('caps', () => {
    test.each(['list', 'author', 'thread'])('of one %s hold for 24 hours', async (cap) => {
      const sender = takingSender();
      const office = officeOf(store.drafts, { sender, policy: { text: `${OPEN_POLICY}caps: { ${cap}: 2 }\n` } });
      const { submission } = readySeries();
      for (const n of [1, 2, 3]) {
        const patches = submission.patches.map((one) => ({ ...one, messageId: `p${n}@x`, ...(one.mail ? { mail: { ...one.mail, messageId: `p${n}@x` } } : {}) }));
        await prepareDrafts(office, { ready: readySeries({ key: `p${n}@x` }, { ...submission, patches }), review, nowMs: 0 });
      }
      expect(await sendDue(office, HOUR_MS)).toMatchObject({ sent: 2, later: 1 });
      expect(await sendDue(office, 23 * HOUR_MS)).toMatchObject({ sent: 0 });
      expect(await sendDue(office, 26 * HOUR_MS)).toMatchObject({ sent: 1 });
    });
  });

  describe('a mail server', { timeout: 60_000 }, () => {
    let server: MailServer;
    beforeEach(async () => { server = await startMailServer(); });
    afterEach(async () => { await server.stop(); });
    // A short wait only where the test is about one: the machine may be busy.
    const smtp = (): Sender => ({
      where: 'a test', send: (letter) => new SmtpSender({ host: '127.0.0.1', port: server.port, answerMs: server.isSilent() ? 700 : 20_000, totalMs: 25_000 }).send(letter),
    });
    const drafted = async (): Promise<ReturnType<typeof officeOf>> => {
      const office = officeOf(store.drafts, { sender: smtp() });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      return office;
    };

    test('takes the mail byte by byte', async () => {
      const office = await drafted();
      expect(await sendDue(office, 0)).toMatchObject({ sent: 1 });
      const { mail, envelopeId } = await onlyDraft(store.drafts);
      expect(server.mails).toHaveLength(1);
      expect(server.mails[0]).toMatchObject({ from: 'kcovet@example.org', to: mail.to, envelopeId });
      expect(server.mails[0]?.raw).toBe(mail.raw.replaceAll('\n', '\r\n'));
    });

    test.each([
      ['refuses the connection', 'refused'], ['closes at once', 'close-at-greeting'], ['is not ready', '421-at-greeting'], ['is busy at MAIL', '451-at-mail'],
      ['is busy at RCPT', '450-at-rcpt'], ['is busy at DATA', '451-at-data'], ['is busy after the text', '452-after-text'], ['says nothing', 'silent-at-mail'], ['goes away at DATA', 'close-at-data'],
    ] as const)('that %s is tried again later, once it is taken', async (_, fault) => {
      const office = await drafted();
      server.fault(fault);
      expect(await sendDue(office, 0)).toMatchObject({ sent: 0, later: 1 });
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'held', attempts: 1 });
      expect(await sendDue(office, 1)).toMatchObject({ sent: 0, later: 0 });
      server.fault('none');
      expect(await sendDue(office, HOUR_MS)).toMatchObject({ sent: 1 });
      expect(await sendDue(office, 2 * HOUR_MS)).toMatchObject({ sent: 0 });
      expect(server.mails).toHaveLength(1);
    });

    test.each([
      ['MAIL', '550-at-mail'], ['every RCPT', '550-at-rcpt'], ['DATA', '554-at-data'], ['the text', '554-after-text'],
    ] as const)('that refuses %s is not asked again', async (_, fault) => {
      const office = await drafted();
      server.fault(fault);
      expect(await sendDue(office, 0)).toMatchObject({ sent: 0, refused: 1 });
      server.fault('none');
      expect(await sendDue(office, 9 * HOUR_MS)).toMatchObject({ sent: 0, refused: 0 });
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'refused', why: expect.stringMatching(/^55\d/u) as string });
      expect(server.mails).toEqual([]);
    });

    test.each([
      ['dies after the text, before its answer', 'close-after-text'], ['dies after it took the mail', 'close-after-taking'], ['is silent after the text', 'silent-after-text'],
      ['dies in the middle of the text', 'close-in-text'],
    ] as const)('that %s: unsure, shown to the moderators, never sent again by itself', async (_, fault) => {
      const office = await drafted();
      server.fault(fault);
      expect(await sendDue(office, 0)).toMatchObject({ sent: 0, unsure: 1 });
      server.fault('none');
      const taken = server.mails.length;
      expect(await sendDue(office, 99 * HOUR_MS)).toMatchObject({ sent: 1, unsure: 0 });
      expect(server.mails.slice(taken).map((one) => one.to)).toEqual([['mod@example.org']]);
      const draft = await onlyDraft(store.drafts);
      expect(draft.state).toBe('unsure');
      expect(server.mails.at(-1)?.raw).toContain(`kcovet outbox retry ${draft.id}`);
    });

    test('that takes some recipients is asked again for the others only', async () => {
      const office = await drafted();
      server.fault('450-for-jane');
      expect(await sendDue(office, 0)).toMatchObject({ sent: 1 });
      server.fault('none');
      await sendDue(office, HOUR_MS);
      expect(server.mails.map((one) => one.to)).toEqual([['joerg@example.net', 'linux-test@vger.example.org', 'else@example.com'], ['jane@example.org']]);
      expect((await onlyDraft(store.drafts)).state).toBe('sent');
    });

    test('that is never there is given up', async () => {
      const office = await drafted();
      server.fault('refused');
      for (let i = 0; i < ATTEMPTS_MAX; i += 1) await sendDue(office, i * 48 * HOUR_MS);
      expect(await onlyDraft(store.drafts)).toMatchObject({ state: 'refused', attempts: ATTEMPTS_MAX });
    });
  });

  test('a process that ended while it sent leaves an unsure mail, at once where it is known to be gone, after a while otherwise', async () => {
    for (const isGone of [true, false]) {
      const one = await open();
      const office = officeOf(one.drafts, { sender: takingSender() });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      const { id } = await onlyDraft(one.drafts);
      expect(await one.drafts.claim(id, { from: 'held', by: 'host:2', nowMs: 0, caps: null })).toMatchObject({ claimed: true });
      expect(await one.drafts.claim(id, { from: 'held', by: 'host:3', nowMs: 0, caps: null })).toMatchObject({ claimed: false });
      const later = officeOf(one.drafts, { sender: takingSender(), isGone: () => isGone });
      expect(await sendDue(later, 1)).toMatchObject({ unsure: isGone ? 1 : 0 });
      expect(await sendDue(later, CLAIM_MAX_MS + 1)).toMatchObject({ unsure: isGone ? 0 : 1 });
      expect((await one.drafts.find(id))?.state).toBe('unsure');
      await one.close();
    }
  });

  test('many who send at once send each mail once', async () => {
    const { submission } = readySeries();
    for (let n = 0; n < 8; n += 1) {
      const patches = submission.patches.map((one) => ({ ...one, messageId: `p${n}@x`, ...(one.mail ? { mail: { ...one.mail, messageId: `p${n}@x` } } : {}) }));
      const office = officeOf(store.drafts, { policy: { text: `${OPEN_POLICY}caps: {author: 5}\n` } });
      await prepareDrafts(office, { ready: readySeries({ key: `p${n}@x` }, { ...submission, patches }), review, nowMs: 0 });
    }
    const sender = takingSender();
    const rounds = await Promise.all([1, 2, 3].map((i) => sendDue(officeOf(store.drafts, { sender, claimer: `host:${i}`, policy: { text: `${OPEN_POLICY}caps: {author: 5}\n` } }), 1)));
    expect(rounds.reduce((sum, round) => sum + round.sent, 0)).toBe(5);
    expect(new Set(sender.taken.map((one) => one.raw)).size).toBe(5);
  });

  test('a folder gets the file of git send-email, a Maildir a mail, each the same when it is written again', async () => {
    for (const sender of [new FolderSender(join(folder, 'files')), new MaildirSender(join(folder, 'maildir'))]) {
      const one = await open();
      const office = officeOf(one.drafts, { sender });
      await prepareDrafts(office, { ready: readySeries(), review, nowMs: 0 });
      expect(await sendDue(office, 0)).toMatchObject({ sent: 1 });
      const { id, mail, why, from } = await onlyDraft(one.drafts);
      await sender.send({ id, raw: mail.raw, from, to: mail.to });
      expect(readFileSync(why.replace('written to ', ''), 'utf8')).toBe(mail.raw);
      await one.close();
    }
    expect(readdirSync(join(folder, 'files'))).toEqual([expect.stringMatching(/^re-patch-rfc-kcov-open-a-gate-while-the-area-is-ex-[0-9a-f]{12}\.eml$/u)]);
    expect(['tmp', 'new', 'cur'].map((part) => readdirSync(join(folder, 'maildir', part)).length)).toEqual([0, 1, 0]);
  });
});
