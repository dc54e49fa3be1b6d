/** @module Mirrors in the layout of public-inbox v2, made by git on the spot, and mails of our own for them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MirrorCursor } from '../../../src/gateway/public-inbox/mirror-cursor.js';
import { newCursor } from '../../../src/gateway/public-inbox/mirror-cursor.js';
import type { MirrorEvent, MirrorReading } from '../../../src/gateway/public-inbox/mirror-event.js';
import { readMirror } from '../../../src/gateway/public-inbox/read-mirror.js';

/** A mail as it comes to the mirror, or the deletion of one. */
export interface Arrival {
  readonly file?: 'm' | 'd';
  readonly mail: Buffer | string;
  /** Seconds since 1970; by default a day in 2026. */
  readonly timeS?: number;
}

export const DAY_S = Date.UTC(2026, 0, 10) / 1000;

/** A mail with a body; headers are added to the usual ones. */
export function mailOf(id: string, { subject = 'mm: fold a page', headers = '', body = 'Nothing of interest.\n' } = {}): string {
  return `From: A Uthor <author@example.org>\nTo: list@example.org\nSubject: ${subject}\nMessage-ID: <${id}>\n${headers}\n${body}`;
}

/** Our own change of a line, as a diff of a file. */
export function diffOf(path: string): string {
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,1 @@\n-\tint first = 1;\n+\tint first = 2;\n`;
}

/** Makes the epoch's history anew of these arrivals, whatever it was before; its commits, the oldest first. */
export function writeEpoch(dir: string, epoch: number, arrivals: readonly Arrival[]): string[] {
  const at = join(dir, 'git', `${epoch}.git`);
  mkdirSync(at, { recursive: true });
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = (args: string[], input: Buffer | string = ''): string => execFileSync('git', args, { cwd: at, env, input, stdio: ['pipe', 'pipe', 'pipe'] }).toString('utf8');
  git(['-c', 'init.defaultBranch=master', 'init', '-q', '--bare']);
  const stream = arrivals.map(({ file = 'm', mail, timeS = DAY_S }) => {
    const bytes = Buffer.from(mail as string);
    return Buffer.concat([
      Buffer.from(`commit refs/heads/master\ncommitter A Uthor <author@example.org> ${timeS} +0000\ndata 4\nmail\ndeleteall\nM 100644 inline ${file}\ndata ${bytes.length}\n`),
      bytes, Buffer.from('\n'),
    ]);
  });
  git(['fast-import', '--quiet', '--force'], Buffer.concat([Buffer.from('reset refs/heads/master\n\n'), ...stream]));
  return git(['rev-list', '--reverse', 'master']).trim().split('\n');
}

/** What reading came to. */
export interface Read {
  readonly events: readonly MirrorEvent[];
  readonly ids: readonly string[];
  readonly cursor: MirrorCursor;
}

/** A reader as the watch will be: it keeps the cursor and the Message-IDs of what it was handed out. */
export class Reader {
  cursor: MirrorCursor;
  readonly known = new Set<string>();
  readonly followed = new Set<string>();

  constructor(private readonly dir: string, sinceS: number | null = null) {
    this.cursor = newCursor(sinceS);
  }

  /** Reads to the end, or `mailsMax` mails; what is handed out is followed. */
  async read(more: Partial<MirrorReading> = {}, mailsMax = Infinity): Promise<Read> {
    const events: MirrorEvent[] = [];
    const ids: string[] = [];
    const reading = { followed: this.followed, isKnown: (id: string) => this.known.has(id), ...more };
    for await (const event of readMirror(this.dir, this.cursor, reading)) {
      events.push(event);
      if ('cursor' in event) this.cursor = JSON.parse(JSON.stringify(event.cursor)) as MirrorCursor;
      if (event.kind !== 'mail') continue;
      ids.push(event.mail.messageId);
      this.known.add(event.mail.messageId);
      this.followed.add(event.mail.messageId);
      if (ids.length >= mailsMax) break;
    }
    return { events, ids, cursor: this.cursor };
  }
}
