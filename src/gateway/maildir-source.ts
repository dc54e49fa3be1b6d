/**
 * @module A Maildir as a source of mails (maildir(5)): new/ and cur/, by the time at which files came. A file that is moved from new/ to
 * cur/ keeps that time and the first part of its name.
 */
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

const cursorSchema = z.object({ atMs: z.number() });

interface MailFile {
  readonly path: string;
  readonly name: string;
  readonly atMs: number;
  readonly bytes: number;
}

export class MaildirSource implements MailSource {
  constructor(readonly name: string, readonly lists: readonly string[], private readonly dir: string) {}

  async *read(cursor: string | null, reading: SourceReading): AsyncIterable<SourceEvent> {
    const fromMs = lastOf(cursor) ?? (reading.sinceS === null ? 0 : reading.sinceS * 1000);
    const files = await this.files(fromMs).catch((error: unknown) => reasonOf(error));
    if (typeof files === 'string') {
      yield { kind: 'stopped', reason: files };
      return;
    }
    const sifting = new Sifting(reading);
    let lastMs = fromMs;
    for (const [i, file] of files.entries()) {
      if (reading.signal?.aborted) return;
      lastMs = Math.max(lastMs, file.atMs);
      const event = await this.eventOf(file, sifting, JSON.stringify({ atMs: lastMs - MARGIN_MS }));
      if (event) yield event;
      if (i % REPORT_MAILS === 0) sifting.tell();
    }
    sifting.tell();
    yield { kind: 'passed', cursor: JSON.stringify({ atMs: Math.max(fromMs, lastMs - MARGIN_MS) }) };
  }

  private async eventOf({ path, name, bytes, atMs }: MailFile, sifting: Sifting, cursor: string): Promise<SourceEvent | null> {
    if (bytes > MAIL_LIMITS.mailBytes) return sifting.skipped(name, 'too large');
    try {
      return await sifting.event({ raw: await readFile(path), atMs, cursor, where: name });
    } catch (error) {
      // Somebody who reads the folder too may have moved it; it is found under its new name the next time.
      return sifting.skipped(name, reasonOf(error));
    }
  }

  /** Files that came since then, the oldest first. */
  private async files(fromMs: number): Promise<MailFile[]> {
    const all = new Map<string, MailFile>();
    for (const part of ['new', 'cur']) {
      for (const name of await readdir(join(this.dir, part))) {
        if (name.startsWith('.')) continue;
        const path = join(this.dir, part, name);
        const stat = await lstat(path).catch(() => null);
        const base = name.split(':')[0] ?? name;
        if (stat?.isFile() && stat.mtimeMs >= fromMs) all.set(base, { path, name: base, atMs: Math.floor(stat.mtimeMs), bytes: stat.size });
      }
    }
    return [...all.values()].sort((a, b) => a.atMs - b.atMs || (a.name < b.name ? -1 : 1));
  }
}

function lastOf(cursor: string | null): number | null {
  try {
    return cursor === null ? null : cursorSchema.parse(JSON.parse(cursor)).atMs;
  } catch {
    return null;
  }
}
