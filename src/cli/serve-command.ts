/**
 * @module `kcovet serve`: the GitHub App as a server. Without credentials it says how to get them, and `--register` gets them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Command } from 'commander';
import type { ServeConfig } from '../config.js';
import { clean } from '../render/line.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { packageRoot } from '../service/package.js';
import { packageVersion } from './version.js';

interface ServeFlags {
  readonly env?: string;
  readonly register?: boolean;
  readonly url?: string;
  readonly org?: string;
}

/** The file that --register writes. */
const ENV_FILE = 'kcovet.env';

/** How to get credentials. */
export const steps = `kcovet: serve: no credentials of a GitHub App yet. Three steps to get them:

  1. Register the App, with one click on a page that this shows:
       kcovet serve --register --url https://ADDRESS
     ADDRESS is where GitHub reaches this server. It writes ${ENV_FILE}.
  2. Install it on the repositories that it is to review; the page leads there.
  3. Start it:
       kcovet serve --env ${ENV_FILE}

docs/github.md says more, also for an App that is registered by hand.
`;

const help = `
Variables, of the environment or of the file given with --env:
  APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, WEBHOOK_SECRET   of the App
  HOST, PORT        where it listens: 127.0.0.1, 3000
  GHE_HOST          a GitHub Enterprise Server instead of github.com
  KCOVET_STORE      file of the SQLite store: kcovet.sqlite
  KCOVET_WATCH      a watch.yml: mailing lists that are watched, too; a push to a
                    mirror on GitHub is read at once (kcovet help watch)
  KCOVET_REVIEWS    reviews at a time: 1; KCOVET_JOBS: searches of one: 2
  KCOVET_STATES, KCOVET_MEMORY, KCOVET_SECONDS   limits of one review

Its log is one line of JSON for each event, on standard error. SIGTERM ends it:
what runs is put back, and goes on with the next start.

Exit status: 0 ended by a signal; 2 no credentials, or something wrong with them.`;

/** The variables: those of the environment before those of a file. */
function variables(file: string | undefined, io: Io): Readonly<Record<string, string | undefined>> {
  if (file === undefined) return io.env;
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...io.env };
  } catch (error) {
    throw new CliFailure(`${clean(file)}: ${error instanceof Error ? clean(error.message) : 'cannot be read'}: give the file that --register wrote, or lines NAME=VALUE`);
  }
}

/** The configuration; throws CliFailure with all that is wrong. Null where there are no credentials at all. */
async function configured(env: Readonly<Record<string, string | undefined>>): Promise<ServeConfig | null> {
  if (!['APP_ID', 'PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'WEBHOOK_SECRET'].some((name) => env[name])) return null;
  const { readServeConfig } = await import('../config.js');
  const read = readServeConfig(env);
  if (read.ok) return read.config;
  throw new CliFailure(`serve: ${read.problems.map(clean).join('; ')}: see kcovet help serve`);
}

/** Runs the server on a store that is its own until the process is told to end. */
async function runServer(config: ServeConfig, io: Io): Promise<number> {
  const { lockStore } = await import('../store/sqlite-store.js');
  // Two processes with one queue would take each other's jobs, also of kinds that they do not know.
  const lock = await lockStore(config.store);
  if ('failure' in lock) throw new CliFailure(`serve: KCOVET_STORE: ${clean(lock.failure)}, or give a file of the server's own; KCOVET_WATCH has it watch lists, too`);
  try {
    return await runLocked(config, io);
  } finally {
    lock.release();
  }
}

async function runLocked(config: ServeConfig, io: Io): Promise<number> {
  const [{ openSqliteStore }, { serve }, { engineFor }, { jsonLog }] = await Promise.all([
    import('../store/sqlite-store.js'), import('../serve.js'), import('../engine/child-engine.js'), import('../service/log.js'),
  ]);
  const opened = await openSqliteStore(config.store);
  if ('failure' in opened) throw new CliFailure(`serve: ${clean(opened.failure)}`);
  const { states, memoryMb, seconds, jobs } = config;
  const engine = engineFor({ states, memoryMb, seconds, jobs, version: packageVersion() });
  const log = jsonLog((line) => io.stderr.write(line));
  const watch = config.watch === null ? null : await (await import('./served-watch.js')).servedWatch(config.watch, { store: config.store, io, log });
  const serving = await serve(config, { store: opened.store, engine, log, ...(watch ? { onPush: watch.onPush, lists: watch.lists } : {}) }).catch(async (error: unknown) => {
    await opened.store.close();
    throw new CliFailure(`serve: cannot listen on ${config.host}:${config.port} (${error instanceof Error ? clean(error.message) : 'unknown'}): set HOST and PORT`);
  });
  const endWatch = await watch?.start(serving.clientOf).catch(async (error: unknown) => {
    await serving.stop();
    throw error;
  });
  io.stdout.write(`kcovet: listening on ${serving.url}\n`);
  await io.untilStopped();
  await endWatch?.();
  await serving.stop();
  return exitStatus.reviewed;
}

/** Where a GitHub's pages and its API are. */
function addressesOf(env: Io['env']): { webUrl: string; apiUrl: string } {
  const { GHE_HOST: host, GHE_PROTOCOL: protocol } = env;
  if (!host) return { webUrl: 'https://github.com', apiUrl: 'https://api.github.com' };
  return { webUrl: `${protocol || 'https'}://${host}`, apiUrl: `${protocol || 'https'}://${host}/api/v3` };
}

/** Gets credentials by one click, and writes them to a file that nobody else can read. */
async function register({ url, org, env: file = ENV_FILE }: ServeFlags, io: Io): Promise<number> {
  if (url === undefined || !/^https?:\/\/[\w.-]+(?::\d+)?\/?$/u.test(url)) throw new CliFailure('serve: --register needs --url: the address at which GitHub reaches this server, such as https://kcovet.example.org');
  const [{ startRegistration }, { parse }] = await Promise.all([import('../service/registration.js'), import('yaml')]);
  const manifest = parse(readFileSync(join(packageRoot() ?? '.', 'app.yml'), 'utf8')) as Record<string, unknown>;
  const { PORT: port } = io.env;
  if (existsSync(file)) throw new CliFailure(`${clean(file)}: is there already, and may hold credentials: move it away, or name another file with --env`);
  const page = await startRegistration({ manifest, publicUrl: url.replace(/\/$/u, ''), organization: org ?? null, ...addressesOf(io.env), port: Number(port || 3000) });
  io.stdout.write(`kcovet: open ${page.url}\n`);
  try {
    const { appId, privateKey, webhookSecret, htmlUrl } = await page.credentials;
    const lines = [`APP_ID=${appId}`, `WEBHOOK_SECRET=${webhookSecret}`, `PRIVATE_KEY="${privateKey.trim().replace(/\n/gu, '\\n')}"`, ''];
    writeFileSync(file, lines.join('\n'), { mode: 0o600, flag: 'wx' });
    io.stdout.write(`kcovet: registered, ${clean(file)} is written. Install it: ${clean(htmlUrl)}/installations/new\nkcovet: then start it: kcovet serve --env ${clean(file)}\n`);
    return exitStatus.reviewed;
  } catch (error) {
    throw new CliFailure(`serve --register: ${error instanceof Error ? clean(error.message) : 'failed'}: try again`);
  } finally {
    await page.close();
  }
}

async function run(flags: ServeFlags, io: Io): Promise<number> {
  if (flags.register) return await register(flags, io);
  const config = await configured(variables(flags.env, io));
  if (config) return await runServer(config, io);
  io.stderr.write(steps);
  return exitStatus.usage;
}

/** The command, which reports its exit status to `done`. */
export function serveCommand(io: Io, done: (status: number) => void): Command {
  return new Command('serve')
    .summary('the GitHub App: reviews pull requests')
    .description('Listens to webhooks of a GitHub App, and reviews the pull requests that they are about.')
    .option('--env <file>', 'variables that the environment does not have, as lines NAME=VALUE; what --register writes')
    .option('--register', 'register the App by one click on a page, and write its credentials to a file, kcovet.env')
    .option('--url <address>', 'with --register: where GitHub reaches this server')
    .option('--org <name>', 'with --register: the organization that the App is to belong to')
    .addHelpText('after', help)
    .action(async (flags: ServeFlags) => done(await run(flags, io)));
}
