/** @module A public-inbox v2 mirror as a source of mails: on disk as it is, or fetched from its address before it is read. */
import { z } from 'zod';
import type { Lacking, MailSource, SourceEvent, SourceMail, SourceReading } from '../mail-source.js';
import { findInMirror } from './find-in-mirror.js';
import { newCursor, type MirrorCursor } from './mirror-cursor.js';
import type { MirrorCounts, MirrorEvent } from './mirror-event.js';
import { readMirror } from './read-mirror.js';

const cursorSchema = z.object({ sinceS: z.number().nullable(), seen: z.record(z.string(), z.string()) });

/** Where a mirror is. */
export interface MirrorPlace {
  readonly name: string;
  readonly lists: readonly string[];
  /** Folder that has git/0.git. */
  readonly dir: string;
  /** Brings the folder up to date before it is read; yields what is to be said of it. */
  readonly update?: (sinceS: number | null) => AsyncIterable<SourceEvent>;
  /** Such as "git". */
  readonly program?: string;
}

export class MirrorSource implements MailSource {
  readonly name: string;
  readonly lists: readonly string[];

  constructor(private readonly place: MirrorPlace) {
    ({ name: this.name, lists: this.lists } = place);
  }

  async *read(cursor: string | null, { sinceS, progress, ...reading }: SourceReading): AsyncIterable<SourceEvent> {
    const from = cursorOf(cursor) ?? newCursor(sinceS);
    if (this.place.update) yield* this.place.update(from.sinceS);
    const counted = progress && ((counts: Readonly<MirrorCounts>): void => progress(inShort(counts)));
    const { program } = this.place;
    for await (const event of readMirror(this.place.dir, from, { ...reading, ...(counted ? { progress: counted } : {}), ...(program === undefined ? {} : { program }) })) yield told(event);
  }

  find(lacking: Lacking): AsyncIterable<SourceMail> {
    return findInMirror(this.place.dir, lacking, this.place.program);
  }
}

/** The cursor as it was kept; null when there is none, or one of another kind. */
function cursorOf(text: string | null): MirrorCursor | null {
  if (text === null) return null;
  try {
    return cursorSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function inShort({ mails, found, skipped }: Readonly<MirrorCounts>): { mails: number; found: number; skipped: number } {
  return { mails, found, skipped: Object.values(skipped).reduce((sum, n) => sum + n, 0) };
}

function told(event: MirrorEvent): SourceEvent {
  switch (event.kind) {
    case 'mail': {
      const { raw, messageId, timeS } = event.mail;
      return { kind: 'mail', mail: { raw, messageId, atMs: timeS * 1000 }, cursor: JSON.stringify(event.cursor) };
    }
    case 'passed': return { kind: 'passed', cursor: JSON.stringify(event.cursor) };
    case 'skipped': return { kind: 'skipped', where: `epoch ${event.epoch}, commit ${event.commit.slice(0, 12)}`, reason: event.reason };
    case 'rewritten': return { kind: 'note', what: `epoch ${event.epoch}: its history was rewritten, ${event.lost.slice(0, 12)} is gone: walked anew from what is in common` };
    case 'stopped': return { kind: 'stopped', reason: event.epoch === null ? event.reason : `epoch ${event.epoch}: ${event.reason}` };
  }
}
