/** @module A server that cannot begin leaves no door open, and one that is told to end waits once. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { defaultConfig } from '../../src/config.js';
import type { Engine } from '../../src/engine/engine.js';
import { InProcessQueue } from '../../src/queue/in-process-queue.js';
import { serve } from '../../src/serve.js';
import { noLog } from '../../src/service/log.js';
import { freePort } from '../free-port.js';
import { noSqlite, openStore } from '../store/sqlite.js';

const nothing = (): Promise<never> => Promise.reject(new Error('nothing is reviewed here'));
const engine: Engine = { review: nothing, reviewUnread: nothing, replay: nothing, assumed: nothing };

describe.skipIf(noSqlite)(`start and stop${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  test('what fails after it listens closes the door', async () => {
    const [store, port] = [await openStore(), await freePort()];
    store.jobs.recover = () => Promise.reject(new Error('the disk is gone'));
    await expect(serve({ ...defaultConfig, port, graceMs: 0 }, { store, engine, log: noLog })).rejects.toThrow('the disk is gone');
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    await store.close();
  });

  test('requests and jobs under way are waited for at the same time', async () => {
    const store = await openStore();
    const queue = new InProcessQueue(store.jobs);
    const order: string[] = [];
    const stopQueue = queue.stop.bind(queue);
    queue.stop = async (graceMs) => { order.push('queue'); await stopQueue(graceMs); };
    const serving = await serve({ ...defaultConfig, port: 0, pages: 'open', graceMs: 0 }, { store, queue, engine, log: noLog });
    // A request whose headers never end: the door waits for it.
    const socket = connect(Number(new URL(serving.pages).port), '127.0.0.1');
    await new Promise<void>((resolve) => { socket.on('connect', () => socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n', () => resolve())); });
    socket.on('close', () => order.push('door')).on('error', () => undefined);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    await serving.stop();
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    expect(order).toEqual(['queue', 'door']);
  });
});
