/** @module What is to become of a series: reviewed now, waited for, or left alone, and why. Pure. */
import type { KeptSeries, SeriesState } from '../list-store.js';
import type { Assembled } from './assemble.js';

export interface Circumstances {
  /** The series as it was kept before; null when it is new. */
  readonly prior: KeptSeries | null;
  /** Key of a newer version; null when there is none. */
  readonly newer: string | null;
  /** Key of another series with the same changes in the same version; null when there is none. */
  readonly twin: string | null;
  readonly nowMs: number;
  /** From when on what is missing is not waited for. */
  readonly dueMs: number;
}

export interface Standing {
  readonly state: SeriesState;
  /** Why it is dropped, what it waits for or what it lacks; '' otherwise. */
  readonly reason: string;
}

/** Numbers that are named. */
const namedMax = 10;

export function standingOf(made: Assembled, { prior, newer, twin, nowMs, dueMs }: Circumstances): Standing {
  const dropped = whyDropped(made, { newer, twin });
  if (dropped !== null) return { state: 'dropped', reason: dropped };
  const lacking = lackingIn(made);
  if (lacking !== '' && nowMs < dueMs) return { state: 'open', reason: `waits for ${lacking}` };
  if (!made.kcov) return { state: 'dropped', reason: 'changes nothing of kcov' };
  const isKnown = prior !== null && (prior.state === 'reviewed' || prior.state === 'failed') && prior.digest === made.digest;
  if (isKnown) return { state: prior.state, reason: prior.reason };
  return { state: 'ready', reason: made.missing.length > 0 ? `did not come: ${lacking}` : '' };
}

function whyDropped({ author, withdrawn, foreign, backport }: Assembled, { newer, twin }: Pick<Circumstances, 'newer' | 'twin'>): string | null {
  if (withdrawn) return 'taken back by its author';
  if (foreign) return 'a patch of another project';
  if (backport) return 'for an older tree, of what is in the kernel already';
  if (author === null) return 'names nobody who could be answered';
  if (newer !== null) return `a newer version is there: ${newer}`;
  if (twin !== null) return `sent before: ${twin}`;
  return null;
}

function lackingIn({ missing, lacks, mails }: Assembled): string {
  const patches = missing.length === 0 ? [] : [`${missing.length === 1 ? 'patch' : 'patches'} ${missing.slice(0, namedMax).join(', ')}${missing.length > namedMax ? ' and more' : ''} of ${mails[0]?.mail.subject.of ?? '?'}`];
  return [...patches, ...(lacks === null ? [] : ['the mail that they answer'])].join(' and ');
}
