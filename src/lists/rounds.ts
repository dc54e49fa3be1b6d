/** @module The rounds of a watch, one after the other: every so often, or as soon as somebody says that there is something new. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorField, type Log } from '../service/log.js';

/** What is done in a round. */
export interface Rounded {
  readonly watch: { round(): Promise<unknown> };
  readonly post: { send(): Promise<unknown> };
}

/** Milliseconds that one call to look waits for others: a push brings several. */
const GATHER_MS = 200;

export class Rounds {
  #called = false;
  #wake = new AbortController();

  constructor(private readonly rounded: Rounded, private readonly how: { readonly pollMs: number; readonly signal: AbortSignal; readonly log: Log }) {}

  /** There is something new: the next round begins now, or right after the one that runs. */
  call(): void {
    this.#called = true;
    this.#wake.abort();
  }

  /** Goes on until the signal; a round that fails is said, and the next one tries again. */
  async run(): Promise<void> {
    const { signal, pollMs, log } = this.how;
    while (!signal.aborted) {
      this.#called = false;
      this.#wake = new AbortController();
      try {
        await this.rounded.watch.round();
        await this.rounded.post.send();
      } catch (error) {
        log('error', 'a round failed', errorField(error));
      }
      await sleep(this.#called ? GATHER_MS : pollMs, undefined, { signal: this.#called ? signal : AbortSignal.any([signal, this.#wake.signal]) }).catch(() => undefined);
    }
  }
}
