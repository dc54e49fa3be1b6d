/**
 * @module Checks of patches in a Patchwork instance, by its REST API: https://patchwork.readthedocs.io/en/latest/api/rest/. A
 * patch is found by its Message-ID; checks are only ever added there.
 */
import { z } from 'zod';
import { GatewayFailure, LIMITS } from './limits.js';
import { limitedFetch, type Fetch } from './limited-fetch.js';
import { kindOf, RemoteFailure } from './remote-failure.js';

/** Milliseconds to wait where it does not say how long. */
const LIMITED_MS = 60_000;
const WAIT_MAX_MS = 86_400_000;
/** Characters of a description that it takes. */
const DESCRIPTION_MAX = 255;

/** A check as Patchwork has it. */
export interface PatchworkCheck {
  readonly state: 'pending' | 'success' | 'warning' | 'fail';
  /** Who says so: a slug. */
  readonly context: string;
  readonly description: string;
  /** A page with more; null for none. */
  readonly targetUrl: string | null;
}

export interface PatchworkAccess {
  /** Of the instance, such as https://patchwork.kernel.org. */
  readonly url: string;
  readonly token: string;
  /** For tests. */
  readonly fetch?: Fetch;
}

const patches = z.array(z.object({ id: z.number().int() })).max(1000);
const checks = z.array(z.object({ id: z.number().int(), context: z.string(), description: z.string().nullable(), state: z.string() }));
const made = z.object({ id: z.number().int() });

export class Patchwork {
  private readonly api: string;
  private readonly fetch: Fetch;

  constructor(private readonly access: PatchworkAccess) {
    this.api = `${access.url.replace(/\/+$/u, '')}/api/1.2`;
    this.fetch = limitedFetch({ ms: LIMITS.requestMs, bytes: LIMITS.answerBytes }, access.fetch);
  }

  /** The number of a patch; null when the instance does not know it. */
  async patch(messageId: string): Promise<number | null> {
    const [first] = await this.ask(`patches/?msgid=${encodeURIComponent(messageId)}`, patches);
    return first?.id ?? null;
  }

  /** The id of a check like this one that a patch has already; null when it has none. */
  async find(patch: number, { context, state, description }: PatchworkCheck): Promise<number | null> {
    const all = await this.ask(`patches/${patch}/checks/?per_page=250`, checks);
    return all.find((one) => one.context === context && one.state === state && one.description === description)?.id ?? null;
  }

  /** Adds a check; its id. */
  async add(patch: number, { state, context, description, targetUrl }: PatchworkCheck): Promise<number> {
    const body = { state, context, description: description.slice(0, DESCRIPTION_MAX), ...(targetUrl === null ? {} : { target_url: targetUrl }) };
    return (await this.ask(`patches/${patch}/checks/`, made, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })).id;
  }

  private async ask<T>(path: string, schema: z.ZodType<T>, init: { method?: string; body?: string; headers?: Record<string, string> } = {}): Promise<T> {
    const response = await this.answer(path, init);
    if (!response.ok) throw failureOf(response);
    const parsed = schema.safeParse(await response.json().catch(() => null));
    if (!parsed.success) throw new RemoteFailure('Patchwork answers with something else than its API says', init.method === 'POST' ? 'unavailable' : 'refused');
    return parsed.data;
  }

  private async answer(path: string, init: { method?: string; body?: string; headers?: Record<string, string> }): Promise<Response> {
    try {
      // A redirect would take the token elsewhere.
      return await this.fetch(`${this.api}/${path}`, { ...init, redirect: 'error', headers: { ...init.headers, 'accept': 'application/json', 'user-agent': 'kcovet', 'authorization': `Token ${this.access.token}` } });
    } catch (error) {
      if (error instanceof GatewayFailure) throw new RemoteFailure(`Patchwork ${error.message}`, 'unavailable');
      throw error;
    }
  }
}

function failureOf({ status, headers }: Response): RemoteFailure {
  const kind = kindOf(status);
  const seconds = Number(headers.get('retry-after') ?? NaN);
  const afterMs = kind === 'limited' ? Math.min(WAIT_MAX_MS, Number.isNaN(seconds) ? LIMITED_MS : Math.max(0, seconds * 1000)) : 0;
  const why = { unauthorized: 'does not take the token', forbidden: 'does not let this account add checks', missing: 'has no such patch', refused: 'refused it', limited: 'asks for patience', unavailable: 'failed' }[kind];
  return new RemoteFailure(`Patchwork ${why} (${status})`, kind, afterMs);
}
