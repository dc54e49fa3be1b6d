/** @module A database brought up to date with this version of kcovet. */
import { Migrator, type Kysely } from 'kysely';
import { migrations } from './migrations.js';
import type { Tables } from './tables.js';

/** Runs the migrations that are missing; rejects where one fails, and where a newer version of kcovet was there. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error !== undefined) throw error;
}
