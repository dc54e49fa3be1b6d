/** @module A series of a list as pages know it: all of its versions are one submission, under the oldest that is known. */
import type { Submission } from '../mail/submission.js';
import type { NewVersion } from '../store/submission-store.js';
import type { KeptSeries, ListStore } from './list-store.js';
import type { ReadySeries } from './ready-series.js';

/** Versions that are followed back. */
const VERSIONS_MAX = 100;

/** The key of the submission that a series is a version of. */
export async function submissionKeyOf(series: Pick<KeptSeries, 'key' | 'older'>, lists: Pick<ListStore, 'series'>): Promise<string> {
  let oldest = series;
  for (let steps = 0; steps < VERSIONS_MAX && oldest.older !== null; steps += 1) oldest = await lists.series(oldest.older) ?? { key: oldest.older, older: null };
  return `list/${oldest.key}`;
}

/** A series as a version of its submission; not for everybody before what is found in it is let out (./series-showing.ts). */
export async function versionOf(series: KeptSeries, { submission, author, lists: addresses }: ReadySeries, lists: Pick<ListStore, 'series'>): Promise<Omit<NewVersion, 'atMs'>> {
  const key = await submissionKeyOf(series, lists);
  const head = { key, origin: 'list' as const, title: titleOf(submission), author: author.name === '' ? author.address : author.name, where: addresses[0] ?? '', isPrivate: true };
  return { submission: head, id: series.key, label: `v${series.version}` };
}

function titleOf({ subject, patches }: Submission): string {
  return subject === '' ? patches[0]?.subject ?? 'a patch' : subject;
}
