/** @module The entry of a thread that reads submissions, one after the other, and tells of each what a server has to know. */
import { parentPort } from 'node:worker_threads';
import { outlineOf, type Outline, type Unread } from './unread.js';

/** What it is told. */
export interface ToOutline {
  readonly id: number;
  readonly unread: Unread;
}

/** What it says. */
export type FromOutline = { readonly id: number } & ({ readonly outline: Outline } | { readonly failed: string });

const port = parentPort;
if (port) {
  let last: Promise<void> = Promise.resolve();
  port.on('message', ({ id, unread }: ToOutline) => {
    last = last.then(async () => {
      const said: FromOutline = await outlineOf(unread).then((outline) => ({ id, outline }), (error: unknown) => ({ id, failed: error instanceof Error ? error.message : String(error) }));
      port.postMessage(said);
    });
  });
}
