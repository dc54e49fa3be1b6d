/** @module Submissions and their versions in tables, for any database that kysely speaks and that has `returning`. */
import { sql, type Kysely, type Selectable, type SelectQueryBuilder, type Transaction } from 'kysely';
import {
  submissionId, VERSION_STATES, type NewVersion, type ReviewedVersion, type SubmissionEntry, type SubmissionFilter, type SubmissionHead, type SubmissionPage, type SubmissionStore, type VersionEntry, type VersionState,
} from './submission-store.js';
import type { Tables } from './tables.js';
import type { Transact } from './transact.js';

/** Words of one search; what is more is left out. */
const WORDS_MAX = 10;
const WORD_LENGTH_MAX = 100;

const headColumns = ['submissions.key', 'submissions.id as short', 'origin', 'title', 'author', 'place', 'private', 'submissions.changed_ms as moved_ms', 'submissions.seq'] as const;
const versionColumns = ['versions.id', 'number', 'label', 'state', 'reason', 'progress', 'verdict', 'questions', 'base', 'at_ms', 'versions.changed_ms'] as const;

type VersionRow = Omit<Selectable<Tables['versions']>, 'submission' | 'json' | 'patch' | 'reviewed_ms'>;
type EntryRow = Omit<Selectable<Tables['submissions']>, 'id' | 'words' | 'newest' | 'changed_ms'> & VersionRow & { short: string; moved_ms: number; versions: number };

function toVersion(row: VersionRow): VersionEntry {
  const { id, number, label, state, reason, progress, verdict, questions, base } = row;
  return { id, number, label, state, reason, progress, verdict, questions, base, atMs: Number(row.at_ms), changedMs: Number(row.changed_ms) };
}

function toEntry(row: EntryRow): SubmissionEntry {
  const { key, origin, title, author, place: where } = row;
  return { key, id: row.short, origin, title, author, where, isPrivate: row.private === 1, versions: Number(row.versions), newest: toVersion(row), changedMs: Number(row.moved_ms) };
}

export class KyselySubmissions implements SubmissionStore {
  constructor(private readonly db: Kysely<Tables>, private readonly transact: Transact) {}

  async begin({ submission, id: version, label, atMs }: NewVersion): Promise<{ id: string; number: number }> {
    const id = submissionId(submission.key);
    return this.transact(`submission ${submission.key}`, async (db) => {
      await keepHead(db, { ...submission, id, atMs });
      const again = { state: 'waiting', reason: '', progress: '', changed_ms: atMs } as const;
      const known = await db.selectFrom('versions').select(['number', 'state']).where('submission', '=', submission.key).where('id', '=', version).executeTakeFirst();
      if (known) {
        const waits = known.state === 'failed' || known.state === 'dropped';
        if (waits) await db.updateTable('versions').set(again).where('submission', '=', submission.key).where('id', '=', version).execute();
        if (waits) await db.updateTable('submissions').set({ changed_ms: atMs }).where('key', '=', submission.key).execute();
        // A head that is pushed again is what there is now; a series that is looked at again may have newer ones after it.
        if (submission.origin !== 'list') await db.updateTable('submissions').set({ newest: known.number }).where('key', '=', submission.key).execute();
        return { id, number: known.number };
      }
      const number = await lastNumber(db, submission.key) + 1;
      await db.insertInto('versions').values({ submission: submission.key, id: version, number, label, ...again, verdict: null, questions: 0, base: '', at_ms: atMs, json: null, patch: null, reviewed_ms: null }).execute();
      await db.updateTable('submissions').set({ newest: number, changed_ms: atMs }).where('key', '=', submission.key).execute();
      return { id, number };
    });
  }

  async setVersionState(submission: string, version: string, { state, reason, atMs }: { state: Exclude<VersionState, 'reviewed'>; reason: string; atMs: number }): Promise<void> {
    await this.change({ submission, version, atMs }, { state, reason, progress: '' });
  }

  async setProgress(submission: string, version: string, progress: string): Promise<void> {
    await this.db.updateTable('versions').set({ progress }).where('submission', '=', submission).where('id', '=', version).where('state', '=', 'running').execute();
  }

  async setPrivate(which: { readonly key: string } | { readonly prefix: string }, isPrivate: boolean): Promise<void> {
    const some = this.db.updateTable('submissions').set({ private: isPrivate ? 1 : 0 });
    if ('key' in which) await some.where('key', '=', which.key).execute();
    else await some.where(sql<boolean>`${sql.ref('key')} like ${`${which.prefix.replace(/[\\%_]/gu, '\\$&')}%`} escape '\\'`).execute();
  }

  async saveVersion(submission: string, version: string, { json, patch, base, verdict, questions, atMs }: ReviewedVersion): Promise<void> {
    await this.change({ submission, version, atMs }, { state: 'reviewed', reason: '', progress: '', json, patch, base, verdict, questions, reviewed_ms: atMs });
  }

  async submissions(filter: SubmissionFilter, { max, after = null }: { readonly max: number; readonly after?: string | null }): Promise<SubmissionPage> {
    const rows: EntryRow[] = await from(after, narrowed(entriesIn(this.db), filter)).orderBy('submissions.changed_ms', 'desc').orderBy('submissions.seq', 'desc').limit(max + 1).execute();
    const last = rows[max - 1];
    return { entries: rows.slice(0, max).map(toEntry), next: rows.length > max && last ? `${last.moved_ms}.${last.seq}` : null };
  }

  async submission(id: string): Promise<SubmissionEntry | null> {
    const row = await entriesIn(this.db).where('submissions.id', '=', id).executeTakeFirst();
    return row ? toEntry(row) : null;
  }

  async versions(id: string): Promise<VersionEntry[]> {
    const rows = await this.db.selectFrom('versions').innerJoin('submissions', 'submissions.key', 'versions.submission').select(versionColumns).where('submissions.id', '=', id).orderBy('number').execute();
    return rows.map(toVersion);
  }

  async reviewedVersion(id: string, number: number): Promise<ReviewedVersion | null> {
    const row = await this.db.selectFrom('versions').innerJoin('submissions', 'submissions.key', 'versions.submission')
      .select(['json', 'patch', 'base', 'verdict', 'questions', 'reviewed_ms']).where('submissions.id', '=', id).where('number', '=', number).executeTakeFirst();
    if (!row || row.json === null || row.patch === null) return null;
    return { json: row.json, patch: row.patch, base: row.base, verdict: row.verdict ?? '', questions: row.questions, atMs: Number(row.reviewed_ms) };
  }

  async versionCounts({ withPrivate }: { readonly withPrivate: boolean } = { withPrivate: true }): Promise<Record<VersionState, number>> {
    const all = this.db.selectFrom('versions').select(['state', (e) => e.fn.countAll().as('n')]).groupBy('state');
    const open = all.innerJoin('submissions', 'submissions.key', 'versions.submission').where('private', '=', 0);
    const counts = Object.fromEntries(VERSION_STATES.map((state) => [state, 0])) as Record<VersionState, number>;
    for (const { state, n } of await (withPrivate ? all : open).execute()) counts[state] = Number(n);
    return counts;
  }

  /** Changes a version that is known, and with it when its submission changed. */
  private async change({ submission, version, atMs }: { submission: string; version: string; atMs: number }, now: Partial<Tables['versions']>): Promise<void> {
    await this.transact(`submission ${submission}`, async (db) => {
      const row = await db.updateTable('versions').set({ ...now, changed_ms: atMs }).where('submission', '=', submission).where('id', '=', version).returning('number').executeTakeFirst();
      if (row) await db.updateTable('submissions').set({ changed_ms: atMs }).where('key', '=', submission).execute();
    });
  }
}

/** The greatest number that was given; 0 before there is any. */
async function lastNumber(db: Transaction<Tables>, key: string): Promise<number> {
  const row = await db.selectFrom('versions').select((e) => e.fn.max('number').as('last')).where('submission', '=', key).executeTakeFirst();
  return Number(row?.last ?? 0);
}

/** Keeps what all versions share. */
async function keepHead(db: Transaction<Tables>, head: SubmissionHead & { readonly id: string; readonly atMs: number }): Promise<void> {
  const { key, id, origin, title, author, where: place, isPrivate, atMs } = head;
  const shared = { origin, title, author, place, private: isPrivate ? 1 : 0, words: [title, author, place].join('\n').toLowerCase() };
  await db.insertInto('submissions').values({ key, id, ...shared, newest: 0, changed_ms: atMs })
    .onConflict((on) => on.column('key').doUpdateSet(shared)).execute();
}

type Entries = SelectQueryBuilder<Tables, 'submissions' | 'versions', EntryRow>;

/** Submissions with their newest version. */
function entriesIn(db: Kysely<Tables>): Entries {
  return db.selectFrom('submissions')
    .innerJoin('versions', (on) => on.onRef('versions.submission', '=', 'submissions.key').onRef('versions.number', '=', 'submissions.newest'))
    .select(headColumns).select(versionColumns)
    .select((e) => e.selectFrom('versions as one').select((n) => n.fn.countAll<number>().as('n')).whereRef('one.submission', '=', 'submissions.key').$asScalar().$notNull().as('versions'));
}

function narrowed(all: Entries, { origin, state, asks, text = '', withPrivate }: SubmissionFilter): Entries {
  let some = all;
  if (!withPrivate) some = some.where('private', '=', 0);
  if (origin !== undefined) some = some.where('origin', '=', origin);
  if (state !== undefined) some = some.where('state', '=', state);
  if (asks !== undefined) some = some.where('verdict', 'is not', null).where('questions', asks ? '>' : '=', 0);
  for (const word of text.toLowerCase().split(/\s+/u).filter((one) => one !== '').slice(0, WORDS_MAX)) {
    const pattern = `%${word.slice(0, WORD_LENGTH_MAX).replace(/[\\%_]/gu, '\\$&')}%`;
    some = some.where(sql<boolean>`${sql.ref('words')} like ${pattern} escape '\\'`);
  }
  return some;
}

/** What comes after a place in the list; from the beginning when it is none that was given. */
function from(after: string | null, all: Entries): Entries {
  const [, at, seq] = /^(\d{1,15})\.(\d{1,15})$/u.exec(after ?? '') ?? [];
  if (at === undefined || seq === undefined) return all;
  return all.where((e) => e.or([e('submissions.changed_ms', '<', Number(at)), e.and([e('submissions.changed_ms', '=', Number(at)), e('submissions.seq', '<', Number(seq))])]));
}
