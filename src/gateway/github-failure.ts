/**
 * @module Refusals of GitHub's API as data: what kind they are decides whether something was done, and whether to ask again
 * and when. Follows https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
 */
import { reasonOf } from './limits.js';
import { kindOf, RemoteFailure } from './remote-failure.js';
import type { FailureKind } from './remote-failure.js';

/** Milliseconds to wait where GitHub does not say how long: what its documentation asks for. */
const LIMITED_MS = 60_000;
/** Nobody waits longer than a day, whatever a header says. */
const WAIT_MAX_MS = 86_400_000;

export class GithubFailure extends RemoteFailure {
  constructor(message: string, kind: FailureKind, afterMs = 0) {
    super(message, kind, afterMs);
    this.name = 'GithubFailure';
  }
}

/** A request, and what it rejects with as a GithubFailure; `what` begins the message. */
export async function asking<T>(what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw failureOf(error, what);
  }
}

/** The same, and null where there is no such thing. */
export async function askingFor<T>(what: string, request: () => Promise<T>): Promise<T | null> {
  try {
    return await asking(what, request);
  } catch (error) {
    if (error instanceof GithubFailure && error.kind === 'missing') return null;
    throw error;
  }
}

interface Answered {
  readonly status?: unknown;
  readonly response?: { readonly headers?: Readonly<Record<string, unknown>> };
}

/** The failure in an error of Octokit. */
export function failureOf(error: unknown, what: string): GithubFailure {
  if (error instanceof GithubFailure) return error;
  const { status, response } = (error ?? {}) as Answered;
  if (typeof status !== 'number' || !response) return new GithubFailure(`${what}: GitHub does not answer: ${reasonOf(error)}`, 'unavailable');
  const headers = response.headers ?? {};
  if (isLimited(status, headers, reasonOf(error))) {
    const afterMs = waitMs(headers);
    return new GithubFailure(`${what}: GitHub's rate limit is reached, it asks for ${Math.ceil(afterMs / 1000)} s of patience`, 'limited', afterMs);
  }
  return new GithubFailure(`${what}: ${sentence(status, error)}`, kindOf(status));
}

function sentence(status: number, error: unknown): string {
  switch (status) {
    case 401: return 'GitHub does not take the token of the App (401)';
    case 403: return 'GitHub does not allow it to the App (403): see its permissions';
    case 404: case 410: return `there is no such thing for the App (${status})`;
    default: return status >= 500 ? `GitHub failed (${status})` : `GitHub refused it (${status}): ${reasonOf(error)}`;
  }
}

function isLimited(status: number, headers: Readonly<Record<string, unknown>>, reason: string): boolean {
  if (status === 429) return true;
  return status === 403 && (headers['retry-after'] !== undefined || String(headers['x-ratelimit-remaining']) === '0' || /secondary rate limit/iu.test(reason));
}

function waitMs(headers: Readonly<Record<string, unknown>>): number {
  const [after, reset] = [Number(headers['retry-after'] ?? NaN), Number(headers['x-ratelimit-reset'] ?? NaN)];
  const ms = !Number.isNaN(after) ? after * 1000 : !Number.isNaN(reset) ? reset * 1000 - Date.now() + 1000 : LIMITED_MS;
  return Math.min(WAIT_MAX_MS, Math.max(0, ms));
}
