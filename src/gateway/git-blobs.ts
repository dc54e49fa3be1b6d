/**
 * @module A base by the blob ids of index lines: the objects they stand for, the commit whose tree has them, and files put
 * together from objects where no commit at hand has all of them.
 */
import { applyFileExactly } from '../apply/exact-file.js';
import { blobId, sameBlob } from '../apply/blob-id.js';
import type { FileDiff } from '../patch/diff.js';
import { ancestry } from './chain.js';
import type { Level } from './chain.js';
import { filesAt, labelOf } from './git-files.js';
import type { GitWay } from './git-files.js';
import { blobsLike, commitOf, commitsWith, lookUp, readBlobs } from './git-objects.js';
import { reasonOf } from './limits.js';
import { settle } from './settle.js';
import type { Candidate, Found } from './settle.js';
import { firstDiff } from './wanted.js';

/** A blob of the repository from which a wanted file comes. */
interface Hit {
  readonly path: string;
  /** Full id. */
  readonly blob: string;
  readonly text: string;
}

/** Commits that are compared with all wanted blobs at most. */
const COMMITS_MAX = 100;
/** Paths whose blobs are looked for. */
const PATHS_MAX = 20;

/** The base that the index lines name; null, with reasons, when an id is not there or names nothing for certain. */
export async function byBlobIds(way: GitWay): Promise<Candidate | null> {
  const named = [...way.wanted.required].filter(([, blob]) => blob !== null).slice(0, PATHS_MAX);
  if (named.length === 0) {
    way.log.add('the patch has no index lines with blob ids');
    return null;
  }
  const hits: Hit[] = [];
  for (const [path, blob] of named) {
    const hit = await findHit(way, path, blob ?? '');
    if (hit) hits.push(hit);
  }
  if (hits.length === 0) return null;
  const found = await around(way, hits);
  return found ? settle(found, way.wanted, way.log) : null;
}

/** The nearest blob at hand from which the wanted one is made: itself, or one before patches of --with. */
async function findHit(way: GitWay, path: string, blob: string): Promise<Hit | null> {
  const levels = ancestry(path, blob, way.wanted.pool);
  for (const level of levels) {
    const ids = await blobsLike(way.repository, level.blob.toLowerCase());
    if (ids.length === 0) continue;
    const texts = await readBlobs(way.repository, (await lookUp(way.repository, ids)).filter((one) => one !== null), way.limits);
    const all = [...texts].map(([id, content]): Hit => ({ path, blob: id, text: content.toString('utf8') }));
    const hits = all.length > 1 ? fitting(way, level, all) : all;
    if (all.length > 1) way.log.add(`${level.blob} (${path}) is the beginning of ${all.length} blobs; ${hits.length === 1 ? 'the patch fits one of them' : `the patch fits ${hits.length} of them`}`);
    if (hits[0] && hits.length === 1) return hits[0];
    if (hits.length > 1) {
      way.ambiguous.add(path);
      return null;
    }
  }
  way.log.add(`no blob ${blob.slice(0, 12)} (${path}) there${levels.length > 1 ? ', nor one that patches of --with make it from' : ''}`);
  return null;
}

/** Of blobs with the same first digits those that the patch applies to, with the result that it names. */
function fitting(way: GitWay, level: Level, hits: readonly Hit[]): Hit[] {
  const path = hits[0]?.path ?? '';
  const diff = level.patches[0]?.patch.diff.files.find((file) => file.newPath === path) ?? firstDiff(way.wanted, path);
  return diff ? hits.filter((hit) => gives(hit.text, diff)) : [...hits];
}

function gives(text: string, diff: FileDiff): boolean {
  const applied = applyFileExactly(text, diff);
  return applied.kind === 'applied' && (diff.newBlob === null || sameBlob(blobId(applied.text), diff.newBlob));
}

/** The files of the commit that has most of the blobs, with the others put in their places. */
async function around(way: GitWay, hits: readonly Hit[]): Promise<Found | null> {
  const commit = await bestCommit(way, hits);
  const place = commit ?? way.refs[0]?.id ?? null;
  const first = hits[0]?.blob.slice(0, 12) ?? '';
  const label = commit === null ? `blob ${first}` : await nameOf(way, commit);
  way.log.add(commit === null
    ? `blob ${first} is there, but no commit that has it was found${place === null ? '' : `; other files are those of ${way.refs[0]?.name}`}`
    : `${label} has ${hits.map((hit) => `${hit.path} ${hit.blob.slice(0, 12)}`).join(', ')}`);
  const empty: Found = { kind: 'git', label, version: null, chosen: 'patch', files: new Map(), blobs: new Map() };
  const found = place === null ? empty : await filesAt(way, place, { label, chosen: 'patch' });
  const files = new Map([...found.files, ...hits.map((hit): [string, string] => [hit.path, hit.text])]);
  const blobs = new Map([...found.blobs, ...hits.map((hit): [string, string] => [hit.path, hit.blob])]);
  return { ...found, label, files, blobs };
}

async function nameOf(way: GitWay, commit: string): Promise<string> {
  const ref = way.refs.find((one) => one.id === commit);
  if (ref && /^v\d/u.test(ref.name)) return ref.name;
  const full = await commitOf(way.repository, commit);
  return labelOf(way.refs, full ?? commit);
}

/** The ref or commit whose tree has most of the blobs; null when none has any. Refs come before a walk through history. */
async function bestCommit(way: GitWay, hits: readonly Hit[]): Promise<string | null> {
  const main = hits[0];
  if (!main) return null;
  const atRefs = await withMost(way, way.refs.map((ref) => ref.id), hits);
  if (atRefs?.count === hits.length) return atRefs.commit;
  const walked = await commitsWith(way.repository, { blob: main.blob, path: main.path, tips: way.refs }, way.limits).catch((error: unknown) => {
    way.log.add(`searching the history for ${main.blob.slice(0, 12)}: ${reasonOf(error)}`);
    return [];
  });
  const inHistory = await withMost(way, walked.slice(0, COMMITS_MAX), hits);
  return (inHistory && inHistory.count > (atRefs?.count ?? 0) ? inHistory : atRefs)?.commit ?? null;
}

async function withMost(way: GitWay, commits: readonly string[], hits: readonly Hit[]): Promise<{ commit: string; count: number } | null> {
  const names = commits.flatMap((commit) => hits.map((hit) => `${commit}:${hit.path}`));
  const objects = await lookUp(way.repository, names);
  let best: { commit: string; count: number } | null = null;
  commits.forEach((commit, i) => {
    const count = hits.filter((hit, j) => objects[i * hits.length + j]?.id === hit.blob).length;
    if (count > (best?.count ?? 0)) best = { commit, count };
  });
  return best;
}
