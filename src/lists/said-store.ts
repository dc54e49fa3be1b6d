/**
 * @module What people said to kcovet about series, and who wants no mail: the part of the Store port that keeps it.
 * test/lists/said-store.test.ts says what an implementation must do.
 */

/**
 * `invalid`: a question is none; `assume`: something is taken for granted; `stop`: nobody wants to hear more about it; `closed`: a
 * moderator says that it is merged, or over; `searched`: a search was made for it, kept under no series but a name of its sender.
 */
export type SaidKind = 'invalid' | 'assume' | 'stop' | 'closed' | 'searched';

/** One thing that somebody said about a series. */
export interface Said {
  /** Key of the series; its later versions are reached through their `older`. */
  readonly series: string;
  readonly kind: SaidKind;
  /** The fingerprint of the question, or the assumption; '' otherwise. */
  readonly what: string;
  /** The reason; '' when none was given. */
  readonly note: string;
  /** Address of who said it. */
  readonly by: string;
  /** Message-ID of the mail that says it. */
  readonly mail: string;
  readonly atMs: number;
}

export interface SaidStore {
  /** Keeps it; false when the same of the same series is kept already, which stays as it is. */
  say(said: Said): Promise<boolean>;
  /** Takes it back, in whichever of these series it was said; false when it was said in none. */
  unsay(series: readonly string[], said: Pick<Said, 'kind' | 'what'>): Promise<boolean>;
  /** All that was said about these series, the oldest first. */
  about(series: readonly string[]): Promise<Said[]>;

  /** Somebody wants no mail any more. */
  optOut(who: { readonly address: string; readonly mail: string; readonly atMs: number }): Promise<void>;
  /** Addresses of all who want none, in lower case, sorted. */
  optedOut(): Promise<string[]>;
}
