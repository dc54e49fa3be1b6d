/** @module `kcovet store`: what a server remembers, kept elsewhere, put back, checked and pruned by hand. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { ServeConfig } from '../config.js';
import { clean } from '../render/line.js';
import type { StoreCheck } from '../store/check.js';
import { CliFailure, type Io } from './io.js';
import { readConfiguration, type ConfigFlags } from './server-parts.js';

interface StoreFlags extends ConfigFlags {
  readonly format?: 'text' | 'json';
}

const help = `
Which store: the one of the server. DATABASE_URL, or KCOVET_DATA, or --config
FILE say which, as for kcovet serve; kcovet-data/kcovet.sqlite without them.

Examples:
  kcovet store backup kcovet.jsonl.gz     lines of JSON, for any database
  kcovet store backup kcovet.sqlite       a copy of the file, where it is SQLite
  kcovet store check kcovet.jsonl.gz      whether a backup is whole
  kcovet store restore kcovet.jsonl.gz    into a store that is empty
  kcovet store check                      whether the store itself is whole
  kcovet store prune                      what is older than [retention] says

From SQLite to Postgres, while no server works on either:
  kcovet store backup move.jsonl
  DATABASE_URL=postgres://kcovet@db/kcovet kcovet store restore move.jsonl

backup and check may run beside a server. Jobs that wait in a Redis, and the
token in the data folder, are not in a backup. docs/operating.md says more.

Exit status: 0 done; 2 usage, or something is wrong, which one line says.`;

interface Found {
  readonly config: ServeConfig;
  readonly where: string;
}

/** The store that the configuration names; throws CliFailure where it has to be there and is not. */
async function found(flags: StoreFlags, io: Io, { mayBeMissing = false } = {}): Promise<Found> {
  const config = await readConfiguration(flags, io, 'store');
  const where = config.database ?? join(config.data, 'kcovet.sqlite');
  if (config.database === null && !mayBeMissing && !existsSync(where)) throw new CliFailure(`store: ${clean(where)}: there is no store: name its folder with KCOVET_DATA, or a database with DATABASE_URL`);
  return { config, where };
}

/** What it gave; throws CliFailure where it failed. */
function done<T extends object>(outcome: T | { readonly failure: string }): T {
  if ('failure' in outcome) throw new CliFailure(`store: ${clean(outcome.failure)}`);
  return outcome;
}

async function backup(file: string, flags: StoreFlags, io: Io): Promise<void> {
  const { where } = await found(flags, io);
  const { backUp } = await import('../store/backup.js');
  const { bytes } = done(await backUp(where, file, Date.now()));
  io.stdout.write(`${clean(file)}: ${bytes} bytes\n`);
}

async function restore(file: string, flags: StoreFlags, io: Io): Promise<void> {
  const { config, where } = await found(flags, io, { mayBeMissing: true });
  if (!existsSync(file)) throw new CliFailure(`store: ${clean(file)}: there is no such file: give a backup that kcovet store backup wrote`);
  if (config.database === null) (await import('node:fs')).mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const [{ restore: put }, { storeName }] = await Promise.all([import('../store/backup.js'), import('../store/open-store.js')]);
  const { rows } = done(await put(where, file));
  io.stdout.write(`${clean(storeName(where))}: ${rows} rows\n`);
}

/** What was found, as lines. */
function linesOf(name: string, { rows, problems, notes }: StoreCheck): string[] {
  const counted = Object.entries(rows).map(([table, n]) => `  ${String(n).padStart(9)}  ${table}`);
  return [`${name}: ${problems.length === 0 ? 'sound' : 'something is wrong'}`, ...counted, ...notes.map((one) => `note: ${one}`), ...problems.map((one) => `problem: ${one}`)];
}

async function check(file: string | undefined, flags: StoreFlags, io: Io): Promise<void> {
  const [{ checkBackup, checkStore }, { storeName }] = await Promise.all([import('../store/check.js'), import('../store/open-store.js')]);
  if (file !== undefined && !existsSync(file)) throw new CliFailure(`store: ${clean(file)}: there is no such file: give a backup, or nothing for the store itself`);
  const where = file ?? (await found(flags, io)).where;
  const checked = done(file === undefined ? await checkStore(where) : await checkBackup(where));
  const name = storeName(where);
  if (flags.format === 'json') io.stdout.write(`${JSON.stringify({ schema: 'kcovet/store-check@1', of: name, ...checked }, null, 2)}\n`);
  else io.stdout.write(`${linesOf(name, checked).map(clean).join('\n')}\n`);
  if (checked.problems.length > 0) throw new CliFailure(`store: ${clean(name)}: ${clean(checked.problems[0] ?? '')}: ${file === undefined ? 'put a backup back into an empty store' : 'take another backup'}`);
}

async function prune(flags: StoreFlags, io: Io): Promise<void> {
  const { config, where } = await found(flags, io);
  const { openStoreAt } = await import('../store/open-store.js');
  const { store } = done(await openStoreAt(where));
  try {
    const pruned = await store.prune(config.retention, Date.now());
    if (flags.format === 'json') io.stdout.write(`${JSON.stringify({ schema: 'kcovet/store-prune@1', pruned }, null, 2)}\n`);
    else io.stdout.write(`${Object.entries(pruned).map(([what, n]) => `${n} ${what}`).join(', ')}\n`);
  } finally {
    await store.close();
  }
}

/** The command with its verbs. */
export function storeCommand(io: Io): Command {
  const command = new Command('store').description('Back up, restore, check and prune what a server remembers.').addHelpText('after', help);
  const verb = (text: string, what: string): Command => command.command(text).description(what)
    .option('--config <file>', 'kcovet.yml of the server').option('--env <file>', 'variables, a line NAME=VALUE each');
  const format = (): Option => new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text');
  verb('backup', 'write the store to a file').argument('<file>', 'ends in .sqlite for a copy, in .gz for lines with gzip').action((file: string, flags: StoreFlags) => backup(file, flags, io));
  verb('restore', 'put a backup into a store that is empty').argument('<file>', 'what backup wrote, or a store in a file').action((file: string, flags: StoreFlags) => restore(file, flags, io));
  verb('check', 'say whether a store, or a backup, is whole').argument('[file]', 'a backup; the store itself when left out').addOption(format()).action((file: string | undefined, flags: StoreFlags) => check(file, flags, io));
  verb('prune', 'drop what is older than it has to be kept').addOption(format()).action((flags: StoreFlags) => prune(flags, io));
  return command;
}
