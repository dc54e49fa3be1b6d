/** @module What users see before and after: edits that stay within the contract and change it, and edits that only change when things happen. */
import { expect, it } from 'vitest';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovV612 } from '../../simulator/kcov/index.js';
import type { Finding } from '../../src/review/review.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { replaySubmission } from '../../src/review/replay-submission.js';
import { edited, mailOf, modelFiles, reviewFiles } from '../rules/example.js';

const V55 = modelFiles();
const V612 = new Map(kcovV612.files.map((file) => [file.path, `${printProgram(file).lines.join('\n')}\n`]));
const SILENT = 'Use a local variable.';

async function asked(files: ReadonlyMap<string, string>, edits: readonly { find: string; replace: string }[], how: { scenarios: readonly string[]; message?: string }): Promise<readonly Finding[]> {
  const review = await reviewFiles(files, edited(files, edits), { message: SILENT, ...how });
  expect(review.failures).toEqual([]);
  return review.findings.filter((f) => f.asked);
}

const LARGER = [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->size;\n' }];

it('asks about what arrives with an execution that the base does not have, at the line that does it', async () => {
  const found = await asked(V55, LARGER, { scenarios: ['section-sizes'] });
  expect(found.map((f) => [f.rule, f.place.text])).toEqual([['changed-behaviour', 'size = remote->kcov->size;']]);
  const shown = found[0]?.evidence.find((e) => e.kind === 'counterexample');
  expect(shown).toMatchObject({ scenario: 'section-sizes', replayed: true });
  expect(shown?.trace.length).toBeGreaterThan(0);
  expect(found[0]?.question).toContain('section-sizes');
  const replayed = await replaySubmission(await readSubmission('example.eml', new TextEncoder().encode(mailOf(V55, edited(V55, LARGER), SILENT))), shown?.schedule ?? '');
  expect(replayed).toMatchObject({ kind: 'violated', property: 'changed-behaviour: the areas end as in no execution of the base' });
});

it('asks about a result that is new and allowed', async () => {
  const find = '\t\tif (vm_insert_page(vma, vma->vm_start + off, page))\n\t\t\t\tWARN_ONCE(1, "");\n';
  const found = await asked(V55, [{ find, replace: '\t\tif (vm_insert_page(vma, vma->vm_start + off, page))\n\t\t\t\treturn -ENOMEM;\n' }], { scenarios: ['allocation-failure'] });
  // The base warns there, and no longer: what differs is explained.
  expect(found).toEqual([]);
});

it.each([
  ['speaks of it', 'A section should hold as much as the user\'s area.'],
  ['is not there', ''],
])('is silent where the changelog %s', async (_, message) => {
  expect(await asked(V55, LARGER, { scenarios: ['section-sizes'], message })).toEqual([]);
});

it('sees a refusal of sections in a context that the base serves', async () => {
  const found = await asked(V612, [{ find: '\tif (!in_task() && !in_softirq_really())\n\t\treturn;\n\tlocal_lock_irqsave(&kcov_percpu_data.lock, flags);\n\tmode = READ_ONCE(t->kcov_mode);\n\tif (WARN_ON(in_task()', replace: '\tif (!in_task())\n\t\treturn;\n\tlocal_lock_irqsave(&kcov_percpu_data.lock, flags);\n\tmode = READ_ONCE(t->kcov_mode);\n\tif (WARN_ON(in_task()' }], { scenarios: ['softirq-in-trace'] });
  expect(found.map((f) => f.rule)).toEqual(['lost-coverage']);
});
