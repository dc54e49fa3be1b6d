/**
 * @module A Maildir as a source of mails (maildir(5)): new/ and cur/. A mail is handed out once, by the first part of its file's name, which stays
 * when that is moved from new/ to cur/; whoever puts it there may have given it any time (mtime), so where the reading is goes by
 * the time at which the system saw it last (ctime).
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { reasonOf } from './limits.js';
import type { MailSource, SourceEvent, SourceReading } from './mail-source.js';
import { MAIL_LIMITS } from './public-inbox/mail-filter.js';
import { Sifting } from './sifting.js';

/** Files that came so long before the last one are looked at again: clocks differ, and deliveries overlap. */
const MARGIN_MS = 600_000;
/** Mails between two reports. */
const REPORT_MAILS = 500;
/** Names that are remembered of a folder; of one with more, a mail that is moved late is looked at twice, and kept once. */
const SEEN_MAX = 50_000;

const cursorSchema = z.object({ atMs: z.number(), seen: z.array(z.string()).default([]) });

/** Where the reading is: what came since then, without the files of these names, as nameMark() has them. */
type Cursor = z.infer<typeof cursorSchema>;

interface MailFile {
  readonly path: string;
  readonly name: string;
  /** Short, for the cursor. */
  readonly mark: string;
  /** When it came, by its own time; never later than now. */
  readonly atMs: number;
  /** When the system saw a change of it last. */
  readonly changedMs: number;
  readonly bytes: number;
}

export interface MaildirPlace {
  readonly name: string;
  readonly lists: readonly string[];
  readonly dir: string;
  readonly now?: () => number;
  /** For tests. */
  readonly seenMax?: number;
}

export class MaildirSource implements MailSource {
  readonly name: string;
  readonly lists: readonly string[];

  constructor(private readonly place: MaildirPlace) {
    ({ name: this.name, lists: this.lists } = place);
  }

  async *read(cursor: string | null, reading: SourceReading): AsyncIterable<SourceEvent> {
    const nowMs = (this.place.now ?? Date.now)();
    const before = cursorOf(cursor, nowMs);
    const files = await this.files(nowMs).catch((error: unknown) => reasonOf(error));
    if (typeof files === 'string') {
      yield { kind: 'stopped', reason: files };
      return;
    }
    const sinceMs = before === null && reading.sinceS !== null ? reading.sinceS * 1000 : -Infinity;
    const fromMs = before?.atMs ?? 0;
    const seen = seenOf(files, before, sinceMs);
    const sifting = new Sifting(reading);
    for (const [i, file] of files.filter(({ mark, changedMs }) => changedMs >= fromMs && !seen.has(mark)).entries()) {
      if (reading.signal?.aborted) return;
      const event = await this.eventOf(file, sifting, seen);
      if (event) yield event;
      if (i % REPORT_MAILS === 0) sifting.tell();
    }
    sifting.tell();
    const lastMs = Math.min(nowMs, files.reduce((last, { changedMs }) => Math.max(last, changedMs), 0));
    const after: Cursor = { atMs: Math.max(fromMs, lastMs - MARGIN_MS), seen: [...seen].slice(-(this.place.seenMax ?? SEEN_MAX)) };
    yield { kind: 'passed', cursor: JSON.stringify(after) };
  }

  /** What becomes of a file. The cursor is kept at the end: a reading that is cut short is done again, and what is known by then is not handed out. */
  private async eventOf({ path, name, mark, bytes, atMs }: MailFile, sifting: Sifting, seen: Set<string>): Promise<SourceEvent | null> {
    try {
      const event = bytes > MAIL_LIMITS.mailBytes ? sifting.skipped(name, 'too large') : await sifting.event({ raw: await readFile(path), atMs, cursor: null, where: name });
      // What was passed over may answer a mail that comes a little later.
      if (event !== null) seen.add(mark);
      return event;
    } catch (error) {
      // Somebody who reads the folder too may have moved it; it is found under its new name the next time.
      return sifting.skipped(name, reasonOf(error));
    }
  }

  /** All files, the oldest first. */
  private async files(nowMs: number): Promise<MailFile[]> {
    const all = new Map<string, MailFile>();
    for (const part of ['new', 'cur']) {
      for (const entry of await readdir(join(this.place.dir, part))) {
        if (entry.startsWith('.')) continue;
        const path = join(this.place.dir, part, entry);
        const stat = await lstat(path).catch(() => null);
        const name = entry.split(':')[0] ?? entry;
        if (stat?.isFile()) all.set(name, { path, name, mark: markOf(name), atMs: Math.floor(Math.min(stat.mtimeMs, nowMs)), changedMs: Math.floor(stat.ctimeMs), bytes: stat.size });
      }
    }
    return [...all.values()].sort((a, b) => a.atMs - b.atMs || (a.name < b.name ? -1 : 1));
  }
}

function markOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 10);
}

/** Marks of files that are there and not to be read: read before, or, where a reading begins, older than it is to begin. */
function seenOf(files: readonly MailFile[], before: Cursor | null, sinceMs: number): Set<string> {
  const [there, old] = [new Set(files.map(({ mark }) => mark)), files.filter(({ atMs }) => atMs < sinceMs)];
  return new Set([...old.map(({ mark }) => mark), ...(before?.seen ?? []).filter((mark) => there.has(mark))]);
}

/** Null where there is none, or one ahead of time, which an older version made of a file from the future: read as if never read. */
function cursorOf(text: string | null, nowMs: number): Cursor | null {
  try {
    const cursor = text === null ? null : cursorSchema.parse(JSON.parse(text));
    return cursor !== null && cursor.atMs > nowMs ? null : cursor;
  } catch {
    return null;
  }
}
