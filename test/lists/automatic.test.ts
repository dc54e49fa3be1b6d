/** @module Mails that no person wrote, which are never answered; those of persons, which may look a little like it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { automaticReason, headerFields } from '../../src/lists/automatic.js';

const own = ['kcovet <kcovet@example.org>'];

test.each([
  ['our own mail', 'From: kcovet <kcovet@example.org>\nSubject: Re: x'],
  ['our own mail, from another address', 'From: A <a@example.org>\nX-Kcovet-Review: 0.1.0 rules=x verdict=questions'],
  ['a vacation reply', 'From: A <a@example.org>\nAuto-Submitted: auto-replied (vacation)'],
  ['a vacation reply that says so only by its precedence', 'From: A <a@example.org>\nPrecedence: bulk'],
  ['an older vacation reply', 'From: A <a@example.org>\nX-Autoreply: yes'],
  ['a bounce', 'From: MAILER-DAEMON@mx.example.org\nReturn-Path: <>'],
  ['a report', 'From: postmaster@example.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=x'],
  ['a bot by its address', 'From: Patches <patchwork-bot+netdev@kernel.org>'], ['a robot by its name', 'From: kernel test robot <lkp@example.org>'],
  ['a fuzzer', 'From: syzbot <syzbot+0123@syzkaller.example.org>'],
])('%s', (_, header) => {
  expect(automaticReason(`${header}\n\ntext\n`, own)).not.toBeNull();
});

test.each([
  ['a person', 'From: Abbot <abbot@example.org>'], ['a person by way of a list', 'From: A <a@example.org>\nPrecedence: bulk\nList-Id: <linux-kernel.vger.kernel.org>\nX-Loop: owner-majordomo@kvack.org'],
  ['a person who says that it is none', 'From: A <a@example.org>\nAuto-Submitted: no'], ['a relay for a person', 'From: A via B4 Relay <devnull+a.example.org@kernel.org>'],
  ['a text that quotes us', 'From: A <a@example.org>\n\nX-Kcovet-Review: quoted\nAuto-Submitted: auto-replied'],
])('not %s', (_, header) => {
  expect(automaticReason(`${header}\n\ntext\n`, own)).toBeNull();
});

test('property: any bytes have an answer', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    expect(typeof (automaticReason(Buffer.from(bytes), own) ?? '')).toBe('string');
    expect(headerFields(Buffer.from(bytes))).toBeInstanceOf(Map);
  }));
});
