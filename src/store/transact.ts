/** @module Several steps on the tables as one. */
import type { Transaction } from 'kysely';
import type { Tables } from './tables.js';

/**
 * Does steps whole or not at all, one after the other among all that name the same thing, in whichever process: what is read in
 * them is still so when they write.
 */
export type Transact = <T>(what: string, steps: (db: Transaction<Tables>) => Promise<T>) => Promise<T>;
