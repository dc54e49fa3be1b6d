/** @module What was said about a series and the versions before it, taken together. */
import type { ListStore } from '../list-store.js';
import type { Said, SaidStore } from '../said-store.js';

/** Versions of a series that are followed back. */
const VERSIONS_MAX = 100;

export interface Heard {
  /** Keys of the series and of its older versions, the newest first. */
  readonly lineage: readonly string[];
  /** Fingerprints of questions that were answered as invalid. */
  readonly invalid: ReadonlySet<string>;
  /** What reviews assume, the oldest first. */
  readonly assumptions: readonly string[];
  /** Why nothing more is to be said, in words; null where that is not so. */
  readonly ended: string | null;
  readonly said: readonly Said[];
}

export interface Ears {
  readonly lists: ListStore;
  readonly said: SaidStore;
}

/** All of it, about a series by its key. */
export async function heardOf(key: string, { lists, said: store }: Ears): Promise<Heard> {
  const lineage = await lineageOf(key, lists);
  const said = await store.about(lineage);
  const end = said.find(({ kind }) => kind === 'stop' || kind === 'closed');
  return {
    lineage, said, invalid: new Set(said.flatMap(({ kind, what }) => (kind === 'invalid' ? [what] : []))),
    assumptions: [...new Set(said.flatMap(({ kind, what }) => (kind === 'assume' ? [what] : [])))],
    ended: end ? `${end.by} said ${end.kind === 'stop' ? 'stop' : 'that it is merged or over'}` : null,
  };
}

async function lineageOf(key: string, lists: ListStore): Promise<string[]> {
  const keys = [key];
  for (let older = (await lists.series(key))?.older ?? null; older !== null && !keys.includes(older) && keys.length < VERSIONS_MAX;) {
    keys.push(older);
    older = (await lists.series(older))?.older ?? null;
  }
  return keys;
}
