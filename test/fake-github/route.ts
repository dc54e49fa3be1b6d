/** @module How a route of the fake GitHub is written: a pattern, the permission it needs, and what it does. */
import type { Account, Pull, Repository } from './state.js';

/** What a token of an installation may be allowed. */
export type Need = `${'checks' | 'contents' | 'metadata' | 'pull_requests' | 'issues' | 'security_events'}:${'read' | 'write'}`;

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of body, as it is. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Who asks. */
  readonly actor: Account;
  readonly repo: Repository;
  /** A number that nothing else has. */
  readonly nextId: () => number;
}

export interface Route {
  readonly method: string;
  /** Such as /repos/:owner/:repo/pulls/:number; a * takes slashes too. */
  readonly path: string;
  /** One of these permissions is needed. */
  readonly needs: readonly Need[];
  readonly run: (request: Request) => Answer;
}

/** An answer that ends a request from anywhere in it. */
export class Refusal extends Error {
  constructor(readonly status: number, message: string, readonly errors: readonly unknown[] = []) {
    super(message);
  }
}

export function route(method: string, path: string, needs: Need | readonly Need[], run: Route['run']): Route {
  return { method, path, needs: typeof needs === 'string' ? [needs] : needs, run };
}

/** The parameters of a path that fits a pattern; null for another. */
export function paramsOf(pattern: string, path: string): Record<string, string> | null {
  const names: string[] = [];
  const source = pattern.replace(/:(\w+)|\*/gu, (all, name: string | undefined) => {
    names.push(name ?? 'rest');
    return all === '*' ? '(.+)' : '([^/]+)';
  });
  const match = new RegExp(`^${source}$`, 'u').exec(path);
  return match && Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? '')]));
}

/** A page of a list, with the Link header that leads to the next. */
export function paged({ query, path }: Request, list: readonly unknown[], wrap: (page: readonly unknown[]) => unknown = (page) => page): Answer {
  const size = Math.min(100, Number(query.get('per_page') ?? 30));
  const page = Number(query.get('page') ?? 1);
  const next = new URLSearchParams(query);
  next.set('page', String(page + 1));
  const more = list.length > page * size;
  return { status: 200, body: wrap(list.slice((page - 1) * size, page * size)), headers: more ? { link: `<${path}?${next}>; rel="next"` } : {} };
}

export function pullOf({ repo, params }: Request): Pull {
  const pull = repo.pulls.get(Number(params['number']));
  if (!pull) throw new Refusal(404, 'Not Found');
  return pull;
}

/** A text that has to be there, of a length that GitHub takes. */
export function text(body: Request['body'], name: string, max = 65_536): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new Refusal(422, `${name} is missing`);
  if (value.length > max) throw new Refusal(422, `${name} is too long (maximum is ${max} characters)`);
  return value;
}
