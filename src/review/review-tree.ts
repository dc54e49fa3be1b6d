/** @module The review of a tree as it stands: no patch, so whatever the searches find is there already. */
import type { Submission } from '../mail/submission.js';
import { rules } from '../../rules/index.js';
import { assumptionsOf, rulesHash, scenarioRuns, listNotModelled, withoutEffectIn } from './review-submission.js';
import type { BaseInput } from './base-input.js';
import { buildBase } from './base.js';
import { runRules, toFindings } from './findings.js';
import type { ReviewOptions } from './options.js';
import { compareFindings } from './review.js';
import type { Review } from './review.js';
import { searchTree } from './search-stages.js';

/** Reviews the files of a base; every finding is pre-existing and none is asked. */
export async function reviewTree(input: BaseInput, options: ReviewOptions): Promise<Review> {
  const nothing: Submission = { name: input.label, form: 'diff', subject: '', messageId: null, version: 1, patches: [], problems: [] };
  const base = await buildBase(nothing, { input, config: options.config });
  const { subject, failures } = await searchTree(base, options);
  const ran = runRules(rules, subject);
  const findings = toFindings(ran.hazards, subject, nothing)
    .map((f) => ({ ...f, status: 'pre-existing' as const, asked: false, notAskedWhy: 'there is no patch to ask about', introducedBy: null }));
  const runs = subject.results.flatMap((r) => scenarioRuns({ ...r, pre: null }, null, options));
  const notModelled = listNotModelled(base, subject.results);
  return {
    schema: 'kcovet/review@1', tool: { version: options.version ?? 'unknown', rulesHash: rulesHash() }, verdict: 'nothingToAsk',
    complete: ran.failures.length === 0 && failures.length === 0 && notModelled.length === 0 && runs.every((r) => r.verdict !== 'gaveUp' && !r.stopped),
    ...(runs.some((r) => r.stopped) ? { stopped: true } : {}),
    submission: { subject: `kcov in ${input.label}`, messageId: null, version: 1, patches: [] },
    base: { kind: base.kind, label: base.label, fit: 1, files: base.files.map((f) => ({ ...f })) }, hunks: [],
    problems: base.steps.map((s) => ({ ...s })), failures: [...ran.failures, ...failures], assumptions: assumptionsOf(base, options.bounds),
    findings: findings.sort(compareFindings), taskState: [], scenarios: runs, withoutEffect: withoutEffectIn(subject.results), notModelled,
  };
}
