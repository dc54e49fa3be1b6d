/** @module What a worker answers: how it is to everybody, its figures to who has the token. */
import { expect, test } from 'vitest';
import { defaultConfig } from '../../src/config.js';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import { noLog } from '../../src/service/log.js';
import { work } from '../../src/worker.js';
import { noSqlite, openStore } from '../store/sqlite.js';
import { markedEngine } from './marked-engine.js';

test.skipIf(noSqlite)(`figures of a worker need the token${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, async () => {
  const store = await openStore();
  const working = await work({ ...defaultConfig, workerPort: 0 }, { store, queue: new InProcessQueue(store.jobs), engine: markedEngine(), log: noLog, version: '0', token: 'a-token-of-this-test' });
  const status = async (path: string, headers: Record<string, string> = {}): Promise<number> => (await fetch(new URL(path, working.url ?? ''), { headers })).status;
  try {
    expect([await status('/healthz'), await status('/readyz'), await status('/metrics'), await status('/metrics', { authorization: 'Bearer another-token-of-one' })]).toEqual([200, 200, 401, 401]);
    expect(await status('/metrics', { authorization: 'Bearer a-token-of-this-test' })).toBe(200);
  } finally {
    await working.stop();
  }
});
