/**
 * @module What a server does, whether it takes work in or only does it: the sides that it has (GitHub, lists, uploads), and the jobs of all
 * of them in one table. A server and its workers make the same of the same configuration.
 */
import type { ServeConfig } from './config.js';
import type { Engine } from './engine/engine.js';
import { outlinerFor } from './engine/outliner.js';
import { parsePullName } from './gateway/pull-request.js';
import type { GithubSide } from './github-side.js';
import type { ListSide, Surroundings } from './lists/list-side.js';
import { reviewAgainJob } from './lists/review-series.js';
import type { BullQueue } from './queue/bull-queue.js';
import type { Queue } from './queue/queue.js';
import { countReview } from './service/figures.js';
import type { JobTable } from './service/job-table.js';
import type { Log } from './service/log.js';
import type { Metrics } from './service/metrics.js';
import { Uploads } from './service/upload-job.js';
import type { Store } from './store/store.js';
import type { SubmissionEntry } from './store/submission-store.js';

/** What a server stands on; ./backend.ts opens it. */
export interface Backend {
  readonly store: Store;
  readonly queue: Queue;
  readonly engine: Engine;
  /** The queue once more where it is in Redis: what a board shows. */
  readonly bull?: BullQueue;
  /** Aborted, with the reason, when the store is another process's although nobody let go of it. */
  readonly lost: AbortSignal;
  /** Taken by the one process that watches lists; left out where there is no other. */
  readonly watchLock?: (onLost: (failure: string) => void) => Promise<{ readonly release: () => void } | { readonly failure: string }>;
  /** Lets go of all but the store; after that is closed. */
  readonly release: () => Promise<void>;
}

/** Watches lists, once it is given what to work on. */
export interface WatchedLists {
  /** Told of a push to OWNER/REPO, in small letters. */
  readonly onPush: (repository: string) => void;
  /** Makes it; or what is wrong with its configuration, in one line. */
  readonly open: (around: Pick<Surroundings, 'store' | 'queue' | 'engine' | 'log' | 'signal' | 'onReview'> & { readonly clientOf?: GithubSide['clientOf'] }) => Promise<ListSide | { readonly failure: string }>;
  /** Reads sources round after round until the signal; resolves after the last one. */
  readonly run: (side: ListSide, how: { readonly signal: AbortSignal; readonly log: Log }) => Promise<void>;
}

export interface SideParts {
  readonly store: Store;
  readonly queue: Queue;
  readonly engine: Engine;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly lists?: WatchedLists;
  /** For tests: told of pushes, too. */
  readonly onPush?: (repository: string) => void;
}

export interface Sides {
  readonly github: GithubSide | null;
  readonly lists: ListSide | null;
  readonly uploads: Uploads;
  readonly jobs: JobTable;
  /** Has the newest version of a submission reviewed again; false where it cannot be. */
  readonly rerun: (submission: SubmissionEntry) => Promise<boolean>;
}

/** All sides of a configuration; or why one cannot be, in one line. */
export async function openSides({ github: app }: Pick<ServeConfig, 'github'>, parts: SideParts): Promise<Sides | { readonly failure: string }> {
  const { store, queue, engine, log, metrics, signal } = parts;
  const onPush = (repository: string): void => {
    parts.onPush?.(repository);
    parts.lists?.onPush(repository);
  };
  // Probot takes a while to load, and a server without an App does without.
  const github = app === null ? null : await (await import('./github-side.js')).githubSide(app, { store, queue, engine, metrics, onPush });
  const lists = await parts.lists?.open({ store, queue, engine, log, signal, onReview: (made) => countReview(metrics, made), ...(github ? { clientOf: github.clientOf } : {}) }) ?? null;
  if (lists !== null && 'failure' in lists) return lists;
  const uploads = new Uploads({ store, queue, engine, outline: outlinerFor(), now: Date.now, onReview: (made) => countReview(metrics, made) });
  const sides = { github, lists, uploads };
  return { ...sides, jobs: { ...github?.jobs, ...lists?.jobs, ...uploads.jobs }, rerun: (submission) => again(submission, sides, parts) };
}

async function again({ key, origin, where, newest }: SubmissionEntry, { github, lists, uploads }: Pick<Sides, 'github' | 'lists' | 'uploads'>, { store, queue }: SideParts): Promise<boolean> {
  const stamp = `again ${Date.now()}`;
  switch (origin) {
    case 'upload': return await uploads.again(key);
    case 'list': {
      const job = lists === null ? null : await reviewAgainJob(newest.id, stamp, store.lists);
      return job !== null && await queue.add(job);
    }
    case 'github': {
      const [name, repositoryId] = [parsePullName(where), Number(/^github\/(\d+)\//u.exec(key)?.[1] ?? 0)];
      if (github === null || name === null || repositoryId === 0) return false;
      await github.inbox.review({ ...name, repositoryId, installation: await github.installationOf(name) }, { delivery: stamp, forced: true });
      return true;
    }
  }
}
