/** @module Drafts taken back before they went: a newer version, an answer of a person, or a correction makes them needless. */
import { OPEN_STATES, type DraftStore } from './draft.js';

/** Drops what has not gone of a series; how many drafts that were. What is being sent already cannot be taken back. */
export async function cancelDrafts(drafts: DraftStore, series: string, why: string): Promise<number> {
  let dropped = 0;
  for (const draft of await drafts.ofSeries(series)) {
    if (await drafts.step(draft.id, { from: OPEN_STATES, to: 'dropped', why })) dropped += 1;
  }
  return dropped;
}
