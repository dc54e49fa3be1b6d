import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';
import { inventedBody, inventedDiff } from '../patch/invented-diff.js';
import { tokensOf } from '../patch/shape.js';
import { mail, mbox, quote } from './mails.js';

/** Inputs of each form. */
const inputs = [
  inventedDiff,
  mail({ body: inventedBody }),
  mail({ subject: 'Re: [PATCH 1/2] x', body: `A wrote:\n${quote(inventedBody)}\n` }),
  mail({ body: Buffer.from(inventedBody).toString('base64'), headers: ['Content-Transfer-Encoding: base64', 'Content-Type: text/plain'] }),
  mbox([1, 2].map((n) => mail({ subject: `[PATCH ${n}/2] x`, id: `${n}@x`, body: inventedBody }))),
  `Re: x\n\nFrom: A\nDate: B\n\n${quote(inventedBody).replace(/[ \t]+/g, ' ')}`,
].map((text) => Buffer.from(text));

type Damage = (bytes: Buffer, at: number, by: number) => Buffer;
const damages: Damage[] = [
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at) => bytes.subarray(at),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from('\n'), bytes.subarray(at)]),
  (bytes, at, by) => Buffer.concat([bytes.subarray(0, at), Buffer.from([bytes[at]! ^ (1 << by % 8)]), bytes.subarray(at + 1)]),
  (bytes, at, by) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + by)]),
  (bytes, at, by) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - by * 9))]),
];

/** What holds for every submission, whatever was read. */
function expectSound(read: Submission, lineCount: number): void {
  if (read.patches.length === 0) expect(read.problems).not.toEqual([]);
  for (const { where } of read.problems) expect(where).toMatch(/^in(?::\d+)?$/);
  for (const patch of read.patches) {
    expect(patch.bodyLineNumbers).toHaveLength(patch.bodyLines.length);
    for (const hunk of patch.diff.files.flatMap((file) => file.hunks)) {
      const count = (kind: string): number => hunk.lines.filter((line) => line.kind !== kind).length;
      expect(hunk.truncated).toBe(count('added') < hunk.oldCount || count('removed') < hunk.newCount);
      for (const line of hunk.lines) {
        expect(line.oldLine === null).toBe(line.kind === 'added');
        expect(line.newLine === null).toBe(line.kind === 'removed');
        expect(line.text).not.toMatch(/\n|\r$/);
        expect(line.inputLine).toBeGreaterThan(0);
        expect(line.inputLine).toBeLessThanOrEqual(lineCount);
      }
    }
  }
}

describe('damaged input', () => {
  it('never throws, and what is read is sound', async () => {
    const one = fc.record({ input: fc.nat(inputs.length - 1), steps: fc.array(fc.tuple(fc.nat(damages.length - 1), fc.nat(10_000), fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 8 }) });
    await fc.assert(
      fc.asyncProperty(one, async ({ input, steps }) => {
        let bytes: Buffer = inputs[input]!;
        for (const [damage, at, by] of steps) if (bytes.length > 0) bytes = damages[damage]!(bytes, at % bytes.length, by);
        const decodedLinesMax = 1000;
        expectSound(await readSubmission('in', bytes), decodedLinesMax);
      }),
      { numRuns: 600, seed: 20_191_217 },
    );
  });

  it('never throws on lines of the right kind in any order', async () => {
    const piece = fc.constantFrom('diff --git a/x b/x', '--- a/x', '+++ b/x', '@@ -1,3 +1,4 @@ f', '@@ -0,0 +0,0 @@', '@@ -1 +1 @@', ' c', '+a', '-r', '', '\\ No newline at end of file', '-- ', '---', '[...]', 'word', '\tt', 'From a@b', 'Subject: [PATCH 1/2] x', '> @@ -1,2 +1,2 @@', '> +q', '>> -q', '> > > x', 'rename from "a', 'Binary files a and b differ', 'Index: x', '='.repeat(67), ' x | 3 ++-', ' 1 file changed', 'w'.repeat(90));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (lines) => {
        expectSound(await readSubmission('in', Buffer.from(lines.join('\n'))), 60);
      }),
      { numRuns: 2000, seed: 20_191_217 },
    );
  });

  it('never throws on bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => expectSound(await readSubmission('in', bytes), 400)),
      { numRuns: 500, seed: 20_191_217 },
    );
  });
});

describe('damage that can be undone', () => {
  const whole = tokensOf(parseDiffText(inventedDiff, { name: 'in' }).diff);
  const lines = inventedDiff.split('\n');

  it('one wrapped long line, wherever it stands', () => {
    const long = lines.map((line, at) => [line, at] as const).filter(([line]) => line.length > 70 && /^[ +-]/.test(line));
    expect(long.length).toBeGreaterThan(0);
    for (const [line, at] of long) {
      const blank = line.lastIndexOf(' ');
      const text = [...lines.slice(0, at), line.slice(0, blank), line.slice(blank + 1), ...lines.slice(at + 1)].join('\n');
      expect(tokensOf(parseDiffText(text, { name: 'in' }).diff)).toEqual(whole);
    }
  });

  it('a tail cut after any line: what is before is read as it was, and the cut is known inside hunks', () => {
    for (let end = 6; end < lines.length; end++) {
      const { diff } = parseDiffText(lines.slice(0, end).join('\n'), { name: 'in' });
      const tokens = tokensOf(diff);
      expect(tokens).toEqual(whole.slice(0, tokens.length));
      expect(tokens.length).toBe(lines.slice(4, end).filter((line) => /^(?:[ +-](?!\+\+ |-- )|$)/.test(line)).length);
    }
  });
});
