/**
 * @module Files that were found somewhere, judged as a base: do their blob ids agree with the patch, does the patch apply,
 * is it in them already, can they be brought there by patches at hand. The same for trees, mirrors and GitHub.
 */
import { sameBlob } from '../apply/blob-id.js';
import { checkSeries, isInBase } from '../apply/series-check.js';
import type { BaseInput, BaseStep } from '../review/base-input.js';
import { rebuild } from './chain.js';
import type { Files } from './chain.js';
import { isC, KCOV, objection } from './kernel-file.js';
import type { Wanted } from './wanted.js';

/** Where steps are written. */
export interface StepLog {
  readonly add: (what: string) => void;
}

/** A log for one way. */
export function logTo(steps: BaseStep[], where: string): StepLog {
  return { add: (what) => void steps.push({ where, what }) };
}

/** Files as one way found them. */
export interface Found extends Files {
  readonly kind: BaseInput['kind'];
  readonly label: string;
  readonly version: string | null;
  /** Who chose it: the patch by an id, the user by the option, or kcovet as the nearest. */
  readonly chosen: 'patch' | 'user' | 'guess';
}

/** How good a base is, the best first. */
export const FITS = ['ids', 'exact', 'inBase', 'poor'] as const;
export type Fit = (typeof FITS)[number];

export interface Candidate {
  readonly found: Found;
  /** 'ids': the blob ids named agree; 'exact': it applies line by line; 'inBase': the patch is in it; 'poor': none of these. */
  readonly fit: Fit;
  /** A blob id of the patch differs from that of the file. */
  readonly contradicted: boolean;
}

/** Judges what was found, rebuilds it with the patches of --with where that is needed, and says both; null when it is no base. */
export async function settle(found: Found, wanted: Wanted, log: StepLog): Promise<Candidate | null> {
  const against = objection(found.files);
  if (against !== null) {
    log.add(`${against}; not used`);
    return null;
  }
  const ids = idsOf(found, wanted);
  if (ids.same.length > 0 && ids.differ.length === 0) {
    log.add(`${found.label}: ${ids.same.join(', ')}, as the patch says`);
    return { found, fit: 'ids', contradicted: false };
  }
  const rebuilt = wanted.pool.length > 0 ? withPool(found, wanted, log) : null;
  if (rebuilt) return rebuilt;
  if (!await isC(found.files.get(KCOV) ?? '')) {
    log.add(`${found.label}: ${KCOV} there is not C throughout, and no blob id of the patch proves it; not used`);
    return null;
  }
  return withoutProof(found, wanted, { differ: ids.differ, log });
}

/** The named files of the base that agree with the patch and those that do not, as words. */
function idsOf(at: Files, wanted: Wanted): { same: string[]; differ: string[] } {
  const same: string[] = [];
  const differ: string[] = [];
  for (const [path, blob] of wanted.required) {
    const id = at.blobs.get(path);
    if (blob === null || id === undefined) continue;
    if (sameBlob(id, blob)) same.push(`${path} is blob ${id.slice(0, 12)}`);
    else differ.push(`${path} is blob ${id.slice(0, 12)}, the patch was made on ${blob.slice(0, 12)}`);
  }
  return { same, differ };
}

function withPool(found: Found, wanted: Wanted, log: StepLog): Candidate | null {
  const rebuilt = rebuild(found, wanted);
  if (rebuilt.kind === 'failed') {
    log.add(`${found.label}: patches of --with: ${rebuilt.why}`);
    return null;
  }
  const ids = idsOf(rebuilt.at, wanted);
  if (ids.differ.length > 0) return null;
  const exact = checkSeries(rebuilt.at.files, wanted.patches, rebuilt.at.blobs).exact;
  if (ids.same.length === 0 && !exact) return null;
  const names = rebuilt.used.map((one) => one.name);
  log.add(`${found.label} with ${names.join(', ')} on it${rebuilt.proved ? ', each blob id checked' : ''}: ${ids.same.length > 0 ? `${ids.same.join(', ')}, as the patch says` : 'the patch applies exactly'}`);
  const label = `${found.label} and ${names.length} ${names.length === 1 ? 'patch' : 'patches'} before this`;
  return { found: { ...found, ...rebuilt.at, label }, fit: ids.same.length > 0 ? 'ids' : 'exact', contradicted: false };
}

function withoutProof(found: Found, wanted: Wanted, { differ, log }: { differ: readonly string[]; log: StepLog }): Candidate {
  const check = checkSeries(found.files, wanted.patches, found.blobs);
  const but = differ.length > 0 ? `${differ.join('; ')}; ` : '';
  if ((!check.exact || check.offset > 0) && isInBase(found.files, wanted.patches)) {
    log.add(`${found.label}: the patch is in it already`);
    return { found, fit: 'inBase', contradicted: differ.length > 0 };
  }
  if (check.exact) {
    log.add(`${found.label}: ${but}${check.offset === 0 ? 'the patch applies exactly' : `the patch applies, ${check.offset} lines off in all`}`);
    return { found, fit: 'exact', contradicted: differ.length > 0 };
  }
  const failed = check.files.find((file) => file.placed === 'failed');
  const why = failed ? `${failed.path}: ${failed.why}` : 'none of the files of the patch is there';
  log.add(`${found.label}: ${but}${failed ? 'the patch does not apply exactly: ' : ''}${why}`);
  return { found, fit: 'poor', contradicted: differ.length > 0 };
}

/** Whether a way ends with this candidate: what is proved, and what fits and was named by the patch or the user. */
export function isGood(candidate: Candidate | null): candidate is Candidate {
  return candidate !== null && (candidate.fit === 'ids' || candidate.fit === 'exact');
}

/** The better of two; the first when they are equal. */
export function better(a: Candidate | null, b: Candidate | null): Candidate | null {
  if (!a || !b) return a ?? b;
  return FITS.indexOf(b.fit) < FITS.indexOf(a.fit) ? b : a;
}
