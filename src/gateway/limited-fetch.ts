/**
 * @module fetch() with limits: an answer, its body included, has to come within a time and a size. A server that
 * answers never, slowly or without end costs no more than that.
 */
import { GatewayFailure, inSeconds, reasonOf } from './limits.js';

/** The part of the global fetch that is used. */
export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What a request may cost. */
export interface FetchLimits {
  /** Milliseconds, from the request to the end of the body. */
  readonly ms: number;
  /** Bytes of the body. */
  readonly bytes: number;
}

/** An answer beyond its limit of bytes: asking again would not help. */
export class AnswerTooLarge extends GatewayFailure {
  constructor(bytes: number) {
    super(`answered with more than ${bytes} bytes`);
    this.name = 'AnswerTooLarge';
  }
}

/** A fetch that rejects with GatewayFailure beyond the limits, and reads the body before it returns. */
export function limitedFetch(limits: FetchLimits, inner: Fetch = fetch): Fetch {
  return async (url, init) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), limits.ms);
    try {
      const response = await inner(url, { ...init, signal: abort.signal });
      const body = await bodyOf(response, { limits, abort });
      return rebuilt(response, body);
    } catch (error) {
      if (error instanceof GatewayFailure) throw error;
      if (abort.signal.aborted) throw new GatewayFailure(`no answer within ${inSeconds(limits.ms)}`, true);
      throw new GatewayFailure(`cannot be reached: ${whyNetwork(error)}`, true);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Node wraps what happened on the network into "fetch failed". */
function whyNetwork(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code === '' ? reasonOf(cause ?? error) : code;
}

async function bodyOf(response: Response, { limits, abort }: { limits: FetchLimits; abort: AbortController }): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (!response.body) return Buffer.alloc(0);
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limits.bytes) {
      const failure = new AnswerTooLarge(limits.bytes);
      abort.abort();
      throw failure;
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** The same answer with a body that is in memory; its url is kept, which a new Response has not. */
function rebuilt(response: Response, body: Buffer): Response {
  const bodiless = [101, 204, 205, 304].includes(response.status);
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const copy = new Response(bodiless ? null : new Uint8Array(body), { status: response.status, statusText: response.statusText, headers });
  Object.defineProperty(copy, 'url', { value: response.url });
  return copy;
}
