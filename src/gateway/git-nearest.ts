/**
 * @module The nearest version in a repository that a patch applies to, for patches that name no base at hand: HEAD and the
 * tags of versions, tried by their different files. It is a guess and is called one.
 */
import { alignWith } from '../apply/align.js';
import { treeImageOf } from '../apply/model-image.js';
import { checkSeries, isInBase, linesOf } from '../apply/series-check.js';
import { filesAt } from './git-files.js';
import type { GitWay } from './git-files.js';
import { lookUp, readBlobs, timesOf } from './git-objects.js';
import type { Ref } from './git-objects.js';
import { KCOV } from './kernel-file.js';
import { settle } from './settle.js';
import type { Candidate } from './settle.js';

/** Paths that tell versions apart. */
const PATHS_MAX = 10;
/** Versions tried by tokens when the patch applies exactly to none: each takes a tenth of a second. */
const ALIGNED_MAX = 8;

/** How much more a second counts by which a version is newer than the patch. */
const NEWER_WEIGHT = 10;

/** Refs with the same files. */
interface Version {
  readonly refs: Ref[];
  readonly files: ReadonlyMap<string, string>;
}

/** HEAD or the version tag that the patch applies to with the least offset, the nearest in time among equals. */
export async function nearestVersion(way: GitWay): Promise<Candidate | null> {
  const refs = way.refs.filter((ref) => ref.name === 'HEAD' || /^v\d+\.\d/u.test(ref.name));
  const times = await timesOf(way.repository, [...new Set(refs.map((ref) => ref.id))]).catch(() => new Map<string, number>());
  const near = byTime(way, { times, refs });
  const versions = await versionsOf(way, near);
  if (versions.length === 0) {
    way.log.add(refs.length === 0 ? 'no HEAD and no tags of versions' : `no ${KCOV} in HEAD and the tags of versions`);
    return null;
  }
  const [head] = await versionsOf(way, refs.filter((ref) => ref.name === 'HEAD'));
  if (head && isInBase(head.files, way.wanted.patches)) way.log.add('the patch is in HEAD already');
  const best = nearest(way, versions, near);
  if (!best) {
    way.log.add(`the patch applies to none of ${versions.length} versions`);
    return null;
  }
  way.log.add(`a guess: ${best.name} is the nearest of ${versions.length} different versions`);
  const required = new Map([...way.wanted.required].map(([path, blob]) => [path, way.ambiguous.has(path) ? null : blob]));
  const label = best.name === 'HEAD' ? best.id.slice(0, 12) : best.name;
  return settle(await filesAt(way, best.id, { label, chosen: 'guess' }), { ...way.wanted, required }, way.log);
}

/** Versions come with the nearest first, and so do the refs of each. */
function nearest(way: GitWay, versions: readonly Version[], refs: readonly Ref[]): Ref | null {
  const offsets = versions.map((version) => offsetOn(way, version));
  const least = Math.min(...offsets.map((offset) => offset ?? Infinity));
  const fitting = new Set(versions.filter((_, i) => offsets[i] === least).flatMap((version) => version.refs));
  if (least < Infinity) return refs.find((ref) => fitting.has(ref)) ?? null;
  const near = versions.slice(0, ALIGNED_MAX);
  const failures = near.map((version) => failedOn(way, version));
  const few = Math.min(...failures);
  return few < hunksOf(way) ? near[failures.indexOf(few)]?.refs[0] ?? null : null;
}

/** Lines off on a version, patches of --with first where it needs them; null when it does not apply. */
function offsetOn(way: GitWay, { files }: Version): number | null {
  const alone = checkSeries(files, way.wanted.patches);
  if (alone.exact) return alone.offset;
  if (way.wanted.pool.length === 0) return null;
  const before = way.wanted.pool.map((one, i) => ({ n: i + 1, diff: one.patch.diff }));
  const all = checkSeries(files, [...before, ...way.wanted.patches]);
  return all.exact ? all.offset : null;
}

/** Hunks of the series that do not fit by tokens either. */
function failedOn(way: GitWay, { files }: Version): number {
  const images = new Map([...files].map(([path, text]) => [path, treeImageOf(path, linesOf(text))]));
  const align = alignWith({ fuzz: false });
  let failed = 0;
  for (const { n, diff } of way.wanted.patches) {
    for (const file of diff.files) {
      const image = images.get(file.path);
      const applied = image ? align(image, file, n) : null;
      if (applied) images.set(file.path, applied.image);
      failed += applied ? applied.hunks.filter((hunk) => hunk.placed === 'failed').length : 0;
    }
  }
  return failed;
}

function hunksOf(way: GitWay): number {
  return way.wanted.patches.flatMap((patch) => patch.diff.files).filter((file) => way.wanted.required.has(file.path))
    .reduce((sum, file) => sum + file.hunks.length, 0);
}

/** The refs nearest in time first; without a date of the patch the newest first. Tags before HEAD where they are equal. */
function byTime(way: GitWay, { times, refs }: { times: ReadonlyMap<string, number>; refs: readonly Ref[] }): Ref[] {
  const sent = way.wanted.sentS ?? Math.max(0, ...times.values());
  // What is older than the patch can be its base; what is newer only looks like it.
  const away = (time: number): number => (time <= sent ? sent - time : NEWER_WEIGHT * (time - sent));
  const order = (ref: Ref): number => (ref.name === 'HEAD' ? 1 : 0);
  return refs.map((ref) => ({ ref, awayS: away(times.get(ref.id) ?? 0) }))
    .sort((a, b) => a.awayS - b.awayS || order(a.ref) - order(b.ref) || (a.ref.name < b.ref.name ? -1 : 1)).map((one) => one.ref);
}

/** Refs grouped by their files, in the order of the refs; bounded by limits.versions. */
async function versionsOf(way: GitWay, refs: readonly Ref[]): Promise<Version[]> {
  const touched = [...way.wanted.pool.flatMap((one) => one.patch.diff.files), ...way.wanted.patches.flatMap((patch) => patch.diff.files)].map((file) => file.oldPath ?? '');
  const paths = [...new Set([KCOV, ...touched])].filter((path) => way.wanted.paths.includes(path)).slice(0, PATHS_MAX);
  const objects = await lookUp(way.repository, refs.flatMap((ref) => paths.map((path) => `${ref.id}:${path}`)));
  const groups = new Map<string, { refs: Ref[]; at: number }>();
  refs.forEach((ref, i) => {
    const key = paths.map((_, j) => objects[i * paths.length + j]?.id ?? '').join(' ');
    const group = groups.get(key);
    if (group) group.refs.push(ref);
    else if (objects[i * paths.length] && groups.size < way.limits.versions) groups.set(key, { refs: [ref], at: i });
  });
  const wanted = [...groups.values()].flatMap((group) => paths.map((_, j) => objects[group.at * paths.length + j] ?? null)).filter((one) => one !== null);
  const contents = await readBlobs(way.repository, wanted, way.limits);
  return [...groups.values()].map((group) => ({
    refs: group.refs,
    files: new Map(paths.flatMap((path, j) => {
      const content = contents.get(objects[group.at * paths.length + j]?.id ?? '');
      return content ? [[path, content.toString('utf8')] as [string, string]] : [];
    })),
  })).filter((version) => version.files.has(KCOV));
}
