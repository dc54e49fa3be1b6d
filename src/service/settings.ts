/** @module What a repository wants of kcovet: the defaults. */
import type { PullBaseOptions } from '../gateway/pull-base.js';
import type { PullConversation } from '../gateway/pull-conversation.js';
import type { PullHead } from '../gateway/pull-request.js';
import type { Finding } from '../review/review.js';

export interface Settings {
  readonly wantsBranch: (name: string) => boolean;
  readonly comments: (severity: Finding['severity']) => boolean;
  readonly conclusion: 'neutral' | 'failure';
  readonly base: PullBaseOptions;
}

export type ReadSettings = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problems: readonly string[] };

export async function readSettings(_talk: PullConversation, _head: PullHead): Promise<ReadSettings> {
  return { ok: true, settings: { wantsBranch: () => true, comments: () => true, conclusion: 'neutral', base: {} } };
}
