/** @module The jobs of a watch by their kinds: reviews of series, checks of them, answers to commands. */
import type { Queue } from '../queue/queue.js';
import type { Review } from '../review/review.js';
import type { JobTable } from '../service/job-table.js';
import { ANSWER_KIND, type AnswerRun } from './answering/answer-job.js';
import { addChecks, CHECKS_KIND, checksJob, type PatchworkChecks } from './patchwork-checks.js';
import { REVIEW_KIND, reviewSeries, seriesFailed, type SeriesReviewing } from './review-series.js';

export interface ListWork extends SeriesReviewing {
  readonly queue: Pick<Queue, 'add'>;
  /** Does what the commands in a mail say. */
  readonly answer: (messageId: string, run: AnswerRun) => Promise<void>;
  /** Left out where no Patchwork is told. */
  readonly checks?: PatchworkChecks;
}

/** What is done with what a watch puts into a queue. */
export function listJobs(work: ListWork): JobTable {
  const { lists, queue, log, answer, checks } = work;
  return {
    [REVIEW_KIND]: {
      run: async ({ payload }, run) => {
        const key = keyIn(payload);
        await reviewSeries(key, run, work);
        const [series, json] = checks ? [await lists.series(key), await lists.review(key)] : [null, null];
        if (series?.state === 'reviewed' && json !== null) await queue.add(checksJob(series, JSON.parse(json) as Review));
      },
      failed: async ({ payload }, reason) => {
        log('error', 'a series could not be reviewed', { series: keyIn(payload), reason });
        await seriesFailed(keyIn(payload), reason, work);
      },
    },
    [CHECKS_KIND]: {
      run: async ({ payload, delays }) => {
        if (checks) await addChecks(keyIn(payload), delays, checks);
      },
      failed: ({ payload }, reason) => log('error', 'the checks of a series could not be added', { series: keyIn(payload), reason }),
    },
    [ANSWER_KIND]: {
      run: async ({ payload, delays }, run) => await answer(keyIn(payload), { ...run, delays }),
      failed: ({ payload }, reason) => log('error', 'commands could not be followed', { mail: keyIn(payload), reason }),
    },
  };
}

function keyIn(payload: unknown): string {
  return typeof payload === 'object' && payload !== null && 'key' in payload && typeof payload.key === 'string' ? payload.key : '';
}
