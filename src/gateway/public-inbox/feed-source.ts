/**
 * @module A public-inbox instance as a source of mails without its mirror: its feed of new mails, or a search of it as a feed, then each mail
 * from /MESSAGE-ID/raw. Every address is made of the one that was configured and a Message-ID; none is taken from a mail or
 * a feed.
 */
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { AnswerTooLarge, limitedFetch, type Fetch, type FetchLimits } from '../limited-fetch.js';
import { GatewayFailure, reasonOf } from '../limits.js';
import type { Lacking, MailSource, SourceEvent, SourceMail, SourceReading } from '../mail-source.js';
import { MboxStream } from '../mbox-stream.js';
import { Sifting } from '../sifting.js';
import { atomEntries, type AtomEntry } from './atom-entries.js';
import { MAIL_LIMITS } from './mail-filter.js';
import { readRawHeaders } from './raw-headers.js';

export interface FeedPlace {
  readonly name: string;
  readonly lists: readonly string[];
  /** Of the inbox, such as https://lore.kernel.org/lkml. */
  readonly url: string;
  /** A search, such as dfn:kernel/kcov.c; all new mails when left out. */
  readonly query?: string;
  readonly limits?: FetchLimits;
  readonly fetch?: Fetch;
  readonly now: () => number;
}

export const FEED_LIMITS: FetchLimits = { ms: 20_000, bytes: 16 * 1024 * 1024 };
/** Entries on a page of search results (PublicInbox::SearchView). */
const PAGE_ENTRIES = 200;
/** Pages of search results that are read at a time. */
const PAGES_MAX = 10;
/** Message-IDs of mails looked at that are remembered. */
const SEEN_MAX = 2_000;
/** Failures of one reading before the rest is left for the next one. */
const FAILED_MAX = 5;
/** Bytes of a thread, unpacked. */
const THREAD_MAX = 64 * 1024 * 1024;

const cursorSchema = z.object({ sinceS: z.number().nullable(), seen: z.array(z.string()).max(SEEN_MAX) });

export class FeedSource implements MailSource {
  readonly name: string;
  readonly lists: readonly string[];
  private readonly base: string;
  private readonly get: Fetch;

  constructor(private readonly place: FeedPlace) {
    ({ name: this.name, lists: this.lists } = place);
    this.base = place.url.replace(/\/+$/u, '');
    this.get = limitedFetch(place.limits ?? FEED_LIMITS, place.fetch);
  }

  async *read(cursor: string | null, reading: SourceReading): AsyncIterable<SourceEvent> {
    const before = cursorOf(cursor);
    const sinceS = before?.sinceS ?? reading.sinceS;
    const seen = new Set(before?.seen ?? []);
    let entries: AtomEntry[];
    try {
      entries = await this.entries({ seen, sinceS });
    } catch (error) {
      yield { kind: 'stopped', reason: reasonOf(error) };
      return;
    }
    if (before !== null && entries.length > 0 && !entries.some(({ messageId }) => seen.has(messageId))) {
      yield { kind: 'note', what: 'the feed does not reach back to the last mail that was read: mails between may be missed; poll more often, or give a query or a mirror' };
    }
    const fresh = entries.filter(({ messageId, atMs }) => !seen.has(messageId) && !(sinceS !== null && atMs !== null && atMs < sinceS * 1000));
    yield* this.mails(fresh.reverse(), { reading, seen, sinceS });
  }

  private async *mails(entries: readonly AtomEntry[], { reading, seen, sinceS }: { reading: SourceReading; seen: Set<string>; sinceS: number | null }): AsyncGenerator<SourceEvent, void, void> {
    const sifting = new Sifting(reading);
    const at = (): string => JSON.stringify({ sinceS, seen: [...seen].slice(-SEEN_MAX) });
    let failed = 0;
    for (const { messageId, atMs } of entries) {
      if (reading.signal?.aborted) return;
      if (!await reading.isKnown(messageId)) {
        const got = await this.raw(messageId).catch((error: unknown) => (error instanceof AnswerTooLarge ? 'too large' : { failure: reasonOf(error) }));
        if (got !== null && typeof got === 'object' && 'failure' in got) {
          // It is asked for again the next time; a server that is down is asked no more now.
          if (++failed < FAILED_MAX) continue;
          yield { kind: 'stopped', reason: got.failure };
          return;
        }
        seen.add(messageId);
        const where = messageId;
        const event = typeof got === 'string' || got === null ? sifting.skipped(where, got ?? 'gone') : await sifting.event({ raw: got, atMs: Math.min(atMs ?? Infinity, this.place.now()), cursor: at(), where });
        if (event) yield event;
      }
      seen.add(messageId);
    }
    sifting.tell();
    if (failed > 0) yield { kind: 'stopped', reason: `${failed} mails could not be read` };
    yield { kind: 'passed', cursor: at() };
  }

  /** Entries, the newest first: the feed of new mails, or all pages of a search down to one that was seen. */
  private async entries({ seen, sinceS }: { seen: ReadonlySet<string>; sinceS: number | null }): Promise<AtomEntry[]> {
    if (this.place.query === undefined) return await this.feed('new.atom');
    const day = sinceS === null ? '' : ` d:${new Date(sinceS * 1000).toISOString().slice(0, 10).replaceAll('-', '')}..`;
    const query = encodeURIComponent(`(${this.place.query})${day}`);
    const all: AtomEntry[] = [];
    for (let page = 0; page < PAGES_MAX; page++) {
      const some = await this.feed(`?q=${query}&x=A${page === 0 ? '' : `&o=${page * PAGE_ENTRIES}`}`, page > 0);
      all.push(...some);
      if (some.length < PAGE_ENTRIES || some.every(({ messageId }) => seen.has(messageId))) break;
    }
    return all;
  }

  private async feed(path: string, mayEnd = false): Promise<AtomEntry[]> {
    const response = await this.get(`${this.base}/${path}`, { headers });
    // A search that finds nothing is answered with 404.
    if (response.status === 404 && (mayEnd || path.startsWith('?'))) return [];
    if (!response.ok) throw new GatewayFailure(`answered with ${response.status}`);
    const entries = atomEntries(await response.text(), this.base);
    if (entries === null) throw new GatewayFailure('answered with something that is no Atom feed: give the address of the inbox itself');
    return entries;
  }

  /** The mail; null when it is gone. */
  private async raw(messageId: string): Promise<Buffer | null> {
    const response = await this.get(this.of(messageId, 'raw'), { headers });
    if (response.status === 404 || response.status === 410) return null;
    if (!response.ok) throw new GatewayFailure(`answered with ${response.status}`);
    const [mail = null] = mailsIn(Buffer.from(await response.arrayBuffer()));
    return mail;
  }

  /** Mails of the thread that a series lacks. */
  async *find({ ids, answering, atS }: Lacking): AsyncIterable<SourceMail> {
    for (const id of [...answering].slice(0, 3)) {
      const response = await this.get(this.of(id, 't.mbox.gz'), { headers }).catch(() => null);
      if (!response?.ok) continue;
      for (const raw of threadIn(Buffer.from(await response.arrayBuffer()))) {
        const mail = readRawHeaders(raw, MAIL_LIMITS.headerBytes);
        const wanted = mail !== null && mail.messageId !== '' && (ids.has(mail.messageId) || mail.answers.some((one) => answering.has(one)));
        if (wanted) yield { raw, messageId: mail.messageId, atMs: atS * 1000 };
      }
      return;
    }
  }

  private of(messageId: string, what: string): string {
    return `${this.base}/${encodeURIComponent(messageId)}/${what}`;
  }
}

const headers = { 'user-agent': 'kcovet' };

/** Mails of an mbox in memory. */
function mailsIn(bytes: Buffer): Buffer[] {
  const stream = new MboxStream(MAIL_LIMITS.mailBytes);
  return [...stream.push(bytes), ...stream.end()].filter((mail) => mail !== null);
}

function threadIn(bytes: Buffer): Buffer[] {
  try {
    return mailsIn(gunzipSync(bytes, { maxOutputLength: THREAD_MAX }));
  } catch {
    return [];
  }
}

function cursorOf(text: string | null): z.infer<typeof cursorSchema> | null {
  try {
    return text === null ? null : cursorSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
