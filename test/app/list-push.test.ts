/** @module A push to a mirror of a list on GitHub: whoever watches it is told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryShape } from '../fake-github/shapes.js';
import { noSqlite } from '../store/sqlite.js';
import { markedEngine } from './marked-engine.js';
import { World } from './world.js';

describe.skipIf(noSqlite)(`a push${noSqlite ? `: ${noSqlite}` : ''}`, () => {
  let world: World;
  beforeAll(async () => { world = await World.start(markedEngine()); });
  afterAll(() => world.stop());

  test('is told by the name of its repository, and makes no work for pull requests', async () => {
    const answer = await world.send({ name: 'push', payload: { ref: 'refs/heads/master', repository: { ...repositoryShape(world.repo), full_name: 'O/List' }, installation: { id: 11 } } });
    expect([answer.status, world.pushes]).toEqual([202, ['o/list']]);
    await world.idle();
    expect(world.log.filter((line) => line.includes('"error"'))).toEqual([]);
  });
});
