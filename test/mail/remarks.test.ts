/** @module Remarks in invented threads: where they stand, whose they are, and what is none. */
import { describe, expect, test } from 'vitest';
import { readThread } from '../../src/mail/read-thread.js';
import { isRobot, remarksOf } from '../../src/mail/remarks.js';

const DIFF = [
  'diff --git a/kernel/kcov.c b/kernel/kcov.c', '--- a/kernel/kcov.c', '+++ b/kernel/kcov.c',
  '@@ -10,3 +10,5 @@ void kcov_task_init(struct task_struct *t)', ' \tt->kcov_size = 0;', '+\tt->kcov_gate = true;', '+\tbarrier();', ' \tt->kcov_area = NULL;', ' }',
  '@@ -40,2 +42,3 @@ void kcov_task_exit(struct task_struct *t)', ' \tt->kcov_mode = 0;', '+\tt->kcov_gate = false;', ' }',
];
const AUTHOR = 'A. Developer <dev@example.org>';
const REVIEWER = 'R. Reader <reader@example.org>';

function mail(from: string, subject: string, body: readonly string[], headers: readonly string[] = []): string {
  const id = Buffer.from(body.join('') + from).toString('hex').slice(0, 20);
  return ['From kcovet Mon Sep 17 00:00:00 2001', `From: ${from}`, 'To: list@example.org', `Subject: ${subject}`, `Message-ID: <${id}@example.org>`, 'Date: Mon, 03 Feb 2020 10:00:00 +0000', ...headers, '', ...body, '', ''].join('\n');
}

const patch = mail(AUTHOR, '[PATCH] kcov: a gate', ['Adds a gate.', '', 'Signed-off-by: A. Developer <dev@example.org>', '---', ...DIFF]);
const reply = (body: readonly string[], from = REVIEWER, headers: readonly string[] = []): string => mail(from, 'Re: [PATCH] kcov: a gate', body, ['In-Reply-To: <patch@example.org>', ...headers]);
const quote = (lines: readonly string[], marks = '> '): string[] => lines.map((line) => `${marks}${line}`);
const ATTRIBUTION = 'On Mon, Feb 3, 2020 at 11:00 AM A. Developer <dev@example.org> wrote:';

/** Kind, function, quoted line and text of each remark. */
async function remarks(...mails: readonly string[]): Promise<string[]> {
  const thread = await readThread([{ name: 'thread.mbox', bytes: new TextEncoder().encode([patch, ...mails].join('')) }]);
  return remarksOf(thread).map(({ kind, above, text }) => [kind, above.at(-1)?.function ?? '', above.at(-1)?.line.text.trim() ?? '', text].join(' | '));
}

test('under quoted lines, by the line right above', async () => {
  expect(await remarks(reply([ATTRIBUTION, ...quote(DIFF.slice(0, 6)), '', 'Why this', 'one?', '', ...quote(DIFF.slice(6, 12)), 'And here?', ...quote(DIFF.slice(12))])))
    .toEqual(['inline | kcov_task_init | t->kcov_gate = true; | Why this one?', 'inline | kcov_task_exit | t->kcov_gate = false; | And here?']);
});

test('where a few lines are quoted without their header, and where blanks were changed', async () => {
  expect(await remarks(reply(['> +       t->kcov_gate = false;', '', 'Too early?']))).toEqual(['inline | kcov_task_exit | t->kcov_gate = false; | Too early?']);
  expect(await remarks(reply(['>+\tt->kcov_gate = true;', 'Too late?']))).toEqual(['inline | kcov_task_init | t->kcov_gate = true; | Too late?']);
});

test('a mail that quotes another repeats its remarks; the author answers; somebody else joins in', async () => {
  const first = [ATTRIBUTION, ...quote(DIFF.slice(0, 6)), '', 'Why this one?'];
  const by = (who: string): string => `On Tue, Feb 4, 2020 at 9:00 AM ${who} wrote:`;
  const answered = reply([by(REVIEWER), ...quote(first), '', 'Because of the gate.'], AUTHOR);
  const joined = reply([by(REVIEWER), ...quote(first), '', 'I wonder, too.'], 'O. Ther <other@example.org>');
  const own = reply([by(REVIEWER), ...quote(first), '', 'In all, where is the lock?']);
  expect(await remarks(reply(first), answered)).toEqual(['inline | kcov_task_init | t->kcov_gate = true; | Why this one?']);
  expect(await remarks(joined)).toEqual(['inline | kcov_task_init | t->kcov_gate = true; | Why this one?', 'answer |  |  | I wonder, too.']);
  expect((await remarks(reply(first), own)).at(-1)).toBe('overall |  |  | In all, where is the lock?');
});

describe('no remark under a line', () => {
  test.each([
    ['trailers', ['Reviewed-by: R. Reader <reader@example.org>'], []],
    ['courtesy', ['Hi,', '', 'LGTM, thanks!'], []],
    ['a signature', [...quote(DIFF.slice(0, 6)), '', '-- ', 'R. Reader, who writes?'], []],
    ['text at the top', ['What is this for?', '', ATTRIBUTION, ...quote(DIFF)], ['overall |  |  | What is this for?']],
    ['text under the changelog', ['> Adds a gate.', '', 'Which gate?'], ['overall |  |  | Which gate?']],
    ['only cuts', [...quote(DIFF.slice(0, 6)), '[...]', ...quote(DIFF.slice(9))], []],
  ])('%s', async (_, body, expected) => {
    expect(await remarks(reply(body))).toEqual(expected);
  });

  test('programs, a cover letter, HTML alone', async () => {
    expect(await remarks(reply([...quote(DIFF.slice(0, 6)), 'build failed?'], 'kernel test robot <lkp@example.org>'))).toEqual([]);
    expect(await remarks(mail(AUTHOR, '[PATCH 0/1] kcov: a series', ['Is this right?']))).toEqual([]);
    const html = reply(['<html><body><p>Is <b>this</b> right?</p></body></html>'], REVIEWER, ['Content-Type: text/html']);
    expect((await remarks(html)).filter((one) => one.startsWith('inline'))).toEqual([]);
  });
});

test('lines that a mail client wrapped belong to the quotation', async () => {
  const long = '+\tt->kcov_gate = true; /* '.padEnd(74, 'x');
  const damaged = [...quote(DIFF.slice(0, 5)), `> ${long}`, 'yyyyyyyy */', ...quote(DIFF.slice(6, 8)), '', 'Sure?'];
  expect(await remarks(reply(damaged))).toEqual(['inline | kcov_task_init | t->kcov_area = NULL; | Sure?']);
});

test('names of programs', () => {
  for (const from of ['syzbot <syzbot+1@syzkaller.example.com>', 'kernel test robot <lkp@example.com>', 'patchwork-bot+x@kernel.example']) expect(isRobot(from), from).toBe(true);
  for (const from of ['Robert Abbot <robert@example.org>', 'A. Bottom <bottom@example.org>']) expect(isRobot(from), from).toBe(false);
});
