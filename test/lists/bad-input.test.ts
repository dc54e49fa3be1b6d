/** @module What lists bring that nobody would send in good faith: skipped with a reason, counted, and the watch goes on. */
import { chmodSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MailSource } from '../../src/gateway/mail-source.js';
import { Sifting } from '../../src/gateway/sifting.js';
import type { Store } from '../../src/store/store.js';
import { writeEpoch } from '../gateway/public-inbox/mirror.js';
import { git, Sandbox } from '../gateway/repository.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { diff, patchBody, rawMail, series, type Sent } from './threads.js';
import { Watching, mirrorAt } from './watching.js';

const one = (id: string, more: Partial<Sent> = {}): Sent => ({ id, subject: `[PATCH] kcov: ${id}`, body: patchBody(id.replace(/\W/gu, '_')), ...more });

/** Parts in parts, so many deep. */
function nested(depth: number, inner: string): string {
  return Array.from({ length: depth }).reduce<string>((body, _, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n${body}\n--b${i}--\n`, `Content-Type: text/plain\n\n${inner}`);
}

/** Mails in memory, sifted as those of a folder are. */
function given(mails: readonly (Buffer | string)[]): MailSource {
  return {
    name: 'given', lists: ['list@example.org'],
    async *read(_, reading) {
      const sifting = new Sifting(reading);
      for (const [i, mail] of mails.entries()) {
        const event = await sifting.event({ raw: Buffer.from(mail as string), atMs: 1000 + i, cursor: String(i), where: `mail ${i}` });
        if (event) yield event;
      }
      sifting.tell();
    },
  };
}

describe.skipIf(noSqlite)(`bad input${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  let sandbox: Sandbox;
  let store: Store;
  beforeEach(async () => {
    sandbox = new Sandbox();
    store = await openStore();
  });
  afterEach(async () => {
    await store.close();
    sandbox.remove();
  });

  const watchOf = async (...sources: MailSource[]): Promise<Watching> => {
    const watching = new Watching(store, sources);
    await watching.watch.start();
    return watching;
  };

  test('of every kind in one mirror, and good patches between', { timeout: 120_000 }, async () => {
    const dir = sandbox.path('list');
    const recipients = Array.from({ length: 10_000 }, (_, i) => `r${i}@example.org`).join(',\n ');
    const mails: (string | Buffer)[] = [
      rawMail(one('first@x')),
      `${rawMail(one('large@x'))}${`${'x'.repeat(1023)}\n`.repeat(100 * 1024)}`,
      rawMail(one('many@x', { headers: `Cc: ${recipients}\n` })),
      rawMail(one('references@x', { references: Array.from({ length: 50_000 }, (_, i) => `ref-${i}@example.org`) })),
      rawMail(one('nested@x', { headers: 'MIME-Version: 1.0\n', body: '' })).replace(/\n\n$/u, `\n${nested(500, patchBody('deep'))}`),
      rawMail(one('parts@x', { headers: 'Content-Type: multipart/mixed; boundary=b\n', body: `${'--b\nContent-Type: text/plain\n\nkcov\n'.repeat(20_000)}--b--\n` })),
      rawMail(one('nul@x')).replace('Change', 'Ch\0\0nge'),
      Buffer.from(rawMail(one('eight@x')).replace('A Uthor', '\xc4 \xdfthor').replace('kcov: eight@x', 'kcov: gr\xfc\xdfe'), 'latin1'),
      rawMail(one('first@x', { subject: '[PATCH] kcov: forged', body: patchBody('forged') })),
      rawMail(one('')).replace('Message-ID: <>\n', ''),
      rawMail(one('date@x')).replace(/Date: .*/u, 'Date: Fri, 31 Dec 2099 23:59:59 +0000'),
      rawMail(one('nodate@x')).replace(/Date: .*/u, 'Date: yesterday, \x07 no, 40 Foo 99999999'),
      rawMail(one('loop@x', { answers: 'loop@x' })),
      ...series('s').map(rawMail),
      rawMail(one('last@x')),
    ];
    writeEpoch(dir, 0, mails.map((mail, i) => ({ mail, timeS: i === 10 ? Date.UTC(2099, 11, 31) / 1000 : Date.UTC(2026, 0, 10) / 1000 })));
    const watching = await watchOf(mirrorAt(dir));
    expect((await watching.round()).read['one']).toMatchObject({ mails: mails.length, skipped: 2, stopped: false });
    expect(watching.said('a mail was skipped').map(({ reason }) => reason)).toEqual(['too large', 'headers too long']);
    expect(watching.reviewed.filter((key) => !key.startsWith('blob:')).sort()).toEqual(expect.arrayContaining(['date@x', 'eight@x', 'first@x', 'last@x', 'loop@x', 'many@x', 'nodate@x', 'nul@x', 's-0@x']));
    expect(watching.drafted.find(({ ready }) => ready.key === 'first@x')?.ready.submission.subject).toBe('kcov: first@x');
    expect(watching.log.filter(({ level }) => level === 'error')).toEqual([]);
    expect((await watching.round()).read['one']).toMatchObject({ mails: 0 });
    await watching.queue.stop();
  });

  test('a thread with more bytes than are read of one: its patch is reviewed, and what is left out is said', { timeout: 120_000 }, async () => {
    const large = (i: number): string => `${rawMail({ id: `r${i}@x`, subject: 'Re: [PATCH] kcov: first@x', answers: 'first@x' })}${`${'x'.repeat(1023)}\n`.repeat(7 * 1024)}`;
    const watching = await watchOf(given([...Array.from({ length: 10 }, (_, i) => large(i)), rawMail(one('first@x'))]));
    await watching.round();
    await watching.round();
    expect(watching.reviewed).toEqual(['first@x']);
    expect(watching.said('a thread is too large to be read whole').at(-1)).toMatchObject({ leftOut: 1 });
  });

  test('an epoch that is a truncated pack is said, and the other source is read', async () => {
    const dir = sandbox.path('list');
    writeEpoch(dir, 0, [{ mail: rawMail(one('a@x')) }]);
    const at = join(dir, 'git', '0.git');
    git(at, ['repack', '-adq']);
    const pack = join(at, 'objects', 'pack', readdirSync(join(at, 'objects', 'pack')).find((name) => name.endsWith('.pack')) ?? '');
    chmodSync(pack, 0o644);
    truncateSync(pack, 40);
    writeEpoch(sandbox.path('two'), 0, [{ mail: rawMail(one('b@x')) }]);
    const watching = await watchOf(mirrorAt(dir), mirrorAt(sandbox.path('two'), 'two'));
    const { read } = await watching.round();
    expect([read['one']?.stopped, read['two']?.stopped, watching.reviewed]).toEqual([true, false, ['b@x']]);
    await watching.queue.stop();
  });

  test('generated damage of mails keeps no other mail from being read, and nothing is thrown', { timeout: 120_000 }, async () => {
    const good = [...series('s').map(rawMail), rawMail(one('a@x', { headers: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n', body: `--b\nContent-Type: text/plain; format=flowed\n\nHi.\n--b\nContent-Transfer-Encoding: base64\n\n${Buffer.from(diff('x')).toString('base64')}\n--b--\n` }))];
    const damage = fc.array(fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }), cut: fc.integer({ min: 0, max: 60 }),
      put: fc.oneof(fc.constantFrom('\0', '\n\n', '\r', 'From ', '@@ -1,9 +1,99999999 @@\n', 'diff --git a/', '<', '>> ', '\xff\xfe', '[PATCH v999 9999/9999]', 'References: <a@x>\n', 'Content-Transfer-Encoding: base64\n', '=?utf-8?b?////?='), fc.string({ maxLength: 20 })),
    }), { minLength: 1, maxLength: 6 });
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), damage), { minLength: 1, maxLength: 4 }), async (damages) => {
      const fresh = await openStore();
      const bad = damages.map(([which, steps]) => steps.reduce((mail, { at, cut, put }) => {
        const place = Math.floor(at * mail.length);
        return mail.slice(0, place) + put + mail.slice(place + cut);
      }, good[which] ?? ''));
      const watching = new Watching(fresh, [given([...bad.map((mail) => Buffer.from(mail, 'latin1')), rawMail(one('good@y', { from: 'G Ood <good@example.org>' }))])]);
      await watching.watch.start();
      await watching.round();
      expect(watching.reviewed).toContain('good@y');
      expect(watching.log.filter(({ level }) => level === 'error')).toEqual([]);
      expect(await fresh.lists.unsettledThreads(9)).toEqual([]);
      await watching.queue.stop();
      await fresh.close();
    }), { numRuns: 80 });
  });
});
