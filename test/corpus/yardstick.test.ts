/** @module What people asked about the thread's patch, and where kcovet must ask it with which evidence. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding, Place, Review } from '../../src/review/review.js';
import { replaySubmission } from '../../src/review/replay-submission.js';
import { reviewSchema } from '../../src/review/schema.js';
import { questionProblems } from '../rules/question-form.js';
import { corpusReview, corpusSubmission, missing, YARDSTICK } from './corpus.js';

type Kind = Finding['evidence'][number]['kind'];

interface Expected {
  readonly id: string;
  /** Paraphrase, as the corpus has it. */
  readonly asks: string;
  readonly function: string;
  /** Of the statement or declaration. */
  readonly text: RegExp;
  /** One finding or several must have all of these at that statement. */
  readonly kinds: readonly Kind[];
  /** Words that a trace or observation must show. */
  readonly shows?: readonly RegExp[];
}

/** Q10 is the table of the task's state and has a test of its own. */
const EXPECTED: readonly Expected[] = [
  { id: 'Q1', asks: 'two per-CPU variables for one state', function: '', text: /DEFINE_PER_CPU/u, kinds: ['static'] },
  { id: 'Q2', asks: 'are these xchg needed, or is the group torn', function: 'kcov_remote_swap_irq', text: /xchg\(/u, kinds: ['observation', 'counterexample'] },
  { id: 'Q3', asks: 'get_cpu_var with interrupts off', function: 'kcov_remote_start_irq', text: /get_cpu_var/u, kinds: ['observation'] },
  { id: 'Q4', asks: 'an NMI after the flag and within the swap', function: 'kcov_remote_start_irq', text: /kcov_interrupt = true|kcov_remote_swap_irq/u, kinds: ['counterexample'], shows: [/NULL dereference/u, /recorded in the area of/u] },
  { id: 'Q5', asks: 'an NMI within the swap back', function: 'kcov_remote_stop_irq', text: /kcov_remote_swap_irq/u, kinds: ['counterexample'], shows: [/recorded in the area of/u] },
  { id: 'Q6', asks: 'interrupts stay off over the section', function: 'kcov_remote_start', text: /kcov_remote_lock/u, kinds: ['observation'], shows: [/interrupts/u] },
  { id: 'Q7', asks: 'a limit that only interrupts need', function: 'kcov_remote_start', text: /min_t\(/u, kinds: ['counterexample'], shows: [/is refused|did not reach/u] },
  { id: 'Q8', asks: 'vmalloc only for the task', function: 'kcov_remote_start', text: /if \(!area\)/u, kinds: ['observation'] },
  { id: 'Q9', asks: 'the original sequence is lost', function: 'kcov_remote_start', text: /kcov_start\(/u, kinds: ['counterexample'], shows: [/is refused|did not reach/u] },
  { id: 'Q11', asks: 'may kcov_put() run in an interrupt', function: 'kcov_remote_stop', text: /kcov_put\(/u, kinds: ['observation'] },
  { id: 'Q12', asks: 'an include without a user', function: '', text: /#include/u, kinds: ['static'] },
];

function places(finding: Finding): Place[] {
  return [finding.place, ...finding.labels.map((l) => l.place)];
}

function meets(finding: Finding, expected: Expected): boolean {
  return finding.asked && places(finding).some((p) => p.function === expected.function && expected.text.test(p.text) && p.inDiff);
}

/** Findings at the statement that have one of the kinds of evidence. */
function metBy(review: Review, expected: Expected): Finding[] {
  return review.findings.filter((f) => meets(f, expected) && f.evidence.some((e) => expected.kinds.includes(e.kind)));
}

function shown(findings: readonly Finding[]): string {
  return findings.flatMap((f) => [f.question, ...f.evidence.flatMap((e) => [e.text ?? '', ...e.trace.map((row) => row.note)])]).join('\n');
}

function missed(review: Review, expected: Expected): string[] {
  const findings = metBy(review, expected);
  const kinds = findings.flatMap((f) => f.evidence.map((e) => e.kind));
  return [
    ...expected.kinds.filter((kind) => !kinds.includes(kind)).map((kind) => `${expected.id}: no ${kind}`),
    ...(expected.shows ?? []).filter((words) => !words.test(shown(findings))).map((words) => `${expected.id}: does not show ${words.source}`),
  ];
}

describe.skipIf(missing)('the yardstick', () => {
  let review: Review;
  beforeAll(async () => {
    review = await corpusReview(YARDSTICK);
    const rows = EXPECTED.map((e) => `${e.id.padEnd(4)} ${missed(review, e).length === 0 ? 'met   ' : 'MISSED'} ${e.asks.padEnd(44)} ${metBy(review, e).map((f) => f.rule).join(', ')}`);
    process.stdout.write(`${rows.join('\n')}\n`);
  }, 300_000);

  test.each(EXPECTED)('$id: $asks', (expected) => {
    expect(missed(review, expected)).toEqual([]);
  });

  test('Q7 is of a task, Q9 of an interrupted section', () => {
    const traced = (id: string): Finding[] => metBy(review, EXPECTED.find((e) => e.id === id) as Expected).filter((f) => f.property === 'coverage-lost');
    expect(traced('Q7').flatMap((f) => f.evidence).flatMap((e) => e.contexts)).toEqual(['task']);
    expect(traced('Q9').flatMap((f) => f.evidence).flatMap((e) => e.trace.map((row) => row.target))).toContain('t->kcov_sequence');
    expect(traced('Q9').flatMap((f) => f.evidence).flatMap((e) => e.trace.map((row) => row.context))).toContain('softirq');
  });

  test('Q10: the table shows each change of the task, and that the sequence is not as it was', () => {
    const [first, last] = [review.taskState[0], review.taskState.at(-1)];
    expect(review.taskState.length).toBeGreaterThan(4);
    expect(first?.text).toBe('before');
    expect(last?.values['kcov_sequence']).not.toBe(first?.values['kcov_sequence']);
    for (const field of ['kcov_mode', 'kcov_size', 'kcov_area', 'kcov']) expect(last?.values[field]).toBe(first?.values[field]);
  });

  test('places every hunk, models every statement and searches every scenario to its end', () => {
    expect(review.hunks.filter((h) => h.placed === 'failed')).toEqual([]);
    expect(review.notModelled).toEqual([]);
    expect(review.failures).toEqual([]);
    expect(review.scenarios.filter((s) => s.verdict === 'gaveUp')).toEqual([]);
    expect(review.complete).toBe(true);
  });

  test('is silent about the ioctl paths and the documentation', () => {
    const quiet = ['kcov_mmap', 'kcov_ioctl', 'kcov_ioctl_locked', 'kcov_remote_reset', 'kcov_task_exit', 'kcov_disable', 'kcov_open', 'kcov_close'];
    const asked = review.findings.filter((f) => f.asked);
    expect(asked.filter((f) => quiet.includes(f.place.function)).map((f) => `${f.rule}: ${f.place.text}`)).toEqual([]);
    expect(asked.filter((f) => f.place.path.startsWith('Documentation/')).map((f) => f.rule)).toEqual([]);
  });

  test('asks each thing once, under a line of the diff, in the form of a question', () => {
    const asked = review.findings.filter((f) => f.asked);
    expect(asked.filter((f) => !f.place.inDiff || f.place.line === null).map((f) => f.rule)).toEqual([]);
    expect(new Set(asked.map((f) => f.fingerprint)).size).toBe(asked.length);
    expect(new Set(asked.map((f) => f.question)).size).toBe(asked.length);
    expect(asked.flatMap((f) => questionProblems(f.question))).toEqual([]);
  });

  test('every counterexample was replayed, and its schedule replays', async () => {
    const submission = await corpusSubmission(YARDSTICK);
    const evidence = review.findings.flatMap((f) => f.evidence.filter((e) => e.kind === 'counterexample').map((e) => ({ f, e })));
    expect(evidence.length).toBeGreaterThan(5);
    expect(evidence.filter(({ e }) => !e.replayed || e.schedule === null).map(({ f }) => f.rule)).toEqual([]);
    for (const { f, e } of evidence) {
      const result = await replaySubmission(submission, e.schedule ?? '');
      expect(result.kind, `${f.rule} ${e.schedule ?? ''}`).toBe('violated');
      expect(result.kind === 'violated' ? result.property : '').toMatch(/^[a-z-]+: /u);
    }
  }, 180_000);

  test('a schedule of another patch is refused', async () => {
    const schedule = review.findings.flatMap((f) => f.evidence).find((e) => e.scenario === 'softirq-in-trace')?.schedule;
    const other = await corpusSubmission('2020-03-26-fix-uaf.eml');
    expect((await replaySubmission(other, schedule ?? '')).kind).toBe('refused');
  }, 60_000);

  test('its JSON is what the schema says', () => {
    expect(() => reviewSchema.parse(JSON.parse(JSON.stringify(review)))).not.toThrow();
  });
});
