/**
 * @module What is done with lists on a store and a queue that are there: sources, drafts and the jobs of a watch, made from its
 * configuration. A process that only works on jobs uses the jobs alone.
 */
import { resolve } from 'node:path';
import { sinceSeconds, spanSeconds } from '../gateway/public-inbox/mirror-cursor.js';
import { Patchwork } from '../gateway/patchwork.js';
import type { Engine } from '../engine/engine.js';
import type { Store } from '../store/store.js';
import type { Queue } from '../queue/queue.js';
import type { JobTable } from '../service/job-table.js';
import type { Log } from '../service/log.js';
import { auditedDrafts, draftNotes } from './audited-drafts.js';
import { answerMail } from './answering/answer-mail.js';
import { withOptOuts } from './answering/opt-outs.js';
import { listJobs, type ListWork } from './list-jobs.js';
import type { Office } from './office.js';
import { officeFor } from './open-office.js';
import { UNDER_HAND } from './policy.js';
import { Post } from './post.js';
import type { ReadCounts } from './read-sources.js';
import type { SeriesReviewing } from './review-series.js';
import { sourceFor, type GithubReach } from './sources.js';
import type { WatchConfig } from './watch-config.js';
import { Watch } from './watch.js';

/** Variable of the environment with the token for Patchwork. */
const PATCHWORK_TOKEN = 'KCOVET_PATCHWORK_TOKEN';

export interface Surroundings {
  readonly store: Store;
  readonly queue: Queue;
  readonly engine: Engine;
  /** Folder that relative paths of the configuration are meant from. */
  readonly folder: string;
  /** Folder of fetched mirrors. */
  readonly data: string;
  readonly log: Log;
  /** Aborted when the watch is to end. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly github: GithubReach;
  readonly now?: () => number;
  readonly onReview?: SeriesReviewing['onReview'];
}

export interface ListSide {
  readonly watch: Watch;
  readonly post: Post;
  readonly jobs: JobTable;
  readonly pollMs: number;
}

/** What is wrong with the policy, all of it; null when it can be read. */
async function problemWith(office: Office): Promise<string | null> {
  const read = await office.policy();
  return read.ok ? null : read.problems.join('; ');
}

/** The Patchwork that gets checks; nothing where none is told. Without a policy who names it agrees for it, but for those who want none. */
function checksOf({ patchwork, policy }: WatchConfig, { store, log, env, office, now }: Pick<Opened, 'log' | 'env' | 'store' | 'office' | 'now'>): Pick<ListWork, 'checks'> {
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

/** What is done with lists; or what is wrong with the configuration, in one line with the way out. */
export async function listSide(config: WatchConfig, around: Surroundings): Promise<ListSide | { readonly failure: string }> {
  const { folder, log, store, now = Date.now } = around;
  const sinceS = sinceSeconds(config.since, Math.floor(now() / 1000));
  if (sinceS === null) return { failure: `since: ${config.since}: give a time such as 2.weeks or 2026-01-31` };
  const office = officeFor(config, { folder, env: around.env, drafts: auditedDrafts(store, now), said: store.said, note: draftNotes(store), log });
  const problem = await problemOf(config, office, around.env);
  return typeof office === 'string' || problem !== null ? { failure: problem ?? '' } : madeOf(config, { ...around, now, sinceS, office });
}

interface Opened extends Surroundings {
  readonly now: () => number;
  readonly sinceS: number;
  readonly office: Office;
}

function madeOf(config: WatchConfig, opened: Opened): ListSide {
  const { data, log, signal, now, store, queue, engine, office, sinceS } = opened;
  const post = new Post(office, { now, trusted: config.trust, ears: { lists: store.lists, said: store.said }, submissions: store.submissions });
  const reviewing: SeriesReviewing = { lists: store.lists, said: store.said, submissions: store.submissions, log, now, drafting: post, engine, base: baseOf(config, opened), ...(opened.onReview ? { onReview: opened.onReview } : {}) };
  const work: ListWork = { ...reviewing, queue, ...checksOf(config, opened), answer: (messageId, run) => answerMail(messageId, run, { ...reviewing, office, trusted: config.trust }) };
  const watch = new Watch({
    ...work, queue, signal, sinceS, progress: progressIn(log, now), waitMs: (spanSeconds(config.wait) ?? 3600) * 1000,
    sources: config.sources.map((source) => sourceFor(source, { ...opened, data })),
  });
  return { watch, post, jobs: listJobs(work), pollMs: (spanSeconds(config.poll) ?? 300) * 1000 };
}

/** Where patches are put, with its paths made absolute. */
function baseOf({ base: { tree, git, github } }: WatchConfig, { folder, github: { token, url } }: Pick<Surroundings, 'folder' | 'github'>): SeriesReviewing['base'] {
  return { ...(tree === undefined ? {} : { tree: resolve(folder, tree) }), ...(git === undefined ? {} : { git: resolve(folder, git) }), ...(github === undefined ? {} : { github }), token, githubUrl: url };
}
