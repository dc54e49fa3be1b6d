/** @module What a moderator decides about a draft, whichever way it was said: by mail, on the command line, on a page. */
import type { Act } from '../store/audit-store.js';
import type { NoteDraft } from './audited-drafts.js';
import type { Draft, DraftState, DraftStore } from './draft.js';

/** `retry`: of one that was refused, or where somebody looked and it had not arrived; of one that was sent, to those it came back from. */
export const VERBS = ['approve', 'reject', 'retry'] as const;
export type Verb = (typeof VERBS)[number];

export interface ModeratorDecision {
  readonly verb: Verb;
  /** Who decided. */
  readonly by: string;
  /** Why; '' when it was not said. */
  readonly why: string;
  readonly nowMs: number;
  /** Where it is written down. */
  readonly note?: NoteDraft;
}

const acts: Readonly<Record<Verb, Act>> = { approve: 'approved', reject: 'rejected', retry: 'retried' };

const fromStates: Readonly<Record<Verb, readonly DraftState[]>> = {
  approve: ['waiting', 'held'], reject: ['held', 'waiting', 'approved', 'unsure', 'refused'], retry: ['unsure', 'refused', 'sent'],
};

/** All whom the header of a draft names but its sender, in lower case: whom it went to at first. */
export function addressedIn({ mail: { raw }, from }: Draft): string[] {
  const header = raw.slice(0, raw.indexOf('\n\n')).toLowerCase();
  const fields = [...header.matchAll(/^(?:to|cc): (.*(?:\n[ \t].*)*)/gmu)].map((match) => match[1] ?? '').join(' ');
  return [...new Set(fields.match(/[^\s<>,;:"()]+@[^\s<>,;:"()]+/gu))].filter((one) => one !== from.toLowerCase());
}

/** Those of a sent mail that it came back from, or that a server did not take. */
function missed(draft: Draft): string[] {
  const back = new Set(draft.bounces.map((line) => line.slice(0, line.indexOf(':')).toLowerCase()));
  return addressedIn(draft).filter((one) => back.has(one));
}

/** Why a verb does nothing for a draft in this state. */
function refusal(verb: Verb, id: string, state: DraftState): string {
  if (verb === 'approve' && (state === 'unsure' || state === 'refused')) return `${id} is ${state}: retry sends it again`;
  return `${id} is ${state}: there is nothing to ${verb}`;
}

/** Carries a decision out; null, or why it could not be, in words. */
export async function moderate(drafts: DraftStore, id: string, { verb, by, why, nowMs, note }: ModeratorDecision): Promise<string | null> {
  const draft = await drafts.find(id);
  if (draft === null) return `there is no draft ${id}`;
  const reason = `${verb === 'reject' ? 'rejected' : verb === 'retry' ? 'to be sent again' : 'approved'} by ${by}${why === '' ? '' : `: ${why}`}`;
  const remaining = verb === 'retry' && draft.state === 'sent' ? missed(draft) : null;
  if (remaining?.length === 0) return refusal(verb, id, draft.state);
  const done = await drafts.step(id, { from: fromStates[verb], to: verb === 'reject' ? 'dropped' : 'approved', why: reason, ...(remaining === null ? {} : { remaining }), ...(verb === 'reject' ? {} : { dueMs: nowMs }) });
  if (done) await note?.(draft, acts[verb], { by, atMs: nowMs });
  return done ? null : refusal(verb, id, (await drafts.find(id))?.state ?? draft.state);
}
