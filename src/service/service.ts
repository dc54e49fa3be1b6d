/**
 * @module The service: takes work out of the queue and has it done. Every failure becomes what the queue understands, and one
 * line of the log; none ends the process.
 */
import { asking } from '../gateway/github-failure.js';
import { CommandJob } from './commands/command-job.js';
import { forQueue } from './failure.js';
import { errorField } from './log.js';
import type { Log } from './log.js';
import type { Job } from '../store/job-store.js';
import type { JobRun, Queue } from '../queue/queue.js';
import { ReviewJob } from './review-job.js';
import type { Tools } from './review-job.js';
import { readWork } from './work.js';
import type { SuiteWork } from './work.js';

export class Service {
  private readonly reviews: ReviewJob;
  private readonly commands: CommandJob;

  constructor(private readonly tools: Tools, private readonly queue: Queue, private readonly log: Log) {
    this.reviews = new ReviewJob(tools);
    this.commands = new CommandJob(tools);
  }

  /** Begins to work, first on what was left. */
  async start(concurrency: number): Promise<void> {
    await this.queue.process((job, run) => this.run(job, run), {
      concurrency, onEnd: ({ job, state, error }) => this.log(state === 'failed' ? 'error' : 'info', `job ${state}`, { job: job.id, attempts: job.attempts, ...(error === '' ? {} : { error }) }),
      onError: (error) => this.log('error', 'the store of jobs failed', errorField(error)),
    });
  }

  private async run(job: Job, run: JobRun): Promise<void> {
    try {
      await this.done(job, run);
    } catch (error) {
      if (!run.signal.aborted) this.log('warn', 'a job did not end', { job: job.id, ...errorField(error) });
      throw forQueue(error);
    }
  }

  private async done({ payload }: Job, run: JobRun): Promise<void> {
    const work = readWork(payload);
    switch (work?.kind) {
      case 'review': return await this.reviews.run(work, run);
      case 'command': return await this.commands.run(work, run);
      case 'suite': return await this.suite(work);
      case undefined: return undefined;
    }
  }

  /** Reviews all open pull requests whose head a commit is. */
  private async suite({ pull, headSha, delivery }: SuiteWork): Promise<void> {
    const client = await this.tools.client(pull.installation);
    const { data } = await asking('the pull requests of a commit', () => client.rest.repos.listPullRequestsAssociatedWithCommit({ owner: pull.owner, repo: pull.repo, commit_sha: headSha }));
    for (const { number, head, state } of data) {
      if (state === 'open' && head.sha === headSha) await this.tools.inbox.review({ ...pull, number }, { delivery: `${delivery} ${number}`, forced: true });
    }
  }
}
