/**
 * @module The examples do what examples/README.md says: every hunk of the model's files is placed, and a search shows what
 * each was written to show.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { kcovV55 } from '../../simulator/kcov/index.js';
import type { Program } from '../../simulator/ir/program.js';
import { scenarios } from '../../simulator/scenario/index.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import { applyByAlignment } from '../../src/apply/align.js';
import type { Image, PlacedHunk } from '../../src/apply/image.js';
import { imageOf } from '../../src/apply/model-image.js';
import type { Submission } from '../../src/mail/submission.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { lowered, search, textOf } from './programs.js';

const base = lowered(textOf(kcovV55));

interface Applied {
  readonly submission: Submission;
  readonly hunks: readonly PlacedHunk[];
  /** After each patch of the series. */
  readonly programs: readonly Program[];
}

async function apply(name: string): Promise<Applied> {
  const path = `examples/${name}`;
  const submission = await readSubmission(path, readFileSync(path));
  const images = new Map<string, Image>([...textOf(kcovV55)].map(([file, text]) => [file, imageOf(file, text.trimEnd().split('\n'))]));
  const hunks: PlacedHunk[] = [];
  const programs = submission.patches.map((patch) => {
    for (const file of patch.diff.files) {
      const image = images.get(file.path);
      if (!image) continue;
      const applied = applyByAlignment(image, file, patch.n);
      images.set(file.path, applied.image);
      hunks.push(...applied.hunks);
    }
    return lowered(new Map([...images].map(([file, image]) => [file, `${image.lines.join('\n')}\n`])));
  });
  return { submission, hunks, programs };
}

/** Each "scenario: property" once, sorted, of the scenarios that pass `chosen`; without what the model violates too unless `all`. */
function violated(program: Program | undefined, chosen: (scenario: KcovScenario) => boolean, all = false): string[] {
  if (!program) return ['no program'];
  const found = scenarios.filter(chosen).flatMap((scenario) => {
    const known = new Set(all ? [] : search(base, scenario).violations);
    const fresh = search(program, scenario).violations.filter((violation) => !known.has(violation));
    return fresh.map((violation) => `${scenario.name}: ${violation.split(':')[0]}`);
  });
  return [...new Set(found)].sort();
}

const every = (scenario: KcovScenario): boolean => scenario.rt === undefined;
const inTasks = (scenario: KcovScenario): boolean => scenario.sectionsIn.length === 0;
const inSoftirqs = (scenario: KcovScenario): boolean => scenario.sectionsIn.join() === 'softirq' && scenario.rt === undefined;

const EXAMPLES = [['irq-coverage.mbox', 1], ['cleanup.mbox', 1], ['two-step.mbox', 2], ['lost-unlock.diff', 1]] as const;

describe.each(EXAMPLES)('%s', (name, patches) => {
  let applied: Applied;
  beforeAll(async () => {
    applied = await apply(name);
  });

  it('is read without a problem and placed whole', () => {
    expect(applied.submission.problems).toEqual([]);
    expect(applied.submission.patches).toHaveLength(patches);
    expect(applied.hunks.length).toBeGreaterThan(0);
    expect(applied.hunks.filter((hunk) => hunk.placed !== 'aligned')).toEqual([]);
  });

  it('is all modelled', () => {
    for (const program of applied.programs) expect(program.notModelled).toEqual(base.notModelled);
  });
});

describe('what a search of the examples shows', () => {
  it('irq-coverage.mbox: hazards of every kind it was written for', async () => {
    const { programs: [program] } = await apply('irq-coverage.mbox');
    expect(violated(program, inSoftirqs, true)).toEqual(expect.arrayContaining([
      'softirq-in-trace: coverage-misattributed', 'softirq-in-trace: null-dereference', 'softirq-in-trace: irqs-left-off', 'softirq-in-section: coverage-lost',
      'unknown-handle-in-softirq: coverage-lost', 'unknown-handle-in-softirq: null-dereference', 'owner-leaves-softirq: irqs-left-off',
    ]));
    expect(violated(program, inSoftirqs, true).filter((found) => found.endsWith('warn'))).toEqual([]);
    expect(violated(program, inTasks)).toEqual(['comparisons-until-full: coverage-lost', 'reader-beside-comparisons: coverage-lost', 'section-sizes: coverage-lost']);
  });

  it('cleanup.mbox: nothing', async () => {
    const { programs: [program] } = await apply('cleanup.mbox');
    expect(violated(program, every)).toEqual([]);
  });

  it('two-step.mbox: 1/2 breaks, 2/2 repairs that and what the base has', async () => {
    const { programs: [first, second] } = await apply('two-step.mbox');
    expect(violated(first, inTasks)).toEqual(expect.arrayContaining(['enabled-again: use-after-free']));
    expect(violated(second, every)).toEqual([]);
    const leaves = scenarios.find((s) => s.name === 'owner-leaves-kthread');
    expect(leaves && second && search(second, leaves).violations).toEqual([]);
  });

  it('lost-unlock.diff: a lock and an area that nobody gives back', async () => {
    const { programs: [program] } = await apply('lost-unlock.diff');
    expect(violated(program, inTasks)).toEqual(expect.arrayContaining(['mapped-twice: deadlock', 'mapped-twice: lock-held-at-return']));
  });
});
