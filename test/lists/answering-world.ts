/** @module A watch with a post office for stories of commands: a real store, a list by hand, a marked engine, and a sender that takes everything. */
import type { MailSource, SourceEvent } from '../../src/gateway/mail-source.js';
import { answerMail } from '../../src/lists/answering/answer-mail.js';
import { withOptOuts } from '../../src/lists/answering/opt-outs.js';
import { officeOf, takingSender } from './post.js';
import type { Office } from '../../src/lists/office.js';
import { Post } from '../../src/lists/post.js';
import type { SeriesReviewing } from '../../src/lists/review-series.js';
import { Watch } from '../../src/lists/watch.js';
import type { Engine } from '../../src/engine/engine.js';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import type { LogFields } from '../../src/service/log.js';
import type { Store } from '../../src/store/store.js';
import { rawMail, type Sent } from './threads.js';

export const LIST = 'list@example.org';
export const AUTHOR = 'A Uthor <author@example.org>';
export const MODERATOR = 'M Od <mod@mods.example>';
export const MAINTAINER = 'M Ain <main@kernel.example>';
export const POLICY = `delay: 0\ncaps: {list: 99, author: 99, thread: 99}\nlists:\n  - list: ${LIST}\n    send: list\nmoderators: [mod@mods.example]\nmaintainers: [main@kernel.example]\n`;
/** The mail server that is trusted. */
export const SERVER = 'mx.example.com';

/** What the server adds to a mail whose domain signed it. */
export function signed(domain: string, server = SERVER): string {
  return `Authentication-Results: ${server}; dkim=pass (2048-bit key) header.d=${domain} header.i=@${domain}\n`;
}

/** A patch of one line for each question that the marked engine is to ask, and some that it is not. */
export function asking(id: string, lines: readonly string[], more: Partial<Sent> = {}): Sent {
  const added = lines.map((line) => `+${line}\n`).join('');
  const body = `Change lines.\n\nSigned-off-by: A Uthor <author@example.org>\n---\n kernel/kcov.c | ${lines.length} +\n\ndiff --git a/kernel/kcov.c b/kernel/kcov.c\n--- a/kernel/kcov.c\n+++ b/kernel/kcov.c\n@@ -10,1 +10,${lines.length + 1} @@ int kcov_f(void)\n \tint first;\n${added}-- \n2.43.0\n`;
  return { id, subject: '[PATCH] kcov: ask', from: AUTHOR, body, ...more };
}

export class AnsweringWorld {
  nowMs = Date.UTC(2026, 0, 11);
  readonly policy = { text: POLICY };
  readonly sender = takingSender();
  readonly log: { what: string; fields: LogFields }[] = [];
  readonly post: Post;
  private readonly watch: Watch;
  private readonly queue: InProcessQueue;
  private arriving: { raw: Buffer; id: string }[] = [];

  constructor(readonly store: Store, readonly engine: Engine) {
    const told = officeOf(store.drafts, { sender: this.sender, policy: this.policy, log: (_, what, fields = {}) => { this.log.push({ what, fields }); } });
    const office: Office = { ...told, policy: withOptOuts(told.policy, store.said) };
    this.post = new Post(office, { now: () => this.nowMs, trusted: [SERVER], ears: store, submissions: store.submissions });
    this.queue = new InProcessQueue(store.jobs, { policy: { attemptsMax: 2, backoffMs: 1 } });
    const reviewing: SeriesReviewing = { lists: store.lists, said: store.said, submissions: store.submissions, engine, drafting: this.post, base: {}, log: office.log, now: () => this.nowMs };
    this.watch = new Watch({
      ...reviewing, queue: this.queue, sources: [this.source()], sinceS: null, waitMs: 3_600_000, signal: new AbortController().signal,
      answer: (id, run) => answerMail(id, run, { ...reviewing, office, trusted: [SERVER] }),
    });
  }

  static async start(store: Store, engine: Engine): Promise<AnsweringWorld> {
    const world = new AnsweringWorld(store, engine);
    await world.watch.start();
    return world;
  }

  private source(): MailSource {
    const take = (): { raw: Buffer; id: string }[] => this.arriving.splice(0);
    const now = (): number => this.nowMs;
    return {
      name: 'one', lists: [LIST],
      async* read(): AsyncIterable<SourceEvent> {
        for (const one of take()) yield { kind: 'mail', mail: { raw: one.raw, messageId: one.id, atMs: now() }, cursor: one.id };
      },
    };
  }

  /** Mails come, and all that follows is done; what was sent, in order. */
  async arrive(...some: readonly Sent[]): Promise<string[]> {
    return await this.come(some.map((one) => ({ raw: Buffer.from(rawMail(one)), id: one.id })));
  }

  /** A mail as bytes comes. */
  async arriveRaw(raw: Buffer, id: string): Promise<string[]> {
    return await this.come([{ raw, id }]);
  }

  /** Mails as bytes come. */
  async arriveAll(mails: readonly { raw: Buffer; id: string }[]): Promise<string[]> {
    return await this.come(mails);
  }

  private async come(mails: readonly { raw: Buffer; id: string }[]): Promise<string[]> {
    this.arriving.push(...mails);
    await this.watch.round();
    await this.watch.idle();
    return await this.send();
  }

  /** What is due is sent; the new mails. */
  async send(): Promise<string[]> {
    const before = this.sender.taken.length;
    this.nowMs += 1_000;
    await this.post.send();
    return this.sender.taken.slice(before).map(({ raw }) => raw);
  }

  /** To whom the mails went that were sent last. */
  get lastTo(): readonly string[] {
    return this.sender.taken.at(-1)?.to ?? [];
  }

  said(what: string): LogFields[] {
    return this.log.filter((one) => one.what === what).map(({ fields }) => fields);
  }

  async stop(): Promise<void> {
    await this.queue.stop();
    await this.store.close();
  }
}

/** The text of a mail below its header. */
export function textOf(raw: string): string {
  return raw.slice(raw.indexOf('\n\n') + 2);
}

export function idIn(raw: string): string {
  return /^Message-ID: <([^>]*)>/mu.exec(raw)?.[1] ?? '';
}

let count = 0;

/** A reply that quotes a mail of ours as a whole, with something below the line that a text is in. */
export function replyTo(raw: string, { below, write, from = AUTHOR, headers }: { below?: string; write: string; from?: string; headers?: string }): Sent {
  count += 1;
  const quoted = textOf(raw).trimEnd().split('\n').map((line) => `> ${line}`);
  const at = below === undefined ? quoted.length : quoted.findIndex((line) => line.includes(below)) + 1;
  const body = ['On Sun, Jan 11, 2026 at 9:00 AM kcovet <kcovet@example.org> wrote:', ...quoted.slice(0, at), '', write, '', ...quoted.slice(at)].join('\n');
  const domain = /@([^>]*)/u.exec(from)?.[1] ?? '';
  return {
    id: `reply-${count}@x`, subject: 'Re: [PATCH] kcov: ask', from, headers: headers ?? signed(domain), answers: idIn(raw), references: [/^In-Reply-To: <([^>]*)>/mu.exec(raw)?.[1] ?? '', idIn(raw)], body: `${body}\n`,
  };
}
