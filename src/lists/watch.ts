/**
 * @module The watch: reads sources, makes series, has them reviewed, round after round. Whatever fails is said, and the next round goes
 * on; a process that dies leaves everything in the store for the next one.
 */
import type { MailSource } from '../gateway/mail-source.js';
import type { Queue } from '../queue/queue.js';
import { workOn, type AtWork } from '../service/job-table.js';
import { errorField } from '../service/log.js';
import { FollowedIds } from './followed-ids.js';
import type { Assembled } from './assembly/assemble.js';
import { linksOf } from './mail-links.js';
import { readSource, type ReadCounts, type SourcesReader } from './read-sources.js';
import { answerJob } from './answering/answer-job.js';
import { listJobs, type ListWork } from './list-jobs.js';
import { reviewJob } from './review-series.js';
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

export interface WatchParts extends ListWork {
  readonly sources: readonly MailSource[];
  readonly queue: Queue;
  readonly waitMs: number;
  /** Where a source that was never read begins, in seconds since 1970; null: with its first mail. */
  readonly sinceS: number | null;
  readonly signal: AbortSignal;
  readonly progress?: SourcesReader['progress'];
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
  #work: AtWork | null = null;

  constructor(private readonly parts: WatchParts) {}

  /** Begins to work, first on what was left: for a watch that has its queue for itself. */
  async start(): Promise<void> {
    this.#work = await workOn(this.parts.queue, listJobs(this.parts), { concurrency: 1, log: this.parts.log });
    await this.begin();
  }

  /** Reads what the store knows, and queues what is to be reviewed. */
  async begin(): Promise<void> {
    this.#followed = new FollowedIds((await this.parts.lists.links(LINKS_MAX)).reverse());
    await this.#queueReady();
  }

  /** Jobs for all series that are to be reviewed; those that are there already stay. */
  async #queueReady(): Promise<void> {
    const { lists, queue } = this.parts;
    for (const series of await lists.seriesIn('ready', SERIES_MAX)) await queue.add(reviewJob(series));
  }

  /** Resolves when all that was to be reviewed is, or has failed; what is put off for long is left for another day. */
  async idle(): Promise<void> {
    await this.parts.queue.drained(PUT_OFF_MS);
    await this.#work?.told();
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
}
