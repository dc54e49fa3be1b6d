/** @module Drafts of mails in tables, for any database that kysely speaks and that has `returning`. */
import { createHash, randomBytes } from 'node:crypto';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { ClaimCaps, ClaimedDraft, Claiming, Draft, DraftState, DraftStep, DraftStore, NewDraft, Rewritten } from '../lists/draft.js';
import type { Tables } from './tables.js';
import type { Transact } from './transact.js';

/** Caps count all drafts, so that one is claimed at a time. */
const DRAFTS = 'drafts';

/** Milliseconds in which caps count. */
const DAY_MS = 86_400_000;
/** Message-IDs of one question to the table. */
const IDS_MAX = 100;
/** Bounces that are kept of one mail. */
const BOUNCES_MAX = 20;

function textsOf(json: string): string[] {
  return JSON.parse(json) as string[];
}

function toDraft(row: Selectable<Tables['drafts']>): Draft {
  return {
    id: row.id, kind: row.kind, answers: row.answers, series: row.series, subject: row.subject, from: row.from,
    mail: { raw: row.raw, messageId: row.message_id, to: textsOf(row.to) }, facts: JSON.parse(row.facts) as Draft['facts'], lists: textsOf(row.lists),
    stage: row.stage, state: row.state, why: row.why, dueMs: Number(row.due_ms), atMs: Number(row.at_ms), findings: textsOf(row.findings),
    attempts: row.attempts, claimedBy: row.claimed_by, claimedMs: Number(row.claimed_ms), envelopeId: row.envelope_id, sentMs: Number(row.sent_ms), bounces: textsOf(row.bounces),
  };
}

/** The same for the same mail and kind. */
function idOf({ answers, kind }: Pick<NewDraft, 'answers' | 'kind'>): string {
  return createHash('sha256').update(`${kind}\n${answers}`).digest('hex').slice(0, 12);
}

export class KyselyDrafts implements DraftStore {
  constructor(private readonly db: Kysely<Tables>, private readonly transact: Transact) {}

  async add(draft: NewDraft): Promise<{ id: string; added: boolean }> {
    const id = idOf(draft);
    const { kind, answers, series, subject, from, mail, facts, lists, stage, state, why, dueMs, atMs, findings } = draft;
    const row = await this.db.insertInto('drafts').values({
      id, kind, answers, series, subject, from, raw: mail.raw, message_id: mail.messageId, to: JSON.stringify(mail.to), facts: JSON.stringify(facts),
      lists: JSON.stringify(lists), author: facts.author, thread: facts.thread[0] ?? series, stage, state, why, due_ms: dueMs, at_ms: atMs, findings: JSON.stringify(findings),
    }).onConflict((on) => on.doNothing()).returning('id').executeTakeFirst();
    return { id, added: row !== undefined };
  }

  async rewrite(id: string, { mail, findings, facts, lists, stage }: Rewritten): Promise<boolean> {
    const row = await this.db.updateTable('drafts').set({
      raw: mail.raw, message_id: mail.messageId, to: JSON.stringify(mail.to), findings: JSON.stringify(findings), facts: JSON.stringify(facts), lists: JSON.stringify(lists), author: facts.author, stage,
    })
      .where('id', '=', id).where('state', 'in', ['held', 'waiting', 'approved']).returning('id').executeTakeFirst();
    return row !== undefined;
  }

  async find(id: string): Promise<Draft | null> {
    const row = await this.db.selectFrom('drafts').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toDraft(row) : null;
  }

  async byMessageId(messageId: string): Promise<Draft | null> {
    const row = await this.db.selectFrom('drafts').selectAll().where('message_id', '=', messageId).executeTakeFirst();
    return row ? toDraft(row) : null;
  }

  async ofSeries(series: string): Promise<Draft[]> {
    return (await this.db.selectFrom('drafts').selectAll().where('series', '=', series).orderBy('seq').execute()).map(toDraft);
  }

  async answering(messageIds: readonly string[]): Promise<Draft[]> {
    if (messageIds.length === 0) return [];
    return (await this.db.selectFrom('drafts').selectAll().where('answers', 'in', messageIds.slice(0, IDS_MAX)).orderBy('seq').execute()).map(toDraft);
  }

  async inStates(states: readonly DraftState[], max: number): Promise<Draft[]> {
    return (await this.db.selectFrom('drafts').selectAll().where('state', 'in', [...states]).orderBy('seq', 'desc').limit(max).execute()).map(toDraft);
  }

  async due(nowMs: number, max: number): Promise<Draft[]> {
    return (await this.db.selectFrom('drafts').selectAll().where('state', 'in', ['held', 'approved']).where('due_ms', '<=', nowMs).orderBy('seq').limit(max).execute()).map(toDraft);
  }

  async step(id: string, { from, to, why, dueMs, sentMs, remaining }: DraftStep): Promise<boolean> {
    const row = await this.db.updateTable('drafts').set({
      state: to, why, ...(dueMs === undefined ? {} : { due_ms: dueMs }), ...(sentMs === undefined ? {} : { sent_ms: sentMs }), ...(remaining === undefined ? {} : { to: JSON.stringify(remaining) }),
      // One whose text was pruned is at its end for good.
    }).where('id', '=', id).where('state', 'in', [...from]).where('raw', '!=', '').returning('id').executeTakeFirst();
    return row !== undefined;
  }

  async claim(id: string, { from, by, nowMs, caps }: Claiming): Promise<ClaimedDraft> {
    return await this.transact(DRAFTS, async (db) => {
      const row = await db.updateTable('drafts').set((e) => ({ state: 'claimed', claimed_by: by, claimed_ms: nowMs, attempts: e('attempts', '+', 1), envelope_id: e.case().when('envelope_id', '=', '').then(randomBytes(12).toString('hex')).else(e.ref('envelope_id')).end() }))
        .where('id', '=', id).where('state', '=', from).where('raw', '!=', '').returningAll().executeTakeFirst();
      if (!row) return { claimed: false, why: 'it is not there to be sent any more' };
      const why = caps === null ? null : await overCaps(db, toDraft(row), { caps, nowMs });
      if (why === null) return { claimed: true, envelopeId: row.envelope_id, mail: toDraft(row).mail };
      await db.updateTable('drafts').set((e) => ({ state: from, claimed_by: '', claimed_ms: 0, attempts: e('attempts', '-', 1) })).where('id', '=', id).execute();
      return { claimed: false, why };
    });
  }

  async bounced(id: string, line: string): Promise<void> {
    await this.transact(`draft ${id}`, async (db) => {
      const row = await db.selectFrom('drafts').select('bounces').where('id', '=', id).executeTakeFirst();
      const known = row ? textsOf(row.bounces) : [];
      if (!row || known.includes(line) || known.length >= BOUNCES_MAX) return;
      await db.updateTable('drafts').set({ bounces: JSON.stringify([...known, line]) }).where('id', '=', id).execute();
    });
  }

  async answeredSince(author: string, sinceMs: number): Promise<number> {
    const row = await this.db.selectFrom('drafts').select((e) => e.fn.countAll().as('n')).where('kind', '=', 'answer').where('author', '=', author).where('at_ms', '>', sinceMs).executeTakeFirst();
    return Number(row?.n ?? 0);
  }
}

/** Which cap one more mail would break, in words; null when none. A mail that was tried before is none more. */
async function overCaps(db: Transaction<Tables>, draft: Draft, { caps, nowMs }: { caps: ClaimCaps; nowMs: number }): Promise<string | null> {
  const rows = await db.selectFrom('drafts').select(['lists', 'author', 'thread']).where('id', '!=', draft.id).where('kind', '!=', 'moderation')
    .where('state', 'not in', ['refused', 'dropped']).where('claimed_ms', '>', Math.max(0, nowMs - DAY_MS)).execute();
  for (const [list, cap] of Object.entries(caps.lists)) {
    if (rows.filter((row) => textsOf(row.lists).includes(list)).length >= cap) return `${cap} mails to ${list} in 24 hours are the cap`;
  }
  if (rows.filter((row) => row.author === draft.facts.author).length >= caps.author) return `${caps.author} mails to ${draft.facts.author} in 24 hours are the cap`;
  const thread = draft.facts.thread[0] ?? draft.series;
  return rows.filter((row) => row.thread === thread).length >= caps.thread ? `${caps.thread} mails in a thread in 24 hours are the cap` : null;
}
