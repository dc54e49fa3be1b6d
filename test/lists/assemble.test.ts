/** @module Threads as lists have them, and the series that are made of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble, type Assembled } from '../../src/lists/assembly/assemble.js';
import { readListMail, type ListMail } from '../../src/lists/assembly/list-mail.js';
import { diff, kept, patchBody, series, type Sent } from './threads.js';

async function read(sent: readonly Sent[]): Promise<ListMail[]> {
  const all = await Promise.all(sent.map((one, i) => readListMail(kept(one, 1000 + i))));
  return all.flatMap((one) => ('unreadable' in one ? [] : [one]));
}
const made = async (sent: readonly Sent[]): Promise<Assembled[]> => assemble(await read(sent));
const ids = (one: Assembled | undefined): string[] => one?.mails.map(({ kept: { messageId } }) => messageId) ?? [];
const one = { id: 'a@x', subject: '[PATCH] kcov: count', body: patchBody('count') };

describe('a series', () => {
  test('with its cover letter, in any order of coming', async () => {
    const mails = await read(series('s', { of: 3 }));
    fc.assert(fc.property(fc.shuffledSubarray(mails, { minLength: 4 }), (some) => {
      const [only, ...more] = assemble(some);
      expect([ids(only), only?.missing, only?.lacks, more]).toEqual([['s-0@x', 's-1@x', 's-2@x', 's-3@x'], [], null, []]);
    }));
  });

  test('without cover letter, answers to the first or each to the one before', async () => {
    const [, first, second, third] = series('s', { of: 3 }) as [Sent, Sent, Sent, Sent];
    const top = { ...first, answers: undefined, references: [] };
    for (const parent of ['s-1@x', 's-2@x']) {
      const [only, ...more] = await made([top, { ...second, answers: 's-1@x' }, { ...third, answers: parent }]);
      expect([only?.key, ids(only).length, only?.missing, only?.lacks, more]).toEqual(['s-1@x', 3, [], null, []]);
    }
  });

  test('without any threading, by the Message-IDs that git makes in one run', async () => {
    for (const id of [(n: number) => `20260110090000.4711-${n + 1}-author@example.org`, (n: number) => `${String(n).repeat(40)}.1768035600.git.author@example.org`]) {
      const sent = series('s').map((mail, n): Sent => ({ ...mail, id: id(n), answers: undefined, references: [] }));
      expect((await made(sent)).map((some) => [some.key, ids(some).length, some.missing])).toEqual([[id(0), 3, []]]);
    }
  });

  test('says what did not come, the mail on which the patches hang too', async () => {
    const [, , second] = series('s', { of: 3 }) as Sent[];
    expect(await made([second as Sent])).toMatchObject([{ key: 's-2@x', missing: [1, 3], lacks: 's-0@x' }]);
    expect((await made(series('s').slice(0, 1)))[0]).toMatchObject({ missing: [1, 2], lacks: null, kcov: false });
  });

  test('a patch that is sent again in the thread takes the place of the first', async () => {
    const again = { ...(series('s')[2] as Sent), id: 'again@x', subject: '[PATCH RESEND 2/2] kcov: s, step 2' };
    expect(ids((await made([...series('s'), again]))[0])).toEqual(['s-0@x', 's-1@x', 'again@x']);
  });

  test('of somebody else in the same thread is another one', async () => {
    const other = series('o', { parent: 's-0@x', from: 'O Ther <other@example.org>' });
    expect((await made([...series('s'), ...other])).map(({ key, answers }) => [key, answers])).toEqual([['s-0@x', []], ['o-0@x', ['s-0@x']]]);
  });

  test('a version under the one before is told from it, and names it', async () => {
    expect((await made([...series('s'), ...series('t', { version: 2, parent: 's-0@x' })])).map(({ key, version, answers, missing }) => [key, version, answers, missing]))
      .toEqual([['s-0@x', 1, [], []], ['t-0@x', 2, ['s-0@x'], []]]);
  });

  test('a new version of one patch is read with the rest of the version before', async () => {
    const second = { id: 'v2@x', subject: '[PATCH v2 2/2] kcov: s, step 2', answers: 's-2@x', references: ['s-0@x', 's-2@x'], body: patchBody('better') };
    expect((await made([...series('s'), second])).map((some) => [some.key, some.version, ids(some), some.missing, some.lacks])).toEqual([
      ['s-0@x', 1, ['s-0@x', 's-1@x', 's-2@x'], [], null], ['v2@x', 2, ['s-0@x', 's-1@x', 'v2@x'], [], null],
    ]);
  });
});

describe('what is one and what is none', () => {
  test('a patch in a reply, below quotes or scissors; a reply that only quotes is talk', async () => {
    const reply = { id: 'r@x', subject: 'Re: [PATCH] kcov: count', answers: 'a@x', from: 'R <r@example.org>' };
    const quoted = patchBody('count').replace(/^/gmu, '> ');
    expect(await made([one, { ...reply, body: `On Monday A Uthor wrote:\n${quoted}\nNo.\n` }])).toHaveLength(1);
    const [, own] = await made([one, { ...reply, body: `On Monday A Uthor wrote:\n${quoted}\nRather:\n\n${diff('other')}` }]);
    expect([own?.key, own?.mails[0]?.mail.patch?.diff.files[0]?.hunks[0]?.lines[1]?.text]).toEqual(['r@x', '\tint second_of_other = 2;']);
    const [, cut] = await made([one, { ...reply, body: `Like this:\n\n-- >8 --\nSubject: [PATCH] kcov: weigh\n\nWords.\n\n${diff('other')}` }]);
    expect(cut?.title).toBe('kcov weigh');
  });

  test('a pull request is none, whatever is in it', async () => {
    expect(await made([{ ...one, subject: '[GIT PULL] kcov changes' }])).toEqual([]);
    expect(await made([{ ...one, subject: '[PULL 1/3] kcov: count' }])).toEqual([]);
    expect(await made([{ ...one, subject: 'kcov for 6.20', body: `The following changes since commit 0123:\n\nare available in the Git repository at:\n\n${diff('count')}` }])).toEqual([]);
  });

  test.each([
    '+ kcov-count-twice.patch added to mm-unstable branch', '[merged mm-stable] kcov-count-twice.patch removed from -mm tree', '[tip: locking/core] kcov: count', 'Patch "kcov: count" has been added to the 6.1-stable tree', 'FAILED: patch "[PATCH] kcov: count" failed to apply to 6.1-stable tree',
  ])('a tree that tells of a patch sends none: %s', async (subject) => expect(await made([{ ...one, subject }])).toEqual([]));

  test.each([
    ['[PATCH 6.1 012/300] kcov: count', true], ['[PATCH AUTOSEL 6.12 3/9] kcov: count', true], ['[PATCH 5.10.y] kcov: count', true], ['[PATCH 6.6-stable] kcov: count', true], ['[PATCH v2 1/2] kcov: count', false], ['[PATCH RFC] kcov: 2.0 of it', false], ['[PATCH v1.1] kcov: count', false],
  ])('%s: for an older tree %s', async (subject, backport) => expect(await made([{ ...one, subject }])).toMatchObject([{ backport }]));

  test('attached patches are read', async () => {
    const headers = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n';
    const body = `--b\nContent-Type: text/plain\n\nSee there.\n--b\nContent-Type: text/x-patch; name=a.patch\nContent-Transfer-Encoding: base64\n\n${Buffer.from(patchBody('count')).toString('base64')}\n--b--\n`;
    expect(await made([{ ...one, headers, body }])).toMatchObject([{ key: 'a@x', kcov: true }]);
  });

  test.each([
    ['kernel/kcov.c', true, false], ['include/uapi/linux/kcov.h', true, false], ['drivers/net/tun.c', false, false], ['sys/kern/kern_kcov.c', false, true],
    ['tools/include/linux/kcov.h', false, false], ['executor/common_kcov.h', false, true], ['MAINTAINERS', false, false], ['go.mod', false, true],
  ])('%s: of kcov %s, of another project %s', async (path, kcov, foreign) => {
    expect(await made([{ ...one, body: patchBody('count', path) }])).toMatchObject([{ kcov, foreign }]);
  });

  test('a driver that calls kcov is of kcov, one that only stands near a call is not', async () => {
    const calls = (line: string): string => `diff --git a/drivers/a.c b/drivers/a.c\n--- a/drivers/a.c\n+++ b/drivers/a.c\n@@ -1,1 +1,2 @@\n ${line === 'context' ? '\tkcov_remote_stop();' : '\tone();'}\n+${line === 'added' ? '\tkcov_remote_stop();' : '\ttwo();'}\n`;
    expect((await made([{ ...one, body: calls('added') }]))[0]?.kcov).toBe(true);
    expect((await made([{ ...one, body: calls('context') }]))[0]?.kcov).toBe(false);
  });
});

describe('its author', () => {
  const author = async (change: Partial<Sent>): Promise<unknown> => (await made([{ ...one, ...change }]))[0]?.author;
  test.each<[string, Partial<Sent>, unknown]>([
    ['as sent', {}, { name: 'A Uthor', address: 'author@example.org' }],
    ['quoted', { from: '"Uthor, A. (Dr.)" <author@example.org>' }, { name: 'Uthor, A. (Dr.)', address: 'author@example.org' }],
    ['encoded', { from: '=?UTF-8?B?w4QgVXRob3I=?= <author@example.org>' }, { name: 'Ä Uthor', address: 'author@example.org' }],
    ['relayed, in the body', { from: 'A Uthor via B4 Relay <devnull+author.example.org@kernel.org>', body: `From: A Uthor <author@example.org>\n\n${patchBody('count')}` }, { name: 'A Uthor', address: 'author@example.org' }],
    ['relayed, in X-Original-From', { from: 'A Uthor via B4 Relay <devnull+author.example.org@kernel.org>', headers: 'X-Original-From: =?UTF-8?Q?=C3=84?= Uthor <author@example.org>\n' }, { name: 'Ä Uthor', address: 'author@example.org' }],
    ['through a list, in Reply-To', { from: 'A Uthor via list <list@example.org>', headers: 'Reply-To: author@example.org\n' }, { name: 'A Uthor', address: 'author@example.org' }],
    ['relayed and named nowhere', { from: 'devnull+author.example.org@kernel.org' }, null],
    ['of another patch than the sender', { body: `From: O Ther <other@example.org>\n\n${patchBody('count')}` }, { name: 'A Uthor', address: 'author@example.org' }],
  ])('%s', async (_, change, person) => expect(await author(change)).toEqual(person));

  test('stands in From of what is reviewed', async () => {
    const [first] = await made([{ ...one, from: 'A Uthor via B4 Relay <devnull+a@kernel.org>', headers: 'X-Original-From: "Uthor, A" <author@example.org>\n' }]);
    expect(first?.mails[0]?.mail.headers?.from).toBe('"Uthor, A" <author@example.org>');
  });
});

describe('taken back', () => {
  const reply = (body: string, from?: string): Sent => ({ id: 'r@x', subject: 'Re: [PATCH] kcov: count', answers: 'a@x', body, ...(from === undefined ? {} : { from }) });
  const isTaken = async (body: string, from?: string): Promise<boolean | undefined> => (await made([one, reply(body, from)]))[0]?.withdrawn;
  test.each([
    'Please ignore this patch, v2 follows.\n', 'Please disregard this.\n', 'Sorry for the noise, please ignore.\n', 'Please drop it\n', 'Self-NAK: it does not build.\n', 'pls ignore this series\n', 'Please ignore v1.\n',
  ])('%s', async (words) => expect(await isTaken(words)).toBe(true));
  test.each([
    'Please ignore this warning of checkpatch.\n', '> Please ignore this patch.\n\nWhy?\n', 'We ignore this case here.\n', 'You can ignore it if irqs are off.\n',
  ])('not by: %s', async (words) => expect(await isTaken(words)).toBe(false));
  test('not by somebody else', async () => expect(await isTaken('Please ignore this patch.\n', 'O Ther <other@example.org>')).toBe(false));
});
