/** @module An mbox as a source of mails: a file, read whole each time, or standard input, read once. Never held in memory as a whole. */
import { createReadStream } from 'node:fs';
import { reasonOf } from './limits.js';
import type { MailSource, SourceEvent, SourceReading } from './mail-source.js';
import { MboxStream } from './mbox-stream.js';
import { MAIL_LIMITS } from './public-inbox/mail-filter.js';
import { Sifting } from './sifting.js';

/** Mails between two reports. */
const REPORT_MAILS = 500;

export interface MboxPlace {
  readonly name: string;
  readonly lists: readonly string[];
  /** "-" is standard input. */
  readonly path: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly now: () => number;
}

export class MboxSource implements MailSource {
  readonly name: string;
  readonly lists: readonly string[];
  #isRead = false;

  constructor(private readonly place: MboxPlace) {
    ({ name: this.name, lists: this.lists } = place);
  }

  async *read(_: string | null, reading: SourceReading): AsyncIterable<SourceEvent> {
    const { path, stdin } = this.place;
    if (path === '-' && this.#isRead) return;
    this.#isRead = true;
    try {
      yield* this.#events(path === '-' ? stdin : createReadStream(path), new Sifting(reading));
    } catch (error) {
      yield { kind: 'stopped', reason: reasonOf(error) };
    }
  }

  async *#events(chunks: AsyncIterable<Uint8Array>, sifting: Sifting): AsyncGenerator<SourceEvent, void, void> {
    const stream = new MboxStream(MAIL_LIMITS.mailBytes);
    let count = 0;
    const told = async (mail: Buffer | null): Promise<SourceEvent | null> => {
      const where = `mail ${++count}`;
      if (count % REPORT_MAILS === 0) sifting.tell();
      return mail === null ? sifting.skipped(where, 'too large') : await sifting.event({ raw: mail, atMs: this.place.now(), cursor: null, where });
    };
    for await (const chunk of chunks) {
      for (const mail of stream.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) {
        const event = await told(mail);
        if (event) yield event;
      }
    }
    for (const mail of stream.end()) {
      const event = await told(mail);
      if (event) yield event;
    }
    sifting.tell();
  }
}
