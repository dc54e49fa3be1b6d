/**
 * @module A thread that ends its process when the one that started it is gone. That a channel was closed is seen by an event, and
 * what hangs in a loop sees no events.
 */
import { workerData } from 'node:worker_threads';

const LOOK_MS = 1000;

const parent = workerData as number;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);
