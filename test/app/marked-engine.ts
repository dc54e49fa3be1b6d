/**
 * @module An engine for stories in which the review itself is not the point: a line that a patch adds with "ASK name" in it
 * is a question, "ASK name:low" one of low severity; with "GIVEUP" anywhere the search did not come to its end. What it
 * returns is a whole review by the schema.
 */
import { createHash } from 'node:crypto';
import type { Engine, ReviewRequest } from '../../src/engine/engine.js';
import { Superseded } from '../../src/engine/engine.js';
import { readUnread } from '../../src/engine/unread.js';
import type { Finding, Review } from '../../src/review/review.js';
import { reviewSchema } from '../../src/review/schema.js';

const SCENARIO = 'irq-in-trace';

/** The fingerprint of a question by its name. */
export function fingerprintOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

export interface MarkedEngine extends Engine {
  /** What it was asked to review, in order. */
  readonly requests: ReviewRequest[];
  /** Reviews wait here until it resolves; set by a test. */
  gate: Promise<void>;
}

export function markedEngine(): MarkedEngine {
  const engine: MarkedEngine = {
    requests: [], gate: Promise.resolve(),
    review: async (request, { signal, onProgress }) => {
      engine.requests.push(request);
      onProgress?.({ done: 1, total: 3, scenario: SCENARIO, states: 12 });
      if (signal.aborted) throw new Superseded();
      const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Superseded())));
      await Promise.race([engine.gate, aborted]);
      return reviewOf(request);
    },
    reviewUnread: async ({ unread, ...request }, watch) => await engine.review({ ...request, submission: await readUnread(unread) }, watch),
    assumed: ({ assume = [] }) => Promise.resolve(assume.map((text) => ({ text, verdict: text.startsWith('irqs off') ? 'holds' as const : 'refuted' as const, scenarios: 1, states: 100 }))),
    replay: () => Promise.resolve({ kind: 'refused', why: 'no schedule of this patch' }),
  };
  return engine;
}

function reviewOf({ submission, base, bounds }: ReviewRequest): Review {
  const findings = submission.patches.flatMap((patch) => patch.diff.files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines.flatMap((line): Finding[] => {
    const [, name, severity = 'high'] = /\bASK ([\w-]+?)(?::(high|medium|low))?(?= |$)/u.exec(line.text) ?? [];
    if (line.kind !== 'added' || name === undefined) return [];
    return [findingOf(name, { severity: severity as Finding['severity'], path: file.path, line: line.newLine ?? 0, text: line.text.trim(), patch: patch.n, hunk: hunk.index })];
  }))));
  const last = new Map(findings.map((one) => [one.fingerprint, one]));
  const text = submission.patches.flatMap((one) => one.bodyLines).join('\n');
  return reviewSchema.parse({
    schema: 'kcovet/review@1', tool: { version: '0', rulesHash: '0' }, verdict: last.size > 0 ? 'questions' : 'nothingToAsk', complete: !text.includes('GIVEUP'),
    submission: { subject: submission.subject, messageId: null, version: 1, patches: submission.patches.map(({ n, of, subject }) => ({ n, of, subject, messageId: null })) },
    base: { kind: base?.kind ?? 'model', label: base?.label ?? 'model', fit: 1, files: [] }, hunks: [], problems: [], failures: [],
    assumptions: Object.entries(bounds).map(([name, n]) => `${name}=${n}`), findings: [...last.values()], taskState: [],
    scenarios: [{ name: SCENARIO, image: 'post', patch: submission.patches.length, config: {}, bounds: { cpus: 2, ...bounds }, verdict: text.includes('GIVEUP') ? 'gaveUp' : 'holds', states: 100, transitions: 200 }],
    notModelled: [],
  });
}

function findingOf(name: string, { severity, path, line, text, patch, hunk }: { severity: Finding['severity']; path: string; line: number; text: string; patch: number; hunk: number }): Finding {
  const fingerprint = fingerprintOf(name);
  return {
    id: `f${fingerprint.slice(0, 6)}`, fingerprint, cause: name, rule: 'nmi-in-flag-window', property: 'lost', status: 'new', asked: true, notAskedWhy: null, severity,
    introducedBy: patch, goneBy: null, question: `What about ${name} here?`,
    place: { path, image: 'diff', side: 'RIGHT', line, endLine: line, inDiff: true, hunk, function: 'kcov_f', text, patch }, labels: [],
    evidence: [{ kind: 'counterexample', scenario: SCENARIO, contexts: ['task', 'nmi'], config: {}, schedule: `${SCENARIO}:0000abcd:t1n1`, replayed: true, trace: [] }],
  };
}
