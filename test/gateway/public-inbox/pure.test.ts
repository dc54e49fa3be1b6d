/** @module What of the reading of mirrors needs no git: the filter, headers, the cursor, the output of cat-file. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchAnswers } from '../../../src/gateway/public-inbox/batch-answers.js';
import { MAIL_LIMITS, siftMail } from '../../../src/gateway/public-inbox/mail-filter.js';
import { movedTo, newCursor, seenIn, sinceSeconds, startFrom } from '../../../src/gateway/public-inbox/mirror-cursor.js';
import { readRawHeaders } from '../../../src/gateway/public-inbox/raw-headers.js';
import { diffOf, mailOf } from './mirror.js';

const sift = (mail: string | Buffer, followed: readonly string[] = []): string | null => {
  const sifted = siftMail(Buffer.from(mail as string), new Set(followed), MAIL_LIMITS);
  return sifted.kind === 'matters' ? sifted.cause : sifted.kind === 'skipped' ? sifted.reason : null;
};
const quoted = (text: string): string => text.replace(/^/gmu, '> > ');
const inBase64 = (text: string): string => Buffer.from(text).toString('base64').replace(/.{76}/gu, '$&\n');

describe('siftMail', () => {
  test.each([
    ['a diff of kernel/kcov.c', mailOf('a@b', { body: diffOf('kernel/kcov.c') }), 'diff'],
    ['of include/linux/kcov.h', mailOf('a@b', { body: diffOf('include/linux/kcov.h') }), 'diff'],
    ['of include/uapi/linux/kcov.h', mailOf('a@b', { body: diffOf('include/uapi/linux/kcov.h') }), 'diff'],
    ['quoted', mailOf('a@b', { body: quoted(diffOf('kernel/kcov.c')) }), 'diff'],
    ['in base64 within a forwarded mail', mailOf('a@b', { headers: 'Content-Type: message/rfc822\n', body: mailOf('c@d', { headers: 'Content-Transfer-Encoding: base64\n', body: inBase64(diffOf('kernel/kcov.c')) }) }), 'diff'],
    ['with CR LF', mailOf('a@b', { body: diffOf('kernel/kcov.c') }).replaceAll('\n', '\r\n'), 'diff'],
    ['in base64', mailOf('a@b', { headers: 'Content-Transfer-Encoding: base64\n', body: inBase64(`Some words.\n${diffOf('kernel/kcov.c')}`) }), 'diff'],
    ['in an attachment', mailOf('a@b', { headers: 'CONTENT-type:\n multipart/mixed;\n\tboundary=x\n', body: `--x\n\nHi.\n--x\nContent-Transfer-Encoding: BASE64\n\n${inBase64(diffOf('kernel/kcov.c'))}\n--x--\n` }), 'diff'],
    ['after NULs', mailOf('a@b', { body: `\0\0\n${diffOf('kernel/kcov.c')}\0` }), 'diff'],
    ['a diffstat in a cover letter', mailOf('a@b', { body: ' kernel/kcov.c | 4 ++--\n 1 file changed\n' }), 'diffstat'],
    ['a subject', mailOf('a@b', { subject: '[PATCH 0/3] KCOV: cover letter' }), 'subject'],
    ['a folded subject', mailOf('a@b', { subject: 'A long one\n about kcov' }), 'subject'],
    ['encoded words', mailOf('a@b', { subject: '=?UTF-8?Q?Gr=C3=BC=C3=9Fe_kc?=\n =?utf-8?B?b3Y=?=' }), 'subject'],
    ['a call that is added', mailOf('a@b', { body: `${diffOf('drivers/a.c')}+\tkcov_remote_stop();\n` }), 'diff'],
    ['a call that is removed, quoted', mailOf('a@b', { body: '> -\tkcov_common_handle(one);\n' }), 'diff'],
    ['a call in a context line', mailOf('a@b', { body: `${diffOf('drivers/a.c')} \tkcov_remote_stop();\n` }), null],
    ['a call trace', mailOf('a@b', { body: ' kcov_ioctl+0x33/0x60 kernel\n' }), null],
    ['the words only', mailOf('a@b', { body: 'Found with kcov, in kernel/kcov.c.\n' }), null],
    ['another file', mailOf('a@b', { body: diffOf('kernel/kcov.conf') }), null],
    ['another folder', mailOf('a@b', { body: diffOf('mykernel/kcov.c') }), null],
    ['a subject in the body', mailOf('a@b', { body: 'Subject: kcov\n' }), null],
    ['nothing', '', null],
  ])('%s', (_, mail, cause) => expect(sift(mail)).toBe(cause));

  test('an answer to a thread that is followed, by either header', () => {
    const byParent = mailOf('a@b', { headers: 'In-Reply-To: <parent@b>\n' });
    const byReference = mailOf('a@b', { headers: 'references: <root@b>\n\t<other@b> <parent@b>\n' });
    expect([byParent, byReference].map((mail) => sift(mail))).toEqual([null, null]);
    expect([byParent, byReference].map((mail) => sift(mail, ['parent@b']))).toEqual(['answer', 'answer']);
    expect(sift(byReference, ['root@b'])).toBe('answer');
  });

  test('headers without end are skipped, and said so', () => {
    const references = `References:${' <a@b>\n'.repeat(50_000)}`;
    expect(sift(mailOf('a@b', { headers: references }))).toBe('headers too long');
    expect(sift(Buffer.alloc(300_000, 'x'))).toBe('headers too long');
  });

  test('any bytes have an answer', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      sift(Buffer.concat([Buffer.from('Subject: =?x?b?'), bytes, Buffer.from('\n\nkcov base64\nContent-Transfer-Encoding: base64\n\n'), bytes]));
    }));
  });

  test('lines made to be slow are not', () => {
    const began = process.cpuUsage().user;
    for (const line of ['> '.repeat(500_000), `diff -${' include/'.repeat(200_000)}`, ' '.repeat(1_000_000), `${'kcov.c '.repeat(200_000)}`, `+${'kcov_ '.repeat(200_000)}`, `+${' kcov_'.repeat(200_000)}`, '+-'.repeat(500_000)]) sift(mailOf('a@b', { body: `kcov /kcov. kcov_\n${line}\n` }));
    expect(process.cpuUsage(undefined).user - began).toBeLessThan(3_000_000);
  });
});

test('headers with 8-bit bytes keep them as chars, and a mail without Message-ID has none', () => {
  const mail = Buffer.concat([Buffer.from('Subject: Gr'), Buffer.from([0xfc, 0xdf]), Buffer.from('e\nFrom: x\n\nMessage-ID: <in@body>\n')]);
  expect(readRawHeaders(mail, 1000)).toEqual({ messageId: '', subject: 'Gr\u00fc\u00dfe', answers: [], hasBase64: false });
});

describe('the cursor', () => {
  const [one, two] = ['1'.repeat(40), '2'.repeat(40)];

  test('keeps each epoch apart', () => {
    const cursor = movedTo(movedTo(newCursor(7), 0, one), 12, two);
    expect(cursor).toEqual({ sinceS: 7, seen: { 0: one, 12: two } });
    expect([0, 1, 12].map((epoch) => seenIn(cursor, epoch))).toEqual([one, null, two]);
    expect(seenIn({ sinceS: null, seen: { 0: '--all' } }, 0)).toBeNull();
  });

  test('says how to go on', () => {
    expect(startFrom(null, null)).toEqual({ after: null, rewritten: false });
    expect(startFrom(one, one)).toEqual({ after: one, rewritten: false });
    expect(startFrom(one, two)).toEqual({ after: two, rewritten: true });
    expect(startFrom(one, null)).toEqual({ after: null, rewritten: true });
  });

  test.each([
    ['2.weeks', 2_000_000 - 1_209_600], ['1 day ago', 2_000_000 - 86_400], ['1970-01-02', 86_400], ['1970-01-01T01:00Z', 3600],
    ['yesterday', null], ['', null], ['2.parsecs', null], ['1970-13-01', null], ['--all', null],
  ])('since %s', (text, seconds) => expect(sinceSeconds(text, 2_000_000)).toBe(seconds));
});

describe('the output of cat-file', () => {
  const id = 'a'.repeat(40);
  const output = Buffer.from(`${id} blob 3\nx\ny\n${id}:m missing\n${id} blob 0\n\n${id} blob 9\nlong mail\n`);

  test('is the same in any cut, and what is too large is let go', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (cuts) => {
      const answers = new BatchAnswers(5);
      const got: (string | null)[] = [];
      for (let at = 0, i = 0; at < output.length; i++) {
        const length = cuts[i % cuts.length] ?? 1;
        for (const answer of answers.push(output.subarray(at, at + length))) got.push(answer.kind === 'missing' ? 'missing' : answer.content?.toString() ?? null);
        at += length;
      }
      expect(got).toEqual(['x\ny', 'missing', '', null]);
    }));
  });

  test('and anything else is refused', () => {
    expect(() => [...new BatchAnswers(5).push(Buffer.from('error: what\n'))]).toThrow(RangeError);
    expect(() => [...new BatchAnswers(5).push(Buffer.alloc(10_000, 'x'))]).toThrow(RangeError);
  });
});
