/** @module A watch for tests: a real store and queue, a clock by hand, and an engine that reviews nothing and remembers what it was given. */
import { MirrorSource } from '../../src/gateway/public-inbox/mirror-source.js';
import type { MailSource } from '../../src/gateway/mail-source.js';
import type { Drafting } from '../../src/lists/drafting.js';
import type { ReadySeries } from '../../src/lists/ready-series.js';
import { Watch, type Round } from '../../src/lists/watch.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Review } from '../../src/review/review.js';
import type { Engine } from '../../src/engine/engine.js';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import type { LogFields } from '../../src/service/log.js';
import type { Store } from '../../src/store/store.js';

/** A review that asks nothing, of a submission. */
export function emptyReview({ subject, messageId, version, patches }: Submission): Review {
  return {
    schema: 'kcovet/review@1', tool: { version: '0', rulesHash: '0' }, verdict: 'nothingToAsk', complete: true,
    submission: { subject, messageId, version, patches: patches.map(({ n, of, subject: title, messageId: id }) => ({ n, of, subject: title, messageId: id })) },
    base: { kind: 'model', label: 'v5.5', fit: 1, files: [] }, hunks: [], problems: [], failures: [], assumptions: [], findings: [], taskState: [], scenarios: [], withoutEffect: [], notModelled: [],
  };
}

export interface Told {
  readonly level: string;
  readonly what: string;
  readonly fields: LogFields;
}

export class Watching {
  readonly drafted: { ready: ReadySeries; review: Review }[] = [];
  readonly cancelled: string[] = [];
  readonly log: Told[] = [];
  nowMs = Date.UTC(2026, 0, 11);
  stop = new AbortController();
  watch: Watch;
  queue: InProcessQueue;
  review: Engine['review'] = ({ submission }) => Promise.resolve(emptyReview(submission));

  constructor(readonly store: Store, readonly sources: readonly MailSource[], { sinceS = null, drafting }: { sinceS?: number | null; drafting?: Drafting } = {}) {
    this.queue = new InProcessQueue(store.jobs, { policy: { attemptsMax: 2, backoffMs: 1 } });
    this.watch = new Watch({
      lists: store.lists, said: store.said, submissions: store.submissions, queue: this.queue, answer: () => Promise.resolve(), sources, sinceS, base: {}, waitMs: 3_600_000, signal: this.stop.signal, now: () => this.nowMs,
      log: (level, what, fields = {}) => this.log.push({ level, what, fields }),
      engine: { review: (request, watch) => this.review(request, watch), reviewUnread: () => Promise.reject(new Error('not here')), replay: () => Promise.reject(new Error('not here')), assumed: () => Promise.reject(new Error('not here')) },
      drafting: drafting ?? {
        prepare: (ready, review) => {
          this.drafted.push({ ready, review });
          return Promise.resolve();
        },
        cancel: (key, why) => {
          this.cancelled.push(`${key}: ${why}`);
          return Promise.resolve();
        },
        refresh: () => Promise.resolve(),
        arrived: () => Promise.resolve(),
        send: () => Promise.resolve({ sent: 0, later: 0, refused: 0, unsure: 0, dropped: 0, stopped: '' }),
      },
    });
  }

  /** A round, and all reviews that follow from it. */
  async round(): Promise<Round> {
    const round = await this.watch.round();
    await this.watch.idle();
    return round;
  }

  /** Keys of what was reviewed, in order. */
  get reviewed(): string[] {
    return this.drafted.map(({ ready }) => ready.key);
  }

  /** What became of a series, and why. */
  async stateOf(key: string): Promise<string> {
    const series = await this.store.lists.series(key);
    return series === null ? 'unknown' : [series.state, ...(series.reason === '' ? [] : [series.reason])].join(': ');
  }

  said(what: string): LogFields[] {
    return this.log.filter((one) => one.what === what).map(({ fields }) => fields);
  }
}

/** A mirror on disk. */
export function mirrorAt(dir: string, name = 'one', lists = ['list@example.org']): MirrorSource {
  return new MirrorSource({ name, lists, dir });
}
