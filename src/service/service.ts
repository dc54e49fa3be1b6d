/** @module The jobs of the GitHub App by their kinds. */
import { asking } from '../gateway/github-failure.js';
import { CommandJob } from './commands/command-job.js';
import { GiveUp } from '../queue/queue.js';
import type { JobTable } from './job-table.js';
import { ReviewJob } from './review-job.js';
import type { Tools } from './review-job.js';
import { endOpenVersions } from './version-track.js';
import { pullKey, readWork } from './work.js';
import type { SuiteWork, Work } from './work.js';

/** Work of one kind as a queue kept it; throws for what another release kept. */
function workOf<K extends Work['kind']>(kind: K, payload: unknown): Extract<Work, { kind: K }> {
  const work = readWork(payload);
  if (work?.kind !== kind) throw new GiveUp(`a job of the kind ${kind} as another release keeps it`);
  return work as Extract<Work, { kind: K }>;
}

/** What is done with the work that ./inbox.ts puts into a queue. */
export function githubJobs(tools: Tools): JobTable {
  const [reviews, commands] = [new ReviewJob(tools), new CommandJob(tools)];
  return {
    review: {
      run: ({ payload }, run) => reviews.run(workOf('review', payload), run),
      failed: ({ payload }, reason) => endOpenVersions(tools.store, pullKey(workOf('review', payload).pull), { state: 'failed', reason, atMs: Date.now() }),
    },
    command: { run: ({ payload }, run) => commands.run(workOf('command', payload), run) },
    suite: { run: ({ payload }) => reviewSuite(workOf('suite', payload), tools) },
  };
}

/** Reviews all open pull requests whose head a commit is. */
async function reviewSuite({ pull, headSha, delivery }: SuiteWork, tools: Tools): Promise<void> {
  const client = await tools.client(pull.installation);
  const { data } = await asking('the pull requests of a commit', () => client.rest.repos.listPullRequestsAssociatedWithCommit({ owner: pull.owner, repo: pull.repo, commit_sha: headSha }));
  for (const { number, head, state } of data) {
    if (state === 'open' && head.sha === headSha) await tools.inbox.review({ ...pull, number }, { delivery: `${delivery} ${number}`, forced: true });
  }
}
