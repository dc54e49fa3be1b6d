import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyByAlignment } from '../../src/apply/align.js';
import { reversed } from '../../src/apply/hunk-sides.js';
import type { Applied, Image } from '../../src/apply/image.js';
import { imageOf } from '../../src/apply/model-image.js';
import { structureOf } from '../../src/apply/structure.js';
import { tokenise } from '../../src/apply/tokens.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import type { FileDiff } from '../../src/patch/diff.js';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovV55 } from '../../simulator/kcov/v5.5/index.js';
import type { Perturbation } from './perturb.js';
import { coinOf, essence, mutePrints, rebrace, redeclareAll, reflow, renameSome } from './perturb.js';

const corpus = path.resolve('..', 'shared', 'corpus');
const missing = !existsSync(corpus);
if (missing) process.stderr.write(`skipped: no corpus at ${corpus}\n`);

async function diffIn(file: string, of: string): Promise<FileDiff> {
  const submission = await readSubmission(file, readFileSync(path.join(corpus, file)));
  const found = submission.patches.flatMap((patch) => patch.diff.files).find((one) => one.path === of);
  if (!found) throw new Error(`${file} has no diff of ${of}`);
  return found;
}

function modelOf(of: string): Image {
  const program = kcovV55.files.find((one) => one.path === of);
  if (!program) throw new Error(`the model has no ${of}`);
  return imageOf(of, printProgram(program).lines);
}

function lost(applied: Applied): string[] {
  return applied.hunks.filter((hunk) => hunk.placed === 'failed' || hunk.note.startsWith('already'))
    .map((hunk) => `${hunk.index}: ${hunk.note}`);
}

/** File, hunks of kernel/kcov.c in it. */
const WHOLE: readonly (readonly [string, number])[] = [
  ['2019-12-12-irq-rfc-1of2.eml', 28],
  ['2019-12-17-irq-rfc-review.eml', 28],
  ['2019-12-17-irq-rfc-review-put.eml', 28],
  ['2019-12-17-irq-rfc-review-overall.eml', 26],
  ['2019-12-17-irq-rfc-review-overall.hypermail.txt', 26],
  ['2020-02-26-debug-cleanup.eml', 14],
  ['2020-03-26-fix-uaf.eml', 3],
  ['2022-05-23-pos-before-pc.eml', 2],
  ['2022-09-22-list-for-each-entry.eml', 1],
  ['2025-07-29-write-barrier.eml', 1],
];

describe.skipIf(missing)('the corpus on the model of v5.5', () => {
  let model: Image;
  beforeAll(() => {
    model = modelOf('kernel/kcov.c');
  });

  for (const [file, count] of WHOLE) {
    it(`places all ${count} hunks of ${file}, and takes them off again`, async () => {
      const diff = await diffIn(file, 'kernel/kcov.c');
      const applied = applyByAlignment(model, diff, 1);
      expect(applied.hunks.length).toBe(count);
      expect(lost(applied)).toEqual([]);
      expect(applied.hunks.filter((hunk) => hunk.placed === 'fuzzy')).toEqual([]);
      const { tokens } = tokenise(applied.image.lines);
      expect(structureOf(tokens).balanced).toBe(true);
      const back = applyByAlignment(applied.image, { ...diff, hunks: diff.hunks.map(reversed) }, 2);
      expect(lost(back)).toEqual([]);
      expect(essence(back.image.lines)).toBe(essence(model.lines));
    });
  }

  it('places the hunk of linux/sched.h', async () => {
    const diff = await diffIn('2019-12-12-irq-rfc-1of2.eml', 'include/linux/sched.h');
    const { image, hunks } = applyByAlignment(modelOf('include/linux/sched.h'), diff, 1);
    expect(hunks.map((hunk) => hunk.placed)).toEqual(['aligned']);
    const added = image.origins.flatMap((origin, i) => (origin.added && image.lines[i] !== '' ? [origin.line] : []));
    expect(added).toEqual([1233, 1234]);
  });

  it('ignores a change of a comment', async () => {
    const diff = await diffIn('2021-03-23-typo.eml', 'kernel/kcov.c');
    const applied = applyByAlignment(model, diff, 1);
    expect(applied.hunks.map((hunk) => hunk.placed)).toEqual(['ignored']);
    expect(applied.image.lines).toEqual(model.lines);
  });

  it('bears a model printed in another way', async () => {
    const diff = await diffIn('2019-12-12-irq-rfc-1of2.eml', 'kernel/kcov.c');
    const wanted = essence(applyByAlignment(model, diff, 1).image.lines);
    const steps: readonly Perturbation[] = [mutePrints, rebrace, redeclareAll, renameSome, reflow];
    for (let seed = 0; seed < 10; seed++) {
      const coin = coinOf(seed);
      const lines = steps.reduce((text, step) => step(text, coin), [...model.lines]);
      const applied = applyByAlignment(imageOf(model.path, lines), diff, 1);
      expect(lost(applied)).toEqual([]);
      expect(essence(applied.image.lines)).toBe(wanted);
    }
  });
});
