/**
 * @module Something posted once, whatever happens in between: it is claimed in the store before it is sent, and where
 * nobody knows whether it arrived, its marker is looked for at the other side before it is sent again.
 */
import { RemoteFailure } from '../gateway/remote-failure.js';
import type { Store } from '../store/store.js';

export interface Posting {
  /** What is posted, among all that is about this pull request. */
  readonly key: string;
  readonly pull: string;
  /** Its id at the other side, if it is there. */
  readonly find: () => Promise<string | null>;
  /** Sends it; its id. */
  readonly post: () => Promise<string>;
}

/** Posts unless it is posted; its id at the other side. Rejects with what post() rejected with. */
export async function postOnce(store: Store, { key, pull, find, post }: Posting): Promise<string> {
  const claim = await store.claim({ key: `${pull} ${key}`, pull, atMs: Date.now() });
  if (claim.state === 'posted' && claim.remoteId !== null) return claim.remoteId;
  const there = claim.fresh ? null : await find();
  if (there !== null) {
    await store.posted(claim.key, there);
    return there;
  }
  return await sent(store, claim.key, post);
}

async function sent(store: Store, key: string, post: () => Promise<string>): Promise<string> {
  let id: string;
  try {
    id = await post();
  } catch (error) {
    if (error instanceof RemoteFailure && error.nothingDone) await store.release(key);
    throw error;
  }
  await store.posted(key, id);
  return id;
}
