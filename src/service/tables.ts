/**
 * @module The tables of the store and how they came about. A migration that was released is never changed; another one is
 * added below it. Written with kysely's builder, so that the same tables can be made elsewhere.
 */
import type { Generated, Kysely, Migration, MigrationProvider } from 'kysely';
import type { Claim, AskedFinding } from './store.js';
import type { JobState } from './job-store.js';

/** Columns of each table; times in milliseconds since 1970. */
export interface Tables {
  deliveries: { id: string; at_ms: number };
  claims: { key: string; pull: string; state: Claim['state']; remote_id: string | null; at_ms: number };
  findings: {
    pull: string; fingerprint: string; comment_id: string | null; thread_id: string | null;
    head_sha: string; state: AskedFinding['state']; note: string;
  };
  assumptions: { seq: Generated<number>; pull: string; text: string; by: string; at_ms: number };
  reviews: { seq: Generated<number>; pull: string; head_sha: string; base_sha: string; json: string; at_ms: number };
  jobs: {
    seq: Generated<number>; id: string; kind: string; payload: string; group: string | null; replaces: string | null;
    state: JobState; attempts: number; delays: number; not_before_ms: number; error: string;
    /** 1 for a running job that is not wanted any more. */
    superseded: number;
    /** When it was added, then when it ended. */
    at_ms: number;
  };
}

/** Tables whose rows belong to a pull request. */
export const PULL_TABLES = ['claims', 'findings', 'assumptions', 'reviews'] as const;

const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;
    await schema.createTable('deliveries').addColumn('id', 'text', (c) => c.primaryKey()).addColumn('at_ms', 'bigint', (c) => c.notNull()).execute();
    await schema.createTable('claims').addColumn('key', 'text', (c) => c.primaryKey()).addColumn('pull', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull()).addColumn('remote_id', 'text').addColumn('at_ms', 'bigint', (c) => c.notNull()).execute();
    await schema.createIndex('claims_pull').on('claims').column('pull').execute();
    await schema.createTable('findings').addColumn('pull', 'text', (c) => c.notNull()).addColumn('fingerprint', 'text', (c) => c.notNull())
      .addColumn('comment_id', 'text').addColumn('thread_id', 'text').addColumn('head_sha', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull()).addColumn('note', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('findings_key', ['pull', 'fingerprint']).execute();
    await assumptionsAndReviews(db);
    await jobs(db);
  },
};

async function assumptionsAndReviews({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createTable('assumptions').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement()).addColumn('pull', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull()).addColumn('by', 'text', (c) => c.notNull()).addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('assumptions_text', ['pull', 'text']).execute();
  await schema.createTable('reviews').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement()).addColumn('pull', 'text', (c) => c.notNull())
    .addColumn('head_sha', 'text', (c) => c.notNull()).addColumn('base_sha', 'text', (c) => c.notNull()).addColumn('json', 'text', (c) => c.notNull())
    .addColumn('at_ms', 'bigint', (c) => c.notNull()).addUniqueConstraint('reviews_head', ['pull', 'head_sha']).execute();
}

async function jobs({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createTable('jobs').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('id', 'text', (c) => c.notNull().unique()).addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('payload', 'text', (c) => c.notNull()).addColumn('group', 'text').addColumn('replaces', 'text')
    .addColumn('state', 'text', (c) => c.notNull()).addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('delays', 'integer', (c) => c.notNull().defaultTo(0)).addColumn('not_before_ms', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('error', 'text', (c) => c.notNull().defaultTo('')).addColumn('superseded', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('at_ms', 'bigint', (c) => c.notNull()).execute();
  await schema.createIndex('jobs_state').on('jobs').columns(['state', 'not_before_ms']).execute();
  await schema.createIndex('jobs_replaces').on('jobs').column('replaces').execute();
}

/** All migrations by name; kysely runs them in the order of their names. */
export const migrations: MigrationProvider = {
  getMigrations: () => Promise.resolve({ '001-first': first }),
};
