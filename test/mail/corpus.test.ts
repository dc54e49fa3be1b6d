import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Patch, Submission } from '../../src/mail/submission.js';
import { tokensOf } from '../patch/shape.js';

const corpus = path.resolve('..', 'shared', 'corpus');
const here = existsSync(corpus);
const read = (name: string): Promise<Submission> => readSubmission(name, readFileSync(path.join(corpus, name)));
const hunksOf = (patch: Patch | undefined, file: string): number => patch?.diff.files.find((one) => one.path === file)?.hunks.length ?? 0;

/** Files and hunks by plain counting of the lines that start them, quoted or not. */
function counted(name: string): { files: number; hunks: number } {
  const lines = readFileSync(path.join(corpus, name), 'utf8').split('\n');
  const count = (what: RegExp): number => lines.filter((line) => what.test(line)).length;
  return { files: count(/^(?:> ?)*diff --git /), hunks: count(/^(?:> ?)*@@ -\d+,\d+ \+\d+,\d+ @@/) };
}

describe.skipIf(!here)(`public mails${here ? '' : ` (skipped: ${corpus} is not here)`}`, () => {
  const mails = here ? readdirSync(corpus).filter((name) => name.endsWith('.eml')) : [];

  it.each(mails)('%s: all files and hunks', async (name) => {
    const { patches, problems } = await read(name);
    const files = patches.flatMap((patch) => patch.diff.files);
    expect({ files: files.length, hunks: files.reduce((sum, file) => sum + file.hunks.length, 0) }).toEqual(counted(name));
    if (!name.includes('review')) expect(problems.filter(({ what }) => !/not in the input|has no patch/.test(what))).toEqual([]);
  });

  const yardstick = '2019-12-12-irq-rfc-1of2.eml';

  it.each([
    ['2019-12-17-irq-rfc-review.eml', 28, false],
    ['2019-12-17-irq-rfc-review-put.eml', 28, false],
    ['2019-12-17-irq-rfc-review-overall.eml', 26, true],
    ['2019-12-17-irq-rfc-review-overall.hypermail.txt', 26, true],
  ])('%s quotes %i hunks of the patch, line by line as sent', async (name, hunks, truncated) => {
    const { form, subject, patches, problems } = await read(name);
    const original = (await read(yardstick)).patches[0]!;
    expect(form).toBe('quoted-reply');
    expect(subject).toBe((await read(yardstick)).subject);
    expect(hunksOf(patches[0], 'kernel/kcov.c')).toBe(hunks);
    expect(patches[0]!.diff).toMatchObject({ truncated, whitespaceDamaged: true });
    const seen = tokensOf(patches[0]!.diff);
    expect(seen).toEqual(tokensOf(original.diff).slice(0, seen.length));
    expect(seen.length === tokensOf(original.diff).length).toBe(!truncated);
    const numbers = (patch: Patch): unknown[] =>
      patch.diff.files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines.map((line) => [line.oldLine, line.newLine])));
    expect(numbers(patches[0]!)).toEqual(numbers(original).slice(0, seen.length));
    if (truncated) expect(problems.map((problem) => problem.what).join('\n')).toMatch(/lines are missing[^]*lib\/Kconfig\.debug: the diffstat/);
    if (name.endsWith('.eml')) expect(patches[0]!.messageId).toBe(original.messageId);
  });
});
