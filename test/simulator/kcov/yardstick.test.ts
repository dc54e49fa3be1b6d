import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { printProgram } from '../../../simulator/ir/print.js';
import { kcovV55 } from '../../../simulator/kcov/index.js';
import { tokensOf } from './tokens.js';

const MAIL = path.resolve('..', 'shared', 'corpus', '2019-12-12-irq-rfc-1of2.eml');

interface OldSide {
  readonly header: string;
  readonly lines: string[];
}

/** The old sides of the hunks of `file` in a mail that is not encoded. */
function oldSides(mail: string, file: string): OldSide[] {
  const start = mail.indexOf(`diff --git a/${file} `);
  const end = mail.indexOf('\ndiff --git ', start + 1);
  const hunks: OldSide[] = [];
  for (const line of mail.slice(start, end === -1 ? undefined : end).split('\n')) {
    if (line.startsWith('@@ ')) hunks.push({ header: line, lines: [] });
    else if (/^[ -]/.test(line)) hunks.at(-1)?.lines.push(line.slice(1));
  }
  return hunks;
}

/** Where `run` occurs in `tokens`. */
function occurrences(tokens: readonly string[], run: readonly string[]): number[] {
  return tokens.flatMap((_, at) => (run.every((token, i) => tokens[at + i] === token) ? [at] : []));
}

describe('the v5.5 model against the patch of the thread', () => {
  const skip = existsSync(MAIL) ? false : `${MAIL} is not here`;
  if (skip) console.warn(`skipped: ${skip}`); // eslint-disable-line no-console -- a skip says its reason
  const mail = skip ? '' : readFileSync(MAIL, 'utf8');

  it.skipIf(skip)('is of the blob that the patch was made on', () => {
    expect(mail).toContain(`index ${kcovV55.blob}..`);
  });

  it.skipIf(skip).each([['kernel/kcov.c', 28], ['include/linux/sched.h', 1]])('%s has the old side of every hunk, in order', (file, count) => {
    const model = kcovV55.files.find((f) => f.path === file);
    const tokens = tokensOf(model === undefined ? [] : printProgram(model).lines);
    const hunks = oldSides(mail, file);
    expect(hunks).toHaveLength(count);
    let from = 0;
    for (const hunk of hunks) {
      const run = tokensOf(hunk.lines);
      const found = occurrences(tokens, run).filter((at) => at >= from);
      expect(found.length, hunk.header).toBeGreaterThan(0);
      from = run.length === 0 ? from : (found[0] ?? 0);
    }
  });

  it('notices a model that says something else', () => {
    const tokens = tokensOf(['if (a)', '\treturn b;']);
    expect(occurrences(tokens, tokensOf(['return b;']))).toEqual([4]);
    expect(occurrences(tokens, tokensOf(['return c;']))).toEqual([]);
  });
});
