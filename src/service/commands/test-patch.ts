/**
 * @module `/kcovet test` with a patch: it goes on the head as one more patch of the series, and the scenarios that showed the
 * open questions are searched again, at the bounds of the review; all of them where a question rests on what no execution
 * shows. A question counts as gone only where they were searched to their end; that an old schedule does not fit says nothing.
 */
import { readSubmission } from '../../mail/read-submission.js';
import type { Submission } from '../../mail/submission.js';
import type { Finding, Review } from '../../review/review.js';
import { matchFindings } from '../../review/since.js';
import { noPatchText, notPlacedText, notReviewedText, nothingToTestText, testedText } from '../answers.js';
import type { Tested } from '../answers.js';
import type { Asked } from './command-job.js';
import { knownReview } from './meant-finding.js';
import { subjectOf } from './subject.js';

export async function testPatch(patch: string, asked: Asked): Promise<string> {
  const { tools, key, head, signal } = asked;
  const added = patch.trim() === '' ? null : await readSubmission('the patch', Buffer.from(patch, 'utf8'));
  if (!added || added.patches.length === 0) return noPatchText;
  const kept = await tools.store.latestReview(key);
  const before = await knownReview(asked);
  if (!before || kept?.headSha !== head.headSha) return notReviewedText;
  const answered = new Set((await tools.store.findings(key)).filter((one) => one.state === 'invalid').map((one) => one.fingerprint));
  const open = before.findings.filter((one) => one.asked && !answered.has(one.fingerprint));
  if (open.length === 0) return nothingToTestText;
  const { submission, base, ...assumed } = await subjectOf(asked);
  const scenarios = open.every(isShown) ? scenariosOf(open) : undefined;
  const review = await tools.engine.review({ submission: onTop(submission, added), base, scenarios, ...assumed }, { signal });
  const misplaced = review.hunks.filter((hunk) => hunk.placed === 'failed' && hunk.patch > submission.patches.length);
  if (misplaced.length > 0) return notPlacedText(misplaced.map((hunk) => `${hunk.path}, hunk ${hunk.index}: ${hunk.note}`));
  return testedText(tested(open, review));
}

/** The series with the patches of a comment after it. */
function onTop(series: Submission, { patches: added }: Submission): Submission {
  const of = series.patches.length + added.length;
  const patches = [...series.patches, ...added].map((patch, i) => ({ ...patch, n: i + 1, of }));
  return { ...series, patches };
}

/** An execution shows it, so that it is gone where no execution of that scenario does. What was observed rests on all scenarios. */
function isShown(finding: Finding): boolean {
  return finding.evidence.some((one) => one.kind === 'counterexample');
}

/** The scenarios that show findings, sorted. */
function scenariosOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap((one) => one.evidence.flatMap(({ scenario }) => scenario ?? [])))].sort();
}

/** What became of the open questions. */
function tested(open: readonly Finding[], review: Review): Tested {
  const asked = review.findings.filter((one) => one.asked);
  const matched = matchFindings(asked, open);
  const remaining = new Set(matched.values());
  const runs = review.scenarios.filter((run) => run.image === 'post');
  const ended = new Set([...runs.filter((run) => run.verdict !== 'gaveUp' && !run.stopped).map((run) => run.name), ...(review.unaffected ?? [])]);
  const left = open.filter((one) => !remaining.has(one));
  const searched = (one: Finding): boolean => !review.stopped && review.failures.length === 0 && (isShown(one) ? scenariosOf([one]) : runs.map((run) => run.name)).every((name) => ended.has(name));
  return {
    remaining: [...remaining], gone: left.filter(searched), unclear: left.filter((one) => !searched(one)), fresh: asked.filter((one) => !matched.has(one)),
    scenarios: [...new Set(runs.map((run) => run.name))].sort(), states: runs.reduce((sum, run) => sum + run.states, 0),
  };
}
