/** @module Stories in which GitHub, the network or kcovet itself goes wrong: nothing is lost, nothing is said twice. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pullEvent } from '../fake-github/webhooks.js';
import { noSqlite } from '../store/sqlite.js';
import { fingerprintOf, markedEngine } from './marked-engine.js';
import type { MarkedEngine } from './marked-engine.js';
import { ManualClock } from './manual-clock.js';
import { World, kcovFile } from './world.js';

const kcov = (...below: string[]): Record<string, string> => ({ 'kernel/kcov.c': kcovFile(...below) });
const REVIEWS = /\/pulls\/\d+\/reviews$/u;
const REPLIES = /\/replies$/u;

describe.skipIf(noSqlite)(`what goes wrong${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  let engine: MarkedEngine;
  beforeEach(async () => {
    engine = markedEngine();
    world = await World.start(engine);
  });
  afterEach(() => world.stop());

  /** Each question once, on a line or in a review, and the check at its end. */
  function saidOnce(names: readonly string[]): void {
    const bodies = [...world.repo.reviewComments.filter((one) => one.inReplyTo === null), ...world.repo.reviews].map((one) => one.body).join('\n');
    for (const name of names) expect(bodies.split(`<!-- kcovet:${fingerprintOf(name)} -->`), name).toHaveLength(2);
  }

  test('a delivery that comes twice, and twice at once, is taken once', async () => {
    const pull = await world.open([kcov('ASK first')]);
    const event = { ...pullEvent(world.repo, pull, 'opened'), id: 'the-same' };
    await Promise.all([world.send(event), world.send(event), world.send(event)]);
    await world.idle();
    expect((await world.send(event)).text).toContain('known');
    await world.idle();
    expect(engine.requests).toHaveLength(1);
    saidOnce(['first']);
    expect(world.repo.checks).toHaveLength(1);
  });

  test('events out of order: what is said is about the head', async () => {
    const pull = await world.open([kcov('ASK first')]);
    const opened = pullEvent(world.repo, pull, 'opened');
    world.push(pull, [kcov('ASK second')]);
    await world.tell(pull, 'synchronize');
    await world.send(opened);
    await world.idle();
    expect(world.questions(pull).map((one) => one.commit)).toEqual([pull.head.sha]);
    expect(world.checkOf(pull)?.conclusion).toBe('neutral');
  });

  test.each([['is refused before its time', 10], ['runs out', 61]])('a token that %s in the middle is made anew', async (how, minutes) => {
    const pull = await world.open([kcov('ASK first')]);
    const held = world.github.faults.hold({ method: 'POST', path: /check-runs$/u });
    const sent = world.send(pullEvent(world.repo, pull, 'opened'));
    await held.reached;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });
    try {
      if (how !== 'runs out') world.github.credentials.revokeTokens();
      held.release();
      await sent;
      await world.github.when('the check ends', () => world.checkOf(pull)?.status === 'completed');
    } finally {
      vi.useRealTimers();
    }
    saidOnce(['first']);
    expect(world.github.credentials.issued).toBe(2);
    expect(world.github.asked.some((one) => one.status === 401)).toBe(true);
  });

  test.each([
    ['the connection is cut after the review was written', { method: 'POST', path: REVIEWS, done: true }],
    ['GitHub fails after the review was written', { method: 'POST', path: REVIEWS, done: true, answer: { status: 502 } }],
    ['GitHub fails before the review was written', { method: 'POST', path: REVIEWS, answer: { status: 500 }, times: 3 }],
    ['the connection is cut before the review was written', { method: 'POST', path: REVIEWS }],
    ['the check cannot be begun at first', { method: 'POST', path: /check-runs$/u, answer: { status: 503 }, times: 2 }],
    ['the check was begun, and nobody was told', { method: 'POST', path: /check-runs$/u, done: true }],
    ['the comments cannot be read at first', { method: 'GET', path: /pulls\/\d+\/comments$/u, answer: { status: 500 } }],
    ['the check cannot be ended at first', { method: 'PATCH', path: /check-runs\/\d+$/u, answer: { status: 500 }, times: 2 }],
    ['the base cannot be read at first', { method: 'GET', path: /contents\/kernel/u, answer: { status: 500 } }],
  ])('%s', async (_, fault) => {
    const pull = await world.open([kcov('ASK first', 'ASK second')]);
    world.github.faults.add(fault);
    await world.tell(pull, 'opened');
    saidOnce(['first', 'second']);
    expect(world.repo.reviews).toHaveLength(1);
    expect(world.repo.checks).toMatchObject([{ status: 'completed', conclusion: 'neutral' }]);
    expect(world.repo.checks[0]?.annotations).toHaveLength(2);
  });

  test('the answer "gone" was written, and nobody was told: it is not written again', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    world.push(pull, [kcov('nothing')]);
    world.github.faults.add({ method: 'POST', path: REPLIES, done: true });
    await world.tell(pull, 'synchronize');
    expect(world.replies(world.questions(pull)[0]!)).toHaveLength(1);
  });

  test('more than 50 annotations, cut off in between: each is there once', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `q${i}`);
    const pull = await world.open([kcov(...names.map((name) => `ASK ${name}:low`))]);
    let updates = 0;
    const held = world.github.faults.hold({ method: 'PATCH', path: /check-runs/u });
    const sent = world.send(pullEvent(world.repo, pull, 'opened'));
    await held.reached;
    world.github.faults.add({ method: 'PATCH', path: /check-runs/u, done: true });
    held.release();
    await sent;
    await world.idle();
    updates = world.github.asked.filter((one) => one.method === 'PATCH').length;
    expect(updates).toBeGreaterThan(4);
    expect(world.repo.checks[0]?.annotations.map((one) => one.start_line)).toEqual(names.map((_, i) => 34 + i));
    saidOnce(names);
  });

  test('the head moved while it was said (422): nothing stays of it, and the new head is reviewed without an event', async () => {
    const pull = await world.open([kcov('ASK first')]);
    const held = world.github.faults.hold({ method: 'POST', path: REVIEWS });
    const old = pull.head.sha;
    const sent = world.send(pullEvent(world.repo, pull, 'opened'));
    await held.reached;
    world.push(pull, [kcov('ASK second')]);
    held.release();
    await sent;
    await world.github.when('the new head is reviewed', () => world.checkOf(pull)?.status === 'completed');
    await world.idle();
    expect(world.github.asked.some((one) => one.status === 422)).toBe(true);
    expect(world.repo.checks.map((one) => [one.head === old, one.conclusion])).toEqual([[true, 'cancelled'], [false, 'neutral']]);
    expect(world.questions(pull).map((one) => one.commit)).toEqual([pull.head.sha]);
  });

  test('one line that GitHub does not take: the others stand on theirs, that one in the text', async () => {
    const pull = await world.open([kcov('ASK first', 'ASK second')]);
    world.github.faults.add({ method: 'POST', path: REVIEWS, answer: { status: 422, message: 'Line could not be resolved' } });
    world.github.faults.add({ method: 'POST', path: /pulls\/\d+\/comments$/u, answer: { status: 422, message: 'Line could not be resolved' } });
    await world.tell(pull, 'opened');
    saidOnce(['first', 'second']);
    expect(world.questions(pull)).toHaveLength(1);
    await world.tell(pull, 'synchronize');
    saidOnce(['first', 'second']);
  });

  test('the App may not write reviews (403): the check says so', async () => {
    const pull = await world.open([kcov('ASK first')]);
    world.github.faults.add({ method: 'POST', path: REVIEWS, answer: { status: 403 }, times: 100 });
    await world.tell(pull, 'opened');
    expect(world.checkOf(pull)).toMatchObject({ conclusion: 'neutral', output: { title: 'Not reviewed' } });
    expect(world.checkOf(pull)?.output?.summary).toContain('permissions');
    expect(world.github.asked.filter((one) => one.status === 403)).toHaveLength(1);
  });

  test('GitHub fails again and again: after some attempts the check says so', async () => {
    const pull = await world.open([kcov('ASK first')]);
    world.github.faults.add({ method: 'POST', path: REVIEWS, answer: { status: 500 }, times: 100 });
    await world.tell(pull, 'opened');
    expect(world.checkOf(pull)).toMatchObject({ status: 'completed', output: { title: 'Not reviewed' } });
    expect(world.github.asked.filter((one) => one.status === 500)).toHaveLength(5);
    expect(engine.requests).toHaveLength(1);
  });

  test('a pull request that is gone (404) is let go', async () => {
    const pull = await world.open([kcov('ASK first')]);
    const event = pullEvent(world.repo, pull, 'opened');
    world.repo.pulls.delete(pull.number);
    await world.send(event);
    await world.idle();
    expect(world.github.asked.filter((one) => one.status === 404)).toHaveLength(1);
  });

  test('ten pull requests at once', async () => {
    const pulls = await Promise.all(Array.from({ length: 10 }, (_, i) => world.open([kcov(`ASK p${i}a`, `ASK p${i}b`)])));
    await Promise.all(pulls.map((pull) => world.send(pullEvent(world.repo, pull, 'opened'))));
    await world.idle();
    pulls.forEach((pull, i) => {
      expect(world.questions(pull).map((one) => /What about (\w+)/u.exec(one.body)?.[1])).toEqual([`p${i}a`, `p${i}b`]);
      expect(world.checkOf(pull)?.conclusion).toBe('neutral');
    });
    expect(world.repo.reviews).toHaveLength(10);
  });

  test('3,000 files: kcov is found among them', async () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`drivers/d${i}.c`, `int d${i};\n`]));
    const pull = await world.open([{ ...many, ...kcov('ASK first') }]);
    await world.tell(pull, 'opened');
    saidOnce(['first']);
    expect(world.checkOf(pull)?.status).toBe('completed');
  });

  test('the engine fails: the check says so, and no word of the error goes to GitHub but its reason', async () => {
    const pull = await world.open([kcov('ASK first')]);
    engine.review = () => Promise.reject(new Error('out of memory\n    at secret.js:1'));
    await world.tell(pull, 'opened');
    expect(world.checkOf(pull)).toMatchObject({ status: 'completed', conclusion: 'neutral', output: { title: 'Not reviewed' } });
    expect(world.checkOf(pull)?.output?.summary).not.toContain('secret.js');
  });

  test.each([
    ['before the review was written', { method: 'POST', path: REVIEWS }, false],
    ['after the review was written', { method: 'POST', path: REVIEWS }, true],
    ['while the check ended', { method: 'PATCH', path: /check-runs/u }, true],
    ['while the comments were read', { method: 'GET', path: /pulls\/\d+\/comments$/u }, false],
  ])('kcovet dies %s, and goes on when it is back', async (_, match, done) => {
    const pull = await world.open([kcov('ASK first', 'ASK second')]);
    if (done) world.github.faults.add({ ...match, done: true });
    const held = done ? null : world.github.faults.hold(match);
    if (!done) world.github.faults.add(match);
    const answered = done ? world.github.when('it was written', () => world.github.asked.some((one) => one.status === 0)) : held!.reached;
    void world.send(pullEvent(world.repo, pull, 'opened')).catch(() => undefined);
    await answered;
    await world.die();
    held?.release();
    await world.boot();
    await world.idle();
    saidOnce(['first', 'second']);
    expect(world.repo.reviews).toHaveLength(1);
    expect(world.repo.checks).toMatchObject([{ status: 'completed', conclusion: 'neutral' }]);
  });

  test('the store is lost: what stands on GitHub is not said again', async () => {
    const pull = await world.open([kcov('ASK first', 'ASK second')]);
    await world.tell(pull, 'opened');
    await world.loseStore();
    world.push(pull, [kcov('ASK second', 'ASK third')]);
    await world.tell(pull, 'synchronize');
    saidOnce(['first', 'second', 'third']);
  });
});

describe.skipIf(noSqlite)('GitHub asks for patience', () => {
  test.each([
    ['a secondary rate limit', { status: 403, headers: { 'retry-after': '60' }, message: 'You have exceeded a secondary rate limit' }, 60_000],
    ['too many requests', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
  ])('%s: it comes back then, not before', async (_, answer, ms) => {
    const clock = new ManualClock();
    const engine = markedEngine();
    const world = await World.start(engine, { clock });
    try {
      const pull = await world.open([kcov('ASK first')]);
      world.github.faults.add({ method: 'POST', path: REVIEWS, answer });
      await world.send(pullEvent(world.repo, pull, 'opened'));
      await world.github.when('the check says that it waits', () => world.checkOf(pull)?.output?.title === 'Waiting to go on');
      await world.waits();
      expect(clock.nextMs).toBe(ms);
      clock.pass(ms - 1);
      expect(world.repo.reviews).toHaveLength(0);
      clock.pass(1);
      await world.github.when('it goes on', () => world.checkOf(pull)?.status === 'completed');
      await world.idle();
      expect(world.questions(pull)).toHaveLength(1);
      expect(engine.requests).toHaveLength(1);
    } finally {
      await world.stop();
    }
  });
});

