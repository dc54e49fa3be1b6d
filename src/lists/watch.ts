/**
 * @module The watch: reads sources, makes series, has them reviewed, round after round. Whatever fails is said, and the next round goes
 * on; a process that dies leaves everything in the store for the next one.
 */
import type { MailSource } from '../gateway/mail-source.js';
import type { InProcessQueue } from '../queue/in-process-queue.js';
import { forQueue } from '../service/failure.js';
import { errorField, type Log } from '../service/log.js';
import type { JobRun } from '../queue/queue.js';
import type { Review } from '../review/review.js';
import { FollowedIds } from './followed-ids.js';
import type { Assembled } from './assembly/assemble.js';
import { linksOf } from './mail-links.js';
import { addChecks, CHECKS_KIND, checksJob, type PatchworkChecks } from './patchwork-checks.js';
import { readSource, type ReadCounts, type SourcesReader } from './read-sources.js';
import { ANSWER_KIND, answerJob, type AnswerRun } from './answering/answer-job.js';
import { REVIEW_KIND, reviewJob, reviewSeries, type SeriesReviewing } from './review-series.js';
import { settleThread, type Settled } from './settle-threads.js';

/** Links of kept mails that are loaded at the start. */
const LINKS_MAX = 500_000;
/** Threads that are settled at a time. */
const THREADS_MAX = 200;
/** Series of one state that are looked at. */
const SERIES_MAX = 10_000;
/** Times that mails which series lack are looked for in one run: a flood of patches must not keep the watch busy with it. */
const FINDS_MAX = 5_000;

/** What is put off for longer is not waited for. */
const PUT_OFF_MS = 300_000;

export interface WatchParts extends SeriesReviewing {
  readonly sources: readonly MailSource[];
  readonly queue: InProcessQueue;
  readonly waitMs: number;
  /** Does what the commands in a mail say. */
  readonly answer: (messageId: string, run: AnswerRun) => Promise<void>;
  /** Where a source that was never read begins, in seconds since 1970; null: with its first mail. */
  readonly sinceS: number | null;
  readonly signal: AbortSignal;
  readonly progress?: SourcesReader['progress'];
  /** Left out where no Patchwork is told. */
  readonly checks?: PatchworkChecks;
  readonly log: Log;
}

/** What a round came to. */
export interface Round {
  readonly read: Readonly<Record<string, ReadCounts>>;
  /** Series that stand otherwise than before. */
  readonly changed: number;
}

export class Watch {
  #followed = new FollowedIds([]);
  /** Series that mails were looked for, with what they lacked then. */
  readonly #looked = new Set<string>();
  #ends: Promise<void>[] = [];

  constructor(private readonly parts: WatchParts) {}

  /** Begins to work, first on what was left. */
  async start(): Promise<void> {
    const { lists, queue, log, answer } = this.parts;
    this.#followed = new FollowedIds((await lists.links(LINKS_MAX)).reverse());
    await queue.process(async ({ kind, payload, delays }, run) => {
      if (kind === REVIEW_KIND) await this.#review(keyIn(payload), run);
      if (kind === CHECKS_KIND) await this.#addChecks(keyIn(payload), delays);
      if (kind === ANSWER_KIND) await answer(keyIn(payload), { ...run, delays });
    }, {
      concurrency: 1,
      onEnd: ({ job, state, error }) => {
        if (state !== 'failed') return;
        if (job.kind === CHECKS_KIND) log('error', 'the checks of a series could not be added', { series: keyIn(job.payload), reason: error });
        else if (job.kind === ANSWER_KIND) log('error', 'commands could not be followed', { mail: keyIn(job.payload), reason: error });
        else this.#ends.push(this.#failed(keyIn(job.payload), error));
      },
      onError: (error) => log('error', 'the store of jobs failed', errorField(error)),
    });
    await this.#queueReady();
  }

  /** Jobs for all series that are to be reviewed; those that are there already stay. */
  async #queueReady(): Promise<void> {
    const { lists, queue } = this.parts;
    for (const series of await lists.seriesIn('ready', SERIES_MAX)) await queue.add(reviewJob(series));
  }

  async #review(key: string, run: JobRun): Promise<void> {
    const { lists, queue, checks } = this.parts;
    await reviewSeries(key, run, this.parts);
    const [series, json] = checks ? [await lists.series(key), await lists.review(key)] : [null, null];
    if (series?.state === 'reviewed' && json !== null) await queue.add(checksJob(series, JSON.parse(json) as Review));
  }

  async #addChecks(key: string, delays: number): Promise<void> {
    const { checks } = this.parts;
    if (!checks) return;
    await addChecks(key, delays, checks).catch((error: unknown) => {
      throw forQueue(error);
    });
  }

  /** Resolves when all that was to be reviewed is, or has failed; what is put off for long is left for another day. */
  async idle(): Promise<void> {
    await this.parts.queue.drained(PUT_OFF_MS);
    await Promise.all(this.#ends.splice(0));
  }

  /** Reads each source once, and has done what follows from it. */
  async round(): Promise<Round> {
    const read: Record<string, ReadCounts> = {};
    for (const source of this.parts.sources) {
      if (this.parts.signal.aborted) break;
      read[source.name] = await readSource(source, { ...this.parts, followed: this.#followed, progress: this.parts.progress ?? (() => undefined) });
    }
    const changed = await this.settle();
    await this.#queueReady();
    return { read, changed };
  }

  /** Makes series of what was read, and of what was waited for long enough; the number of those that stand otherwise now. */
  async settle(): Promise<number> {
    const { lists, now, log, signal } = this.parts;
    await lists.unsettleDue(now());
    const tried = new Set<string>();
    let changed = 0;
    for (;;) {
      const threads = (await lists.unsettledThreads(THREADS_MAX)).filter((thread) => !tried.has(thread));
      if (threads.length === 0 || signal.aborted) return changed;
      for (const thread of threads) {
        changed += await this.#settleOne(thread).catch((error: unknown) => {
          tried.add(thread);
          log('error', 'a thread could not be put together', { thread, ...errorField(error) });
          return 0;
        });
      }
    }
  }

  async #settleOne(thread: string): Promise<number> {
    const { lists, now, log, waitMs, queue, drafting } = this.parts;
    const commanded = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) await queue.add(answerJob(id));
    };
    const { changed, unreadable, left, lacking } = await settleThread(thread, { lists, waitMs, nowMs: now(), commanded, dropped: (key, why) => drafting.cancel(key, why) });
    for (const { messageId, reason } of unreadable) log('warn', 'a mail cannot be read', { mail: messageId, reason });
    if (left > 0) log('warn', 'a thread is too large to be read whole', { thread, leftOut: left });
    for (const one of changed) await this.#changed(one);
    for (const series of lacking) await this.#lookFor(series);
    return changed.length;
  }

  async #changed({ now }: Settled): Promise<void> {
    const { queue, log } = this.parts;
    log('info', `series ${now.state}`, { series: now.key, version: now.version, ...(now.reason === '' ? {} : { reason: now.reason }) });
    if (now.state === 'ready') await queue.add(reviewJob(now));
  }

  /** Looks for mails that a series lacks where its others came from, once for each thing that it lacks. */
  async #lookFor({ key, mails, missing, lacks }: Assembled): Promise<void> {
    const { sources, lists } = this.parts;
    const what = `${key} ${missing.join(' ')} ${lacks ?? ''}`;
    const source = sources.find(({ name }) => name === mails[0]?.kept.source);
    if (this.#looked.has(what) || this.#looked.size >= FINDS_MAX || !source?.find) return;
    this.#looked.add(what);
    const answering = new Set([...mails.map(({ kept }) => kept.messageId), ...(lacks === null ? [] : [lacks])]);
    const atS = Math.max(...mails.map(({ kept }) => kept.atMs)) / 1000;
    for await (const mail of source.find({ ids: new Set(lacks === null ? [] : [lacks]), answering, atS })) {
      const links = linksOf(mail.raw, mail.messageId);
      await lists.keepMail({ ...mail, lists: source.lists, source: source.name, links }, null);
      this.#followed.add([mail.messageId, ...links]);
    }
  }

  async #failed(key: string, reason: string): Promise<void> {
    const { lists, log } = this.parts;
    log('error', 'a series could not be reviewed', { series: key, reason });
    await lists.setState(key, 'failed', reason).catch((error: unknown) => log('error', 'the store failed', errorField(error)));
  }
}

function keyIn(payload: unknown): string {
  return typeof payload === 'object' && payload !== null && 'key' in payload && typeof payload.key === 'string' ? payload.key : '';
}
