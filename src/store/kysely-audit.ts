/** @module The audit in a table, for any database that kysely speaks. */
import type { Kysely } from 'kysely';
import type { AuditEntry, AuditStore } from './audit-store.js';
import type { Tables } from './tables.js';

export class KyselyAudit implements AuditStore {
  constructor(private readonly db: Kysely<Tables>) {}

  async note({ act, what, submission, by, atMs }: AuditEntry): Promise<void> {
    await this.db.insertInto('audit').values({ act, what, submission, by, at_ms: atMs }).execute();
  }

  async entries({ submission, max }: { readonly submission?: string; readonly max: number }): Promise<AuditEntry[]> {
    const all = this.db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(max);
    const rows = await (submission === undefined ? all : all.where('submission', '=', submission)).execute();
    return rows.map(({ act, what, submission: key, by, at_ms: atMs }) => ({ act, what, submission: key, by, atMs: Number(atMs) }));
  }
}
