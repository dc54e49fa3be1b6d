/** @module Which series a mail is about: that of the mail of ours, or of the patch, which it answers most nearly. */
import type { MailHeaders } from '../../mail/submission.js';
import type { DraftStore } from '../draft.js';
import type { ListStore } from '../list-store.js';
import { shownBy } from '../moderation-mail.js';

/** Message-IDs above a mail that are looked up. */
const IDS_MAX = 50;

export interface AnsweredSeries {
  readonly key: string;
  /** Fingerprints of the questions in the mail of ours that it answers; empty where it answers another mail. */
  readonly findings: readonly string[];
}

/** Null where it is about none. */
export async function answeredSeries({ inReplyTo, references }: MailHeaders, { lists, drafts }: { lists: ListStore; drafts: DraftStore }): Promise<AnsweredSeries | null> {
  const ids = [...new Set([...(inReplyTo === null ? [] : [inReplyTo]), ...[...references].reverse()])].slice(0, IDS_MAX);
  for (const id of ids) {
    const draft = await drafts.byMessageId(id);
    const shown = draft?.kind === 'moderation' ? await drafts.byMessageId(shownBy(draft)) : draft;
    if (draft) return { key: draft.series, findings: shown?.findings ?? [] };
    const series = await lists.seriesWith(id);
    if (series) return { key: series.key, findings: [] };
  }
  return null;
}
