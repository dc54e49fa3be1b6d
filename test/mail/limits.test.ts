import { expect, it } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import { mail } from './mails.js';

/** Generous for a busy machine; quadratic behaviour takes minutes. */
const msMax = 40_000;

const body = (line: string, count: number): string => mail({ subject: 'Re: [PATCH] x', body: line.repeat(count) });
const start = '> diff --git a/f b/f\n> --- a/f\n> +++ b/f\n';

it.each([
  ['50 MB of text', body(`+${'x'.repeat(98)}\n`, 500_000), 'only the first'],
  ['a quoted patch of a million lines', body('> +x\n', 1_000_000).replace('\n\n', `\n\n${start}> @@ -1,900000 +1,900000 @@\n`), 'only the first'],
  ['a hundred thousand quoted hunks', body('> @@ -1 +1 @@\n> -a\n> +b\nwhy\n', 100_000).replace('\n\n', `\n\n${start}`), 'only the first'],
  ['a hundred thousand mails', 'From a@b\nSubject: x\n\nx\n\n'.repeat(100_000), 'are not read'],
  ['a line of 40 MB', mail({ body: '>'.repeat(40_000_000) }), 'only the first'],
  ['ten thousand parts', mail({ headers: ['Content-Type: multipart/mixed; boundary=b'], body: '--b\nContent-Type: text/x-patch\n\nx\n'.repeat(10_000) }), 'no patch'],
])('%s', { timeout: 2 * msMax }, async (_, text, said) => {
  const bytes = Buffer.from(text);
  const before = performance.now();
  const { problems } = await readSubmission('in', bytes);
  expect(performance.now() - before).toBeLessThan(msMax);
  expect(problems.map((problem) => problem.what).join('\n')).toContain(said);
});

const multipart = (boundary: string, parts: number): string => mail({ headers: [`Content-Type: multipart/mixed; ${boundary}`], body: '--b\n'.repeat(parts) });

it.each([['boundary=b'], ['boundary="b"'], ["boundary*=utf-8''b"], ['boundary*0=b']])('parts beyond what mails have cost nothing: %s', async (boundary) => {
  const begun = process.cpuUsage();
  const { problems } = await readSubmission('in', Buffer.from(multipart(boundary, 200_000)));
  expect(problems.map(({ what }) => what).join('\n')).toContain('more than 500 parts');
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(3);
});
