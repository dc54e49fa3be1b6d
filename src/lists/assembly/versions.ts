/**
 * @module Which series is the version before of another one: by what b4 calls it, by its thread, by its title, or by what both add.
 * Pure but for the reading of mails that `addsSame` does.
 */
import type { KeptSeries } from '../list-store.js';
import type { Assembled } from './assemble.js';

/** What a series is compared by. */
export type Marked = Pick<KeptSeries, 'key' | 'version' | 'title' | 'author' | 'changeId'> & { /** Keys of series that it answers, the nearest first. */ readonly answers: readonly string[] };

export function markedOf({ key, version, title, author, changeId, answers }: Assembled): Marked {
  return { key, version, title, author: author?.address.toLowerCase() ?? '', changeId, answers };
}

/** The newest of the older versions among some series; null when none is known to be one. */
export async function olderOf(one: Marked, others: readonly Marked[], addsSame: (older: Marked) => Promise<boolean>): Promise<Marked | null> {
  const lower = others.filter(({ key, version }) => key !== one.key && version < one.version).sort((a, b) => b.version - a.version);
  const sure = lower.find((other) => isVersion(one, other));
  if (sure) return sure;
  for (const other of lower.filter(({ author }) => author === one.author)) if (await addsSame(other)) return other;
  return null;
}

/** Whether two series are versions of one by their marks. */
function isVersion(newer: Marked, older: Marked): boolean {
  if (newer.changeId !== '' && older.changeId !== '') return newer.changeId === older.changeId;
  return newer.author === older.author && (newer.answers.includes(older.key) || (newer.title === older.title && newer.title !== ''));
}
