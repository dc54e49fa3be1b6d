/** @module What `kcovet serve` and `kcovet worker` have in common: their configuration, and what they stand on. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { ServeConfig, SettingsFile } from '../config.js';
import { clean } from '../render/line.js';
import type { Log } from '../service/log.js';
import type { Backend, WatchedLists } from '../sides.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { packageVersion } from './version.js';

/** The settings, for the help of a command. */
export const settingsHelp = `
Settings, of the environment, of the file given with --env, or of a kcovet.yml
given with --config, where each has the name in brackets; all that can be in
it is in schema/serve.schema.json:
  KCOVET_DATA [data]       folder of its data: kcovet-data
  HOST, PORT [host, port]  where it listens: 127.0.0.1, 3000
  KCOVET_PAGES [pages]     who reads its pages: token, open or proxy
  KCOVET_TOKEN             instead of the token in the data folder
  APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, WEBHOOK_SECRET [github]   of the App
  GHE_HOST [github.host]   a GitHub Enterprise Server instead of github.com
  KCOVET_WATCH [watch]     a watch.yml: mailing lists that are watched, too; a
                           push to a mirror on GitHub is read at once
  DATABASE_URL [database]  a Postgres instead of a file in the data folder
  REDIS_URL [redis]        a Redis for the queue, which several workers need
  KCOVET_REVIEWS [reviews] jobs at a time: 1; KCOVET_JOBS: searches of one: 2
  KCOVET_STATES, KCOVET_MEMORY, KCOVET_SECONDS [limits]   of one review
  KCOVET_GRACE [grace]     seconds that jobs have to end when it stops: 5
  KCOVET_LOG [log]         what is logged: info, warn or error
`;

export interface ConfigFlags {
  readonly config?: string;
  readonly env?: string;
}

function textOf(file: string, wayOut: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliFailure(`${clean(file)}: ${error instanceof Error ? clean(error.message) : 'cannot be read'}: ${wayOut}`);
  }
}

/** The variables: those of the environment before those of a file. */
function variables(file: string | undefined, io: Io): Readonly<Record<string, string | undefined>> {
  if (file === undefined) return io.env;
  return { ...parseEnv(textOf(file, 'give the file that --register wrote, or lines NAME=VALUE')), ...io.env };
}

/** The configuration; throws CliFailure with all that is wrong. */
export async function readConfiguration(flags: ConfigFlags, io: Io, command: string): Promise<ServeConfig> {
  const { readServeConfig } = await import('../config.js');
  const file: SettingsFile | null = flags.config === undefined ? null : { path: flags.config, text: textOf(flags.config, 'give a kcovet.yml, or leave it out') };
  const read = readServeConfig(variables(flags.env, io), file);
  if (read.ok) return read.config;
  throw new CliFailure(`${command}: ${read.problems.map(clean).join('; ')}: see kcovet help ${command}`);
}

export interface OpenedParts extends Backend {
  readonly log: Log;
  readonly lists?: WatchedLists;
  readonly token: string;
  /** Where the token is; null where it was given. */
  readonly tokenFile: string | null;
}

/** Opens what a server or a worker stands on; throws CliFailure where something is missing. */
export async function openedParts(config: ServeConfig, io: Io, command: string): Promise<OpenedParts> {
  const [{ openBackend }, { jsonLog, atLeast }, { ownToken, tokenFile }] = await Promise.all([import('../backend.js'), import('../service/log.js'), import('../service/own-token.js')]);
  const log = atLeast(config.log, jsonLog((line) => io.stderr.write(line)));
  const lists = config.watch === null ? {} : { lists: await (await import('./served-watch.js')).servedWatch(config.watch, { data: config.data, io }) };
  const backend = await openBackend(config, { version: packageVersion(), log });
  if ('failure' in backend) throw new CliFailure(`${command}: ${clean(backend.failure)}`);
  const made = config.token === null ? ownToken(config.data) : { token: config.token };
  if ('token' in made) return { ...backend, ...lists, log, token: made.token, tokenFile: config.token === null ? tokenFile(config.data) : null };
  await backend.store.close();
  await backend.release();
  throw new CliFailure(`${command}: ${clean(made.failure)}`);
}

/** What several processes share must be servers; throws CliFailure otherwise. */
export function needServers({ database, redis }: ServeConfig, command: string): void {
  if (database === null || redis === null) throw new CliFailure(`${command}: needs ${[...(redis === null ? ['REDIS_URL'] : []), ...(database === null ? ['DATABASE_URL'] : [])].join(' and ')}: several processes share the queue and the store; kcovet serve alone needs neither`);
}

/** Runs a server or a worker on its parts until the process is told to end; the exit status. */
export async function running(parts: OpenedParts, { command, io }: { command: string; io: Io }, start: (parts: OpenedParts) => Promise<{ readonly stop: () => Promise<void> }>): Promise<number> {
  const { ServeFailure } = await import('../serve-failure.js');
  try {
    const started = await start(parts);
    await Promise.race([io.untilStopped(), new Promise((resolve) => { parts.lost.addEventListener('abort', resolve); })]);
    await started.stop();
    if (parts.lost.aborted) throw new CliFailure(`${command}: ${clean(String(parts.lost.reason))}`);
    return exitStatus.reviewed;
  } catch (error) {
    await parts.store.close().catch(() => undefined);
    if (error instanceof ServeFailure) throw new CliFailure(`${command}: ${clean(error.message)}`);
    throw error;
  } finally {
    await parts.release();
  }
}
