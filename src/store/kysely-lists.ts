/** @module Mails and series of lists in tables, for any database that kysely speaks and that has `returning`. */
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { KeptSeries, ListStore, NewMail, SeriesMarks, SeriesState, SourceCursor, ThreadLimits } from '../lists/list-store.js';
import type { KeptMail } from '../lists/ready-series.js';
import type { Tables } from './tables.js';
import type { Transact } from './transact.js';

/** What steps on threads wait for: they are joined by what comes, so that one mail is kept at a time. */
export const THREADS = 'threads';

function textsOf(json: string): string[] {
  return JSON.parse(json) as string[];
}

function toMail(row: Pick<Selectable<Tables['list_mails']>, 'message_id' | 'raw' | 'lists' | 'source' | 'at_ms'>): KeptMail {
  return { messageId: row.message_id, raw: Buffer.from(row.raw), lists: textsOf(row.lists), source: row.source, atMs: Number(row.at_ms) };
}

function toSeries(row: Omit<Selectable<Tables['list_series']>, 'review' | 'reviewed_ms'>): KeptSeries {
  return {
    key: row.key, thread: row.thread, version: row.version, title: row.title, author: row.author, changeId: row.change_id, digest: row.digest,
    mails: textsOf(row.mails), older: row.older, state: row.state, reason: row.reason, dueMs: Number(row.due_ms), atMs: Number(row.at_ms),
  };
}

function toRow(one: KeptSeries): Omit<Tables['list_series'], 'review' | 'reviewed_ms'> {
  return {
    key: one.key, thread: one.thread, version: one.version, title: one.title, author: one.author, change_id: one.changeId, digest: one.digest,
    mails: JSON.stringify(one.mails), older: one.older, state: one.state, reason: one.reason, due_ms: one.dueMs, at_ms: one.atMs,
  };
}

const seriesColumns = ['key', 'thread', 'version', 'title', 'author', 'change_id', 'digest', 'mails', 'older', 'state', 'reason', 'due_ms', 'at_ms'] as const;
const mailColumns = ['message_id', 'raw', 'lists', 'source', 'at_ms'] as const;

export class KyselyLists implements ListStore {
  constructor(private readonly db: Kysely<Tables>, private readonly transact: Transact) {}

  async cursor(source: string): Promise<string | null> {
    return (await this.db.selectFrom('list_cursors').select('text').where('source', '=', source).executeTakeFirst())?.text ?? null;
  }

  async moveCursor(cursor: SourceCursor): Promise<void> {
    await moveCursor(this.db, cursor);
  }

  async keepMail(mail: NewMail, cursor: SourceCursor | null): Promise<boolean> {
    return this.transact(THREADS, async (db) => {
      if (cursor) await moveCursor(db, cursor);
      if (await addLists(db, mail.messageId, mail.lists)) return false;
      const thread = await threadOf(db, mail);
      await db.insertInto('list_mails').values({
        message_id: mail.messageId, thread, raw: mail.raw, lists: JSON.stringify([...new Set(mail.lists)].sort()), source: mail.source, at_ms: mail.atMs, settled: 0,
      }).execute();
      return true;
    });
  }

  async sawMail(messageId: string, lists: readonly string[]): Promise<boolean> {
    return this.transact(THREADS, (db) => addLists(db, messageId, lists));
  }

  async mail(messageId: string): Promise<KeptMail | null> {
    const row = await this.db.selectFrom('list_mails').select(mailColumns).where('message_id', '=', messageId).executeTakeFirst();
    return row ? toMail(row) : null;
  }

  async links(max: number): Promise<string[]> {
    return (await this.db.selectFrom('list_links').select('link').orderBy('seq', 'desc').limit(max).execute()).map(({ link }) => link);
  }

  async unsettledThreads(max: number): Promise<string[]> {
    const rows = await this.db.selectFrom('list_mails').select('thread').where('settled', '=', 0).groupBy('thread').orderBy((e) => e.fn.min('seq')).limit(max).execute();
    return rows.map(({ thread }) => thread);
  }

  async mailIdsOf(thread: string, { mails, bytes }: ThreadLimits): Promise<{ ids: string[]; left: number }> {
    const rows = await this.db.selectFrom('list_mails').select(['message_id', (e) => e.fn<number>('length', ['raw']).as('size')]).where('thread', '=', thread).orderBy('seq').execute();
    const fitting = new Set<string>();
    let total = 0;
    for (const { message_id: id, size } of rows.slice(0, mails).sort((a, b) => Number(a.size) - Number(b.size))) {
      total += Number(size);
      if (total <= bytes) fitting.add(id);
    }
    return { ids: rows.map((row) => row.message_id).filter((id) => fitting.has(id)), left: rows.length - fitting.size };
  }

  async settle(thread: string, { series, gone }: { readonly series: readonly KeptSeries[]; readonly gone: readonly string[] }): Promise<void> {
    await this.transact(THREADS, async (db) => {
      if (gone.length > 0) await db.deleteFrom('list_series').where('key', 'in', gone).execute();
      for (const one of series) {
        const known = await db.selectFrom('list_series').select(['state', 'digest']).where('key', '=', one.key).executeTakeFirst();
        // Its review may have ended since it was looked at.
        const isReviewed = one.state === 'ready' && known?.state === 'reviewed' && known.digest === one.digest;
        const row = toRow(isReviewed ? { ...one, state: 'reviewed' } : one);
        await db.insertInto('list_series').values({ ...row, review: null, reviewed_ms: null }).onConflict((on) => on.column('key').doUpdateSet(row)).execute();
      }
      await db.updateTable('list_mails').set({ settled: 1 }).where('thread', '=', thread).execute();
    });
  }

  async series(key: string): Promise<KeptSeries | null> {
    const row = await this.db.selectFrom('list_series').select(seriesColumns).where('key', '=', key).executeTakeFirst();
    return row ? toSeries(row) : null;
  }

  async seriesWith(messageId: string): Promise<KeptSeries | null> {
    const mail = await this.db.selectFrom('list_mails').select('thread').where('message_id', '=', messageId).executeTakeFirst();
    const all = mail === undefined ? [] : await this.seriesOf(mail.thread);
    return all.filter((series) => series.mails.includes(messageId)).reduce<KeptSeries | null>((a, b) => (a !== null && a.atMs > b.atMs ? a : b), null);
  }

  async seriesOf(thread: string): Promise<KeptSeries[]> {
    return (await this.db.selectFrom('list_series').select(seriesColumns).where('thread', '=', thread).orderBy('at_ms').orderBy('key').execute()).map(toSeries);
  }

  async seriesIn(state: SeriesState, max: number): Promise<KeptSeries[]> {
    return (await this.db.selectFrom('list_series').select(seriesColumns).where('state', '=', state).orderBy('at_ms').orderBy('key').limit(max).execute()).map(toSeries);
  }

  async near({ author, changeId }: SeriesMarks, max: number): Promise<KeptSeries[]> {
    const rows = await this.db.selectFrom('list_series').select(seriesColumns).where((e) => e.or([
      e('author', '=', author), ...(changeId === '' ? [] : [e('change_id', '=', changeId)]),
    ])).orderBy('at_ms', 'desc').orderBy('key').limit(max).execute();
    return rows.map(toSeries);
  }

  async unsettleDue(nowMs: number): Promise<void> {
    await this.transact(THREADS, (db) => db.updateTable('list_mails').set({ settled: 0 })
      .where('thread', 'in', (e) => e.selectFrom('list_series').select('thread').where('state', '=', 'open').where('due_ms', '<=', nowMs)).execute());
  }

  async setState(key: string, state: SeriesState, reason: string): Promise<void> {
    await this.db.updateTable('list_series').set({ state, reason }).where('key', '=', key).execute();
  }

  async endReview({ key, digest }: Pick<KeptSeries, 'key' | 'digest'>): Promise<boolean> {
    const rows = await this.db.updateTable('list_series').set({ state: 'reviewed' }).where('key', '=', key).where('state', '=', 'ready').where('digest', '=', digest).returning('key').execute();
    return rows.length > 0;
  }

  async saveReview(key: string, json: string, atMs: number): Promise<void> {
    await this.db.updateTable('list_series').set({ review: json, reviewed_ms: atMs }).where('key', '=', key).execute();
  }

  async review(key: string): Promise<string | null> {
    return (await this.db.selectFrom('list_series').select('review').where('key', '=', key).executeTakeFirst())?.review ?? null;
  }
}

async function moveCursor(db: Kysely<Tables>, { source, text }: SourceCursor): Promise<void> {
  await db.insertInto('list_cursors').values({ source, text }).onConflict((on) => on.column('source').doUpdateSet({ text })).execute();
}

/** Adds lists to those of a mail; false when there is no such mail. */
async function addLists(db: Transaction<Tables>, messageId: string, lists: readonly string[]): Promise<boolean> {
  const known = await db.selectFrom('list_mails').select('lists').where('message_id', '=', messageId).executeTakeFirst();
  if (!known) return false;
  const before = textsOf(known.lists);
  const all = [...new Set([...before, ...lists])].sort();
  // What came by another list may have to be answered otherwise: its thread is looked at again.
  if (all.length > before.length) await db.updateTable('list_mails').set({ lists: JSON.stringify(all), settled: 0 }).where('message_id', '=', messageId).execute();
  return true;
}

/** The thread that a mail belongs to; threads that it joins become one. */
async function threadOf(db: Transaction<Tables>, { messageId, links }: NewMail): Promise<string> {
  const all = [...new Set([messageId, ...links])];
  const rows = await db.selectFrom('list_links').select('thread').where('link', 'in', all).groupBy('thread').orderBy('thread').execute();
  const threads = rows.map(({ thread }) => thread);
  const thread = threads[0] ?? messageId;
  const others = threads.slice(1);
  if (others.length > 0) {
    await db.updateTable('list_links').set({ thread }).where('thread', 'in', others).execute();
    await db.updateTable('list_mails').set({ thread }).where('thread', 'in', others).execute();
    await db.updateTable('list_series').set({ thread }).where('thread', 'in', others).execute();
  }
  await db.insertInto('list_links').values(all.map((link) => ({ link, thread }))).onConflict((on) => on.column('link').doNothing()).execute();
  return thread;
}
