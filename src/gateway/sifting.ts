/** @module Mails of a source that hands out all of them, sifted as those of mirrors are: what could matter, what is skipped and why. */
import { createHash } from 'node:crypto';
import type { SourceEvent, SourceReading } from './mail-source.js';
import { MAIL_LIMITS, siftMail } from './public-inbox/mail-filter.js';

/** One mail with its place. */
export interface Arrived {
  readonly raw: Buffer;
  readonly atMs: number;
  /** The place after it; null where the source keeps none. */
  readonly cursor: string | null;
  /** Names it within the source. */
  readonly where: string;
}

/** Counts what it sifts, and tells the progress. */
export class Sifting {
  private readonly counts = { mails: 0, found: 0, skipped: 0 };

  constructor(private readonly reading: SourceReading) {}

  /** The event of a mail; null when it is passed over, or known. */
  async event({ raw, atMs, cursor, where }: Arrived): Promise<SourceEvent | null> {
    if (raw.length > MAIL_LIMITS.mailBytes) return this.skipped(where, 'too large');
    const sifted = siftMail(raw, this.reading.followed, MAIL_LIMITS);
    if (sifted.kind === 'skipped') return this.skipped(where, sifted.reason);
    this.counts.mails += 1;
    if (sifted.kind === 'passed') return null;
    const { messageId } = sifted.headers;
    const id = messageId === '' ? `sha256:${createHash('sha256').update(raw).digest('hex')}` : messageId;
    if (await this.reading.isKnown(id)) return null;
    this.counts.found += 1;
    return { kind: 'mail', mail: { raw, messageId: id, atMs }, cursor };
  }

  /** A mail that is not looked at. */
  skipped(where: string, reason: string): SourceEvent {
    this.counts.mails += 1;
    this.counts.skipped += 1;
    return { kind: 'skipped', where, reason };
  }

  tell(): void {
    this.reading.progress?.(this.counts);
  }
}
