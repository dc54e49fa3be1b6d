/** @module `kcovet serve --demo`: the examples, reviewed, on pages that anybody on this machine may read and nobody may change. */
import { expect, test } from 'vitest';
import { startDemo } from '../../src/demo.js';
import { markedEngine } from '../app/marked-engine.js';
import { noSqlite } from '../store/sqlite.js';
import { noLog } from '../../src/service/log.js';

test.skipIf(noSqlite)(`the examples are uploads of a server that keeps nothing${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, async () => {
  const { serving, login } = await startDemo({ version: '0', log: noLog, port: 0, engine: markedEngine() });
  try {
    expect(new URL(serving.pages).hostname).toBe('127.0.0.1');
    await expect.poll(async () => (await (await fetch(serving.pages)).text()).match(/href="\/s\/[0-9a-f]{12}/gu)?.length, { timeout: 20_000 }).toBe(6);
    await serving.queue.drained();
    expect(await serving.queue.counts()).toMatchObject({ done: 6, failed: 0 });
    const entered = await fetch(login, { redirect: 'manual' });
    expect([entered.status, entered.headers.get('set-cookie')]).toEqual([303, expect.stringMatching(/HttpOnly.*SameSite=Strict/u)]);
  } finally {
    await serving.stop();
  }
});
