/** @module Reads the mirror that is the first argument once, in a process of its own; prints what it took, as JSON. */
import { newCursor } from '../../src/gateway/public-inbox/mirror-cursor.js';
import { readMirror } from '../../src/gateway/public-inbox/read-mirror.js';

/** What reading a mirror once came to. */
export interface MailReading {
  readonly mails: number;
  readonly found: number;
  readonly seconds: number;
  /** The most that was resident of this process, without git's. */
  readonly memoryMb: number;
}

let [mails, found] = [0, 0];
const reading = { followed: new Set<string>(), isKnown: () => false, progress: (counts: { readonly mails: number }) => (mails = counts.mails) };
const began = performance.now();
for await (const event of readMirror(process.argv[2] ?? '', newCursor(null), reading)) {
  if (event.kind === 'mail') {
    found++;
    reading.followed.add(event.mail.messageId);
  }
  if (event.kind === 'stopped') throw new Error(event.reason);
}
const read: MailReading = { mails, found, seconds: (performance.now() - began) / 1000, memoryMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`${JSON.stringify(read)}\n`);
