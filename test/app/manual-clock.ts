/** @module A clock that a test moves: timers fire when their time is reached, and not before. */
import type { Clock } from '../../src/queue/in-process-queue.js';

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

export class ManualClock implements Clock {
  private nowMs = 1_800_000_000_000;
  private timers: Timer[] = [];

  now(): number {
    return this.nowMs;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.nowMs + ms, call };
    this.timers.push(timer);
    return () => { this.timers = this.timers.filter((one) => one !== timer); };
  }

  /** Milliseconds until the next timer; null when there is none. */
  get nextMs(): number | null {
    return this.timers.length === 0 ? null : Math.min(...this.timers.map((one) => one.atMs)) - this.nowMs;
  }

  /** Lets time go by. */
  pass(ms: number): void {
    this.nowMs += ms;
    const due = this.timers.filter((one) => one.atMs <= this.nowMs);
    this.timers = this.timers.filter((one) => one.atMs > this.nowMs);
    for (const { call } of due) call();
  }
}
