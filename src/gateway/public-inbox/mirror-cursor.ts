/**
 * @module Where the reading of a mirror is, as plain JSON to be kept from one run to the next, and the arithmetic on it.
 * Pure.
 */

/** How far a mirror was read. */
export interface MirrorCursor {
  /** Mails that came to the mirror earlier are none of ours, also when rewritten history is walked anew; null: all are. */
  readonly sinceS: number | null;
  /** Epoch number to the last commit that was seen; an epoch that is not here was not begun. */
  readonly seen: Readonly<Record<string, string>>;
}

/** A mirror that nothing was read of; `sinceS` in seconds since 1970, as sinceSeconds() gives it. */
export function newCursor(sinceS: number | null): MirrorCursor {
  return { sinceS, seen: {} };
}

/** The commit seen last in an epoch; null when there is none, or none that could be a commit. */
export function seenIn(cursor: MirrorCursor, epoch: number): string | null {
  const commit = Object.hasOwn(cursor.seen, epoch) ? cursor.seen[epoch] : undefined;
  return commit !== undefined && isCommit(commit) ? commit : null;
}

/** The cursor after a commit. */
export function movedTo(cursor: MirrorCursor, epoch: number, commit: string): MirrorCursor {
  return { ...cursor, seen: { ...cursor.seen, [epoch]: commit } };
}

/** A full object id. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/u.test(text);
}

/** How to go on in an epoch. */
export interface Start {
  /** Commits after this one; null: from the first. */
  readonly after: string | null;
  /** The commit seen last is not in the history any more. */
  readonly rewritten: boolean;
}

/** What follows from the commit seen last and the newest one that it has in common with the history; null: there is none. */
export function startFrom(seen: string | null, common: string | null): Start {
  return { after: common, rewritten: seen !== null && seen !== common };
}

const UNIT_S: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 30 * 86_400, year: 365 * 86_400 };

/** "2.weeks", "1 hour" in seconds; null when it is no such span. */
export function spanSeconds(text: string): number | null {
  const span = /^(\d{1,5})[. ](second|minute|hour|day|week|month|year)s?$/u.exec(text);
  return span ? Number(span[1]) * (UNIT_S[span[2] ?? ''] ?? 0) : null;
}

/** "2.weeks" (before `nowS`), "2026-01-31" or "2026-01-31T12:00Z" as seconds since 1970; null when it is none of them. */
export function sinceSeconds(text: string, nowS: number): number | null {
  const span = spanSeconds(text.replace(/[. ]ago$/u, ''));
  if (span !== null) return nowS - span;
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/u.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms / 1000;
}
