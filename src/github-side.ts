/** @module What is done with GitHub on a store and a queue that are there: Probot, clients of installations, and the jobs of the App. */
import { Probot, ProbotOctokit } from 'probot';
import { kcovetApp, type OnPush } from './app.js';
import type { AppConfig } from './config.js';
import type { Engine } from './engine/engine.js';
import { InstallationClients, type GithubClient } from './gateway/github-client.js';
import { asking } from './gateway/github-failure.js';
import { limitedFetch } from './gateway/limited-fetch.js';
import { LIMITS } from './gateway/limits.js';
import type { Queue } from './queue/queue.js';
import type { Metrics } from './service/metrics.js';
import { Inbox } from './service/inbox.js';
import type { JobTable } from './service/job-table.js';
import { Recent } from './service/recent.js';
import { githubJobs } from './service/service.js';
import type { Webhook } from './service/webhook-server.js';
import type { Store } from './store/store.js';

export interface GithubTools {
  readonly store: Store;
  readonly queue: Queue;
  readonly engine: Engine;
  readonly metrics: Metrics;
  /** Told of pushes to repositories of the App. */
  readonly onPush: OnPush;
}

export interface GithubSide {
  readonly inbox: Inbox;
  readonly jobs: JobTable;
  /** Takes an event whose signature is right; resolves when its work is kept. */
  readonly receive: (webhook: Webhook) => Promise<void>;
  /** The installation of the App on a repository. */
  readonly installationOf: (repository: RepositoryName) => Promise<number>;
  /** A client for a repository that the App is installed on. */
  readonly clientOf: (repository: RepositoryName) => Promise<GithubClient>;
}

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** The App, ready to take events and to work. */
export async function githubSide(config: AppConfig, { store, queue, engine, metrics, onPush }: GithubTools): Promise<GithubSide> {
  const inbox = new Inbox(queue, store);
  const probot = probotFor(config);
  await probot.load(kcovetApp(inbox, onPush));
  const clients = new InstallationClients(() => probot.auth());
  const installationOf = async ({ owner, repo }: RepositoryName): Promise<number> => {
    const app = await probot.auth();
    return (await asking('the installation of the App', () => app.rest.apps.getRepoInstallation({ owner, repo }))).data.id;
  };
  return {
    inbox, installationOf,
    jobs: githubJobs({ store, inbox, engine, metrics, client: (installation) => clients.for(installation), login: loginOf(probot), recent: new Recent(({ stopped }) => !stopped) }),
    receive: async ({ id, name, payload }) => await probot.receive({ id, name, payload } as Parameters<Probot['receive']>[0]),
    clientOf: async (repository) => await clients.for(await installationOf(repository)),
  };
}

/**
 * Probot without what would do things twice or behind our back: the queue retries, GitHub says when, and its log would have
 * whole payloads in it.
 */
function probotFor({ appId, privateKey, webhookSecret, apiUrl }: AppConfig): Probot {
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
