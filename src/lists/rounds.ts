/**
 * @module The rounds of a watch, one after the other: every so often, or as soon as somebody says that there is something new.
 * Between two of them drafts are sent as they become due, whoever made or approved them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorField, type Log } from '../service/log.js';
import type { Round } from './send-due.js';

/** What is done in a round. */
export interface Rounded {
  readonly watch: { round(): Promise<unknown> };
  readonly post: {
    send(): Promise<Round>;
    /** Whether there is a draft to send now. */
    isDue(): Promise<boolean>;
  };
}

/** Milliseconds that one call to look waits for others: a push brings several. */
const GATHER_MS = 200;
/** Milliseconds between two looks for drafts that are due. */
const LOOK_MS = 2_000;

export class Rounds {
  #called = false;
  #wake = new AbortController();

  constructor(private readonly rounded: Rounded, private readonly how: { readonly pollMs: number; readonly signal: AbortSignal; readonly log: Log; readonly lookMs?: number }) {}

  /** There is something new: the next round begins now, or right after the one that runs. */
  call(): void {
    this.#called = true;
    this.#wake.abort();
  }

  /** Goes on until the signal; a round that fails is said, and the next one tries again. */
  async run(): Promise<void> {
    const { signal } = this.how;
    while (!signal.aborted) {
      this.#called = false;
      this.#wake = new AbortController();
      await this.#tried('a round failed', async () => {
        await this.rounded.watch.round();
        await this.rounded.post.send();
      });
      await this.#pause(AbortSignal.any([signal, this.#wake.signal]));
      if (this.#called) await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until the next round; what becomes due meanwhile is sent. What could not be sent now is left to that round. */
  async #pause(woken: AbortSignal): Promise<void> {
    const { pollMs, lookMs = LOOK_MS } = this.how;
    let looks = true;
    for (let leftMs = pollMs; leftMs > 0 && !woken.aborted; leftMs -= lookMs) {
      await sleep(Math.min(leftMs, lookMs), undefined, { signal: woken }).catch(() => undefined);
      if (looks && !woken.aborted) looks = await this.#tried('drafts could not be sent', () => this.#sendDue()) ?? false;
    }
  }

  /** False where nothing came of it. */
  async #sendDue(): Promise<boolean> {
    const { post } = this.rounded;
    if (!await post.isDue()) return true;
    const { sent, later, refused, unsure, dropped } = await post.send();
    return sent + later + refused + unsure + dropped > 0;
  }

  async #tried<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.how.log('error', what, errorField(error));
      return null;
    }
  }
}
