/** @module Public mails as they were sent, all in one folder: the series in them, what is talk, and what did not come. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MAIL_LIMITS, siftMail } from '../../src/gateway/public-inbox/mail-filter.js';
import { assemble } from '../../src/lists/assembly/assemble.js';
import { readListMail, type ListMail } from '../../src/lists/assembly/list-mail.js';

const corpus = path.resolve('..', 'shared', 'corpus');
const here = existsSync(corpus);

describe.skipIf(!here)(`public mails${here ? '' : ` (skipped: ${corpus} is not here)`}`, () => {
  test('each matters, and each patch is in a series of its own people', async () => {
    const mails: ListMail[] = [];
    for (const name of readdirSync(corpus).filter((one) => one.endsWith('.eml')).sort()) {
      const raw = readFileSync(path.join(corpus, name));
      const sifted = siftMail(raw, new Set(), MAIL_LIMITS);
      expect([name, sifted.kind]).toEqual([name, 'matters']);
      const read = await readListMail({ messageId: sifted.kind === 'matters' ? sifted.headers.messageId : '', raw, lists: [], source: 'corpus', atMs: 1 });
      if ('unreadable' in read) throw new Error(`${name}: ${read.unreadable}`);
      expect([name, read.kind]).toEqual([name, name.includes('review') ? 'talk' : name.includes('0of2') ? 'cover' : 'patch']);
      mails.push(read);
    }
    const made = assemble(mails);
    expect(made.every(({ kcov, foreign, withdrawn, author }) => kcov && !foreign && !withdrawn && author !== null)).toBe(true);
    const yardstick = made.find(({ title }) => title.startsWith('kcov collect coverage from usbhid'));
    expect(yardstick).toMatchObject({ missing: [], lacks: null, version: 1 });
    expect(yardstick?.mails.map(({ mail }) => mail.subject.n)).toEqual([0, 1, 2]);
    // Everything else is one patch of its series.
    expect(made.filter((one) => one !== yardstick).every((one) => one.mails.length === 1)).toBe(true);
    expect(made.filter(({ missing }) => missing.length > 0)).toHaveLength(5);
  });
});
