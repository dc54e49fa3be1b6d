/**
 * @module Reads all sources once: keeps what could matter together with the place after it, counts, and says what was skipped. A
 * source that cannot be read now does not keep the others from being read.
 */
import type { MailSource, SourceEvent } from '../gateway/mail-source.js';
import { errorField, type Log } from '../service/log.js';
import type { Drafting } from './drafting.js';
import type { FollowedIds } from './followed-ids.js';
import type { ListStore } from './list-store.js';
import { linksOf } from './mail-links.js';

export interface SourcesReader {
  readonly lists: ListStore;
  readonly drafting: Pick<Drafting, 'arrived'>;
  readonly followed: FollowedIds;
  readonly log: Log;
  /** Where sources that were never read begin, in seconds since 1970; null: with their first mail. */
  readonly sinceS: number | null;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Told now and then how far a source was read. */
  readonly progress: (source: string, counts: ReadCounts) => void;
}

/** What one reading of a source came to. */
export interface ReadCounts {
  /** Mails looked at. */
  mails: number;
  /** Kept for the first time. */
  kept: number;
  /** Not looked at, with a reason in the log. */
  skipped: number;
  /** The source could not be read to its end. */
  stopped: boolean;
}

/** Skipped mails of one reading that are logged one by one. */
const LOGGED_MAX = 50;

/** Reads one source from its cursor to its end. */
export async function readSource(source: MailSource, reader: SourcesReader): Promise<ReadCounts> {
  const counts: ReadCounts = { mails: 0, kept: 0, skipped: 0, stopped: false };
  const reading = {
    followed: reader.followed, sinceS: reader.sinceS, signal: reader.signal,
    isKnown: (messageId: string) => reader.lists.sawMail(messageId, source.lists),
    progress: ({ mails }: { mails: number }) => {
      counts.mails = mails;
      reader.progress(source.name, counts);
    },
  };
  try {
    for await (const event of source.read(await reader.lists.cursor(source.name), reading)) {
      await take(event, { source, reader, counts });
      if (reader.signal.aborted) break;
    }
  } catch (error) {
    counts.stopped = true;
    reader.log('error', 'a source failed', { source: source.name, ...errorField(error) });
  }
  reader.log('info', 'read', { source: source.name, mails: counts.mails, kept: counts.kept, skipped: counts.skipped, stopped: counts.stopped });
  return counts;
}

interface Taking {
  readonly source: MailSource;
  readonly reader: SourcesReader;
  readonly counts: ReadCounts;
}

async function take(event: SourceEvent, { source, reader, counts }: Taking): Promise<void> {
  const { lists, followed, log } = reader;
  const at = (cursor: string | null): { source: string; text: string } | null => (cursor === null ? null : { source: source.name, text: cursor });
  switch (event.kind) {
    case 'mail': {
      const { mail, cursor } = event;
      const links = linksOf(mail.raw, mail.messageId);
      // public-inbox takes its time from headers where no server has put one, and these may say 2099.
      const kept = { ...mail, atMs: Math.min(mail.atMs, reader.now()), lists: source.lists, source: source.name, links };
      // Before it is kept, since after that nobody looks at it again.
      await reader.drafting.arrived(kept);
      const isNew = await lists.keepMail(kept, at(cursor));
      if (isNew) counts.kept += 1;
      followed.add([mail.messageId, ...links]);
      return;
    }
    case 'passed': return await lists.moveCursor({ source: source.name, text: event.cursor });
    case 'skipped':
      counts.skipped += 1;
      if (counts.skipped <= LOGGED_MAX) log('warn', 'a mail was skipped', { source: source.name, where: event.where, reason: event.reason });
      return;
    case 'note': return log('info', 'source', { source: source.name, what: event.what });
    case 'stopped':
      counts.stopped = true;
      return log('error', 'a source cannot be read on', { source: source.name, reason: event.reason });
  }
}
