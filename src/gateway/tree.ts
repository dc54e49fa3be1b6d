/**
 * @module A base from a work tree on disk (`--tree DIR`): whole, sparse, or with nothing but kernel/kcov.c. Only plain
 * files of bounded size are read; paths that a patch names do not lead out of the tree.
 */
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { blobId } from '../apply/blob-id.js';
import { KCOV, KCOV_FILES, versionOf } from './kernel-file.js';
import { GatewayFailure, reasonOf, withDeadline } from './limits.js';
import type { Limits } from './limits.js';
import { settle } from './settle.js';
import type { Candidate, StepLog } from './settle.js';
import type { Wanted } from './wanted.js';

/** What a way is given besides where to look. */
export interface Way {
  readonly wanted: Wanted;
  readonly limits: Limits;
  readonly log: StepLog;
}

/** The tree as a base; null, with the reason as a step, when it is none. */
export async function baseFromTree(dir: string, way: Way): Promise<Candidate | null> {
  const { wanted, limits, log } = way;
  const root = await rootOf(dir, limits);
  const files = new Map<string, string>();
  const blobs = new Map<string, string>();
  for (const path of wanted.paths.slice(0, limits.files)) {
    const bytes = await readFileOf(root, path, way);
    if (bytes === null) continue;
    files.set(path, bytes.toString('utf8'));
    blobs.set(path, blobId(bytes));
  }
  const version = files.has(KCOV) ? versionOf((await readFileOf(root, 'Makefile', way))?.toString('utf8')) : null;
  if (files.has(KCOV)) log.add(`${version === null ? 'no Makefile that states a version' : `${version}, as its Makefile says`}${sparse(files)}`);
  const label = version ?? basename(resolve(dir));
  return settle({ kind: 'tree', label, version, files, blobs, chosen: 'user' }, wanted, log);
}

/** The headers that a sparse tree lacks, as words. */
function sparse(files: ReadonlyMap<string, string>): string {
  const lacking = KCOV_FILES.filter((path) => !files.has(path));
  return lacking.length === 0 ? '' : `; without ${lacking.join(', ')}`;
}

async function rootOf(dir: string, limits: Limits): Promise<string> {
  try {
    const root = await withDeadline(realpath(dir), limits.readMs, dir);
    const isDirectory = (await withDeadline(stat(root), limits.readMs, dir)).isDirectory();
    if (!isDirectory) throw new GatewayFailure(`is no directory: give the one that has ${KCOV} in it`);
    return root;
  } catch (error) {
    throw error instanceof GatewayFailure ? error : new GatewayFailure(wordsFor(error));
  }
}

/** The bytes of one file; null, said where that is no plain absence, when it cannot be read. */
async function readFileOf(root: string, path: string, { limits, log }: Way): Promise<Buffer | null> {
  try {
    return await withDeadline(readPlain(root, path, limits.fileBytes), limits.readMs, path);
  } catch (error) {
    const why = error instanceof GatewayFailure ? error.message : wordsFor(error);
    if (why !== ABSENT) log.add(`${path}: ${why}`);
    return null;
  }
}

const ABSENT = 'no such file or directory';

function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT': case 'ENOTDIR': return ABSENT;
    case 'EACCES': case 'EPERM': return 'permission denied';
    case 'ELOOP': return 'a symbolic link that goes in circles';
    case 'ENXIO': return 'not a plain file';
    default: return code === '' ? reasonOf(error) : `cannot be read (${code})`;
  }
}

async function readPlain(root: string, path: string, bytesMax: number): Promise<Buffer> {
  const file = join(root, path);
  const real = await realpath(file);
  // A user may link kcov's own files from elsewhere; a path that only the patch names stays inside.
  if (!real.startsWith(root + sep) && !KCOV_FILES.includes(path)) throw new GatewayFailure('a symbolic link that leads out of the tree');
  // Without O_NONBLOCK opening a FIFO waits for a writer.
  const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new GatewayFailure('not a plain file');
    if (stats.size > bytesMax) throw new GatewayFailure(`${stats.size} bytes: more than ${bytesMax} are not read`);
    const bytes = Buffer.alloc(Math.min(stats.size, bytesMax));
    const { bytesRead } = bytes.length > 0 ? await handle.read(bytes, 0, bytes.length, 0) : { bytesRead: 0 };
    if (bytes.includes(0)) throw new GatewayFailure('binary (has NUL bytes)');
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
