/** @module What drafts are made and sent with: store, policy, sender, clock. Passed around as one thing. */
import type { Sender } from '../gateway/outbox/sender.js';
import type { Log } from '../service/log.js';
import type { ReadYaml } from '../service/yaml-file.js';
import type { NoteDraft } from './audited-drafts.js';
import type { DraftStore } from './draft.js';
import type { Policy } from './policy.js';

export interface Office {
  readonly drafts: DraftStore;
  /** The policy as it is now; read again before anything is sent, so that its switch works at once. */
  readonly policy: () => Promise<ReadYaml<Policy>>;
  /** How mails leave; null: they stay in the store. */
  readonly sender: Sender | null;
  /** Such as "kcovet <kcovet@example.org>". */
  readonly from: string;
  /** A person to answer to. */
  readonly replyTo?: string;
  /** Who claims: "host:pid". */
  readonly claimer: string;
  /** Whether who claimed is known to be gone, by what it wrote into the claim. */
  readonly isGone: (claimer: string) => boolean;
  readonly log: Log;
  /** Where decisions of moderators are written down. */
  readonly note?: NoteDraft;
}
