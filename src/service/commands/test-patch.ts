/** @module `/kcovet test` with a patch in a code block: what it makes of the open questions. */
import { readSubmission } from '../../mail/read-submission.js';
import { noPatchText, notPlacedText, notReviewedText, nothingToTestText, testedText } from '../answers.js';
import type { Asked } from './command-job.js';
import { knownReview } from './meant-finding.js';
import { subjectOf } from './subject.js';
import { beforeIn, tryPatch } from './try-patch.js';

export async function testPatch(patch: string, asked: Asked): Promise<string> {
  const { tools, key, head, signal } = asked;
  const added = patch.trim() === '' ? null : await readSubmission('the patch', Buffer.from(patch, 'utf8'));
  if (!added || added.patches.length === 0) return noPatchText;
  const kept = await tools.store.latestReview(key);
  const review = await knownReview(asked);
  if (!review || kept?.headSha !== head.headSha) return notReviewedText;
  const answered = new Set((await tools.store.findings(key)).filter((one) => one.state === 'invalid').map((one) => one.fingerprint));
  const before = beforeIn(review, answered);
  if (before.open.length === 0) return nothingToTestText;
  const tried = await tryPatch(added, { before, on: await subjectOf(asked), engine: tools.engine, signal });
  return tried.kind === 'misplaced' ? notPlacedText(tried.reasons) : testedText(tried.tested);
}
