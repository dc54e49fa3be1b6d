/** @module What was said about a series and the versions before it, taken together. */
import type { KeptSeries, ListStore } from '../list-store.js';
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
  const versions = await versionsUpTo(key, lists);
  const lineage = versions.map((one) => one.key);
  const author = versions[0]?.author;
  // Who writes an older version of somebody else's series commands that version, and not what follows it.
  const foreign = new Set(versions.filter((one) => one.author !== author).map((one) => `${one.key} ${one.author}`));
  const said = (await store.about(lineage)).filter(({ series, by }) => !foreign.has(`${series} ${by}`));
  const end = said.find(({ kind }) => kind === 'stop' || kind === 'closed');
  return {
    lineage, said, invalid: new Set(said.flatMap(({ kind, what }) => (kind === 'invalid' ? [what] : []))),
    assumptions: [...new Set(said.flatMap(({ kind, what }) => (kind === 'assume' ? [what] : [])))],
    ended: end ? `${end.by} said ${end.kind === 'stop' ? 'stop' : 'that it is merged or over'}` : null,
  };
}

/** A series and its older versions, the newest first. */
async function versionsUpTo(key: string, lists: ListStore): Promise<KeptSeries[]> {
  const versions: KeptSeries[] = [];
  for (let next: string | null = key; next !== null && versions.length < VERSIONS_MAX;) {
    const series: KeptSeries | null = await lists.series(next);
    if (series === null) break;
    versions.push(series);
    next = versions.some((one) => one.key === series.older) ? null : series.older;
  }
  return versions;
}

/** Keys of the versions after a series. */
export async function laterVersions(key: string, lists: ListStore): Promise<string[]> {
  const series = await lists.series(key);
  if (series === null) return [];
  const near = await lists.near(series, VERSIONS_MAX);
  const found = new Set([key]);
  for (const one of [...near].sort((a, b) => a.version - b.version)) if (one.older !== null && found.has(one.older)) found.add(one.key);
  return [...found].filter((one) => one !== key);
}
