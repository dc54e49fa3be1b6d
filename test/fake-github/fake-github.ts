/**
 * @module A GitHub of our own on loopback, which remembers: an App with tokens, repositories that are real git, pull
 * requests, reviews, checks. It refuses what GitHub refuses, goes wrong when it is told to, and keeps every request. Nothing
 * in it waits for time: `when` tells when something has happened.
 */
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Credentials } from './credentials.js';
import { Faults } from './faults.js';
import type { Fault } from './faults.js';
import { Refusal, paramsOf } from './route.js';
import type { Answer, Route } from './route.js';
import { checkRoutes } from './routes/checks.js';
import { contentRoutes } from './routes/contents.js';
import { pullRoutes } from './routes/pulls.js';
import { talkRoutes } from './routes/talk.js';
import { Repository } from './state.js';

/** One request that came, and what was answered; status 0 for a connection that was cut. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
}

const routes: readonly Route[] = [...contentRoutes, ...pullRoutes, ...talkRoutes, ...checkRoutes];

/** Milliseconds after which something that a test waits for will not come. */
const LATE_MS = 60_000;

export class FakeGithub {
  readonly credentials = new Credentials();
  readonly faults = new Faults();
  readonly asked: Asked[] = [];
  private readonly repositories = new Map<string, Repository>();
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private server: Server | null = null;
  private lastId = 1000;

  async start(): Promise<this> {
    const server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    for (const repo of this.repositories.values()) repo.git.remove();
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  repository(owner: string, name: string): Repository {
    const known = this.repositories.get(`${owner}/${name}`);
    if (known) return known;
    const made = new Repository(owner, name, this.repositories.size + 1);
    this.repositories.set(made.fullName, made);
    return made;
  }

  readonly nextId = (): number => {
    this.lastId += 1;
    return this.lastId;
  };

  /** What was asked with a method on a path that fits, answered well. */
  done(method: string, path: RegExp): Asked[] {
    return this.asked.filter((one) => one.method === method && path.test(one.path) && one.status >= 200 && one.status < 300);
  }

  /** Resolves as soon as something is so; looks after each request that came. */
  async when(what: string, isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late);
        this.changes.off('change', look);
      };
      const look = (): void => {
        if (!isSo()) return;
        end();
        resolve();
      };
      const late = setTimeout(() => {
        end();
        reject(new Error(`did not happen: ${what}; asked last: ${this.asked.slice(-12).map((one) => `${one.method} ${one.path} ${one.status}`).join(', ')}`));
      }, LATE_MS);
      this.changes.on('change', look);
    });
  }

  /** Lets those who wait look again: something changed without a request. */
  changed(): void {
    this.changes.emit('change');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', 'http://fake');
    const body = await bodyOf(request);
    if (await this.faults.wait(method, url.pathname) === 'drop') return void response.destroy();
    const fault = this.faults.take(method, url.pathname);
    const answer = fault && !fault.done ? null : this.answered({ method, url, body, headers: request.headers });
    if (await this.faults.wait(method, url.pathname, true) === 'drop') return void response.destroy();
    const given = fault ? faultAnswer(fault) : answer;
    this.asked.push({ method, path: url.pathname, body, status: given?.status ?? 0 });
    if (given === null) response.destroy();
    else send(response, given, this.url);
    setImmediate(() => this.changed());
  }

  private answered(asked: { method: string; url: URL; body: unknown; headers: IncomingMessage['headers'] }): Answer {
    try {
      return this.answerTo(asked);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: { message: error.message, ...(error.errors.length > 0 ? { errors: error.errors } : {}) } };
      return { status: 500, body: { message: `the fake failed: ${error instanceof Error ? error.stack : String(error)}` } };
    }
  }

  private answerTo({ method, url, body, headers }: { method: string; url: URL; body: unknown; headers: IncomingMessage['headers'] }): Answer {
    const path = url.pathname.replace(/^\/api\/(?:v3\/)?/u, '/');
    const code = /^\/app-manifests\/(.+)\/conversions$/u.exec(path)?.[1];
    if (code !== undefined) return this.credentials.convert(code);
    const caller = this.credentials.callerOf(headers.authorization);
    if (caller.isApp) return this.answerToApp(method, path);
    const found = this.routeOf(method, path);
    const given = (body ?? {}) as Record<string, unknown>;
    const { owner, name } = ((given['variables'] ?? {}) as { owner?: string; name?: string });
    const repo = this.repositories.get(`${found.params['owner'] ?? owner}/${found.params['repo'] ?? name}`);
    if (!repo) throw new Refusal(404, 'Not Found');
    this.credentials.demand(caller, found.route.needs);
    return found.route.run({
      method, path, params: found.params, query: url.searchParams, accept: headers.accept ?? '', body: given, actor: caller.actor, repo, nextId: this.nextId,
    });
  }

  private answerToApp(method: string, path: string): Answer {
    const { appId, slug, installation } = this.credentials;
    if (method === 'GET' && path === '/app') return { status: 200, body: { id: appId, slug, name: slug } };
    if (method === 'POST' && path === `/app/installations/${installation}/access_tokens`) return { status: 201, body: this.credentials.issue() };
    const [, owner, name] = /^\/repos\/([^/]+)\/([^/]+)\/installation$/u.exec(path) ?? [];
    if (method === 'GET' && this.repositories.has(`${owner}/${name}`)) return { status: 200, body: { id: installation, app_id: appId, app_slug: slug } };
    throw new Refusal(404, 'Not Found');
  }

  private routeOf(method: string, path: string): { route: Route; params: Record<string, string> } {
    for (const route of routes) {
      const params = route.method === method ? paramsOf(route.path, path) : null;
      if (params) return { route, params };
    }
    throw new Refusal(404, `the fake has no route ${method} ${path}`);
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}

/** What a fault answers; null where the connection is cut. */
function faultAnswer({ answer }: Fault): Answer | null {
  return answer ? { status: answer.status, headers: answer.headers, body: { message: answer.message ?? 'a fault of this test' } } : null;
}

function send(response: ServerResponse, { status, body, text, headers = {} }: Answer, url: string): void {
  const link = headers['link']?.replace('<', `<${url}`);
  response.writeHead(status, { 'content-type': text === undefined ? 'application/json' : 'text/plain', ...headers, ...(link === undefined ? {} : { link }) });
  response.end(text ?? JSON.stringify(body));
}
