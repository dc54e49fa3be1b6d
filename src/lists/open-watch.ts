/** @module The composition of a watch from its configuration: store, queue, engine, sources, drafts. */
import { join, resolve } from 'node:path';
import { sinceSeconds, spanSeconds } from '../gateway/public-inbox/mirror-cursor.js';
import { Patchwork } from '../gateway/patchwork.js';
import type { Engine } from '../engine/engine.js';
import type { Store } from '../store/store.js';
import { InProcessQueue } from '../queue/in-process-queue.js';
import type { Log } from '../service/log.js';
import { lockStore, openSqliteStore } from '../store/sqlite-store.js';
import { engineFor } from '../engine/child-engine.js';
import { answerMail } from './answering/answer-mail.js';
import { withOptOuts } from './answering/opt-outs.js';
import type { ListStore } from './list-store.js';
import type { Office } from './office.js';
import { officeFor } from './open-office.js';
import { UNDER_HAND } from './policy.js';
import { Post } from './post.js';
import type { ReadCounts } from './read-sources.js';
import type { SeriesReviewing } from './review-series.js';
import { sourceFor, type GithubReach } from './sources.js';
import type { WatchConfig } from './watch-config.js';
import { Watch, type WatchParts } from './watch.js';

/** Milliseconds that a review has to end after the watch was told to. */
const GRACE_MS = 2_000;

/** What one review may take: as much as `kcovet serve` gives it. */
const ENGINE = { states: 400_000, memoryMb: 1024, seconds: 3600, jobs: 2 } as const;

/** Variable of the environment with the token for Patchwork. */
const PATCHWORK_TOKEN = 'KCOVET_PATCHWORK_TOKEN';

export interface Surroundings {
  /** Folder that relative paths of the configuration are meant from. */
  readonly folder: string;
  readonly log: Log;
  /** Aborted when the watch is to end. */
  readonly signal: AbortSignal;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly github: GithubReach;
  /** For tests. */
  readonly engine?: Engine;
  readonly now?: () => number;
}

export interface OpenedWatch {
  readonly watch: Watch;
  readonly post: Post;
  /** Where its mails and series are. */
  readonly lists: ListStore;
  readonly pollMs: number;
  readonly close: () => Promise<void>;
}

/** What is wrong with the policy, all of it; null when it can be read. */
async function problemWith(office: Office): Promise<string | null> {
  const read = await office.policy();
  return read.ok ? null : read.problems.join('; ');
}

/** The Patchwork that gets checks; nothing where none is told. Without a policy who names it agrees for it, but for those who want none. */
function checksOf({ patchwork, policy }: WatchConfig, { store, log, env, office, now }: Pick<Opened, 'log' | 'env' | 'store' | 'office' | 'now'>): Pick<WatchParts, 'checks'> {
  if (!patchwork) return {};
  const { url, context, page } = patchwork;
  const pageOf = (messageId: string): string | null => (page === undefined ? null : `${page.replace(/\/+$/u, '')}/${encodeURIComponent(messageId)}`);
  const asked = policy === undefined ? withOptOuts(() => Promise.resolve({ ok: true, config: UNDER_HAND }), store.said) : office.policy;
  return { checks: { patchwork: new Patchwork({ url, token: env[PATCHWORK_TOKEN] ?? '' }), context, pageOf, store, log, policy: asked, own: [office.from], now } };
}

/** Milliseconds between two words about how far a source was read. */
const PROGRESS_MS = 5_000;

/** Tells a log how far the reading is, now and then. */
function progressIn(log: Log, now: () => number): (source: string, counts: ReadCounts) => void {
  let toldMs = now();
  return (source, { mails, kept, skipped }) => {
    if (now() - toldMs < PROGRESS_MS) return;
    toldMs = now();
    log('info', 'reading', { source, mails, kept, skipped });
  };
}

/** What keeps the configuration from being watched; null when nothing does. */
async function problemOf(config: WatchConfig, office: Office | string, env: Surroundings['env']): Promise<string | null> {
  if (typeof office === 'string') return office;
  if (config.patchwork && !env[PATCHWORK_TOKEN]) return `patchwork: ${PATCHWORK_TOKEN} is not set: give the token of the account that adds checks`;
  return await problemWith(office);
}

/** Opens the store, for this process alone, and begins to work on what was left; or says in one line why not, and the way out. */
export async function openWatch(config: WatchConfig, around: Surroundings): Promise<OpenedWatch | { readonly failure: string }> {
  const { folder, log, now = Date.now } = around;
  const sinceS = sinceSeconds(config.since, Math.floor(now() / 1000));
  if (sinceS === null) return { failure: `since: ${config.since}: give a time such as 2.weeks or 2026-01-31` };
  const path = join(resolve(folder, config.data), 'kcovet.sqlite');
  const lock = await lockStore(path);
  if ('failure' in lock) return lock;
  const opened = await openSqliteStore(path);
  if ('failure' in opened) {
    lock.release();
    return opened;
  }
  const { store } = opened;
  const end = async (): Promise<void> => {
    await store.close();
    lock.release();
  };
  const office = officeFor(config, { folder, env: around.env, drafts: store.drafts, said: store.said, log });
  const problem = await problemOf(config, office, around.env);
  if (typeof office === 'string' || problem !== null) {
    await end();
    return { failure: problem ?? '' };
  }
  return await startedWatch(config, { ...around, now, sinceS, store, office, end });
}

interface Opened extends Surroundings {
  readonly now: () => number;
  readonly sinceS: number;
  readonly store: Store;
  readonly office: Office;
  readonly end: () => Promise<void>;
}

/** The watch, working. */
async function startedWatch(config: WatchConfig, opened: Opened): Promise<OpenedWatch> {
  const { folder, log, signal, now, store, office, sinceS, end } = opened;
  const post = new Post(office, { now, trusted: config.trust, ears: store });
  const queue = new InProcessQueue(store.jobs);
  const reviewing: SeriesReviewing = {
    lists: store.lists, said: store.said, log, now, drafting: post, engine: opened.engine ?? engineFor({ ...ENGINE, version: opened.version }), base: baseOf(config, opened),
  };
  const watch = new Watch({
    ...reviewing, queue, signal, sinceS, progress: progressIn(log, now), waitMs: (spanSeconds(config.wait) ?? 3600) * 1000,
    ...checksOf(config, opened),
    answer: (messageId, run) => answerMail(messageId, run, { ...reviewing, office, trusted: config.trust }),
    sources: config.sources.map((source) => sourceFor(source, { ...opened, data: resolve(folder, config.data) })),
  });
  await watch.start();
  const close = async (): Promise<void> => {
    await queue.stop(GRACE_MS);
    await end();
  };
  return { watch, post, lists: store.lists, pollMs: (spanSeconds(config.poll) ?? 300) * 1000, close };
}

/** Where patches are put, with its paths made absolute. */
function baseOf({ base: { tree, git, github } }: WatchConfig, { folder, github: { token, url } }: Pick<Surroundings, 'folder' | 'github'>): SeriesReviewing['base'] {
  return { ...(tree === undefined ? {} : { tree: resolve(folder, tree) }), ...(git === undefined ? {} : { git: resolve(folder, git) }), ...(github === undefined ? {} : { github }), token, githubUrl: url };
}
