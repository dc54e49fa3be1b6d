/** @module Opens the queue on Redis. bull is an optional dependency: it is loaded here and nowhere else, and where it cannot be the reason says what to install. */
import type Bull from 'bull';
import type { BullData } from './bull-job.js';
import { BullQueue } from './bull-queue.js';
import type { BullTimes } from './bull-run.js';
import { redisOptions, redisPlace, within } from './redis-connection.js';
import { defaultPolicy, type RetryPolicy } from './retry-policy.js';

const defaultTimes: BullTimes = { lockMs: 10_000, stalledMs: 5000, lookMs: 500, parkMs: 5000, otherKindMs: 30_000, answerMs: 5000 };

/** Milliseconds that the first answer may take. */
const FIRST_ANSWER_MS = 8000;

export interface BullOpening {
  /** redis:// or rediss://, with credentials and database if need be. */
  readonly url: string;
  /** Of all keys: two servers on one Redis take different ones. */
  readonly prefix?: string;
  readonly policy?: Partial<RetryPolicy>;
  readonly times?: Partial<BullTimes>;
  /** Milliseconds that jobs at their end are kept, dead letters too: what comes again within is not done again. 30 days when left out. */
  readonly keptMs?: number;
  /** Told of the first failure of an outage, and of its end. */
  readonly onConnection?: (state: 'lost' | 'back', why: string) => void;
}

/** A queue, or the reason why there is none and the way out, in one line. */
export type OpenedQueue = { readonly queue: BullQueue } | { readonly failure: string };

/** Loads bull; a test passes one that cannot be loaded. */
export type LoadBull = () => Promise<{ default: typeof Bull }>;

export async function openBullQueue({ url, prefix = 'kcovet', policy = {}, times: given = {}, keptMs = 30 * 86_400_000, onConnection }: BullOpening, load: LoadBull = () => import('bull')): Promise<OpenedQueue> {
  const redis = redisOptions(url);
  if ('failure' in redis) return redis;
  const times = { ...defaultTimes, ...given };
  let constructor: typeof Bull;
  try {
    constructor = (await load()).default;
  } catch (error) {
    return { failure: `bull cannot be loaded (${firstLine(error)}): run npm install bull, or leave REDIS_URL out` };
  }
  const bull = new constructor<BullData>('kcovet', {
    // bull itself must never give up a job: what is given up is counted by our policy.
    prefix, redis, settings: { lockDuration: times.lockMs, stalledInterval: times.stalledMs, maxStalledCount: 1_000_000, guardInterval: 1000, drainDelay: 1 },
  });
  const queue = new BullQueue(bull, { policy: { ...defaultPolicy, ...policy }, times, keptMs, place: redisPlace(redis) });
  const failure = await unfit(bull, redisPlace(redis));
  if (failure !== null) {
    await queue.close();
    return { failure };
  }
  if (onConnection) watchConnection(bull, onConnection);
  return { queue };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** Why this Redis must not be used; null when it may. */
async function unfit(bull: Bull.Queue<BullData>, place: string): Promise<string | null> {
  let last = '';
  bull.on('error', (error) => { last = firstLine(error); });
  try {
    const info = await within(bull.client.info('memory'), FIRST_ANSWER_MS, 'no answer');
    const [, policy] = /^maxmemory_policy:(\S+)/mu.exec(info) ?? [];
    if (policy !== undefined && policy !== 'noeviction') {
      return `REDIS_URL: the Redis at ${place} drops what it likes when its memory is full (maxmemory-policy ${policy}), and jobs with it: set maxmemory-policy noeviction`;
    }
    return null;
  } catch (error) {
    return `REDIS_URL: the Redis at ${place} cannot be used (${last || firstLine(error)}): is it running, and is the address right?`;
  }
}

/** Tells once that the connection is lost, and once that it is back. */
function watchConnection(bull: Bull.Queue<BullData>, tell: (state: 'lost' | 'back', why: string) => void): void {
  let isLost = false;
  bull.client.on('close', () => {
    if (isLost) return;
    isLost = true;
    tell('lost', 'the connection to Redis was closed');
  });
  bull.client.on('ready', () => {
    if (!isLost) return;
    isLost = false;
    tell('back', '');
  });
}
