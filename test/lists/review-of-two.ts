/** @module A review of a series of three: two questions on the first patch, none on the second, and a third that is none of kcov's. */
import type { Finding, Review } from '../../src/review/review.js';
import { reviewSchema } from '../../src/review/schema.js';

function finding(id: string, severity: Finding['severity']): Finding {
  return {
    id, fingerprint: `f-${id}`, cause: id, rule: 'nmi-in-flag-window', property: 'coverage-lost', status: 'new', asked: true, notAskedWhy: null, severity, introducedBy: 1, goneBy: null,
    question: `What about ${id} here? It is "quoted".\nAnd more.`,
    place: { path: 'kernel/kcov.c', image: 'diff', side: 'RIGHT', line: 12, endLine: 12, inDiff: true, hunk: 1, function: 'kcov_f', text: 'x = 1;', patch: 1 }, labels: [], evidence: [],
    quote: { patch: 1, file: 0, hunk: 1, header: '@@ -10,3 +10,4 @@ void kcov_f(void)', from: 0, lines: [' \tint x;', '+\tx = 1;'] },
  };
}

export function reviewOfTwo(): Review {
  const messageIds = ['one@example.org', 'two@example.org', 'three@example.org'];
  const run = (name: string): Review['scenarios'][number] => ({ name, image: 'post', patch: 3, config: {}, bounds: {}, verdict: 'holds', states: 10, transitions: 20 });
  return reviewSchema.parse({
    schema: 'kcovet/review@1', tool: { version: '0', rulesHash: 'r' }, verdict: 'questions', complete: true,
    submission: { subject: 'kcov: three', messageId: 'cover@example.org', version: 1, patches: messageIds.map((messageId, i) => ({ n: i + 1, of: 3, subject: `[PATCH ${i + 1}/3] x`, messageId })) },
    base: { kind: 'model', label: 'v5.5', fit: 1, files: [{ path: 'kernel/kcov.c', blob: null, verified: false }] },
    hunks: [1, 2, 3].map((patch) => ({ patch, path: patch === 3 ? 'fs/other.c' : 'kernel/kcov.c', index: 1, oldStart: 10, newStart: 10, placed: 'exact', note: '' })), problems: [], failures: [], assumptions: [],
    findings: [finding('first', 'high'), finding('second', 'low')], taskState: [], scenarios: [run('a'), run('b')], notModelled: [],
  });
}
