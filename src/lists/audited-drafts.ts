/** @module The drafts of a store, where every mail that leaves, is refused, or may have left, is written into the audit. */
import type { Act } from '../store/audit-store.js';
import type { Store } from '../store/store.js';
import type { Draft, DraftState, DraftStore } from './draft.js';
import { submissionKeyOf } from './series-submission.js';

const acts: Partial<Record<DraftState, Act>> = { sent: 'mailed', refused: 'refused', unsure: 'unsure' };

/** Writes down what became of a draft, beside the submission that it is about. */
export type NoteDraft = (draft: Draft, act: Act, how: { readonly by: string; readonly atMs: number }) => Promise<void>;

/** Into the audit of a store. */
export function draftNotes({ audit, lists }: Pick<Store, 'audit' | 'lists'>): NoteDraft {
  return async (draft, act, { by, atMs }) => {
    const series = await lists.series(draft.series);
    await audit.note({ act, what: `draft ${draft.id.slice(0, 12)} to ${draft.mail.to.join(', ')}`, submission: series === null ? '' : await submissionKeyOf(series, lists), by, atMs });
  };
}

/** The drafts of a store. */
export function auditedDrafts({ drafts, audit, lists }: Pick<Store, 'drafts' | 'audit' | 'lists'>, now: () => number): DraftStore {
  const write = draftNotes({ audit, lists });
  const note = async (id: string, act: Act): Promise<void> => {
    const draft = await drafts.find(id);
    if (draft !== null) await write(draft, act, { by: 'kcovet', atMs: now() });
  };
  const step: DraftStore['step'] = async (id, taken) => {
    const done = await drafts.step(id, taken);
    const act = taken.sentMs === undefined ? acts[taken.to] : 'mailed';
    if (done && act !== undefined && taken.from.includes('claimed')) await note(id, act);
    return done;
  };
  return Object.create(drafts, { step: { value: step } }) as DraftStore;
}
