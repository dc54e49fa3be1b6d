/**
 * @module One review of one pull request, from how it stands now to what is said about it. It may stop anywhere and be run
 * again: everything that it says is claimed first and read back. What it decides is in ./plan.ts, how it is said in
 * ./speak.ts.
 */
import { CheckRuns } from '../gateway/check-runs.js';
import type { GithubClient } from '../gateway/github-client.js';
import { PullConversation } from '../gateway/pull-conversation.js';
import type { PullHead } from '../gateway/pull-request.js';
import type { Review } from '../review/review.js';
import { assumedBy } from './assumptions.js';
import { CheckReport, cancelChecks } from './check-report.js';
import type { Engine } from './engine.js';
import type { Inbox } from './inbox.js';
import { keptReview, planFor } from './plan.js';
import { isFinal } from './failure.js';
import { readPull } from './pull-source.js';
import type { PullSource } from './pull-source.js';
import type { JobRun } from './queue.js';
import { Recent } from './recent.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { HeadMoved, Speaker, knownFindings } from './speak.js';
import type { Store } from './store.js';
import { Voice } from './voice.js';
import { pullKey } from './work.js';
import type { ReviewWork } from './work.js';
import * as words from './words.js';

/** What jobs work with. */
export interface Tools {
  readonly store: Store;
  readonly inbox: Inbox;
  readonly engine: Engine;
  readonly client: (installation: number) => Promise<GithubClient>;
  /** The account that the App writes as. */
  readonly login: () => Promise<string>;
  /** Reviews made lately, so that one whose posting was put off is not made again. */
  readonly recent: Recent<Review>;
}

/** One pull request at one head, under review. */
interface Case {
  readonly work: ReviewWork;
  readonly key: string;
  readonly talk: PullConversation;
  readonly head: PullHead;
  readonly settings: Settings;
  readonly check: CheckReport;
  readonly source: PullSource;
}

export class ReviewJob {
  constructor(private readonly tools: Tools) {}

  /** Reviews a pull request as it stands now. Rejects when it is to be tried again; what was said is not said twice then. */
  async run(work: ReviewWork, run: JobRun): Promise<void> {
    const { store } = this.tools;
    const key = pullKey(work.pull);
    const talk = new PullConversation(await this.tools.client(work.pull.installation), work.pull);
    const checks = new CheckRuns(talk.client, work.pull);
    const head = await talk.head();
    if (head.state === 'closed') return await cancelChecks({ checks, store }, key);
    const read = await readSettings(talk, head);
    if (!work.forced && (head.draft || (read.ok && !read.settings.wantsBranch(head.baseRef)))) return;
    const begin = (): Promise<CheckReport> => CheckReport.begin({ checks, store }, { pull: work.pull, headSha: head.headSha, again: work.forced ? work.delivery : null });
    if (!read.ok) return await (await begin()).end('neutral', words.badSettings(read.problems));
    const source = await readPull(talk.client, head, read.settings.base);
    if (!source.request.concernsKcov && !work.forced && (await store.findings(key)).length === 0) return;
    await this.reviewed({ work, key, talk, head, settings: read.settings, check: await begin(), source }, run);
  }

  private async reviewed(one: Case, run: JobRun): Promise<void> {
    try {
      const review = await this.reviewOf(one, run.signal);
      if (review.stopped) return await one.check.end('neutral', words.stopped(review));
      if (!(await isCurrent(one))) return await this.movedOn(one);
      await this.say(one, review);
    } catch (error) {
      if (error instanceof HeadMoved) return await this.movedOn(one);
      await this.sayFailure(one.check, error, run);
      throw error;
    }
  }

  /** The check says what happened, as far as GitHub lets it. */
  private async sayFailure(check: CheckReport, error: unknown, { signal, last }: JobRun): Promise<void> {
    if (signal.aborted) return;
    const final = last || isFinal(error);
    await (final ? check.end('neutral', words.failed(error)) : check.waiting(words.waiting(error))).catch(() => undefined);
  }

  private async reviewOf({ key, source, head, check }: Case, signal: AbortSignal): Promise<Review> {
    const { bounds, config } = assumedBy((await this.tools.store.assumptions(key)).map((one) => one.text));
    const id = JSON.stringify([key, head.headSha, source.request.mergeBaseSha, bounds, config]);
    return await this.tools.recent.get(id, async () => await this.tools.engine.review(
      { submission: source.submission, base: source.base, bounds, ...(Object.keys(config).length > 0 ? { config } : {}) },
      { signal, onProgress: (progress) => check.progress(progress) },
    ));
  }

  /** Somebody pushed meanwhile: what was found is not about what is there now. */
  private async movedOn({ check, work, talk }: Case): Promise<void> {
    const now = await talk.head();
    await check.end('cancelled', words.movedOn(now));
    // The event may have been lost.
    if (now.state === 'open') await this.tools.inbox.review(work.pull, { delivery: `${work.delivery} ${now.headSha}`, forced: false });
  }

  private async say(one: Case, review: Review): Promise<void> {
    const { store } = this.tools;
    const { key, talk, head, settings, check, source } = one;
    const login = await this.tools.login();
    const voice = await Voice.read(talk, login);
    const kept = await store.latestReview(key);
    const plan = planFor(review, kept && (JSON.parse(kept.json) as Review), knownFindings(await store.findings(key), voice, head.headSha));
    const placed = words.placed(review, plan.fresh, { diff: source.request.diff, submission: source.submission, root: settings.base.root ?? '', settings });
    const bodyFor = words.bodyFor(review, { plan, placed, settings });
    await new Speaker({ talk, store, key, login }, voice).say({ headSha: head.headSha, plan, spoken: placed, bodyFor, isCurrent: () => isCurrent(one) });
    await store.saveReview(key, { headSha: head.headSha, baseSha: head.baseSha, json: JSON.stringify(keptReview(review, plan)), atMs: Date.now() });
    const { conclusion, output, annotations } = words.checkOf(review, { plan, placed, settings });
    await check.end(conclusion, output, annotations);
  }
}

/** Whether the pull request is open, and at the head that was reviewed. */
async function isCurrent({ talk, head }: Case): Promise<boolean> {
  const now = await talk.head();
  return now.state === 'open' && now.headSha === head.headSha;
}
