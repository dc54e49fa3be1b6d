/** @module The pages and the API on a store in memory, for tests: what is in it, who asks, and what was set going. */
import { noLog } from '../../src/service/log.js';
import type { SubmissionHead } from '../../src/store/submission-store.js';
import type { Store } from '../../src/store/store.js';
import { accessOf, COOKIE, type AccessConfig } from '../../src/web/access.js';
import { webApp, type WebApp, type WebDeps } from '../../src/web/app.js';
import { openStore } from '../store/sqlite.js';
import type { Review } from '../../src/review/review.js';

export const TOKEN = 'a-token-of-this-test';

export interface World {
  readonly app: WebApp;
  readonly store: Store;
  /** What was set going: "retry ID", "rerun ID", "upload TEXT". */
  readonly done: string[];
  /** A request: of nobody, of a session that may act, or with the token. */
  ask(path: string, who?: 'nobody' | 'session' | 'token', init?: RequestInit): Promise<Response>;
  /** A form that a page of ours sent. */
  send(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** What a form of the session carries: its headers, and its secret. */
  session(): { readonly headers: Readonly<Record<string, string>>; readonly csrf: string };
  /** Keeps a submission with one review for each version; its id. */
  keep(head: Partial<SubmissionHead>, versions: readonly { readonly label: string; readonly review: Review; readonly patch?: string }[]): Promise<string>;
}

/** A world; `deps` replaces parts of it. */
export async function worldOf(pages: AccessConfig['pages'], deps: Partial<WebDeps> = {}): Promise<World> {
  const store = await openStore();
  const done: string[] = [];
  const access = accessOf({ pages, token: TOKEN }, () => 1000);
  const cookie = `${COOKIE}=${access.newSession(1000)}`;
  const { csrf } = access.visitor({ header: (name) => (name === 'cookie' ? cookie : ''), peer: '' });
  const app = webApp({
    store, access, version: '0.0.0', log: noLog, now: () => 1000, eventPollMs: 5, ready: () => Promise.resolve([]), metrics: () => Promise.resolve('kcovet_jobs 1\n'),
    rerun: ({ id }) => Promise.resolve(done.push(`rerun ${id}`) > 0),
    uploads: { add: async (patch, options) => {
      done.push(`upload ${patch} ${JSON.stringify(options)}`);
      return await store.submissions.begin({ submission: headOf({ key: 'upload/1', origin: 'upload', where: '' }), id: 'v1', label: 'v1', atMs: 1000 });
    } },
    queue: { counts: () => store.jobs.counts(), dead: () => Promise.resolve([]), retry: (id) => Promise.resolve(done.push(`retry ${id}`) > 0), ping: () => Promise.resolve() },
    ...deps,
  });
  const headersOf = { nobody: {}, session: { cookie }, token: { authorization: `Bearer ${TOKEN}` } };
  return {
    app, store, done,
    ask: async (path, who = 'nobody', init = {}) => await app.request(path, { ...init, headers: { ...headersOf[who], ...init.headers as Record<string, string> } }),
    session: () => ({ headers: { cookie, 'sec-fetch-site': 'same-origin' }, csrf }),
    send: async (path, fields = {}, headers = {}) => await app.request(path, {
      method: 'POST', body: new URLSearchParams({ csrf, ...fields }), headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    }),
    keep: async (head, versions) => {
      const submission = headOf(head);
      let id = '';
      for (const [i, { label, review, patch = 'a patch\n' }] of versions.entries()) {
        ({ id } = await store.submissions.begin({ submission, id: label, label, atMs: i + 1 }));
        await store.submissions.saveVersion(submission.key, label, { json: JSON.stringify(review), patch, base: 'v5.5', verdict: review.verdict, questions: review.findings.filter(({ asked }) => asked).length, atMs: i + 2 });
      }
      return id;
    },
  };
}

function headOf(head: Partial<SubmissionHead>): SubmissionHead {
  return { key: 'list/1', origin: 'list', title: 'kcov: a change', author: 'Ann', where: 'linux-mm@example.org', isPrivate: false, ...head };
}
