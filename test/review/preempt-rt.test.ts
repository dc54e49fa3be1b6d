/** @module Reviews of patches on a base that can be built with PREEMPT_RT: what breaks only there is asked, with a schedule that replays. */
import { describe, expect, it } from 'vitest';
import { kcovV55, kcovV612 } from '../../simulator/kcov/index.js';
import type { KcovModel } from '../../simulator/kcov/model.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { renderText } from '../../src/render/text.js';
import { replaySubmission } from '../../src/review/replay-submission.js';
import type { Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import type { Submission } from '../../src/mail/submission.js';
import { textOf } from '../conformance/programs.js';

const SCENARIOS = ['rt-softirq-in-trace', 'rt-two-softirqs', 'rt-serial-softirqs'];
const PATH = 'kernel/kcov.c';

/** A diff that replaces the whole file, as one hunk for each line that is edited. */
function diffOf(before: string, after: string): string {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  if (old.length !== fresh.length) throw new Error('only lines that stay where they are');
  const functionAt = (line: number): string => old.slice(0, line).findLast((l) => /^[a-z].*\(/u.test(l)) ?? '';
  const hunks = old.flatMap((line, i) => {
    if (line === fresh[i]) return [];
    return [`@@ -${i},3 +${i},3 @@ ${functionAt(i)}`, ` ${old[i - 1]}`, `-${line}`, `+${fresh[i]}`, ` ${old[i + 1]}`];
  });
  return [`--- a/${PATH}`, `+++ b/${PATH}`, ...hunks, ''].join('\n');
}

async function reviewed(model: KcovModel, edit: (text: string) => string): Promise<{ submission: Submission; review: Review }> {
  const text = textOf(model).get(PATH) ?? '';
  const submission = await readSubmission('rt.diff', Buffer.from(diffOf(text, edit(text))));
  return { submission, review: await reviewSubmission(submission, { states: 60_000, bounds: {}, scenarios: SCENARIOS, version: 'test' }) };
}

describe('a review', () => {
  it('asks about irqs that are off around locks that sleep', async () => {
    const { submission, review } = await reviewed(kcovV612, (text) => text
      .replaceAll('local_lock_irqsave(&kcov_percpu_data.lock, flags)', 'local_irq_save(flags)')
      .replaceAll('local_unlock_irqrestore(&kcov_percpu_data.lock, flags)', 'local_irq_restore(flags)'));
    expect(review.base.label).toContain('v6.12');
    expect(review.scenarios.map((s) => s.name)).toEqual(expect.arrayContaining(SCENARIOS));
    expect(review.findings.filter((f) => f.asked).map((f) => f.property)).toContain('sleep-in-atomic');
    const evidence = review.findings.find((f) => f.property === 'sleep-in-atomic')?.evidence[0];
    expect(evidence?.config).toMatchObject({ CONFIG_PREEMPT_RT: true });
    const replayed = await replaySubmission(submission, evidence?.schedule ?? '', { bounds: {} });
    expect(replayed).toMatchObject({ kind: 'violated' });
    const text = renderText(review, { color: false, width: 80, show: 'new', file: 'rt.diff' });
    expect(text).toMatch(/CPU0 softirq in (ksoftirqd0|task)|CPU0 (task|ksoftirqd0)/u);
    expect(text.replaceAll(/\s+/gu, ' ')).toContain('PREEMPT_RT only where a scenario says so');
  });

  it('does not run a base under it that does not know it', async () => {
    const { review } = await reviewed(kcovV55, (text) => text.replace('\tspin_lock(&kcov_remote_lock);', '\tspin_lock(&kcov_remote_lock); barrier();'));
    expect(review.base.label).toContain('v5.5');
    expect(review.scenarios).toEqual([]);
  });
});
