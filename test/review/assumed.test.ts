/** @module Assumptions about a patch, held against every execution: what holds, what is refuted and by what, what cannot be told. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Submission } from '../../src/mail/submission.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { checkAssumptions } from '../../src/review/assumed.js';
import { replaySubmission } from '../../src/review/replay-submission.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { assumedLines } from '../../src/render/assumed.js';

const OPTIONS = { states: 400_000, bounds: {}, scenarios: ['section-in-kthread', 'softirq-in-owner', 'interrupted-trace', 'device-lifecycle'] };

describe('assumptions about a patch', () => {
  let submission: Submission;
  beforeAll(async () => {
    submission = await readSubmission('irq-coverage.mbox', readFileSync('examples/irq-coverage.mbox'));
  });

  it('hold, are refuted by a schedule, or cannot be told', async () => {
    const texts = ['kcov_remote_lock held in kcov_remote_find', 'no nmi in check_kcov_mode', 'irqs off in kcov_mmap', 'irqs off in nowhere', 'softirq context in kcov_softirq_park'];
    const [held, refuted, mapped, nowhere, parked] = await checkAssumptions(submission, texts, OPTIONS);
    expect(held).toMatchObject({ verdict: 'holds', text: texts[0] });
    expect(held?.states).toBeGreaterThan(100);
    expect(refuted).toMatchObject({ verdict: 'refuted', evidence: { scenario: 'interrupted-trace', replayed: true, contexts: ['task', 'nmi'] } });
    expect(mapped).toMatchObject({ verdict: 'refuted', evidence: { replayed: true, contexts: ['task'] } });
    expect(nowhere).toMatchObject({ verdict: 'notChecked', scenarios: 0 });
    expect(parked).toMatchObject({ verdict: 'holds' });
    const lines = assumedLines({ assumed: [refuted!] } as Parameters<typeof assumedLines>[0], { width: 76 }).map(({ text }) => text);
    expect(lines.join('\n')).toContain("--assume 'no nmi in check_kcov_mode'");
  });

  it('no scenario comes there: nothing is claimed', async () => {
    const [one] = await checkAssumptions(submission, ['irqs off in kcov_softirq_park'], { ...OPTIONS, scenarios: ['device-lifecycle'] });
    expect(one?.verdict).toBe('notReached');
  });

  it('a search that gives up leaves it open', async () => {
    const [one] = await checkAssumptions(submission, ['kcov_remote_lock held in kcov_remote_find'], { ...OPTIONS, states: 20 });
    expect(one?.verdict).toBe('open');
  });

  it('change nothing else of a review, and are named in it; what refutes one is replayed with it', async () => {
    const options = { ...OPTIONS, scenarios: ['interrupted-trace'] };
    const without = await reviewSubmission(submission, options);
    const { assumed, ...rest } = await reviewSubmission(submission, { ...options, assume: ['no nmi in check_kcov_mode'] });
    expect(rest).toEqual(without);
    const schedule = assumed?.[0]?.evidence?.schedule ?? '';
    expect(await replaySubmission(submission, schedule, { bounds: {}, assume: ['no nmi in check_kcov_mode'] })).toMatchObject({ kind: 'violated', property: 'assumption: no nmi in check_kcov_mode' });
    expect(await replaySubmission(submission, schedule, { bounds: {} })).toMatchObject({ kind: 'refused' });
  });
});
