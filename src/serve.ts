/**
 * @module The composition root of the server: store, queue, Probot, engine, door. Everything that waits for the outside has a
 * limit; at the end everything is closed in its order.
 */
import type { AddressInfo } from 'node:net';
import { Probot, ProbotOctokit } from 'probot';
import { kcovetApp } from './app.js';
import type { OnPush } from './app.js';
import type { ServeConfig } from './config.js';
import { InstallationClients, type GithubClient } from './gateway/github-client.js';
import { asking } from './gateway/github-failure.js';
import { limitedFetch } from './gateway/limited-fetch.js';
import { LIMITS } from './gateway/limits.js';
import type { ListStore } from './lists/list-store.js';
import type { Engine } from './engine/engine.js';
import { InProcessQueue } from './queue/in-process-queue.js';
import type { Clock, RetryPolicy } from './queue/in-process-queue.js';
import { Inbox } from './service/inbox.js';
import { keepPruned } from './service/pruning.js';
import type { Log } from './service/log.js';
import { Recent } from './service/recent.js';
import { githubJobs } from './service/service.js';
import { workOn } from './service/job-table.js';
import type { Store } from './store/store.js';
import { readApi } from './web/read-api.js';
import { WEBHOOK_PATH, webhookServer } from './service/webhook-server.js';

/** Milliseconds that what runs has to end when the server stops. */
const GRACE_MS = 5_000;

export interface ServeParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly log: Log;
  /** Told of pushes to repositories of the App. */
  readonly onPush?: OnPush;
  /** The mails and series of a watch beside it; its own store, which has none, where there is no watch. */
  readonly lists?: () => ListStore | null;
  /** For tests: when a job is tried again. */
  readonly retry?: { readonly policy?: Partial<RetryPolicy>; readonly clock?: Clock };
}

/** A server that runs. */
export interface Serving {
  /** Where webhooks are to be sent. */
  readonly url: string;
  readonly queue: InProcessQueue;
  /** A client for a repository that the App is installed on. */
  readonly clientOf: (repository: { readonly owner: string; readonly repo: string }) => Promise<GithubClient>;
  /** Takes nothing more, ends what runs, and closes the store. */
  readonly stop: () => Promise<void>;
}

/** Starts to listen and to work. Rejects when the port is taken. */
export async function serve(config: ServeConfig, { store, engine, log, onPush, lists, retry }: ServeParts): Promise<Serving> {
  const queue = new InProcessQueue(store.jobs, retry);
  const inbox = new Inbox(queue, store);
  const probot = probotFor(config);
  await probot.load(kcovetApp(inbox, onPush));
  const clients = new InstallationClients(() => probot.auth());
  const jobs = githubJobs({ store, inbox, engine, client: (installation) => clients.for(installation), login: loginOf(probot), recent: new Recent() });
  const server = webhookServer({
    secret: config.webhookSecret, store, log, read: async (url) => await readApi(url, { lists: lists?.() ?? store.lists }),
    receive: async ({ id, name, payload }) => await probot.receive({ id, name, payload } as Parameters<Probot['receive']>[0]),
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.port, config.host, resolve));
  await workOn(queue, jobs, { concurrency: config.reviews, log });
  const endPruning = keepPruned(store, { log, clock: retry?.clock });
  const { address, port, family } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await queue.stop(GRACE_MS);
    await endPruning();
    await store.close();
  };
  const clientOf = async ({ owner, repo }: { readonly owner: string; readonly repo: string }): Promise<GithubClient> => {
    const app = await probot.auth();
    const { data } = await asking('the installation of the App', () => app.rest.apps.getRepoInstallation({ owner, repo }));
    return await clients.for(data.id);
  };
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${WEBHOOK_PATH}`, queue, clientOf, stop };
}

/**
 * Probot without what would do things twice or behind our back: the queue retries, GitHub says when, and its log would have
 * whole payloads in it.
 */
function probotFor({ appId, privateKey, webhookSecret, apiUrl }: ServeConfig): Probot {
  return new Probot({
    appId: Number(appId), privateKey, secret: webhookSecret, logLevel: 'fatal', ...(apiUrl === null ? {} : { baseUrl: apiUrl }),
    // As a function: plain defaults would lose against those that Probot itself adds.
    Octokit: ProbotOctokit.defaults((options: Readonly<Record<string, object | undefined>>) => ({ ...options, retry: { enabled: false }, throttle: { ...options.throttle, enabled: false }, userAgent: 'kcovet' })),
    request: { fetch: limitedFetch({ ms: LIMITS.requestMs, bytes: LIMITS.answerBytes }) },
  });
}

/** The account that the App writes as; asked for once. */
function loginOf(probot: Probot): () => Promise<string> {
  let login: string | null = null;
  return async () => {
    if (login !== null) return login;
    const app = await probot.auth();
    const { data } = await asking('the App', () => app.rest.apps.getAuthenticated());
    login = `${data?.slug ?? 'kcovet'}[bot]`;
    return login;
  };
}
