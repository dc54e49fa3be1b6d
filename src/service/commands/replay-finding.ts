/** @module `/kcovet replay`: the schedule of a question run again on the head as it is now, step by step. */
import { mainOf } from '../../render/evidence.js';
import { noFindingText, noScheduleText, replayText } from '../answers.js';
import type { Asked } from './command-job.js';
import { knownReview, meantFinding, namedFinding } from './meant-finding.js';
import { subjectOf } from './subject.js';

export async function replayFinding(id: string | null, asked: Asked): Promise<string> {
  const review = await knownReview(asked);
  const meant = id === null ? (await meantFinding(null, asked))?.fingerprint : undefined;
  const finding = id === null ? review?.findings.find((one) => one.fingerprint === meant) : namedFinding(review, id);
  if (!finding) return noFindingText;
  const schedule = mainOf(finding)?.schedule ?? null;
  if (schedule === null) return noScheduleText;
  return replayText(await asked.tools.engine.replay({ ...await subjectOf(asked), schedule }, { signal: asked.signal }));
}
