/** @module The part of the Store port that keeps what was done towards the outside, and by whom: only added to, pruned, and emptied of what is forgotten. */

/** What was done. */
export type Act = 'posted' | 'updated' | 'mailed' | 'refused' | 'unsure' | 'approved' | 'rejected' | 'retried' | 'review asked' | 'forgotten';

/** One outward act, or one decision of a person about one. */
export interface AuditEntry {
  readonly act: Act;
  /** What it was done to, for people: "check run 12 of owner/repo#3", "draft 0f3a... to linux-mm@kvack.org". No text of what was sent. */
  readonly what: string;
  /** Key of the submission it is about; '' when it is about none. */
  readonly submission: string;
  /** Who: a login, an address, "the page", "kcovet". */
  readonly by: string;
  readonly atMs: number;
}

export interface AuditStore {
  note(entry: AuditEntry): Promise<void>;
  /** The newest first; of one submission, or all. */
  entries(which: { readonly submission?: string; readonly max: number }): Promise<AuditEntry[]>;
}
