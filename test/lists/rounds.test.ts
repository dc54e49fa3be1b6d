/** @module Rounds of a watch: when the next one begins, and that a failure ends none of them. */
import { expect, test } from 'vitest';
import { Rounds } from '../../src/lists/rounds.js';
import type { Round } from '../../src/lists/send-due.js';

const nothing: Round = { sent: 0, later: 0, refused: 0, unsure: 0, dropped: 0, stopped: '' };

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
        return Promise.resolve(nothing);
      },
      isDue: () => Promise.resolve(false),
    },
  }, { pollMs: 600_000, signal: stop.signal, log: (level, what, fields) => said.push(`${level} ${what} ${String(fields?.['error'])}`) });
  setTimeout(() => rounds.call(), 400);
  await rounds.run();
  expect(done).toEqual(['round', 'round', 'round', 'send', 'round', 'send']);
  expect(said).toEqual(['error a round failed the disk is full', 'error a round failed the disk is full']);
});

test('drafts are sent as they become due between two rounds; where nothing comes of it, and where the store fails, the next round tries', async () => {
  const stop = new AbortController();
  const done: string[] = [];
  const due = [true, false, true, true, true];
  const said: string[] = [];
  const rounds: Rounds = new Rounds({
    watch: { round: () => Promise.resolve(done.push('round')) },
    post: {
      send: () => Promise.resolve({ ...nothing, sent: done.push('send') < 5 ? 1 : 0 }),
      isDue: () => {
        const next = due.shift();
        if (next !== undefined) return Promise.resolve(next);
        done.push('failed');
        setTimeout(() => stop.abort(), 20);
        return Promise.reject(new Error('the disk is full'));
      },
    },
  }, { pollMs: 100, lookMs: 1, signal: stop.signal, log: (level, what, fields) => said.push(`${level} ${what} ${String(fields?.['error'])}`) });
  await rounds.run();
  expect(done).toEqual(['round', 'send', 'send', 'send', 'send', 'round', 'send', 'send', 'round', 'send', 'failed']);
  expect(said).toEqual(['error drafts could not be sent the disk is full']);
});
