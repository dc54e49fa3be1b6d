/**
 * @module One review of one pull request, from how it stands now to what is said about it. It may stop anywhere and be run
 * again: everything that it says is claimed first and read back. What it decides is in ./plan.ts, how it is said in
 * ./speak.ts.
 */
import { CheckRuns } from '../gateway/check-runs.js';
import type { GithubClient } from '../gateway/github-client.js';
import { PullConversation } from '../gateway/pull-conversation.js';
import { pullInWords } from '../gateway/pull-request.js';
import type { PullHead, PullRequest } from '../gateway/pull-request.js';
import { joined } from '../render/markdown.js';
import type { Review } from '../review/review.js';
import { assumedBy } from './assumptions.js';
import { CheckReport, cancelChecks } from './check-report.js';
import { baseOptionsOf, parseConfig, wantsBranch, wantsPaths } from './repository-config.js';
import type { ReadConfig, RepositoryConfig } from './repository-config.js';
import type { Engine } from '../engine/engine.js';
import { isFinal } from './failure.js';
import { countReview, timedStage } from './figures.js';
import type { Inbox } from './inbox.js';
import type { Metrics } from './metrics.js';
import { patchText } from './patch-text.js';
import { keptReview, planFor } from './plan.js';
import { onBase, readPull } from './pull-source.js';
import type { JobRun } from '../queue/queue.js';
import type { Recent } from './recent.js';
import { scanNoted } from './scanning.js';
import { readSettings } from './settings.js';
import { HeadMoved, Speaker, knownFindings } from './speak.js';
import type { Store } from '../store/store.js';
import { endOpenVersions, VersionTrack } from './version-track.js';
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
  readonly metrics: Metrics;
}

/** One pull request at one head. */
interface Case {
  readonly work: ReviewWork;
  readonly key: string;
  readonly talk: PullConversation;
  readonly head: PullHead;
  readonly read: ReadConfig;
}

/** A pull request that is reviewed. */
interface Underway extends Case {
  readonly config: RepositoryConfig;
  readonly request: PullRequest;
  readonly check: CheckReport;
  readonly track: VersionTrack;
}

export class ReviewJob {
  constructor(private readonly tools: Tools) {}

  /** Reviews a pull request as it stands now. Rejects when it is to be tried again; what was said is not said twice then. */
  async run(work: ReviewWork, run: JobRun): Promise<void> {
    const key = pullKey(work.pull);
    const talk = new PullConversation(await this.tools.client(work.pull.installation), work.pull);
    const head = await talk.head();
    if (head.state === 'closed') return await this.closed({ work, key, talk });
    const read = await readSettings(talk, head);
    if (!work.forced && head.draft) return await this.unwanted(key, 'the pull request is a draft now');
    if (!work.forced && read.ok && !wantsBranch(read.config, head.baseRef)) return await this.unwanted(key, 'pull requests to this branch are not reviewed');
    await this.considered({ work, key, talk, head, read }, run);
  }

  /** Nobody waits for what is under way. */
  private async closed({ work, key, talk }: Pick<Case, 'work' | 'key' | 'talk'>): Promise<void> {
    const { store } = this.tools;
    await this.unwanted(key, 'the pull request is closed');
    await cancelChecks({ checks: new CheckRuns(talk.client, work.pull), store }, key);
  }

  /** Versions that were under way are not reviewed any more. */
  private async unwanted(key: string, reason: string): Promise<void> {
    await endOpenVersions(this.tools.store, key, { state: 'dropped', reason, atMs: Date.now() });
  }

  /** Reviews it if it is about kcov, and if the repository wants that. */
  private async considered(one: Case, run: JobRun): Promise<void> {
    const config = configOf(one.read);
    let request: PullRequest;
    try {
      request = await timedStage(this.tools.metrics, 'read', () => readPull(one.talk.client, one.head, baseOptionsOf(config)));
    } catch (error) {
      if (run.last || isFinal(error)) await (await this.checkOf(one)).end('neutral', words.failed(error));
      throw error;
    }
    const wanted = request.concernsKcov && wantsPaths(config, request.files.map((file) => file.path));
    if (!wanted && !one.work.forced && (await this.tools.store.findings(one.key)).length === 0) return await this.unwanted(one.key, 'what was pushed is not about kcov');
    const check = await this.checkOf(one);
    if (!one.read.ok) {
      await this.unwanted(one.key, 'the configuration cannot be read');
      return await check.end('neutral', words.badSettings(one.read.problems));
    }
    const track = await VersionTrack.begin(this.tools.store, versionOf(one), Date.now);
    await track.during(() => this.reviewed({ ...one, config, request, check, track }, run));
  }

  private async checkOf({ work, talk, head }: Case): Promise<CheckReport> {
    const checks = new CheckRuns(talk.client, work.pull);
    return await CheckReport.begin({ checks, store: this.tools.store }, { pull: work.pull, headSha: head.headSha, again: work.forced ? work.delivery : null });
  }

  private async reviewed(one: Underway, run: JobRun): Promise<void> {
    try {
      const review = await this.reviewOf(one, run.signal);
      if (review.stopped) return await this.stopped(one, review);
      await one.track.reviewed(review, patchText(one.request.submission));
      if (!(await isCurrent(one))) return await this.movedOn(one);
      await timedStage(this.tools.metrics, 'say', () => this.say(one, review));
    } catch (error) {
      if (error instanceof HeadMoved) return await this.movedOn(one);
      await this.sayFailure(one.check, error, run);
      throw error;
    }
  }

  private async stopped({ check, track }: Underway, review: Review): Promise<void> {
    await track.ended('failed', 'stopped before it was at its end: give it more time');
    await check.end('neutral', words.stopped(review));
  }

  /** The check says what happened, as far as GitHub lets it. */
  private async sayFailure(check: CheckReport, error: unknown, { signal, last }: JobRun): Promise<void> {
    if (signal.aborted) return;
    const final = last || isFinal(error);
    await (final ? check.end('neutral', words.failed(error)) : check.waiting(words.waiting(error))).catch(() => undefined);
  }

  private async reviewOf({ work, key, talk, request, config, check, track }: Underway, signal: AbortSignal): Promise<Review> {
    const { metrics, recent, engine } = this.tools;
    const assumed = assumedBy((await this.tools.store.assumptions(key)).map((one) => one.text));
    const { head: { headSha }, mergeBaseSha } = request;
    // Who asks for it gets a search of its own.
    const asked = work.forced ? work.delivery : null;
    return await recent.get(JSON.stringify([key, headSha, mergeBaseSha, config, assumed, asked]), async () => {
      const on = await timedStage(metrics, 'base', () => onBase(talk.client, request, baseOptionsOf(config)));
      const began = performance.now();
      const review = await engine.review({ ...on, ...assumed }, { signal, onProgress: (progress) => { check.progress(progress); track.progress(progress); } });
      countReview(metrics, { review, origin: 'github', seconds: (performance.now() - began) / 1000 });
      return review;
    });
  }

  /** Somebody pushed meanwhile: what was found is not about what is there now. */
  private async movedOn({ check, work, talk, track }: Underway): Promise<void> {
    const now = await talk.head();
    await track.ended('dropped', now.state === 'open' ? 'somebody pushed meanwhile' : 'the pull request is closed');
    await check.end('cancelled', words.movedOn(now));
    // The event may have been lost.
    if (now.state === 'open') await this.tools.inbox.review(work.pull, { delivery: `${work.delivery} ${now.headSha}`, forced: false });
  }

  private async say(one: Underway, review: Review): Promise<void> {
    const { store } = this.tools;
    const { key, talk, head, config, check, request } = one;
    const login = await this.tools.login();
    const voice = await Voice.read(talk, login);
    const kept = await store.latestReview(key);
    const older = kept && (JSON.parse(kept.json) as Review);
    const plan = planFor(review, older, knownFindings(await store.findings(key), voice, head.headSha));
    const told: words.Told = {
      review: words.shownReview(review, kept?.headSha === head.headSha ? null : older, plan), plan, config, options: { replay: `--github-pr ${pullInWords(head)}` },
      on: { diff: request.diff, submission: request.submission, root: baseOptionsOf(config).root },
    };
    const spoken = words.placed(told);
    await new Speaker({ talk, store, key, login }, voice).say({ headSha: head.headSha, plan, spoken, bodyFor: words.bodyFor(told), isCurrent: () => isCurrent(one) });
    await store.saveReview(key, { headSha: head.headSha, baseSha: head.baseSha, json: JSON.stringify(keptReview(review, plan)), atMs: Date.now() });
    const { conclusion, output, annotations } = words.checkOf(told, spoken);
    const unsent = config.sarif ? await scanNoted(talk.client, { ...told.on, review: told.review, head }, { store, key }) : null;
    await check.end(conclusion, unsent === null ? output : { ...output, summary: joined([output.summary, unsent]) }, annotations);
  }
}

/** A head of a pull request as pages know it. */
function versionOf({ key, head }: Case): Parameters<typeof VersionTrack.begin>[1] {
  const { title, author, isPrivate, headSha } = head;
  return { submission: { key, origin: 'github', title, author, where: pullInWords(head), isPrivate }, id: headSha, label: headSha.slice(0, 12) };
}

/** The configuration, or its defaults where it cannot be read. */
function configOf(read: ReadConfig): RepositoryConfig {
  if (read.ok) return read.config;
  const byDefault = parseConfig('');
  if (!byDefault.ok) throw new Error(byDefault.problems.join('; '));
  return byDefault.config;
}

/** Whether the pull request is open, and at the head that was reviewed. */
async function isCurrent({ talk, head }: Case): Promise<boolean> {
  const now = await talk.head();
  return now.state === 'open' && now.headSha === head.headSha;
}
