/** @module Reviews on a base that was found outside: our own printed model stands for a kernel tree. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { treeImageOf } from '../../src/apply/model-image.js';
import { unifiedDiff } from '../../src/apply/unified.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { submissionOfDiff } from '../../src/mail/texts.js';
import type { BaseInput } from '../../src/review/base-input.js';
import { blobId } from '../../src/apply/blob-id.js';
import { kcovPart } from '../../src/review/lower-images.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { reviewTree } from '../../src/review/review-tree.js';
import type { Review } from '../../src/review/review.js';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovV55 } from '../../simulator/kcov/index.js';

const KCOV_C = 'kernel/kcov.c';
const options = { states: 100_000, bounds: {}, scenarios: ['section-in-kthread', 'owner-leaves-kthread', 'mapped-twice'] };

function printed(path: string): string {
  const program = kcovV55.files.find((f) => f.path === path);
  return `${program ? printProgram(program).lines.join('\n') : ''}\n`;
}

function tree(text: string): BaseInput {
  return { kind: 'tree', label: 'ours', files: new Map([[KCOV_C, text]]), blobs: new Map([[KCOV_C, blobId(text)]]), steps: [{ where: '--tree ours', what: 'read' }], guessed: false };
}

const linesOf = (text: string): string[] => text.replace(/\n$/u, '').split('\n');

/** A patch between two texts with the index line that git would write; `ids` replaces its blob ids. */
function patch(before: string, after: string, ids?: string): ReturnType<typeof submissionOfDiff> {
  const diff = unifiedDiff(treeImageOf(KCOV_C, linesOf(before)), treeImageOf(KCOV_C, linesOf(after)));
  const index = ids ?? `${blobId(before).slice(0, 12)}..${blobId(after).slice(0, 12)}`;
  return submissionOfDiff('ours.diff', 'kcov: ours', `diff --git a/${KCOV_C} b/${KCOV_C}\nindex ${index} 100644\n${diff.slice(diff.indexOf('--- '))}`);
}

const TEXT = printed(KCOV_C);
const BROKEN = TEXT.replace('\tWRITE_ONCE(t->kcov_mode, mode);\n\tt->kcov_sequence = sequence;\n', '\tWRITE_ONCE(t->kcov_mode, mode);\n');

describe('a tree', () => {
  let review: Review;
  beforeAll(async () => {
    review = await reviewSubmission(patch(TEXT, BROKEN), { ...options, base: tree(TEXT) });
  });

  it('is proved by the blob ids of the patch, before and after', () => {
    expect(review.base).toMatchObject({ kind: 'tree', label: 'ours', fit: 1, guessed: false, steps: [{ where: '--tree ours', what: 'read' }] });
    expect(review.base.files.find((f) => f.path === KCOV_C)).toEqual({ path: KCOV_C, blob: blobId(TEXT).slice(0, 12), verified: true });
    expect(review.hunks.map((h) => h.placed)).toEqual(['exact']);
  });

  it('is searched like the model, and headers it lacks are said to be the model\'s', () => {
    expect(TEXT).not.toBe(BROKEN);
    expect(review.findings.filter((f) => f.asked).map((f) => f.property)).toContain('coverage-lost');
    expect(review.assumptions.filter((a) => a.includes('is not in the base'))).toHaveLength(3);
  });

  it('is not called verified when an id differs', async () => {
    const other = await reviewSubmission(patch(TEXT, BROKEN, 'aaaaaaaaaaaa..bbbbbbbbbbbb'), { ...options, scenarios: [], base: tree(TEXT) });
    expect(other.base.files.find((f) => f.path === KCOV_C)?.verified).toBe(false);
  });

  it('that has the patch already is told so', async () => {
    expect((await reviewSubmission(patch(TEXT, BROKEN), { ...options, base: tree(BROKEN) })).verdict).toBe('alreadyApplied');
  });

  it('as it stands has only what is there already', async () => {
    const checked = await reviewTree(tree(TEXT), options);
    expect(checked.findings.map((f) => [f.status, f.asked])).toEqual(checked.findings.map(() => ['pre-existing', false]));
    expect(checked.findings.map((f) => f.property).sort()).toEqual(['mmap-without-pages', 'use-after-free']);
  });
});

describe('a patch that is cut off', () => {
  it('is asked about as far as it is seen, and what is not seen is named', async () => {
    const whole = readFileSync('examples/irq-coverage.mbox', 'utf8');
    const cut = whole.slice(0, whole.indexOf('@@ -889,14'));
    const review = await reviewSubmission(await readSubmission('cut.mbox', Buffer.from(cut)), { states: 100_000, bounds: {} });
    expect(review.problems.map((p) => p.what).join('\n')).toContain('the rest of kcov_remote_stop(), kcov_common_handle(), kcov_init()');
    expect(review.complete).toBe(false);
    const asked = review.findings.filter((f) => f.asked);
    expect(asked.map((f) => f.rule)).toContain('interrupted-switch');
    expect(asked.map((f) => f.property)).not.toContain('use-after-free');
    expect(asked.filter((f) => f.rule === 'release-in-interrupt' || f.rule === 'lost-state')).toEqual([]);
  });
});

describe('kcov\'s part of task_struct', () => {
  it('keeps the lines it has, where they are', () => {
    const lines = ['struct other {', '\tint x;', '};', 'struct task_struct {', '\tint pid;', '#ifdef CONFIG_KCOV', '\tunsigned int kcov_mode;', '#endif', '#ifdef CONFIG_MEMCG', '\tint memcg;', '#endif', '} __attribute__((aligned (64)));'];
    expect(kcovPart(lines)).toEqual(['', '', '', 'struct task_struct {', '', '', '\tunsigned int kcov_mode;', '', '', '', '', '};']);
  });
});
