/** @module The store in tables, for any database that kysely speaks; ./sqlite-store.ts opens the embedded one. */
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { AuditEntry } from './audit-store.js';
import { KyselyAudit } from './kysely-audit.js';
import { KyselyDrafts } from './kysely-drafts.js';
import { KyselyJobs } from './kysely-jobs.js';
import { KyselyLists } from './kysely-lists.js';
import { KyselyPruning } from './kysely-pruning.js';
import { KyselySaid } from './kysely-said.js';
import { KyselySubmissions } from './kysely-submissions.js';
import type { Pruned, Retention } from './retention.js';
import type { AskedFinding, Assumption, Claim, GivenClaim, KeptReview, Store } from './store.js';
import { PULL_TABLES, type Tables } from './tables.js';
import type { Transact } from './transact.js';

/** Reviews kept of one pull request. */
const REVIEWS_MAX = 20;

/** What the audit says of what was forgotten. */
const FORGOTTEN = 'what is not kept any more';

function toClaim(row: Selectable<Tables['claims']>): Claim {
  return { key: row.key, pull: row.pull, state: row.state, remoteId: row.remote_id, atMs: Number(row.at_ms) };
}

/** Whether a column begins with a prefix, read as plain text. */
function beginsWith(column: string, prefix: string): RawBuilder<boolean> {
  return sql<boolean>`substr(${sql.ref(column)}, 1, length(${prefix})) = ${prefix}`;
}

export class KyselyStore implements Store {
  readonly jobs: KyselyJobs;
  readonly lists: KyselyLists;
  readonly drafts: KyselyDrafts;
  readonly said: KyselySaid;
  readonly submissions: KyselySubmissions;
  readonly audit: KyselyAudit;

  constructor(private readonly db: Kysely<Tables>, private readonly transact: Transact) {
    this.jobs = new KyselyJobs(db, transact);
    this.lists = new KyselyLists(db, transact);
    this.drafts = new KyselyDrafts(db, transact);
    this.said = new KyselySaid(db);
    this.submissions = new KyselySubmissions(db, transact);
    this.audit = new KyselyAudit(db);
  }

  async hasDelivery(id: string): Promise<boolean> {
    return await this.db.selectFrom('deliveries').select('id').where('id', '=', id).executeTakeFirst() !== undefined;
  }

  async noteDelivery(id: string, atMs: number): Promise<boolean> {
    const row = await this.db.insertInto('deliveries').values({ id, at_ms: atMs }).onConflict((on) => on.column('id').doNothing()).returning('id').executeTakeFirst();
    return row !== undefined;
  }

  async claim({ key, pull, atMs }: Pick<Claim, 'key' | 'pull' | 'atMs'>): Promise<GivenClaim> {
    const fresh: Claim = { key, pull, state: 'claimed', remoteId: null, atMs };
    return this.transact(`claim ${key}`, async (db) => {
      const row = await db.insertInto('claims').values({ key, pull, state: 'claimed', remote_id: null, at_ms: atMs })
        .onConflict((on) => on.column('key').doNothing()).returning('key').executeTakeFirst();
      if (row) return { ...fresh, fresh: true };
      return { ...toClaim(await db.selectFrom('claims').selectAll().where('key', '=', key).executeTakeFirstOrThrow()), fresh: false };
    });
  }

  async posted(key: string, remoteId: string, entry?: AuditEntry): Promise<void> {
    await this.transact(`claim ${key}`, async (db) => {
      await db.updateTable('claims').set({ state: 'posted', remote_id: remoteId }).where('key', '=', key).execute();
      if (entry) await new KyselyAudit(db).note(entry);
    });
  }

  async release(key: string): Promise<void> {
    await this.transact(`claim ${key}`, (db) => db.deleteFrom('claims').where('key', '=', key).where('state', '=', 'claimed').execute());
  }

  async claims(pull: string): Promise<Claim[]> {
    return (await this.db.selectFrom('claims').selectAll().where('pull', '=', pull).orderBy('key').execute()).map(toClaim);
  }

  async findings(pull: string): Promise<AskedFinding[]> {
    const rows = await this.db.selectFrom('findings').selectAll().where('pull', '=', pull).orderBy('fingerprint').execute();
    return rows.map((row) => ({
      fingerprint: row.fingerprint, commentId: row.comment_id, threadId: row.thread_id, headSha: row.head_sha, state: row.state, note: row.note,
    }));
  }

  async saveFinding(pull: string, finding: AskedFinding): Promise<void> {
    const { fingerprint, commentId, threadId, headSha, state, note } = finding;
    const row = { comment_id: commentId, thread_id: threadId, head_sha: headSha, state, note };
    await this.db.insertInto('findings').values({ pull, fingerprint, ...row })
      .onConflict((on) => on.columns(['pull', 'fingerprint']).doUpdateSet(row)).execute();
  }

  async assumptions(pull: string): Promise<Assumption[]> {
    const rows = await this.db.selectFrom('assumptions').selectAll().where('pull', '=', pull).orderBy('seq').execute();
    return rows.map(({ text, by, at_ms: atMs }) => ({ text, by, atMs: Number(atMs) }));
  }

  async assume(pull: string, { text, by, atMs }: Assumption): Promise<boolean> {
    const row = await this.db.insertInto('assumptions').values({ pull, text, by, at_ms: atMs })
      .onConflict((on) => on.columns(['pull', 'text']).doNothing()).returning('seq').executeTakeFirst();
    return row !== undefined;
  }

  async unassume(pull: string, text: string): Promise<boolean> {
    const rows = await this.db.deleteFrom('assumptions').where('pull', '=', pull).where('text', '=', text).returning('seq').execute();
    return rows.length > 0;
  }

  async saveReview(pull: string, { headSha, baseSha, json, atMs }: KeptReview): Promise<void> {
    await this.transact(`pull ${pull}`, async (db) => {
      await db.deleteFrom('reviews').where('pull', '=', pull).where('head_sha', '=', headSha).execute();
      await db.insertInto('reviews').values({ pull, head_sha: headSha, base_sha: baseSha, json, at_ms: atMs }).execute();
      const kept = db.selectFrom('reviews').select('seq').where('pull', '=', pull).orderBy('seq', 'desc').limit(REVIEWS_MAX);
      await db.deleteFrom('reviews').where('pull', '=', pull).where('seq', 'not in', kept).execute();
    });
  }

  async latestReview(pull: string): Promise<KeptReview | null> {
    const row = await this.db.selectFrom('reviews').selectAll().where('pull', '=', pull).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return row ? { headSha: row.head_sha, baseSha: row.base_sha, json: row.json, atMs: Number(row.at_ms) } : null;
  }

  async forget(prefix: string): Promise<void> {
    await this.transact('forget', async (db) => {
      for (const table of PULL_TABLES) await db.deleteFrom(table).where(beginsWith('pull', prefix)).execute();
      await db.deleteFrom('versions').where(beginsWith('submission', prefix)).execute();
      await db.deleteFrom('submissions').where(beginsWith('key', prefix)).execute();
      // A job that runs is not wanted any more; what it ends with is not kept.
      await db.deleteFrom('jobs').where(beginsWith('group', prefix)).where('state', '!=', 'active').execute();
      await db.updateTable('jobs').set({ superseded: 1, payload: 'null' }).where(beginsWith('group', prefix)).execute();
      await db.updateTable('audit').set({ what: FORGOTTEN }).where(beginsWith('submission', prefix)).execute();
    });
  }

  prune(retention: Retention, nowMs: number): Promise<Pruned> {
    return new KyselyPruning(this.db, this.transact).prune(retention, nowMs);
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }
}
