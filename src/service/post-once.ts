/**
 * @module Something posted once, whatever happens in between: it is claimed in the store before it is sent, and where
 * nobody knows whether it arrived, its marker is looked for at the other side before it is sent again.
 */
import { RemoteFailure, type FailureKind } from '../gateway/remote-failure.js';
import type { Claim, Store } from '../store/store.js';

export interface Posting {
  /** What is posted, among all that is about this pull request. */
  readonly key: string;
  readonly pull: string;
  /** Key of the submission that the audit has it under; `pull` when left out. */
  readonly submission?: string;
  /** What it is, for the audit: "a review of o/r#3". */
  readonly what: string;
  /** Its id at the other side, if it is there. */
  readonly find: () => Promise<string | null>;
  /** Sends it; its id. */
  readonly post: () => Promise<string>;
}

/** Posts unless it is posted; its id at the other side. Rejects with what post() rejected with. */
export async function postOnce(store: Store, { key, pull, submission = pull, what, find, post }: Posting): Promise<string> {
  const claim = await store.claim({ key: `${pull} ${key}`, pull, atMs: Date.now() });
  if (claim.state === 'posted' && claim.remoteId !== null) return claim.remoteId;
  const there = claim.fresh ? null : await find();
  if (there !== null) {
    return await arrived(store, claim, { what, submission, id: there });
  }
  return await sent(store, claim, { what, submission, post });
}

/** What the audit is told of something that arrived. */
interface Noted {
  readonly what: string;
  readonly submission: string;
  readonly id: string;
}

/** Kinds of failure that are an answer, not a bad moment. */
const REFUSALS: readonly FailureKind[] = ['forbidden', 'missing', 'refused'];

async function sent(store: Store, claim: Claim, { what, submission, post }: Omit<Noted, 'id'> & Pick<Posting, 'post'>): Promise<string> {
  let id: string;
  try {
    id = await post();
  } catch (error) {
    if (error instanceof RemoteFailure && error.nothingDone) await store.release(claim.key);
    if (error instanceof RemoteFailure && REFUSALS.includes(error.kind)) await store.audit.note({ act: 'refused', what, submission, by: 'kcovet', atMs: Date.now() });
    throw error;
  }
  return await arrived(store, claim, { what, submission, id });
}

async function arrived(store: Store, { key }: Pick<Claim, 'key'>, { what, submission, id }: Noted): Promise<string> {
  await store.posted(key, id, { act: 'posted', what: `${what} (${id})`, submission, by: 'kcovet', atMs: Date.now() });
  return id;
}
