/**
 * @module The progress of a review as server-sent events: what the store says of its version, told again whenever it changed, until it is
 * at its end. The id of an event is made of what it says, so that whoever comes back is told only what is new.
 */
import { createHash } from 'node:crypto';
import { streamSSE } from 'hono/streaming';
import type { z } from 'zod';
import { errorField, type Log } from '../service/log.js';
import type { SubmissionEntry, SubmissionStore } from '../store/submission-store.js';
import type { progressSchema } from './api-schema.js';
import type { WebContext } from './app.js';
import { versionOf } from './reading.js';
import { askerOf } from './show.js';
import { standing } from './words.js';

/** Milliseconds between two looks at the store. */
const POLL_MS = 1000;
/** Milliseconds after which something is sent, so that nobody between takes the connection for dead. */
const QUIET_MS = 15_000;
/** Milliseconds that one is held open; a browser comes back by itself. */
const OPEN_MS = 30 * 60_000;
/** Open at a time, for all and for one visitor: who leaves many open does not keep the others out. */
const OPEN_MAX = 100;
const OWN_MAX = 10;

type Progress = z.infer<typeof progressSchema>;

async function progressOf(entry: SubmissionEntry, number: number, submissions: SubmissionStore): Promise<Progress | null> {
  const version = await versionOf(entry, String(number), submissions);
  if (version === null) return null;
  const { state, progress, reason, verdict, questions } = version;
  return { number, state, progress, reason, verdict, questions, standing: standing(version) };
}

/** The streams of one app. */
export class EventStreams {
  private open = 0;
  private readonly own = new Map<string, number>();

  constructor(private readonly submissions: SubmissionStore, private readonly log: Log, private readonly pollMs = POLL_MS) {}

  /** Answers with the progress of the newest version. */
  answer(c: WebContext, entry: SubmissionEntry): Response {
    // A session, a user or the token; an address where nobody is known.
    const who = c.get('visitor').csrf || askerOf(c).peer;
    const own = this.own.get(who) ?? 0;
    if (this.open >= OPEN_MAX || own >= OWN_MAX) return c.json({ error: 'too many listen: ask for the review itself now and then' }, 503, { 'retry-after': '10' });
    this.open += 1;
    this.own.set(who, own + 1);
    const lastId = c.req.header('last-event-id') ?? '';
    // Proxies that gather answers would hold it back.
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, async (stream) => {
      try {
        await this.tell(stream, { entry, lastId });
      } catch (error) {
        // The stream ends; whoever listens comes back.
        this.log('error', 'a stream of events ended early', errorField(error));
      } finally {
        this.close(who);
      }
    });
  }

  private close(who: string): void {
    this.open -= 1;
    const own = (this.own.get(who) ?? 1) - 1;
    if (own > 0) this.own.set(who, own);
    else this.own.delete(who);
  }

  private async tell(stream: Parameters<Parameters<typeof streamSSE>[1]>[0], { entry, lastId }: { entry: SubmissionEntry; lastId: string }): Promise<void> {
    const { number } = entry.newest;
    let said = lastId;
    let saidAt = Date.now();
    for (const until = saidAt + OPEN_MS; !stream.aborted && Date.now() < until; await stream.sleep(this.pollMs)) {
      const progress = await progressOf(entry, number, this.submissions);
      if (progress === null) return;
      const data = JSON.stringify(progress);
      const id = createHash('sha256').update(data).digest('hex').slice(0, 12);
      const isEnd = progress.state !== 'waiting' && progress.state !== 'running';
      if (isEnd) return await stream.writeSSE({ event: 'end', data, id });
      if (id !== said) await stream.writeSSE({ event: 'progress', data, id });
      else if (Date.now() - saidAt >= QUIET_MS) await stream.write(':\n\n');
      else continue;
      [said, saidAt] = [id, Date.now()];
    }
  }
}
