/** @module What people said about series in tables, for any database that kysely speaks and that has `returning`. */
import type { Kysely } from 'kysely';
import type { Said, SaidStore } from '../lists/said-store.js';
import type { Tables } from './tables.js';

export class KyselySaid implements SaidStore {
  constructor(private readonly db: Kysely<Tables>) {}

  async say({ series, kind, what, note, by, mail, atMs }: Said): Promise<boolean> {
    const row = await this.db.insertInto('list_said').values({ series, kind, what, note, by, mail, at_ms: atMs })
      .onConflict((on) => on.columns(['series', 'kind', 'what']).doNothing()).returning('seq').executeTakeFirst();
    return row !== undefined;
  }

  async unsay(series: readonly string[], { kind, what }: Pick<Said, 'kind' | 'what'>): Promise<boolean> {
    if (series.length === 0) return false;
    const rows = await this.db.deleteFrom('list_said').where('series', 'in', [...series]).where('kind', '=', kind).where('what', '=', what).returning('seq').execute();
    return rows.length > 0;
  }

  async about(series: readonly string[]): Promise<Said[]> {
    if (series.length === 0) return [];
    const rows = await this.db.selectFrom('list_said').selectAll().where('series', 'in', [...series]).orderBy('seq').execute();
    return rows.map(({ seq: _, at_ms: atMs, ...row }) => ({ ...row, atMs: Number(atMs) }));
  }

  async optOut({ address, mail, atMs }: { address: string; mail: string; atMs: number }): Promise<void> {
    await this.db.insertInto('list_opt_outs').values({ address: address.toLowerCase(), mail, at_ms: atMs }).onConflict((on) => on.column('address').doNothing()).execute();
  }

  async optedOut(): Promise<string[]> {
    return (await this.db.selectFrom('list_opt_outs').select('address').orderBy('address').execute()).map(({ address }) => address);
  }
}
