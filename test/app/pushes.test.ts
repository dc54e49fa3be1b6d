/** @module Stories of a pull request from push to push: what is asked, what is not asked twice, what is told to be gone. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noSqlite } from '../service/sqlite.js';
import { fingerprintOf, markedEngine } from './marked-engine.js';
import type { MarkedEngine } from './marked-engine.js';
import { World, kcovFile } from './world.js';

describe.skipIf(noSqlite)(`from push to push${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  let engine: MarkedEngine;
  beforeEach(async () => {
    engine = markedEngine();
    world = await World.start(engine);
  });
  afterEach(() => world.stop());
  const kcov = (...below: string[]): Record<string, string> => ({ 'kernel/kcov.c': kcovFile(...below) });

  test('opened: one check, one review, the question on its line', async () => {
    const pull = await world.open([kcov('ASK first')]);
    await world.tell(pull, 'opened');
    expect(world.repo.checks).toMatchObject([{ head: pull.head.sha, status: 'completed', conclusion: 'neutral', name: 'kcovet' }]);
    expect(world.repo.reviews).toMatchObject([{ event: 'COMMENT', commit: pull.head.sha }]);
    expect(world.questions(pull)).toMatchObject([{ path: 'kernel/kcov.c', side: 'RIGHT', line: 34 }]);
    expect(world.questions(pull)[0]?.body).toContain(`<!-- kcovet:${fingerprintOf('first')} -->`);
    expect(engine.requests[0]?.base?.files.get('kernel/kcov.c')).toBe(kcovFile());
  });

  test('pushed again: what is open is not asked again, what is new is, what is gone is told once', async () => {
    const pull = await world.open([kcov('ASK first', 'ASK second')]);
    await world.tell(pull, 'opened');
    world.push(pull, [kcov('ASK second', 'ASK third')]);
    await world.tell(pull, 'synchronize');
    await world.tell(pull, 'synchronize');
    const [first, second, third, ...more] = world.questions(pull);
    expect(more).toEqual([]);
    expect([first, second, third].map((one) => one?.body.includes('What about'))).toEqual([true, true, true]);
    expect(world.replies(first!)).toEqual([`Gone in ${pull.head.sha.slice(0, 12)}.`]);
    expect(world.replies(second!)).toEqual([]);
    expect(world.repo.reviews).toHaveLength(2);
  });
});
