/**
 * @module A mirror on disk brought up to date from its address: the manifest says which epochs are new or changed, git fetches these;
 * where a plain file server has none they are tried one after the other.
 * What cannot be fetched now is said, and what is on disk is read all the same.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { gitEnvironment, runGit } from '../git-run.js';
import type { FetchLimits } from '../limited-fetch.js';
import { GatewayFailure, LIMITS, reasonOf } from '../limits.js';
import type { SourceEvent } from '../mail-source.js';
import { MANIFEST_LIMITS, NoManifest, remoteEpochs, type RemoteEpoch } from './manifest.js';

export interface MirrorFetch {
  /** Of the inbox, such as https://lore.kernel.org/lkml. */
  readonly url: string;
  /** Folder of the mirror. */
  readonly dir: string;
  readonly signal?: AbortSignal;
  /** Milliseconds that the fetching of one epoch may take. */
  readonly fetchMs?: number;
  readonly manifest?: FetchLimits;
  /** Such as "git". */
  readonly program?: string;
}

/** An epoch of lkml has a gigabyte. */
const FETCH_MS = 3_600_000;
/** Fewer bytes a second than this for so many seconds, and git gives up. */
const SLOW = { GIT_HTTP_LOW_SPEED_LIMIT: '200', GIT_HTTP_LOW_SPEED_TIME: '60' } as const;
/** Packs of one epoch before they are put together. */
const PACKS_MAX = 50;
/** A day before `since`: an epoch that ended just then is read. */
const MARGIN_S = 86_400;

/** Epochs that are tried where no manifest names them. */
const TRIED_MAX = 100;

/** The fingerprints of epochs as they were fetched last. */
const STATE = 'fetched.json';
const stateSchema = z.record(z.string(), z.string());

/** Fetches what is new; epochs that ended before `sinceS` are left out as long as nothing of them is here. */
export async function* fetchMirror(place: MirrorFetch, sinceS: number | null): AsyncGenerator<SourceEvent, void, void> {
  const epochs = await epochsAt(place).catch((error: unknown) => reasonOf(error));
  if (typeof epochs === 'string') {
    yield { kind: 'stopped', reason: `not fetched: ${epochs}` };
    return;
  }
  await mkdir(join(place.dir, 'git'), { recursive: true });
  const state = await readState(place.dir);
  const here = new Set(await readdir(join(place.dir, 'git')).catch(() => []));
  for (const epoch of epochs) {
    if (place.signal?.aborted) return;
    const isHere = here.has(`${epoch.number}.git`);
    if (isHere && epoch.fingerprint !== null && state[epoch.number] === epoch.fingerprint) continue;
    if (!isHere && sinceS !== null && epoch.modifiedS !== null && epoch.modifiedS < sinceS - MARGIN_S) continue;
    const failure = await fetchEpoch(place, epoch, isHere).then(() => null, (error: unknown) => reasonOf(error));
    if (failure !== null) {
      yield { kind: 'stopped', reason: `epoch ${epoch.number}: not fetched: ${failure}` };
      continue;
    }
    if (!isHere) yield { kind: 'note', what: `epoch ${epoch.number} is new here` };
    if (epoch.fingerprint !== null) state[epoch.number] = epoch.fingerprint;
    await writeState(place.dir, state);
  }
}

/** The epochs that there are, by the manifest, or by trying those from the last one here on. */
async function epochsAt(place: MirrorFetch): Promise<RemoteEpoch[]> {
  try {
    return await remoteEpochs(place.url, place.manifest ?? MANIFEST_LIMITS);
  } catch (error) {
    if (!(error instanceof NoManifest)) throw error;
  }
  const base = place.url.replace(/\/+$/u, '');
  const here = (await readdir(join(place.dir, 'git')).catch(() => [])).map((name) => Number.parseInt(name, 10)).filter((n) => n >= 0);
  const epochs: RemoteEpoch[] = [];
  await mkdir(place.dir, { recursive: true });
  for (let number = Math.max(0, ...here); epochs.length < TRIED_MAX; number++) {
    const url = `${base}/git/${number}.git`;
    const isThere = await git(place, ['ls-remote', '-q', '--heads', url], place.dir).then(() => true, () => false);
    if (!isThere) break;
    epochs.push({ number, url, modifiedS: null, fingerprint: null });
  }
  if (epochs.length === 0) throw new GatewayFailure(`neither manifest.js.gz nor git/${Math.max(0, ...here)}.git is there`);
  return epochs;
}

async function fetchEpoch(place: MirrorFetch, { number, url }: RemoteEpoch, isHere: boolean): Promise<void> {
  const final = join(place.dir, 'git', `${number}.git`);
  const dir = isHere ? final : join(place.dir, 'git', `${number}.part`);
  if (!isHere) {
    // What an earlier attempt left is taken up: a gigabyte is not fetched twice for its last bytes' sake.
    await git(place, ['init', '-q', '--bare', dir], place.dir);
    await git(place, ['symbolic-ref', 'HEAD', 'refs/heads/master'], dir);
  }
  await git(place, ['fetch', '-q', '--no-tags', '--prune', '--force', '--no-write-fetch-head', url, '+refs/heads/*:refs/heads/*'], dir);
  await followHead(place, dir);
  if (isHere) return await packUp(place, dir);
  await rename(dir, final);
}

/** HEAD is the branch that there is. */
async function followHead(place: MirrorFetch, dir: string): Promise<void> {
  const refs = (await git(place, ['for-each-ref', '--count=10', '--format=%(refname)', 'refs/heads'], dir)).toString('utf8').trim().split('\n');
  if (refs[0] && !refs.includes('refs/heads/master')) await git(place, ['symbolic-ref', 'HEAD', refs[0]], dir);
}

async function packUp(place: MirrorFetch, dir: string): Promise<void> {
  const packs = (await readdir(join(dir, 'objects', 'pack')).catch(() => [])).filter((name) => name.endsWith('.pack'));
  if (packs.length > PACKS_MAX) await git(place, ['repack', '-q', '-d', '--geometric=2'], dir);
}

/** git with the network: http and https alone, through the proxies of the environment. */
function git({ signal, fetchMs = FETCH_MS, program = 'git' }: MirrorFetch, args: readonly string[], cwd: string): Promise<Buffer> {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const env = gitEnvironment({ GIT_ALLOW_PROTOCOL: 'http:https', ...SLOW, ...Object.fromEntries(proxies) as Record<string, string> });
  return runGit({ args, cwd, env, program, ms: fetchMs, ...(signal ? { signal } : {}) }, LIMITS);
}

async function readState(dir: string): Promise<Record<string, string>> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(join(dir, STATE), 'utf8')));
  } catch {
    return {};
  }
}

async function writeState(dir: string, state: Readonly<Record<string, string>>): Promise<void> {
  const file = join(dir, STATE);
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file).catch(() => rm(`${file}.new`, { force: true }));
}
