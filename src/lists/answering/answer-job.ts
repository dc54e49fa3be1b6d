/** @module The job that follows the commands of a mail. */
import type { NewJob } from '../../store/job-store.js';
import type { JobRun } from '../../queue/queue.js';

/** Jobs of this kind have the Message-ID of a mail as their payload. */
export const ANSWER_KIND = 'answer a mail';

/** The same mail is the same job. */
export function answerJob(messageId: string): NewJob {
  return { id: `list-answer/${messageId}`, kind: ANSWER_KIND, payload: { key: messageId }, priority: 1 };
}

/** One run of it. */
export interface AnswerRun extends JobRun {
  /** Times that it was put off. */
  readonly delays: number;
}
