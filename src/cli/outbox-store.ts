/**
 * @module Which drafts `kcovet outbox` is about: those of the server that its settings name, as for `kcovet serve`, or of the watch whose
 * watch.yml it is given.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { WatchConfig } from '../lists/watch-config.js';
import { clean } from '../render/line.js';
import type { Store } from '../store/store.js';
import { CliFailure, type Io } from './io.js';
import { readConfiguration } from './server-parts.js';

/** Where it is said. */
export interface OutboxPlace {
  /** A watch.yml or a kcovet.yml. */
  readonly config?: string;
  readonly env?: string;
}

/** A watch.yml that was read. */
export interface WatchFile {
  readonly file: string;
  readonly folder: string;
  readonly config: WatchConfig;
}

/** The store with the drafts. */
export interface OutboxStore {
  readonly store: Store;
  /** What they were made by; throws CliFailure where none is named, or it is wrong. */
  readonly watch: () => Promise<WatchFile>;
}

const WATCH = 'watch.yml';
/** Any of these says that the drafts are a server's. */
const OF_SERVERS = ['KCOVET_DATA', 'DATABASE_URL', 'KCOVET_WATCH'] as const;

/** Opens it; throws CliFailure with all that is wrong. */
export async function openOutbox(place: OutboxPlace, io: Io): Promise<OutboxStore> {
  const file = watchNamed(place, io);
  const isServers = file === null || place.env !== undefined || OF_SERVERS.some((name) => io.env[name]);
  return isServers ? await ofServer(place, file, io) : await ofWatch(await readWatch(file));
}

/** The watch.yml that is meant; null where the settings are those of a server alone. */
function watchNamed({ config, env }: OutboxPlace, io: Io): string | null {
  if (config !== undefined) return /^["']?sources["']?\s*:/mu.test(textOf(config)) ? config : null;
  return env === undefined && !OF_SERVERS.some((name) => io.env[name]) && existsSync(WATCH) ? WATCH : null;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliFailure(`${clean(file)}: cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}): name the watch.yml of the watch, or the kcovet.yml of the server, with --config`);
  }
}

async function readWatch(file: string): Promise<WatchFile> {
  const { readWatchConfig } = await import('../lists/watch-config.js');
  const read = readWatchConfig(textOf(file), clean(file));
  if (!read.ok) throw new CliFailure(`${read.problems.map(clean).join('\nkcovet: ')}: see kcovet help watch`);
  return { file, folder: dirname(resolve(file)), config: read.config };
}

async function ofWatch(watch: WatchFile): Promise<OutboxStore> {
  const path = join(resolve(watch.folder, watch.config.data), 'kcovet.sqlite');
  if (!existsSync(path)) throw new CliFailure(`${clean(path)}: there is no store yet: run kcovet watch ${clean(watch.file)} first, or name the server's with KCOVET_DATA or DATABASE_URL`);
  return { store: await storeAt(path), watch: () => Promise.resolve(watch) };
}

async function ofServer(place: OutboxPlace, file: string | null, io: Io): Promise<OutboxStore> {
  const { data, database, watch } = await readConfiguration(file === null ? place : { ...place, config: undefined }, io, 'outbox');
  const path = join(data, 'kcovet.sqlite');
  if (database === null && !existsSync(path)) throw new CliFailure(`${clean(path)}: there is no store: name its folder with KCOVET_DATA, a database with DATABASE_URL, or a watch.yml with --config`);
  const named = file ?? watch;
  return {
    store: await storeAt(database ?? path),
    watch: async () => {
      if (named === null) throw new CliFailure('outbox: no watch.yml is named, which says how mails go: KCOVET_WATCH, watch: in kcovet.yml, or --config watch.yml');
      return await readWatch(named);
    },
  };
}

async function storeAt(where: string): Promise<Store> {
  const { openStoreAt } = await import('../store/open-store.js');
  const opened = await openStoreAt(where);
  if ('failure' in opened) throw new CliFailure(`outbox: ${clean(opened.failure)}`);
  return opened.store;
}
