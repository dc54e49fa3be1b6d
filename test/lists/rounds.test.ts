/** @module Rounds of a watch: when the next one begins, and that a failure ends none of them. */
import { expect, test } from 'vitest';
import { Rounds } from '../../src/lists/rounds.js';

test('a call begins the next round at once, also one that comes while a round runs; a round that fails is said; the signal ends all', async () => {
  const stop = new AbortController();
  const done: string[] = [];
  const said: string[] = [];
  const rounds: Rounds = new Rounds({
    watch: {
      round: () => {
        done.push('round');
        if (done.filter((one) => one === 'round').length === 1) rounds.call();
        return done.length < 3 ? Promise.reject(new Error('the disk is full')) : Promise.resolve();
      },
    },
    post: {
      send: () => {
        done.push('send');
        if (done.length < 6) setTimeout(() => rounds.call(), 1);
        else stop.abort();
        return Promise.resolve();
      },
    },
  }, { pollMs: 600_000, signal: stop.signal, log: (level, what, fields) => said.push(`${level} ${what} ${String(fields?.['error'])}`) });
  setTimeout(() => rounds.call(), 400);
  await rounds.run();
  expect(done).toEqual(['round', 'round', 'round', 'send', 'round', 'send']);
  expect(said).toEqual(['error a round failed the disk is full', 'error a round failed the disk is full']);
});
