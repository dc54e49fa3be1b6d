/**
 * @module How the tables of the store came about. A migration that was released is never changed; another one is added below it.
 * Written with kysely's builder, so that the same tables can be made elsewhere.
 */
import type { Kysely, Migration, MigrationProvider } from 'kysely';

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

const lists: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.createTable('list_cursors').addColumn('source', 'text', (c) => c.primaryKey()).addColumn('text', 'text', (c) => c.notNull()).execute();
    await schema.createTable('list_mails').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('message_id', 'text', (c) => c.notNull().unique()).addColumn('thread', 'text', (c) => c.notNull())
      .addColumn('raw', 'blob', (c) => c.notNull()).addColumn('lists', 'text', (c) => c.notNull()).addColumn('source', 'text', (c) => c.notNull())
      .addColumn('at_ms', 'bigint', (c) => c.notNull()).addColumn('settled', 'integer', (c) => c.notNull()).execute();
    await schema.createIndex('list_mails_thread').on('list_mails').column('thread').execute();
    await schema.createIndex('list_mails_settled').on('list_mails').column('settled').execute();
    await schema.createTable('list_links').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('link', 'text', (c) => c.notNull().unique()).addColumn('thread', 'text', (c) => c.notNull()).execute();
    await schema.createIndex('list_links_thread').on('list_links').column('thread').execute();
    await schema.createTable('list_series').addColumn('key', 'text', (c) => c.primaryKey()).addColumn('thread', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull()).addColumn('title', 'text', (c) => c.notNull()).addColumn('author', 'text', (c) => c.notNull())
      .addColumn('change_id', 'text', (c) => c.notNull()).addColumn('digest', 'text', (c) => c.notNull()).addColumn('mails', 'text', (c) => c.notNull())
      .addColumn('older', 'text').addColumn('state', 'text', (c) => c.notNull()).addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('due_ms', 'bigint', (c) => c.notNull()).addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('review', 'text').addColumn('reviewed_ms', 'bigint').execute();
    await schema.createIndex('list_series_thread').on('list_series').column('thread').execute();
    await schema.createIndex('list_series_author').on('list_series').column('author').execute();
    await schema.createIndex('list_series_change').on('list_series').column('change_id').execute();
    await schema.createIndex('list_series_state').on('list_series').column('state').execute();
  },
};

const outbox: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    let table = schema.createTable('drafts').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement()).addColumn('id', 'text', (c) => c.notNull().unique());
    for (const name of ['kind', 'answers', 'message_id', 'series', 'subject', 'from', 'raw', 'to', 'facts', 'lists', 'findings', 'author', 'thread', 'stage', 'state', 'why'] as const) {
      table = table.addColumn(name, 'text', (c) => c.notNull());
    }
    await table.addColumn('bounces', 'text', (c) => c.notNull().defaultTo('[]'))
      .addColumn('due_ms', 'bigint', (c) => c.notNull()).addColumn('at_ms', 'bigint', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0)).addColumn('claimed_by', 'text', (c) => c.notNull().defaultTo(''))
      .addColumn('claimed_ms', 'bigint', (c) => c.notNull().defaultTo(0)).addColumn('sent_ms', 'bigint', (c) => c.notNull().defaultTo(0)).execute();
    await schema.createIndex('drafts_answers').unique().on('drafts').columns(['answers', 'kind']).execute();
    await schema.createIndex('drafts_state').on('drafts').columns(['state', 'due_ms']).execute();
    await schema.createIndex('drafts_series').on('drafts').column('series').execute();
    await schema.createIndex('drafts_message').on('drafts').column('message_id').execute();
    await schema.createIndex('drafts_claimed').on('drafts').column('claimed_ms').execute();
  },
};

const answers: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.createTable('list_said').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement()).addColumn('series', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull()).addColumn('what', 'text', (c) => c.notNull()).addColumn('note', 'text', (c) => c.notNull())
      .addColumn('by', 'text', (c) => c.notNull()).addColumn('mail', 'text', (c) => c.notNull()).addColumn('at_ms', 'bigint', (c) => c.notNull()).addUniqueConstraint('list_said_once', ['series', 'kind', 'what']).execute();
    await schema.createTable('list_opt_outs').addColumn('address', 'text', (c) => c.primaryKey()).addColumn('mail', 'text', (c) => c.notNull())
      .addColumn('at_ms', 'bigint', (c) => c.notNull()).execute();
  },
};

const envelopeIds: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema.alterTable('drafts').addColumn('envelope_id', 'text', (c) => c.notNull().defaultTo('')).execute();
  },
};

const submissions: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    let table = schema.createTable('submissions').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('key', 'text', (c) => c.notNull().unique()).addColumn('id', 'text', (c) => c.notNull().unique());
    for (const name of ['origin', 'title', 'author', 'place', 'words'] as const) table = table.addColumn(name, 'text', (c) => c.notNull());
    await table.addColumn('private', 'integer', (c) => c.notNull()).addColumn('newest', 'integer', (c) => c.notNull())
      .addColumn('changed_ms', 'bigint', (c) => c.notNull()).execute();
    await schema.createIndex('submissions_changed').on('submissions').columns(['changed_ms', 'seq']).execute();
    await versions(schema);
  },
};

async function versions(schema: Kysely<unknown>['schema']): Promise<void> {
  let table = schema.createTable('versions').addColumn('submission', 'text', (c) => c.notNull()).addColumn('id', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull());
  for (const name of ['label', 'state', 'reason', 'progress', 'base'] as const) table = table.addColumn(name, 'text', (c) => c.notNull());
  await table.addColumn('verdict', 'text').addColumn('questions', 'integer', (c) => c.notNull())
    .addColumn('at_ms', 'bigint', (c) => c.notNull()).addColumn('changed_ms', 'bigint', (c) => c.notNull())
    .addColumn('json', 'text').addColumn('patch', 'text').addColumn('reviewed_ms', 'bigint')
    .addPrimaryKeyConstraint('versions_key', ['submission', 'id']).addUniqueConstraint('versions_number', ['submission', 'number']).execute();
  await schema.createIndex('versions_state').on('versions').column('state').execute();
}

const auditAndPriority: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    let table = schema.createTable('audit').addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement());
    for (const name of ['act', 'what', 'submission', 'by'] as const) table = table.addColumn(name, 'text', (c) => c.notNull());
    await table.addColumn('at_ms', 'bigint', (c) => c.notNull()).execute();
    await schema.createIndex('audit_submission').on('audit').column('submission').execute();
    await schema.alterTable('jobs').addColumn('priority', 'integer', (c) => c.notNull().defaultTo(2)).execute();
    await schema.createIndex('jobs_order').on('jobs').columns(['state', 'priority', 'seq']).execute();
  },
};

const ages: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    // Which threads are old is told without a look at their mails.
    await schema.createIndex('list_mails_ages').on('list_mails').columns(['thread', 'settled', 'at_ms']).execute();
    await schema.createIndex('list_series_older').on('list_series').column('older').execute();
    await schema.createIndex('versions_reviewed').on('versions').column('reviewed_ms').execute();
    await schema.createIndex('audit_at').on('audit').column('at_ms').execute();
    await schema.createIndex('deliveries_at').on('deliveries').column('at_ms').execute();
  },
};

const all: Readonly<Record<string, Migration>> = {
  '001-first': first, '002-lists': lists, '003-outbox': outbox, '004-answers': answers, '005-envelope-ids': envelopeIds,
  '006-submissions': submissions, '007-audit': auditAndPriority, '008-ages': ages,
};

/** Names of all migrations, in the order in which they run. */
export const migrationNames: readonly string[] = Object.keys(all).sort();

/** All migrations by name; kysely runs them in the order of their names. */
export const migrations: MigrationProvider = { getMigrations: () => Promise.resolve(all) };
