/**
 * @module The limits of finding a base: whatever comes from a tree, a mirror or a server is bounded in size, number and
 * time, so that a review starts however broken they are.
 */

export interface Limits {
  /** Bytes of one file; include/linux/sched.h has 80 kB. */
  readonly fileBytes: number;
  /** Files read for one base. */
  readonly files: number;
  /** Milliseconds for reading one file of a tree. */
  readonly readMs: number;
  /** Milliseconds for one git process. */
  readonly gitMs: number;
  /** Milliseconds for the one git process that walks the history. */
  readonly searchMs: number;
  /** Milliseconds for one repository or GitHub in all. */
  readonly wayMs: number;
  /** Bytes a git process may write. */
  readonly gitBytes: number;
  /** Tags and branches looked at. */
  readonly refs: number;
  /** Different versions of the files that a patch is tried on. */
  readonly versions: number;
  /** Milliseconds for one request to GitHub, its body included. */
  readonly requestMs: number;
  /** Bytes of one answer of GitHub. */
  readonly answerBytes: number;
  /** Requests to GitHub for one base; without a token it answers 60 an hour. */
  readonly requests: number;
}

export const LIMITS: Limits = {
  fileBytes: 4 * 1024 * 1024, files: 300, readMs: 10_000,
  gitMs: 30_000, searchMs: 60_000, wayMs: 180_000, gitBytes: 64 * 1024 * 1024, refs: 10_000, versions: 300,
  requestMs: 15_000, answerBytes: 8 * 1024 * 1024, requests: 40,
};

/** Thrown inside the gateway for a failure that is expected; its message is the reason as the review says it. */
export class GatewayFailure extends Error {
  constructor(message: string, /** Nothing more can come from there: do not ask again. */ readonly final = false) {
    super(message);
    this.name = 'GatewayFailure';
  }
}

/** Milliseconds left until `deadline` (of Date.now()), at most `ms`; throws a final GatewayFailure when there are none. */
export function timeLeft(deadline: number, ms: number, limits: Limits): number {
  const left = deadline - Date.now();
  if (left <= 0) throw new GatewayFailure(`not done within ${inSeconds(limits.wayMs)}`, true);
  return Math.min(ms, left);
}

/** The promise, or a GatewayFailure after `ms` milliseconds; the work itself is not stopped. */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GatewayFailure(`${what}: no answer within ${inSeconds(ms)}`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Such as "15 s" or "0.2 s". */
export function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** What went wrong, in one short line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'unknown failure').trim().slice(0, 200);
}
