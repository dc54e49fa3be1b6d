import { describe, expect, it } from 'vitest';
import { inventedBody, inventedDiff, inventedMessage, inventedShape } from '../patch/invented-diff.js';
import { shapeOf, tokensOf } from '../patch/shape.js';
import { mail, quote, submit } from './mails.js';

const whole = tokensOf((await submit(inventedDiff)).patches[0]!.diff);

/** A reply to the invented patch; `quoted` is the whole quotation with whatever stands between. */
const reply = (quoted: string, headers: string[] = ['In-Reply-To: <patch@example.org>', 'References: <cover@example.org> <patch@example.org>']): string =>
  mail({ subject: 'Re: [PATCH 1/1] cov: record in sections', id: 'reply@example.org', headers, body: `On Mon, Mar 2, 2026 at 9:00 AM Cy Example\n<cy@example.org> wrote:\n${quoted}` });

/** Text of a reviewer put under the line that contains `part`. */
const ask = (text: string, part: string, words: string): string => text.replace(new RegExp(`^.*${part.replace(/[()>*]/g, '\\$&')}.*$`, 'm'), (line) => `${line}\n${words}`);

const asked = ask(ask(quote(inventedBody), 'section = true', '\nWhat if an NMI comes here?\n\n'), 't->cov_section)', 'Why not in_softirq()?');

describe('a reply that quotes the patch', () => {
  it('gives the patch without the reviewer, as the mail that is replied to', async () => {
    const read = await submit(reply(asked));
    expect(read).toMatchObject({ form: 'quoted-reply', subject: 'cov: record in sections', messageId: 'patch@example.org' });
    const [patch] = read.patches;
    expect(tokensOf(patch!.diff)).toEqual(whole);
    expect(patch!.diff.truncated).toBe(false);
    expect(patch).toMatchObject({
      subject: '[PATCH 1/1] cov: record in sections',
      message: expect.stringMatching(/^Sections that run[^>]*Ada Example <ada@example.org>$/),
      mail: { from: 'Cy Example <cy@example.org>', date: 'Mon, Mar 2, 2026 at 9:00 AM', messageId: 'patch@example.org', inReplyTo: 'cover@example.org', references: ['cover@example.org'] },
    });
    expect(patch!.mail!.cc).toContain('Bob Example <bob@example.org>');
    expect(patch!.bodyLines[0]).toBe('Sections that run in softirqs are not recorded. Record them.');
  });

  it('keeps numbers on both sides and lines of the input', async () => {
    const text = reply(asked);
    const { diff } = (await submit(text)).patches[0]!;
    const last = diff.files[0]!.hunks[1]!.lines.at(-1)!;
    expect([last.oldLine, last.newLine]).toEqual([45, 48]);
    expect(text.split('\n')[last.inputLine - 1]).toBe('>  \tspin_unlock_irqrestore(&device->lock, flags);');
  });

  it.each([
    ['marks without blanks', quote(inventedBody, '>')],
    ['two levels', quote(quote(inventedBody))],
    ['two levels without blanks', quote(inventedBody, '>> ')],
    ['marks that differ from line to line', inventedBody.split('\n').map((line, at) => ['> > ', '>> '][at % 2]! + line).join('\n')],
    ['an indented mark', quote(inventedBody, ' > ')],
    ['trailing blanks kept', inventedBody.split('\n').map((line) => `> ${line}`).join('\n')],
  ])('reads %s', async (_, quoted) => {
    const { diff } = (await submit(reply(quoted))).patches[0]!;
    expect(tokensOf(diff)).toEqual(whole);
    expect(diff).toMatchObject({ truncated: false, whitespaceDamaged: false });
  });

  it('goes up References by the depth of the quotation', async () => {
    const inner = `On Mon, Mar 2, 2026 at 9:00 AM Cy Example <cy@example.org> wrote:\n${asked}`;
    const headers = ['In-Reply-To: <first@example.org>', 'References: <patch@example.org> <first@example.org>'];
    const { messageId, patches } = await submit(reply(quote(inner), headers));
    expect(messageId).toBe('patch@example.org');
    expect(patches[0]!.mail!.from).toBe('Cy Example <cy@example.org>');
    expect(tokensOf(patches[0]!.diff)).toEqual(whole);
  });

  it('joins what the reply wrapped', async () => {
    const wrapped = quote(inventedBody).replace(/^(.{40,76}) (?=\S)(?=.*$)/gm, (line, head: string, at: number, all: string) =>
      all.indexOf('\n', at) - at > 76 ? `${head}\n` : line,
    );
    const { patches, problems } = await submit(reply(wrapped));
    expect(tokensOf(patches[0]!.diff)).toEqual(whole);
    expect(patches[0]!.diff.files[0]!.hunks[0]!.section).toMatch(/unsigned lon$/);
    expect(problems.map((problem) => problem.what)).toEqual([expect.stringContaining('wrapped'), expect.stringContaining('wrapped')]);
  });

  it('takes a question without empty lines round it for no wrapped line', async () => {
    const { patches, problems } = await submit(reply(ask(quote(inventedBody), 'device->sequence', 'Is this the right sequence?')));
    expect(tokensOf(patches[0]!.diff)).toEqual(whole);
    expect(problems).toEqual([]);
  });

  it('names what the reviewer cut, with numbers behind a mark counted from the end', async () => {
    const cut = quote(inventedDiff).replace(/>\s+if \(!in_task\(\)\)\n|> -\tif \(!in_task\(\)\)\n> \+.*\n/, '[...]\n');
    const { patches, problems } = await submit(reply(cut));
    const hunk = patches[0]!.diff.files[0]!.hunks[0]!;
    expect(hunk.truncated).toBe(true);
    expect(hunk.lines.at(-1)).toMatchObject({ oldLine: 18, newLine: 20 });
    expect(problems.map((problem) => problem.what)).toEqual([expect.stringContaining('cut where the text says so')]);
  });

  it('says that the tail is missing when the reply stops quoting', async () => {
    const shown = quote(inventedMessage + inventedDiff.slice(0, inventedDiff.indexOf('@@ -40,6')));
    const { patches, problems } = await submit(reply(`${shown}\n\nThat is all I looked at.\n`));
    expect(patches[0]!.diff.truncated).toBe(true);
    expect(problems.map((problem) => problem.what)).toEqual([
      expect.stringContaining('sched.h: the diffstat counts 2 changed lines, the diff has none of them'),
      expect.stringContaining('cov.c: the diffstat counts 5 changed lines, only 4 are here'),
    ]);
  });

  it('takes hunks without a file header for the only file named', async () => {
    const stat = ' kernel/cov.c | 5 ++++-\n 1 file changed, 4 insertions(+), 1 deletion(-)\n\n';
    const hunks = inventedDiff.slice(inventedDiff.indexOf('@@'), inventedDiff.indexOf('diff --git a/include'));
    const { patches, problems } = await submit(reply(quote(stat + hunks)));
    expect(shapeOf(patches[0]!.diff)).toEqual([inventedShape[0]]);
    expect(problems[0]!.what).toContain('taken as kernel/cov.c');
  });

  it('tells a diff of the replier from the quoted one', async () => {
    const own = 'diff --git a/own.c b/own.c\n--- a/own.c\n+++ b/own.c\n@@ -1 +1 @@\n-a\n+b\n';
    const { patches, problems } = await submit(reply(`${quote(inventedBody)}\n\nRather:\n\n${own}`));
    expect(shapeOf(patches[0]!.diff)).toEqual(inventedShape);
    expect(problems[0]!.what).toContain("the replier's own");
  });

  it('reads a diff that a reply carries without quoting one', async () => {
    const read = await submit(mail({ subject: 'Re: crash', body: `Try this:\n\n${inventedDiff}` }));
    expect(read.form).toBe('mail');
    expect(shapeOf(read.patches[0]!.diff)).toEqual(inventedShape);
  });
});

describe('the page of an archive', () => {
  /** Blanks as such a page shows them: runs collapsed, none after the quote marks. */
  const stripped = (text: string): string => text.replace(/[ \t]+/g, ' ').replace(/^ /gm, '');
  const page = (text: string): string => `Re: [PATCH v2 1/1] cov: record in sections\n\nFrom: Eve Example\nDate: Mon Mar 02 2026 - 10:00:00 EST\n\n\n${text}`;
  const inner = `On Mon, Mar 2, 2026 at 9:00 AM Cy Example <cy@xxxxxxxxxxx> wrote:\n${asked}`;

  it('gives the quoted patch, marked as damaged', async () => {
    const read = await submit(page(stripped(inner)));
    expect(read).toMatchObject({ form: 'quoted-reply', subject: 'cov: record in sections', messageId: null, version: 2 });
    expect(read.patches[0]!.diff).toMatchObject({ whitespaceDamaged: true, truncated: false });
    expect(tokensOf(read.patches[0]!.diff)).toEqual(whole);
  });

  it('reads one whose quote marks have no blank', async () => {
    const read = await submit(page(stripped(inner).replace(/^> /gm, '>')));
    expect(tokensOf(read.patches[0]!.diff)).toEqual(whole);
  });

  it('names the cut tail', async () => {
    const { patches } = await submit(page(stripped(inner).slice(0, stripped(inner).indexOf('> cov_begin'))));
    expect(patches[0]!.diff).toMatchObject({ whitespaceDamaged: true, truncated: true });
    expect(tokensOf(patches[0]!.diff)).toEqual(whole.slice(0, whole.findIndex((line) => line.includes('cov_begin'))));
  });

  it('gives a patch that stands on the page unquoted', async () => {
    const read = await submit(page(stripped(inventedBody)).replace('Re: ', ''));
    expect(read.form).toBe('mail');
    expect(tokensOf(read.patches[0]!.diff)).toEqual(whole);
  });
});
