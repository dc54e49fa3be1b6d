/** @module Jobs in tables, for any database that kysely speaks and that has `returning`. */
import { sql, type Kysely, type Selectable } from 'kysely';
import { DEFAULT_PRIORITY, type Added, type DeadJob, type Job, type JobEnd, type JobState, type JobStore, type NewJob } from './job-store.js';
import type { Tables } from './tables.js';
import type { Transact } from './transact.js';

/** Who adds and who takes must see what the other did: one job of a group runs, and what is replaced does not begin. */
const JOBS = 'jobs';

/** Columns of a job without what it works on. */
const listed = ['id', 'kind', 'state', 'attempts', 'delays', 'not_before_ms', 'error', 'priority', 'group', 'replaces', 'at_ms'] as const;

function toJob(row: Selectable<Tables['jobs']>): Job {
  return { ...toListed(row), payload: JSON.parse(row.payload) as unknown };
}

function toListed(row: Pick<Selectable<Tables['jobs']>, (typeof listed)[number]>): DeadJob['job'] {
  return {
    id: row.id, kind: row.kind, state: row.state, attempts: row.attempts, delays: row.delays,
    notBeforeMs: Number(row.not_before_ms), error: row.error, priority: row.priority,
    ...(row.group === null ? {} : { group: row.group }), ...(row.replaces === null ? {} : { replaces: row.replaces }),
  };
}

export class KyselyJobs implements JobStore {
  constructor(private readonly db: Kysely<Tables>, private readonly transact: Transact) {}

  async add(job: NewJob, atMs: number): Promise<Added> {
    return this.transact(JOBS, async (db) => {
      const { id, kind, group = null, replaces = null, priority = DEFAULT_PRIORITY } = job;
      const row = { id, kind, payload: JSON.stringify(job.payload ?? null), group, replaces, priority, at_ms: atMs, not_before_ms: 0, state: 'waiting' as const, attempts: 0, delays: 0, error: '', superseded: 0 };
      const given = await db.insertInto('jobs').values(row).onConflict((on) => on.column('id').doNothing()).returning('seq').executeTakeFirst();
      if (!given) return { added: false, superseded: [] };
      return { added: true, superseded: replaces === null ? [] : await supersedeIn(db, replaces, { exceptId: id, atMs }) };
    });
  }

  async take(nowMs: number, kinds?: readonly string[]): Promise<Job | null> {
    const row = await this.transact(JOBS, (db) => db.updateTable('jobs')
      .set((e) => ({ state: 'active', attempts: e('attempts', '+', 1) }))
      .where('seq', '=', (e) => e.selectFrom('jobs as one').select('one.seq')
        .where('one.state', '=', 'waiting').where('one.not_before_ms', '<=', nowMs)
        .$if(kinds !== undefined, (some) => some.where('one.kind', 'in', kinds ?? []))
        .where(({ not, exists, selectFrom }) => not(exists(selectFrom('jobs as other').select('other.seq')
          .where('other.state', '=', 'active').whereRef('other.group', '=', 'one.group'))))
        .orderBy('one.priority').orderBy('one.seq').limit(1))
      .returningAll().executeTakeFirst());
    return row ? toJob(row) : null;
  }

  async end(id: string, { state, error, notBeforeMs = 0, delayed = false, atMs }: JobEnd): Promise<JobState> {
    const row = await this.db.updateTable('jobs').where('id', '=', id).where('state', '=', 'active')
      .set((e) => ({
        state: e.case().when('superseded', '=', 1).then<JobState>('superseded').else<JobState>(state).end(),
        attempts: e('attempts', '-', delayed ? 1 : 0), delays: e('delays', '+', delayed ? 1 : 0),
        error, not_before_ms: notBeforeMs, at_ms: atMs,
      })).returning('state').executeTakeFirst();
    return row?.state ?? (await this.find(id))?.state ?? state;
  }

  async nextDueMs(nowMs: number, kinds?: readonly string[]): Promise<number | null> {
    const row = await this.db.selectFrom('jobs').select((e) => e.fn.min('not_before_ms').as('due'))
      .where('state', '=', 'waiting').where('not_before_ms', '>', nowMs).$if(kinds !== undefined, (some) => some.where('kind', 'in', kinds ?? [])).executeTakeFirst();
    return row?.due === null || row?.due === undefined ? null : Number(row.due);
  }

  async recover(): Promise<number> {
    const rows = await this.db.updateTable('jobs').where('state', '=', 'active')
      .set((e) => ({ state: e.case().when('superseded', '=', 1).then<JobState>('superseded').else<JobState>('waiting').end(), error: 'the process died' }))
      .returning('state').execute();
    return rows.filter((row) => row.state === 'waiting').length;
  }

  async counts(kinds?: readonly string[]): Promise<Record<JobState, number>> {
    const rows = await this.db.selectFrom('jobs').select(['state', sql<number>`count(*)`.as('n')]).$if(kinds !== undefined, (some) => some.where('kind', 'in', kinds ?? [])).groupBy('state').execute();
    const counts: Record<JobState, number> = { waiting: 0, active: 0, done: 0, failed: 0, superseded: 0 };
    for (const { state, n } of rows) counts[state] = Number(n);
    return counts;
  }

  async waitingKinds(): Promise<string[]> {
    return (await this.db.selectFrom('jobs').select('kind').distinct().where('state', '=', 'waiting').execute()).map(({ kind }) => kind);
  }

  async find(id: string): Promise<Job | null> {
    const row = await this.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toJob(row) : null;
  }

  async dead(max: number): Promise<DeadJob[]> {
    const rows = await this.db.selectFrom('jobs').select(listed).where('state', '=', 'failed').orderBy('at_ms', 'desc').orderBy('seq', 'desc').limit(max).execute();
    return rows.map((row) => ({ job: toListed(row), error: row.error, atMs: Number(row.at_ms) }));
  }

  async retry(id: string, nowMs: number): Promise<boolean> {
    const row = await this.db.updateTable('jobs').where('id', '=', id).where('state', '=', 'failed')
      .set({ state: 'waiting', attempts: 0, delays: 0, superseded: 0, not_before_ms: 0, error: '', at_ms: nowMs }).returning('id').executeTakeFirst();
    return row !== undefined;
  }
}

/** Ends what waits under a key and marks what runs; ids of the latter. */
async function supersedeIn(db: Kysely<Tables>, key: string, { exceptId, atMs }: { exceptId: string; atMs: number }): Promise<string[]> {
  await db.updateTable('jobs').set({ state: 'superseded', at_ms: atMs })
    .where('replaces', '=', key).where('id', '!=', exceptId).where('state', '=', 'waiting').execute();
  const running = await db.updateTable('jobs').set({ superseded: 1 })
    .where('replaces', '=', key).where('id', '!=', exceptId).where('state', '=', 'active').returning('id').execute();
  return running.map((row) => row.id);
}
