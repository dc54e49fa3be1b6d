/** @module `/kcovet replay ID`: the schedule of a question run again on the head as it is now, step by step. */
import { mainOf } from '../../render/evidence.js';
import { noFindingText, replayText } from '../answers.js';
import type { Asked } from './command-job.js';
import { knownReview, namedFinding } from './meant-finding.js';
import { subjectOf } from './subject.js';

export async function replayFinding(id: string, asked: Asked): Promise<string> {
  const finding = namedFinding(await knownReview(asked), id);
  const schedule = finding && mainOf(finding)?.schedule;
  if (!schedule) return noFindingText;
  return replayText(await asked.tools.engine.replay({ ...await subjectOf(asked), schedule }, { signal: asked.signal }));
}
