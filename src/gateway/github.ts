/**
 * @module A base from GitHub (`--github OWNER/REPO[@REF]`): the commit that the patch names, blobs by full id, the given
 * ref or the default branch, then the commits that changed the file, back from the day of the patch.
 */
import { sameBlob } from '../apply/blob-id.js';
import { ancestry } from './chain.js';
import { GithubStore } from './github-store.js';
import type { GithubAccess } from './github-store.js';
import { KCOV, versionOf } from './kernel-file.js';
import { GatewayFailure, reasonOf } from './limits.js';
import { better, isGood, settle } from './settle.js';
import type { Candidate, Found } from './settle.js';
import type { Way } from './tree.js';

/** Commits of a file's history that are looked at; kernel/kcov.c has had about 120 in ten years. */
const HISTORY_MAX = 20;
/** Files other than kcov's own that are asked for: each is a request. */
const FILES_MAX = 12;

/** OWNER/REPO[@REF], taken apart. */
export interface GithubName {
  readonly owner: string;
  readonly repo: string;
  readonly ref: string | null;
}

interface GithubWay extends FileWay {
  readonly name: GithubName;
}

/** How the files of a commit are read. */
export interface FileWay extends Way {
  readonly store: GithubStore;
  /** It may be without kcov itself, which then comes from elsewhere. */
  readonly partial?: boolean;
}

/** Reads OWNER/REPO[@REF]; null when it is no such name. A whole address of github.com is taken too. */
export function parseGithubName(text: string): GithubName | null {
  const match = /^(?:https:\/\/github\.com\/)?([\w.-]{1,100})\/([\w.-]{1,100}?)(?:\.git)?\/?(?:@([\w./+-]{1,200}))?$/u.exec(text);
  if (!match || /^\.+$/u.test(match[1] ?? '') || /^\.+$/u.test(match[2] ?? '')) return null;
  const ref = match[3] ?? null;
  return ref !== null && /(?:^|\/)\.\.?(?:\/|$)|\.\./u.test(ref) ? null : { owner: match[1] ?? '', repo: match[2] ?? '', ref };
}

/** The best base on GitHub; null, with the reasons as steps, when there is none. */
export async function baseFromGithub(name: GithubName, access: Omit<GithubAccess, 'owner' | 'repo'>, way: Way): Promise<Candidate | null> {
  const github: GithubWay = { ...way, name, store: new GithubStore({ ...access, owner: name.owner, repo: name.repo }, way.limits) };
  let best: Candidate | null = null;
  try {
    for (const one of [byBaseCommit, byRef, byHistory]) {
      const candidate = await tried(one, github, best);
      if (isGood(candidate) && !candidate.contradicted) return candidate;
      best = better(best, candidate);
    }
  } catch (error) {
    way.log.add(`${reasonOf(error)}; nothing more is asked`);
  }
  return best;
}

/** One way; a failure that is not final is a step and null. */
async function tried(one: (way: GithubWay) => Promise<Candidate | null>, way: GithubWay, best: Candidate | null): Promise<Candidate | null> {
  try {
    return await one(way);
  } catch (error) {
    if (error instanceof GatewayFailure && error.final) throw error;
    way.log.add(reasonOf(error));
    return best;
  }
}

async function byBaseCommit(way: GithubWay): Promise<Candidate | null> {
  let best: Candidate | null = null;
  for (const named of way.wanted.trailers.baseCommits.slice(0, 3)) {
    const sha = await way.store.commit(named);
    way.log.add(`base-commit ${named.slice(0, 12)} is ${sha === null ? 'not ' : ''}there`);
    if (sha !== null) best = better(best, await settle(await filesAt(way, sha, { label: sha.slice(0, 12), chosen: 'patch' }), way.wanted, way.log));
  }
  return best;
}

/** The given ref, or the default branch, with the blobs that the patch names in full put in. */
async function byRef(way: GithubWay): Promise<Candidate | null> {
  const ref = way.name.ref ?? await way.store.defaultBranch();
  const sha = await way.store.commit(ref);
  if (sha === null) throw new GatewayFailure(`no such repository or ref (404): ${way.name.owner}/${way.name.repo}@${ref}`, true);
  const label = /^v\d/u.test(ref) ? ref : sha.slice(0, 12);
  const found = await filesAt(way, sha, { label, chosen: way.name.ref === null ? 'guess' : 'user' });
  return settle(await withNamedBlobs(way, found), way.wanted, way.log);
}

async function withNamedBlobs(way: GithubWay, found: Found): Promise<Found> {
  const files = new Map(found.files);
  const blobs = new Map(found.blobs);
  const taken: string[] = [];
  for (const [path, blob] of way.wanted.required) {
    const level = blob === null ? undefined : ancestry(path, blob, way.wanted.pool).find((one) => one.blob.length === 40);
    if (!level || blobs.get(path) === level.blob) continue;
    const file = await way.store.blob(level.blob.toLowerCase());
    way.log.add(`blob ${level.blob.slice(0, 12)} (${path}) is ${file === null ? 'not ' : ''}there`);
    if (file === null) continue;
    files.set(path, file.text);
    blobs.set(path, file.id);
    taken.push(path);
  }
  return taken.length === 0 ? found : { ...found, files, blobs, chosen: 'patch', label: `${found.label} with ${taken.join(', ')} as the patch names it` };
}

/** Commits that changed the file, back from the day of the patch: one whose blob is named, else one it applies to. */
async function byHistory(way: GithubWay): Promise<Candidate | null> {
  const path = way.wanted.required.has(KCOV) ? KCOV : [...way.wanted.required.keys()][0] ?? KCOV;
  const sha = await way.store.commit(way.name.ref ?? await way.store.defaultBranch());
  const commits = sha === null ? [] : await way.store.history(path, { sha, untilS: way.wanted.sentS, count: HISTORY_MAX });
  const blob = way.wanted.required.get(path) ?? null;
  const levels = blob === null ? [] : ancestry(path, blob, way.wanted.pool);
  const reserve = way.wanted.paths.length + 2;
  let first: string | null = null;
  let looked = 0;
  for (const commit of commits.slice(0, Math.max(1, way.store.left - reserve))) {
    const file = await way.store.file(path, commit.sha);
    looked += 1;
    if (file && levels.some((level) => sameBlob(level.blob, file.id))) {
      way.log.add(`${commit.sha.slice(0, 12)} has ${path} ${file.id.slice(0, 12)}`);
      return settle(await filesAt(way, commit.sha, { label: commit.sha.slice(0, 12), chosen: 'patch' }), way.wanted, way.log);
    }
    if (file) first ??= commit.sha;
    if (blob === null) break;
  }
  if (blob !== null) way.log.add(`none of the ${looked} latest commits to ${path} has blob ${blob.slice(0, 12)}`);
  if (first === null) return null;
  way.log.add(`a guess: ${first.slice(0, 12)} changed ${path} last before the patch was sent`);
  return settle(await filesAt(way, first, { label: first.slice(0, 12), chosen: 'guess' }), way.wanted, way.log);
}

/** The files that are wanted as they are in a commit; missing ones are left out. */
export async function filesAt(way: FileWay, sha: string, as: Pick<Found, 'label' | 'chosen'>): Promise<Found> {
  const files = new Map<string, string>();
  const blobs = new Map<string, string>();
  for (const path of way.wanted.paths.slice(0, FILES_MAX)) {
    const file = await way.store.file(path, sha);
    if (path === KCOV && !file && way.partial !== true) break;
    if (!file || file.text.includes('\0')) continue;
    files.set(path, file.text);
    blobs.set(path, file.id);
  }
  const version = files.has(KCOV) ? versionOf((await way.store.file('Makefile', sha))?.text) : null;
  return { kind: 'github', ...as, version, files, blobs };
}
