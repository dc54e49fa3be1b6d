/**
 * @module A base that nobody has pushed, rebuilt from patches at hand: index lines chain blob ids, so the patches between
 * a file that is at hand and the file a submission wants are found by id, put on exactly, and checked after each.
 */
import { blobId, sameBlob } from '../apply/blob-id.js';
import { checkSeries } from '../apply/series-check.js';
import type { PoolPatch, Wanted } from './wanted.js';

/** Patches between a file at hand and the file wanted, at most. */
export const CHAIN_MAX = 200;

/** A blob from which the wanted one is made. */
export interface Level {
  readonly blob: string;
  /** Patches that make the wanted blob from this one, the first to apply first; empty for the wanted blob itself. */
  readonly patches: readonly PoolPatch[];
}

/** Blobs from which a wanted blob can be made with the patches of the pool, the nearest first; the wanted one is the first. */
export function ancestry(path: string, blob: string, pool: readonly PoolPatch[]): Level[] {
  const levels: Level[] = [{ blob, patches: [] }];
  const left = new Set(pool);
  for (let level = levels[0]; level && levels.length <= CHAIN_MAX; level = levels[levels.length - 1]) {
    const need = level.blob;
    const made = [...left].reverse().find((one) => makes(one, path, need));
    const from = made?.patch.diff.files.find((file) => file.newPath === path)?.oldBlob ?? null;
    if (!made || from === null) break;
    left.delete(made);
    levels.push({ blob: from, patches: [made, ...level.patches] });
  }
  return levels;
}

function makes(one: PoolPatch, path: string, blob: string): boolean {
  return one.patch.diff.files.some((file) => file.newPath === path && file.newBlob !== null && sameBlob(file.newBlob, blob));
}

/** Files with their ids. */
export interface Files {
  readonly files: ReadonlyMap<string, string>;
  readonly blobs: ReadonlyMap<string, string>;
}

export type Rebuilt =
  /** `used` are the patches put on, in order; `proved` says that every id named along the way was found. */
  | { readonly kind: 'rebuilt'; readonly at: Files; readonly used: readonly PoolPatch[]; readonly proved: boolean }
  | { readonly kind: 'failed'; readonly why: string };

/** Applies the patches of the pool that lead from the files at hand to those the submission wants. */
export function rebuild(start: Files, wanted: Wanted): Rebuilt {
  const chains: (readonly PoolPatch[])[] = [];
  for (const [path, blob] of wanted.required) {
    const id = start.blobs.get(path);
    if (blob === null || id === undefined) continue;
    const level = ancestry(path, blob, wanted.pool).find((one) => sameBlob(one.blob, id));
    if (!level) return { kind: 'failed', why: `no patch at hand leads from ${path} ${id.slice(0, 12)} to ${blob}` };
    chains.push(level.patches);
  }
  const patches = chains.length > 0 ? merged(chains, wanted.pool) : wanted.pool;
  return patches.length === 0 ? { kind: 'failed', why: 'no patch at hand is needed' } : putOn(start, patches);
}

/** One order for all chains: a patch goes first when it stands first wherever it stands; --with decides the rest. */
function merged(chains: readonly (readonly PoolPatch[])[], pool: readonly PoolPatch[]): PoolPatch[] {
  const left = chains.map((chain) => [...chain]);
  const order: PoolPatch[] = [];
  const open = new Set(left.flat());
  while (open.size > 0) {
    const free = pool.filter((one) => open.has(one));
    const next = free.find((one) => left.every((chain) => !chain.includes(one) || chain[0] === one)) ?? free[0];
    if (!next) break;
    open.delete(next);
    order.push(next);
    for (const chain of left) if (chain.includes(next)) chain.splice(chain.indexOf(next), 1);
  }
  return order;
}

function putOn(start: Files, used: readonly PoolPatch[]): Rebuilt {
  const check = checkSeries(start.files, used.map((one, i) => ({ n: i + 1, diff: one.patch.diff })), start.blobs);
  const name = (n: number): string => used[n - 1]?.name ?? '';
  for (const file of check.files) {
    if (file.placed === 'failed') return { kind: 'failed', why: `${name(file.patch)} does not apply to ${file.path}: ${file.why}` };
    if (file.before === 'differs') return { kind: 'failed', why: `${name(file.patch)} was made on another ${file.path}` };
    if (file.after === 'differs') return { kind: 'failed', why: `${name(file.patch)} does not give the ${file.path} that it names` };
  }
  const seen = check.files.filter((file) => file.placed !== 'absent');
  if (seen.length === 0) return { kind: 'failed', why: 'none of the files of the patches of --with is there' };
  const touched = new Set(seen.map((file) => file.path));
  const blobs = new Map([...check.texts].map(([path, text]) => [path, (touched.has(path) ? undefined : start.blobs.get(path)) ?? blobId(text)]));
  const proved = seen.every((file) => file.before === 'same' && file.after === 'same');
  return { kind: 'rebuilt', at: { files: check.texts, blobs }, used, proved };
}
