/**
 * @module Questions to a repository's objects: what a name stands for, contents by id, which commits had a blob at a path,
 * what refs there are. Every content is hashed again, so that a corrupt store is noticed.
 */
import { blobId } from '../apply/blob-id.js';
import { GatewayFailure } from './limits.js';
import type { Limits } from './limits.js';
import type { Repository } from './git-run.js';

/** An object that a name stands for. */
export interface GitObject {
  /** Full id. */
  readonly id: string;
  readonly type: string;
  readonly bytes: number;
}

/** A tag, a branch or HEAD. */
export interface Ref {
  /** Such as "v6.1" or "HEAD". */
  readonly name: string;
  /** The commit, tags followed. */
  readonly id: string;
}

/** Objects of one name that are looked at when it is ambiguous. */
const SAME_PREFIX_MAX = 50;
/** Commits that a search for a blob may name. */
const COMMITS_MAX = 50;

/** Processes that may be spent on getting round broken objects in one look-up. */
const DETOURS_MAX = 64;

/** What the names stand for, in their order; null where there is nothing or nothing whole. Names must be one line. */
export async function lookUp(repository: Repository, names: readonly string[]): Promise<(GitObject | null)[]> {
  return lookUpPart(repository, names, { left: DETOURS_MAX });
}

/** git gives up at the first broken object: halves are tried then, until the broken ones are alone. */
async function lookUpPart(repository: Repository, names: readonly string[], detours: { left: number }): Promise<(GitObject | null)[]> {
  if (names.length === 0) return [];
  try {
    return await lookUpTogether(repository, names);
  } catch (error) {
    if (error instanceof GatewayFailure && error.final) throw error;
    if (names.length === 1) return [null];
    detours.left -= 2;
    if (detours.left < 0) throw error;
    const half = Math.ceil(names.length / 2);
    return [...await lookUpPart(repository, names.slice(0, half), detours), ...await lookUpPart(repository, names.slice(half), detours)];
  }
}

async function lookUpTogether(repository: Repository, names: readonly string[]): Promise<(GitObject | null)[]> {
  const text = (await repository.run({ args: ['cat-file', '--batch-check'], input: `${names.join('\n')}\n` })).toString('utf8');
  const lines = text.split('\n');
  return names.map((_, i) => {
    const match = /^([0-9a-f]{40}) (\w+) (\d+)$/u.exec(lines[i] ?? '');
    return match ? { id: match[1] ?? '', type: match[2] ?? '', bytes: Number(match[3]) } : null;
  });
}

/** Blobs whose id begins with the digits: full ids, sorted. Empty when there is none. */
export async function blobsLike(repository: Repository, digits: string): Promise<string[]> {
  const ids = digits.length >= 40 ? [digits] : (await repository.run({ args: ['rev-parse', `--disambiguate=${digits}`] })).toString('utf8').split('\n');
  const objects = await lookUp(repository, ids.filter((id) => /^[0-9a-f]{40}$/u.test(id)).slice(0, SAME_PREFIX_MAX));
  return objects.filter((object) => object?.type === 'blob').map((object) => object?.id ?? '').sort();
}

/** Objects that are read one by one when reading them together fails. */
const ALONE_MAX = 60;

/** Contents by id. What is too large, not whole or not what its id says is left out; rejects when nothing is left of a part. */
export async function readBlobs(repository: Repository, objects: readonly GitObject[], limits: Limits): Promise<Map<string, Buffer>> {
  const some = [...new Map(objects.filter((one) => one.type === 'blob' && one.bytes <= limits.fileBytes).map((one) => [one.id, one])).values()];
  if (some.length === 0) return new Map();
  const contents = new Map<string, Buffer>();
  for (const part of inParts(some, limits.gitBytes / 2)) {
    for (const [id, content] of await readPart(repository, part)) contents.set(id, content);
  }
  return contents;
}

/** Objects in parts of so many bytes; at least one in each. */
function inParts(objects: readonly GitObject[], bytesMax: number): GitObject[][] {
  const parts: GitObject[][] = [];
  let bytes = Infinity;
  for (const object of objects) {
    if (bytes + object.bytes > bytesMax) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(object);
    bytes += object.bytes + 100;
  }
  return parts;
}

async function readPart(repository: Repository, some: readonly GitObject[]): Promise<Map<string, Buffer>> {
  try {
    return await readTogether(repository, some);
  } catch (error) {
    if (error instanceof GatewayFailure && error.final) throw error;
    const contents = new Map<string, Buffer>();
    for (const one of some.length > 1 ? some.slice(0, ALONE_MAX) : []) {
      for (const [id, content] of await readTogether(repository, [one]).catch(() => [])) contents.set(id, content);
    }
    if (contents.size === 0) throw error;
    return contents;
  }
}

async function readTogether(repository: Repository, objects: readonly GitObject[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const output = await repository.run({ args: ['cat-file', '--batch'], input: `${objects.map((one) => one.id).join('\n')}\n` });
  let at = 0;
  for (const { id } of objects) {
    const end = output.indexOf(10, at);
    if (end < 0) break;
    const head = /^[0-9a-f]{40} blob (\d+)$/u.exec(output.toString('latin1', at, end));
    at = end + 1;
    if (!head) continue;
    const content = output.subarray(at, at + Number(head[1]));
    at += Number(head[1]) + 1;
    if (blobId(content) !== id) throw new GatewayFailure(`the object ${id.slice(0, 12)} is corrupt`);
    contents.set(id, content);
  }
  return contents;
}

/** The commit a name stands for, tags followed; null when there is none. */
export async function commitOf(repository: Repository, name: string): Promise<string | null> {
  const [object] = await lookUp(repository, [`${name}^{commit}`]);
  return object?.type === 'commit' ? object.id : null;
}

/** HEAD, tags of versions, branches with the commits they lead to: at most limits.refs of each, newest versions first. */
export async function refsOf(repository: Repository, limits: Limits): Promise<Ref[]> {
  const format = '--format=%(objectname) %(refname)';
  const list = async (args: readonly string[]): Promise<Ref[]> => {
    const text = (await repository.listRefs(['for-each-ref', format, `--count=${limits.refs}`, ...args])).toString('utf8');
    return text.split('\n').flatMap((line) => {
      const match = /^([0-9a-f]{40}) refs\/(?:tags|heads|remotes)\/(.+)$/u.exec(line);
      return match ? [{ id: match[1] ?? '', name: match[2] ?? '' }] : [];
    });
  };
  const head = await repository.listRefs(['rev-parse', '--verify', '--quiet', 'HEAD']).then((out) => out.toString('utf8').trim(), () => '');
  const tags = await list(['--sort=-version:refname', 'refs/tags/v*']);
  const branches = await list(['refs/heads', 'refs/remotes']);
  const refs = [...(/^[0-9a-f]{40}$/u.test(head) ? [{ id: head, name: 'HEAD' }] : []), ...tags, ...branches];
  const commits = await lookUp(repository, refs.map((ref) => `${ref.id}^{commit}`));
  return refs.flatMap((ref, i) => (commits[i]?.type === 'commit' ? [{ name: ref.name, id: commits[i].id }] : []));
}

/** Commits in whose trees the path is this blob, the newest first, as names that git takes; bounded in time and number. */
export async function commitsWith(repository: Repository, want: { blob: string; path: string; tips: readonly Ref[] }, limits: Limits): Promise<string[]> {
  const args = [
    'log', '--stdin', '--no-show-signature', '--no-ext-diff', '--no-textconv', '-m', '--full-history', '--raw', '--no-abbrev', '--no-renames',
    '--format=%H', `--find-object=${want.blob}`, `--max-count=${COMMITS_MAX}`, '--', `:(literal)${want.path}`,
  ];
  const input = `${[...new Set(want.tips.map((tip) => tip.id))].join('\n')}\n`;
  const text = (await repository.run({ args, input, ms: limits.searchMs })).toString('utf8');
  const found = new Set<string>();
  let commit = '';
  for (const line of text.split('\n')) {
    if (/^[0-9a-f]{40}$/u.test(line)) commit = line;
    const ids = /^:\d{6} \d{6} ([0-9a-f]{40}) ([0-9a-f]{40}) /u.exec(line);
    if (ids?.[2] === want.blob) found.add(commit);
    else if (ids?.[1] === want.blob) found.add(`${commit}^`);
  }
  return [...found];
}

/** When commits were made, in seconds since 1970, by their ids. */
export async function timesOf(repository: Repository, commits: readonly string[]): Promise<Map<string, number>> {
  if (commits.length === 0) return new Map();
  const input = `${commits.join('\n')}\n`;
  const text = (await repository.run({ args: ['rev-list', '--no-walk=unsorted', '--timestamp', '--stdin'], input })).toString('utf8');
  return new Map(text.split('\n').map((line) => line.split(' ')).map(([time, id]) => [id ?? '', Number(time)]));
}
