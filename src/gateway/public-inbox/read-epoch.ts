/**
 * @module One epoch from a cursor to its head: sifts each mail, counts, and gets round what git cannot read. A mail at
 * which git itself gives up twice is skipped; a git that is killed or hangs twice at the same place stops the epoch for
 * now, since that says nothing of the mail.
 */
import { blobId } from '../../apply/blob-id.js';
import { lookUp } from '../git-objects.js';
import type { Repository } from '../git-run.js';
import { LIMITS } from '../limits.js';
import type { BatchAnswer } from './batch-answers.js';
import { readStretch } from './epoch-mails.js';
import type { Stretch, StretchEnd } from './epoch-mails.js';
import { MAIL_LIMITS, siftMail } from './mail-filter.js';
import { movedTo } from './mirror-cursor.js';
import type { MirrorCursor } from './mirror-cursor.js';
import type { MirrorCounts, MirrorEvent, MirrorMail, MirrorReading, SkipReason } from './mirror-event.js';

/** Mails between two reports. */
const REPORT_MAILS = 5_000;
/** Commits without `m` that are looked at together. */
const MISSING_MAX = 500;
/** Times that git may give up in one epoch before the rest of it is left for the next reading. */
const GIVEN_UP_MAX = 40;

type Events = Generator<MirrorEvent, void, void>;
type AsyncEvents = AsyncGenerator<MirrorEvent, void, void>;
type Content = Extract<BatchAnswer, { kind: 'object' }>;

/** What is read, and who hears of it. */
export interface EpochTask extends MirrorReading {
  readonly repository: Repository;
  readonly epoch: number;
  /** Of the mirror, before. */
  readonly cursor: MirrorCursor;
  /** Those of the reading; they are added to. */
  readonly counts: MirrorCounts;
}

/** One reading of one epoch. */
export class EpochReading {
  /** The last commit that was looked at; null before the first. */
  #last: string | null = null;
  /** Commits without `m`: deleted mails, or trees that cannot be read. */
  #missing: string[] = [];

  constructor(private readonly task: EpochTask) {}

  /** Reads the stretch to its end, or to where it cannot be read. Rejects with GatewayFailure when git cannot be asked. */
  async *events(stretch: Stretch): AsyncEvents {
    let gaveUpAt: string | null = null;
    for (let times = 0; ; times++) {
      const end = yield* this.#attempt({ ...stretch, after: this.#last ?? stretch.after });
      yield* this.#settleMissing();
      if (end.kind === 'done') {
        this.#last = stretch.head;
        break;
      }
      const isSecond: boolean = end.at === gaveUpAt;
      if (end.at === null || times >= GIVEN_UP_MAX || (isSecond && end.kind === 'lost')) {
        yield { kind: 'stopped', epoch: this.task.epoch, reason: end.reason };
        break;
      }
      if (isSecond) {
        this.#last = end.at;
        yield* this.#skip(end.at, 'unreadable');
      }
      gaveUpAt = isSecond ? null : end.at;
    }
    yield* this.#report();
  }

  async *#attempt(stretch: Stretch): AsyncGenerator<MirrorEvent, StretchEnd, void> {
    const { gitLimits = LIMITS, mailLimits = MAIL_LIMITS, repository } = this.task;
    let unreported = 0;
    const answers = readStretch(repository, stretch, { git: gitLimits, mailBytes: mailLimits.mailBytes });
    try {
      for (;;) {
        const next = await answers.next();
        if (next.done) return next.value;
        const { commit, timeS, answer } = next.value;
        this.#last = commit;
        const sifted = answer.kind === 'missing' ? null : this.#sift({ commit, timeS }, answer);
        if (answer.kind === 'missing') this.#missing.push(commit);
        else if (sifted === null) this.#pass();
        else yield* this.#tell(commit, sifted);
        if (this.#missing.length >= MISSING_MAX) yield* this.#settleMissing();
        if (++unreported % REPORT_MAILS === 0) yield* this.#report();
      }
    } finally {
      await answers.return({ kind: 'done' });
    }
  }

  /** Sifts one mail; the event if it is not passed over. */
  #sift(at: Pick<MirrorMail, 'commit' | 'timeS'>, { id, type, bytes, content }: Content): MirrorMail | SkipReason | null {
    const { counts, mailLimits = MAIL_LIMITS, followed } = this.task;
    counts.bytes += bytes;
    if (content === null) return 'too large';
    if (type !== 'blob') return 'unreadable';
    const sifted = siftMail(content, followed, mailLimits);
    if (sifted.kind === 'passed') return null;
    if (sifted.kind === 'skipped') return sifted.reason;
    if (blobId(content) !== id) return 'unreadable';
    const messageId = sifted.headers.messageId === '' ? `blob:${id}` : sifted.headers.messageId;
    return { raw: Buffer.from(content), messageId, cause: sifted.cause, epoch: this.task.epoch, ...at };
  }

  /** Hands a mail out, or says why it is not. */
  async *#tell(commit: string, sifted: MirrorMail | SkipReason): AsyncEvents {
    if (typeof sifted === 'string') {
      yield* this.#skip(commit, sifted);
      return;
    }
    const { counts } = this.task;
    counts.mails++;
    if (await this.task.isKnown(sifted.messageId)) {
      counts.repeated++;
      return;
    }
    counts.found++;
    yield { kind: 'mail', mail: sifted, cursor: this.#cursor() };
  }

  #pass(): void {
    this.task.counts.mails++;
    this.task.counts.passed++;
  }

  *#skip(commit: string, reason: SkipReason): Events {
    this.task.counts.mails++;
    this.task.counts.skipped[reason]++;
    yield { kind: 'skipped', epoch: this.task.epoch, commit, reason };
  }

  /** A deleted mail has `d` in place of `m`; a commit with neither cannot be read. */
  async *#settleMissing(): AsyncEvents {
    const commits = this.#missing;
    this.#missing = [];
    const deleted = await lookUp(this.task.repository, commits.map((commit) => `${commit}:d`));
    for (const [i, commit] of commits.entries()) {
      if (deleted[i]) {
        this.task.counts.mails++;
        this.task.counts.deleted++;
      } else yield* this.#skip(commit, 'unreadable');
    }
  }

  *#report(): Events {
    this.task.progress?.(this.task.counts, this.task.epoch);
    if (this.#last !== null) yield { kind: 'passed', cursor: this.#cursor() };
  }

  #cursor(): MirrorCursor {
    return this.#last === null ? this.task.cursor : movedTo(this.task.cursor, this.task.epoch, this.#last);
  }
}
