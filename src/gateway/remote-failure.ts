/** @module Refusals of another service as data: what kind they are decides whether something was done, and whether to ask again and when. */

/**
 * `unauthorized`: the token is not taken. `forbidden`: we may not. `missing`: there is no such thing, or none that we may see.
 * `refused`: what was sent is not taken. `limited`: come back later. `unavailable`: whether it was done is not known.
 */
export type FailureKind = 'unauthorized' | 'forbidden' | 'missing' | 'refused' | 'limited' | 'unavailable';

export class RemoteFailure extends Error {
  constructor(message: string, readonly kind: FailureKind, /** Milliseconds after which to ask again; 0 unless limited. */ readonly afterMs = 0) {
    super(message);
    this.name = 'RemoteFailure';
  }

  /** It is certain that nothing was done. */
  get nothingDone(): boolean {
    return this.kind !== 'unavailable';
  }
}

/** What a status of HTTP from 400 on means. */
export function kindOf(status: number): FailureKind {
  switch (status) {
    case 401: return 'unauthorized';
    case 403: return 'forbidden';
    case 404: case 410: return 'missing';
    case 429: return 'limited';
    default: return status >= 500 || status === 408 ? 'unavailable' : 'refused';
  }
}
