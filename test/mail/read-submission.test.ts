import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inventedBody, inventedDiff, inventedMessage, inventedShape } from '../patch/invented-diff.js';
import { shapeOf, tokensOf } from '../patch/shape.js';
import { mail, mbox, quote, submit } from './mails.js';

describe('one mail', () => {
  it('gives the patch, what a reply needs and the lines it quotes', async () => {
    const read = await submit(mail({ body: inventedBody, headers: ['In-Reply-To: <up@example.org>', 'References: <top@example.org>', '\t<up@example.org>'] }));
    expect(read).toMatchObject({ name: 'in', form: 'mail', subject: 'cov: record in sections', messageId: 'one@example.org', version: 1, problems: [] });
    const [patch] = read.patches;
    expect(shapeOf(patch!.diff)).toEqual(inventedShape);
    expect(patch).toMatchObject({
      n: 1,
      of: 1,
      subject: '[PATCH] cov: record in sections',
      message: 'Sections that run in softirqs are not recorded. Record them.\n\nSigned-off-by: Ada Example <ada@example.org>',
      mail: {
        from: 'Adä Example <ada@example.org>',
        to: ['Bob Example <bob@example.org>', 'list@example.org'],
        cc: ['"Example, Eve" <eve@example.org>'],
        date: 'Mon, 2 Mar 2026 10:00:00 +0100',
        messageId: 'one@example.org',
        inReplyTo: 'up@example.org',
        references: ['top@example.org', 'up@example.org'],
      },
    });
    expect(patch!.bodyLines.join('\n')).toBe(inventedBody.trimEnd());
  });

  it('numbers body and diff by lines of the input', async () => {
    const text = mail({ body: inventedBody });
    const { patches } = await submit(text);
    const lines = text.split('\n');
    for (const line of patches[0]!.diff.files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines))) {
      expect(lines[line.inputLine - 1]!.slice(1)).toBe(line.text);
    }
    patches[0]!.bodyLines.forEach((line, index) => expect(lines[patches[0]!.bodyLineNumbers[index]! - 1]).toBe(line));
  });

  const qp = (text: string): string =>
    text.replace(/[=\t]|[ ](?=\n)/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).replace(/^(.{60})(?=.)/gm, '$1=\n');
  const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/(.{76})/g, '$1\n');
  const encoded = (how: string, body: string, type = 'text/plain; charset=UTF-8'): string =>
    mail({ body, headers: ['MIME-Version: 1.0', `Content-Type: ${type}`, `Content-Transfer-Encoding: ${how}`] });
  const multipart = (second: string): string =>
    mail({ body: `--xyzzyx\nContent-Type: text/plain\n\nSee below.\n\n--xyzzyx\n${second}\n--xyzzyx--\n`, headers: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="xyzzyx"'] });

  it.each([
    ['CRLF', mail({ body: inventedBody }).replaceAll('\n', '\r\n')],
    ['quoted-printable', encoded('quoted-printable', qp(inventedBody))],
    ['base64', encoded('base64', base64(inventedBody))],
    ['base64 of CRLF', encoded('base64', base64(inventedBody.replaceAll('\n', '\r\n')))],
    ['multipart, patch inline', multipart(`Content-Type: text/plain\n\n${inventedBody}`)],
    ['text/x-patch attached', multipart(`Content-Type: text/x-patch; name="a.patch"\nContent-Disposition: attachment; filename="a.patch"\nContent-Transfer-Encoding: base64\n\n${base64(inventedBody)}`)],
    ['an empty line on top', `\n${mail({ body: inventedBody })}`],
    ['format-patch output', `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n${mail({ body: inventedBody })}`],
  ])('decodes %s', async (_, text) => {
    const { form, patches, problems } = await submit(text);
    expect(problems).toEqual([]);
    expect(form).toBe('mail');
    expect(shapeOf(patches[0]!.diff)).toEqual(inventedShape);
    expect(patches[0]!.diff.whitespaceDamaged).toBe(false);
  });

  it('finds lines of a quoted-printable body in the input', async () => {
    const text = encoded('quoted-printable', qp(inventedBody));
    const { patches } = await submit(text);
    const last = patches[0]!.diff.files[1]!.hunks[0]!.lines.at(-1)!;
    expect(text.split('\n')[last.inputLine - 1]).toBe(' #endif');
  });

  const flow = (text: string, soft: string): string =>
    text.split('\n').map((line) => (/^[ >]|^From /.test(line) ? ` ${line}` : line).replace(/ +$/, '').replace(/^(.{40,60}) (?=\S)/, `$1${soft}\n`)).join('\n');

  it.each([
    ['format=flowed', encoded('7bit', flow(inventedBody, ' '), 'text/plain; charset=us-ascii; format=flowed')],
    ['format=flowed; delsp=yes', encoded('7bit', flow(inventedBody, '  '), 'text/plain; format=flowed; delsp=yes')],
  ])('joins the lines of %s', async (_, text) => {
    const { patches } = await submit(text);
    const plain = (await submit(inventedDiff)).patches[0]!;
    expect(tokensOf(patches[0]!.diff)).toEqual(tokensOf(plain.diff));
  });

  it('survives NULs, 8-bit headers, repeated and missing headers', async () => {
    const odd = Buffer.from(`Subject: [PATCH] caf\xe9\nSubject: second\nX-Nul: a\0b\n\n${inventedBody.replace('Sections', 'Sec\0tions')}`, 'latin1');
    const { patches, messageId } = await submit(odd);
    expect(shapeOf(patches[0]!.diff)).toEqual(inventedShape);
    expect(patches[0]!.subject).toContain('[PATCH] caf');
    expect(messageId).toBeNull();
  });

  it('reads on when there are too many headers or MIME levels for the decoder', async () => {
    const headers = Array.from({ length: 40_000 }, (_, index) => `X-${index}: ${'y'.repeat(30)}`);
    const { patches, problems } = await submit(mail({ body: inventedBody, headers }));
    expect(shapeOf(patches[0]!.diff)).toEqual(inventedShape);
    expect(problems[0]!.what).toContain('cannot be decoded');
    let nested = inventedBody;
    for (let level = 0; level < 60; level++) nested = `Content-Type: multipart/mixed; boundary="b${level}b"\n\n--b${level}b\n${nested}\n--b${level}b--\n`;
    expect((await submit(`Subject: [PATCH] x\n${nested}`)).patches.length).toBeLessThanOrEqual(1);
  });

  it('says when the diffstat counts more than there is', async () => {
    const cut = inventedMessage + inventedDiff.slice(0, inventedDiff.indexOf('diff --git a/include'));
    const { patches, problems } = await submit(mail({ body: cut }));
    expect(patches[0]!.diff.truncated).toBe(true);
    expect(problems).toEqual([expect.objectContaining({ what: expect.stringContaining('include/linux/sched.h: the diffstat counts 2') })]);
  });
});

describe('a series', () => {
  const part = (n: number, extra: Partial<Parameters<typeof mail>[0]> = {}): string =>
    mail({ subject: `[PATCH v2 ${n}/3] cov: part ${n}`, id: `p${n}@example.org`, body: inventedBody, ...extra });
  const cover = mail({ subject: '[PATCH v2 0/3] cov: sections', id: 'cover@example.org', body: 'Three patches.\n\n kernel/cov.c | 2 +-\n' });

  it('is put in order, with its cover letter', async () => {
    const read = await submit(mbox([part(3), cover, part(1), part(2)]));
    expect(read).toMatchObject({ form: 'mbox', subject: 'cov: sections', messageId: 'cover@example.org', version: 2, problems: [] });
    expect(read.patches.map((patch) => [patch.n, patch.of, patch.messageId])).toEqual([1, 2, 3].map((n) => [n, 3, `p${n}@example.org`]));
  });

  it('names missing patches, duplicates, resends and older versions', async () => {
    const old = mail({ subject: '[PATCH 1/3] cov: part 1', id: 'old@example.org', body: inventedBody });
    const again = part(1, { id: 'again@example.org' });
    const read = await submit(mbox([old, part(1), part(1), again]));
    expect(read.patches.map((patch) => patch.messageId)).toEqual(['again@example.org']);
    const said = read.problems.map((problem) => problem.what).join('\n');
    expect(said).toContain('not in the input: 2-3');
    expect(said).toContain('is in the input twice');
    expect(said).toContain('was sent again at line');
    expect(said).toContain('is an older version');
  });

  it('takes what a partial reroll leaves from the version before', async () => {
    const old = [1, 2, 3].map((n) => mail({ subject: `[PATCH ${n}/3] cov: part ${n}`, id: `old${n}@example.org`, body: inventedBody }));
    const read = await submit(mbox([...old, part(2)]));
    expect(read.version).toBe(2);
    expect(read.patches.map((patch) => patch.messageId)).toEqual(['old1@example.org', 'p2@example.org', 'old3@example.org']);
  });

  it('leaves replies out when the patches are there', async () => {
    const reply = mail({ subject: 'Re: [PATCH v2 1/3] cov: part 1', id: 'r@example.org', body: `On some day, Ada wrote:\n${quote(inventedBody)}\n\nWhy?\n` });
    const read = await submit(mbox([part(1), reply, part(2), part(3)]));
    expect(read.form).toBe('mbox');
    expect(read.patches.map((patch) => patch.messageId)).toEqual([1, 2, 3].map((n) => `p${n}@example.org`));
  });

  it('numbers unnumbered patches by their order', async () => {
    const read = await submit(mbox(['b', 'a'].map((title) => mail({ subject: `[PATCH] ${title}`, id: `${title}@x`, body: inventedBody }))));
    expect(read.patches.map((patch) => [patch.n, patch.of, patch.subject])).toEqual([[1, 2, '[PATCH] b'], [2, 2, '[PATCH] a']]);
  });
});

describe('other input', () => {
  it('reads a bare diff, in UTF-16 too', async () => {
    const read = await submit(inventedDiff);
    expect(read).toMatchObject({ form: 'diff', subject: '', messageId: null, problems: [], patches: [{ n: 1, of: 1, mail: null, message: '' }] });
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(inventedDiff, 'utf16le')]);
    expect(shapeOf((await submit(wide)).patches[0]!.diff)).toEqual(inventedShape);
  });

  it.each([
    ['nothing', '', 'empty'],
    ['blank lines', '\n\n\n', 'no patch found'],
    ['prose', 'Dear list,\n--- a/x is what I mean\n', 'no patch found'],
    ['a page', '<!DOCTYPE html><html></html>', 'HTML page'],
    ['binary data', Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7) % 256)), 'binary'],
    ['gzip', gzipSync(inventedDiff), 'gzip data, unpack it first'],
    ['a mail without patch', mail({ body: 'Thanks, applied.\n' }), 'the mail has no patch'],
    ['a mail of headers only', 'From: a@b\nSubject: x\n', 'no patch'],
    ['mails without patch', mbox([mail({ body: 'a\n' }), mail({ id: 'b@c', body: 'b\n' })]), 'the 2 mails have no patch'],
  ])('says what %s is and what to do', async (_, bytes, said) => {
    const { patches, problems } = await submit(bytes);
    expect(patches).toEqual([]);
    expect(problems[0]!.where).toMatch(/^in:\d+$/);
    expect(problems.map((problem) => problem.what).join()).toContain(said);
    expect(problems.map((problem) => problem.what).join()).toMatch(/give a raw mail|unpack/);
  });
});
