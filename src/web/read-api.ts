/** @module The patch set of a mail as JSON, as b4 asks for it (../render/patchset.ts). Nothing here changes anything. */
import { findPatchset } from '../lists/patchset.js';
import type { Store } from '../store/store.js';
import type { Visitor } from './access.js';
import { versionOfSeries } from './reading.js';

/** What is answered. */
export interface ReadAnswer {
  readonly status: number;
  readonly type: 'application/json';
  readonly text: string;
}

/** Characters of a Message-ID. */
const ID_MAX = 1000;

const json = (status: number, value: unknown): ReadAnswer => ({ status, type: 'application/json', text: JSON.stringify(value) });

/** The answer to a GET; null for another path. */
export async function readApi({ pathname, searchParams }: URL, store: Pick<Store, 'lists' | 'submissions'>, visitor: Visitor): Promise<ReadAnswer | null> {
  if (pathname !== '/api/patchset') return null;
  const id = (searchParams.get('id') ?? '').replace(/^<|>$/gu, '');
  if (id === '' || id.length > ID_MAX) return json(400, { error: 'give the Message-ID of a patch: ?id=' });
  const found = await findPatchset(id, store.lists, async (series) => await versionOfSeries(series, visitor, store) !== null);
  return found === null ? json(404, { error: 'no patch set with that Message-ID' }) : json(200, found);
}
