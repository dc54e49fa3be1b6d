/**
 * @module Whether a command may have searches made, which take minutes to hours: only where its answer may go out, and so many a day for
 * each sender. Kept in the store, so that a process that starts anew counts on.
 */
import type { Line } from '../../render/line.js';
import { decide } from '../decide.js';
import type { Policy } from '../policy.js';
import { factsOf } from '../prepare-drafts.js';
import type { ReadySeries } from '../ready-series.js';
import type { SaidStore } from '../said-store.js';
import { paragraph } from './answer-words.js';

/** Searches that one sender may have made in 24 hours. */
const SEARCHES_MAX = 10;
const DAY_MS = 86_400_000;

/** `refusal`: what is answered instead; null where nothing can be. */
export type SearchLeave = { readonly granted: true } | { readonly granted: false; readonly refusal: readonly Line[] | null };

/** Whose command it is, about what, and when. */
export interface Searching {
  readonly ready: ReadySeries;
  readonly sender: string;
  readonly messageId: string;
  readonly policy: Policy;
  readonly said: SaidStore;
  readonly nowMs: number;
}

/** Why no answer to a sender goes out, as the policy is; null where one may. */
function unanswered({ ready, sender, policy }: Searching): string | null {
  const patch = ready.submission.patches[0];
  if (policy.stop) return 'the policy says stop';
  if (!patch) return 'the series has no patch';
  const { stage, why } = decide(policy, { ...factsOf(patch, ready), author: sender });
  return stage === 'off' ? why : null;
}

/** Asks for the searches of the command in a line of a mail. Asked again for the same line it is as asked once. */
export async function searchLeave(line: number, searching: Searching): Promise<SearchLeave> {
  const { said, sender, messageId, nowMs } = searching;
  if (unanswered(searching) !== null) return { granted: false, refusal: null };
  const [series, what] = [`searches for ${sender}`, `${messageId} ${line}`];
  const counted = await said.about([series]);
  const isKnown = counted.some((one) => one.what === what);
  if (!isKnown && counted.filter(({ atMs }) => atMs > nowMs - DAY_MS).length >= SEARCHES_MAX) return { granted: false, refusal: paragraph(spentText) };
  await said.say({ series, kind: 'searched', what, note: '', by: sender, mail: messageId, atMs: nowMs });
  return { granted: true };
}

const spentText = `Nothing was searched for that: ${SEARCHES_MAX} searches in 24 hours are what one sender gets. Ask again tomorrow.`;
