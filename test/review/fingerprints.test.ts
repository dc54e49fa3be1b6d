/**
 * @module Fingerprints of whole reviews: the same on a base where everything has moved, under another changelog and other
 * comments, and on another kernel version where the code is the same; different for different findings. Names that a patch
 * brings are changed in ../renaming.test.ts.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import { imageOf } from '../../src/apply/model-image.js';
import { unifiedDiff } from '../../src/apply/unified.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { submissionOfDiff } from '../../src/mail/texts.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';

type Texts = ReadonlyMap<string, readonly string[]>;

/** Scenarios in which softirqs and tasks have sections: enough for questions of most kinds. */
const SCENARIOS = ['softirq-in-trace', 'softirq-in-section', 'unknown-handle-in-softirq', 'owner-leaves-softirq', 'section-in-kthread', 'section-sizes', 'interrupted-trace', 'hostile-count'];

async function reviewed(submission: Submission, modelTexts?: Texts): Promise<Review> {
  return await reviewSubmission(submission, { states: 400_000, bounds: {}, scenarios: SCENARIOS, ...(modelTexts ? { modelTexts } : {}) });
}

function asked(review: Review): string[] {
  return review.findings.filter((f) => f.asked).map((f) => `${f.rule} ${f.fingerprint}`).sort();
}

function modelTexts(version: string): Map<string, string[]> {
  const model = kcovModels.find((m) => m.version === version);
  return new Map((model?.files ?? []).map((file) => [file.path, [...printProgram(file).lines]]));
}

/** The model with functions of its own before the others, and empty lines. */
function moved(texts: Texts): Texts {
  const extra = ['static int kcov_parity(int number)', '{', '\tint rest = number % 2;', '', '\treturn rest;', '}', ''];
  return new Map([...texts].map(([path, lines]) => {
    const at = lines.findIndex((line) => /^static .*\)$/u.test(line));
    return [path, path.endsWith('.c') && at >= 0 ? [...lines.slice(0, at), ...extra, '', ...lines.slice(at)] : [...lines]];
  }));
}

/** Another changelog and other comments. */
function reworded(text: string): string {
  return text.replace(/^Subject: (\[[^\]]*\]) .*$/gmu, 'Subject: $1 kcov: softirqs too').replace(/^Allow sections[^]*?\n\n/mu, 'Sections begin in softirqs now.\n\n')
    .replace(/^\+(\s*)\/\* .* \*\/$/gmu, '+$1/* See the documentation. */');
}

async function read(text: string): Promise<Submission> {
  return await readSubmission('patch', new TextEncoder().encode(text));
}

test('moved lines, another changelog and other comments change no fingerprint; no two findings have the same', async () => {
  const text = readFileSync('examples/irq-coverage.mbox', 'utf8');
  const plain = await reviewed(await read(text));
  expect(asked(plain).length).toBeGreaterThan(5);
  expect(new Set(plain.findings.map((f) => f.fingerprint)).size).toBe(plain.findings.length);
  expect(reworded(text)).not.toBe(text);
  expect(asked(await reviewed(await read(reworded(text)), moved(modelTexts('v5.5'))))).toEqual(asked(plain));
}, 240_000);

/** The same edit of both models: the last word of the area counts as inside. */
async function edited(version: string, find: RegExp, replace: string): Promise<Review> {
  const texts = modelTexts(version);
  const file = 'kernel/kcov.c';
  const lines = texts.get(file) ?? [];
  const changed = lines.map((line) => line.replace(find, replace));
  const diff = unifiedDiff(imageOf(file, lines), imageOf(file, changed));
  return await reviewed(submissionOfDiff('edit', 'edit', diff), texts);
}

test('on v5.5 and on v6.12 the same code has the same fingerprint', async () => {
  const find = /\bpos < t->kcov_size\b/u;
  const [older, newer] = [await edited('v5.5', find, 'pos <= t->kcov_size'), await edited('v6.12', find, 'pos <= t->kcov_size')];
  const bad = (review: Review): string[] => review.findings.filter((f) => f.asked && f.property === 'out-of-bounds').map((f) => f.fingerprint);
  expect(bad(older)).toHaveLength(1);
  expect(bad(newer)).toEqual(bad(older));
}, 240_000);
