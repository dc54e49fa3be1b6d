/**
 * @module The files of one commit of a repository, as a base is made of them.
 */
import type { Repository } from './git-run.js';
import { lookUp, readBlobs } from './git-objects.js';
import type { Ref } from './git-objects.js';
import { versionOf } from './kernel-file.js';
import type { Found } from './settle.js';
import type { Way } from './tree.js';

/** A repository that is being looked through. */
export interface GitWay extends Way {
  readonly repository: Repository;
  readonly refs: readonly Ref[];
  /** Paths whose old blob id begins several blobs that the patch does not tell apart: it proves nothing here. */
  readonly ambiguous: Set<string>;
}

/** A tag that is the commit, else its first twelve digits. */
export function labelOf(refs: readonly Ref[], commit: string): string {
  return refs.find((ref) => ref.id === commit && /^v\d/u.test(ref.name))?.name ?? commit.slice(0, 12);
}

/** The files that are wanted as they are in a commit; missing ones are left out. */
export async function filesAt(way: GitWay, commit: string, as: Pick<Found, 'label' | 'chosen'>): Promise<Found> {
  const paths = [...way.wanted.paths.slice(0, way.limits.files), 'Makefile'];
  const objects = await lookUp(way.repository, paths.map((path) => `${commit}:${path}`));
  const contents = await readBlobs(way.repository, objects.filter((one) => one !== null), way.limits);
  const files = new Map<string, string>();
  const blobs = new Map<string, string>();
  paths.forEach((path, i) => {
    const id = objects[i]?.id ?? '';
    const content = contents.get(id);
    if (content === undefined || content.includes(0)) return;
    files.set(path, content.toString('utf8'));
    blobs.set(path, id);
  });
  const version = versionOf(files.get('Makefile'));
  if (!way.wanted.paths.includes('Makefile')) {
    files.delete('Makefile');
    blobs.delete('Makefile');
  }
  return { kind: 'git', ...as, version, files, blobs };
}
