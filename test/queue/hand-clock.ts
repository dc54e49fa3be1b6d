/** @module A clock for tests that stands until it is moved. */
import type { Clock } from '../../src/queue/in-process-queue.js';

/** A clock that stands; `timers` are the waits that are under way, in milliseconds from now. */
export function handClock(): Clock & { advance(ms: number): void; timers(): number[] } {
  let now = 1000;
  let timers: { at: number; call: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, call) => {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => { timers = timers.filter((one) => one !== timer); };
    },
    advance: (ms) => {
      now += ms;
      const due = timers.filter((one) => one.at <= now);
      timers = timers.filter((one) => one.at > now);
      for (const { call } of due) call();
    },
    timers: () => timers.map((one) => one.at - now),
  };
}
