/** @module How a Redis is reached: its URL to what the client takes, and a limit on every wait for it. */
import type Bull from 'bull';

/** Milliseconds without an answer after which a connection counts as dead; nothing is asked that takes so long. */
const SILENT_MS = 15_000;

const CONNECT_MS = 5000;

/** Milliseconds between two attempts to connect again, at most. */
const RECONNECT_MAX_MS = 2000;

export type RedisOptions = Exclude<Bull.QueueOptions['redis'], string | undefined>;

/** Options of a connection, or why the URL names none. */
export function redisOptions(url: string): RedisOptions | { readonly failure: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^rediss?:$/u.test(parsed.protocol) || parsed.hostname === '' || !/^\/?\d*$/u.test(parsed.pathname)) {
    return { failure: 'REDIS_URL is no address of a Redis: redis://HOST:PORT, rediss:// with TLS, with USER:PASSWORD@ and /DATABASE if need be' };
  }
  return {
    // Brackets of an IPv6 address belong to the URL.
    host: parsed.hostname.replace(/^\[|\]$/gu, ''), port: Number(parsed.port || 6379), db: Number(parsed.pathname.slice(1) || 0),
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
    // What was begun is told as soon as there is somebody to tell; who cannot wait has a limit of its own.
    maxRetriesPerRequest: null, enableReadyCheck: false, connectTimeout: CONNECT_MS, socketTimeout: SILENT_MS, keepAlive: SILENT_MS,
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 10), RECONNECT_MAX_MS),
  };
}

/** Where a Redis is, without its password. */
export function redisPlace({ host, port }: RedisOptions): string {
  return `${host}:${port}`;
}

/** What a promise comes to, if it does in time; rejects with `late` otherwise. */
export async function within<T>(promise: Promise<T>, ms: number, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error(late)), ms); });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again, but never while an answer is outstanding: where Redis is away nothing piles up. */
export function every(ms: number, ask: () => Promise<void>): NodeJS.Timeout {
  let isAsking = false;
  return setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    void ask().finally(() => { isAsking = false; });
  }, ms);
}
