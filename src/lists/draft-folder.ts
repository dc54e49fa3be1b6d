/** @module Answers as files in a folder, one for each patch that there is something to ask about, for people who send by hand. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patchesToAnswer, renderMail } from '../render/mail.js';
import type { Review } from '../review/review.js';
import type { Drafting } from './drafting.js';
import type { ReadySeries } from './ready-series.js';

export interface DraftSender {
  readonly from: string;
  readonly replyTo?: string;
}

export class DraftFolder implements Drafting {
  constructor(private readonly dir: string, private readonly sender: DraftSender) {}

  async prepare({ key, submission }: ReadySeries, review: Review): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    for (const n of patchesToAnswer(review, submission)) {
      const date = submission.patches.find((patch) => patch.n === n)?.mail?.date ?? '';
      const text = renderMail(review, submission, { ...this.sender, date, patch: n });
      const file = join(this.dir, `${prefixOf(key)}-${n}.eml`);
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    }
  }

  async cancel(key: string): Promise<void> {
    const names = await readdir(this.dir).catch(() => []);
    for (const name of names.filter((one) => one.startsWith(`${prefixOf(key)}-`))) await rm(join(this.dir, name), { force: true });
  }
}

/** A file name of a Message-ID, which may hold anything. */
function prefixOf(key: string): string {
  return `${key.replace(/[^\w.-]+/gu, '_').replace(/^\.+/u, '').slice(0, 60)}-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}
