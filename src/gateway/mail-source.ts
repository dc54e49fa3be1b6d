/**
 * @module Where mails of lists come from, as a port: mirrors, feeds, folders, files. A source reads from a cursor on, hands out what could
 * matter, and goes on after whatever is wrong with a mail. No source asks an address that a mail names.
 */
import type { Followed } from './public-inbox/mail-filter.js';

/** A mail that could matter. */
export interface SourceMail {
  /** As it came, bytes and all. */
  readonly raw: Buffer;
  /** Without angle brackets; something else that tells mails apart where it has none. */
  readonly messageId: string;
  /** When it came to the source; now where the source does not say. */
  readonly atMs: number;
}

/** What reading tells. `cursor` is the place after the event; kept together with the mail, nothing comes twice. */
export type SourceEvent =
  | { readonly kind: 'mail'; readonly mail: SourceMail; readonly cursor: string | null }
  | { readonly kind: 'passed'; readonly cursor: string }
  /** One mail was not looked at; `where` names it within the source. */
  | { readonly kind: 'skipped'; readonly where: string; readonly reason: string }
  /** Something to be said that stops nothing. */
  | { readonly kind: 'note'; readonly what: string }
  /** The rest cannot be read now; the next reading begins there. */
  | { readonly kind: 'stopped'; readonly reason: string };

/** Counts since the reading began. */
export interface SourceCounts {
  readonly mails: number;
  readonly found: number;
  readonly skipped: number;
}

export interface SourceReading {
  /** Answers to these matter, and are asked for mail by mail. */
  readonly followed: Followed;
  /** Whether a mail was handed out before, by this source or another. */
  readonly isKnown: (messageId: string) => Promise<boolean>;
  /** Where a source that was never read begins, in seconds since 1970; null: with its first mail. */
  readonly sinceS: number | null;
  readonly progress?: (counts: SourceCounts) => void;
  readonly signal?: AbortSignal;
}

/** Mails that a series lacks, and where to look. */
export interface Lacking {
  /** Message-IDs. */
  readonly ids: ReadonlySet<string>;
  /** Patches that answer one of these. */
  readonly answering: ReadonlySet<string>;
  /** When mails of the series came, in seconds since 1970. */
  readonly atS: number;
}

export interface MailSource {
  /** Of the configuration; the cursor is kept under it. */
  readonly name: string;
  /** Addresses of the lists that it has mails of. */
  readonly lists: readonly string[];
  /** Reads what is new since the cursor, null at first. Rejects for nothing that comes from outside. */
  read(cursor: string | null, reading: SourceReading): AsyncIterable<SourceEvent>;
  /** Mails that were passed over and belong to a series, as far as they can be found near it. */
  find?(lacking: Lacking): AsyncIterable<SourceMail>;
}
