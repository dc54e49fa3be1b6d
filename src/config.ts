/**
 * @module What a server is told by kcovet.yml and by its environment: read once, frozen, and complete or refused with all that is
 * wrong with it. The names of GitHub's credentials are Probot's.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { spanSeconds } from './gateway/public-inbox/mirror-cursor.js';
import { meantBy } from './misspelt.js';
import { readYaml } from './service/yaml-file.js';
import { serveSchema, VARIABLES, type Settings } from './settings.js';
import { RETENTION, type Retention } from './store/retention.js';

/** A GitHub App. */
export interface AppConfig {
  readonly appId: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Of GitHub's API; null for that of github.com. */
  readonly apiUrl: string | null;
}

/** A server's configuration. */
export interface ServeConfig {
  /** Null where no pull requests are reviewed. */
  readonly github: AppConfig | null;
  readonly host: string;
  readonly port: number;
  /** How people reach the pages; null: where it listens. */
  readonly url: string | null;
  readonly pages: 'open' | 'token' | 'proxy';
  /** The token that is given; null: the one in the data folder. */
  readonly token: string | null;
  readonly proxy: { readonly header: string; readonly from: readonly string[]; readonly actors: readonly string[] | 'all' } | null;
  /** The data folder. */
  readonly data: string;
  /** watch.yml of lists that the server watches, too; null for none. */
  readonly watch: string | null;
  /** Address of the database; null: a file in the data folder. */
  readonly database: string | null;
  /** Null: the queue is in this process. */
  readonly redis: { readonly url: string; readonly prefix: string } | null;
  readonly states: number;
  readonly memoryMb: number;
  /** After which a review is stopped. */
  readonly seconds: number;
  /** Searches of a review that run at a time. */
  readonly jobs: number;
  /** Jobs that run at a time. */
  readonly reviews: number;
  /** Milliseconds that what runs has to end when the server stops. */
  readonly graceMs: number;
  readonly retention: Retention;
  /** Where a worker answers; null: nowhere. */
  readonly workerPort: number | null;
  readonly log: 'info' | 'warn' | 'error';
}

export type ReadConfig = { readonly ok: true; readonly config: ServeConfig } | { readonly ok: false; readonly problems: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;

/** A file with settings. */
export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}

/** The defaults: what `kcovet serve` is without a file and without variables. */
export const defaultConfig: ServeConfig = Object.freeze({
  github: null, host: '127.0.0.1', port: 3000, url: null, pages: 'token', token: null, proxy: null, data: 'kcovet-data', watch: null, database: null, redis: null,
  states: 400_000, memoryMb: 1024, seconds: 3600, jobs: 2, reviews: 1, graceMs: 5_000, retention: RETENTION, workerPort: null, log: 'info',
});

/** Reads the configuration out of an environment, and a file if there is one. An empty variable is none. */
export function readServeConfig(env: Env, file: SettingsFile | null = null): ReadConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== '')) as Record<string, string>;
  const read = file === null ? { ok: true as const, config: {} } : readYaml(file.text, { schema: serveSchema, name: file.path, example: 'port: 3000' });
  const variables = readVariables(given);
  const settings = merged(read.ok ? placed(read.config, file) : {}, variables.values);
  const github = appOf(settings, given);
  const problems = [...(read.ok ? [] : read.problems), ...variables.problems, ...github.problems.filter((one) => !variables.problems.some((other) => other.startsWith(firstWord(one)))), ...(read.ok ? together(settings) : [])];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: Object.freeze({ ...configOf(settings), github: github.app, token: given['KCOVET_TOKEN'] ?? null }) };
}

const firstWord = (problem: string): string => `${problem.split(/[ :]/u)[0] ?? ''} `;

/** Paths of a file are meant from its folder. */
function placed(settings: Settings, file: SettingsFile | null): Settings {
  const from = (path: string): string => resolve(dirname(file?.path ?? '.'), path);
  const { data, watch, github } = settings;
  const key = github?.['private-key-path'];
  return {
    ...settings, ...(data === undefined ? {} : { data: from(data) }), ...(watch === undefined ? {} : { watch: from(watch) }),
    ...(key === undefined ? {} : { github: { ...github, 'private-key-path': from(key) } }),
  };
}

/** Settings that the environment has, each checked by itself. */
function readVariables(env: Env): { values: Record<string, unknown>; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems = env['KCOVET_STORE'] === undefined ? [] : ['KCOVET_STORE is KCOVET_DATA by now: give the folder that kcovet.sqlite is in'];
  if (env['KCOVET_TOKEN'] !== undefined && env['KCOVET_TOKEN'].length < 16) problems.push('KCOVET_TOKEN is too short: take 16 random characters or more');
  else if (env['KCOVET_TOKEN'] !== undefined && !/^[\x21-\x7e]{16,500}$/u.test(env['KCOVET_TOKEN'])) problems.push('KCOVET_TOKEN has a blank, a letter beyond ASCII, or more than 500 characters: programs could not send it');
  problems.push(...misspelt(env));
  for (const [name, path] of Object.entries(VARIABLES)) {
    const text = env[name];
    if (text === undefined) continue;
    const schema = leafAt(path);
    const parsed = schema.safeParse(isNumber(schema) && /^\d{1,15}$/u.test(text) ? Number(text) : text);
    if (parsed.success) values[path] = parsed.data;
    else problems.push(`${name} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
  }
  return { values, problems };
}

/** Variables that are nearly ours. Others that begin with KCOVET_ are somebody else's. */
function misspelt(env: Env): string[] {
  const names = [...Object.keys(VARIABLES).filter((name) => name.startsWith('KCOVET_')), 'KCOVET_TOKEN'];
  return Object.keys(env).filter((name) => name.startsWith('KCOVET_') && name !== 'KCOVET_STORE').flatMap((name) => {
    const meant = meantBy(name, names);
    return meant === null ? [] : [`${name} is no setting: ${meant} is`];
  });
}

/** The schema of one setting by its path, such as "limits.states". */
function leafAt(path: string): z.ZodType {
  let here: z.ZodType = serveSchema;
  for (const key of path.split('.')) {
    const shape = here instanceof z.ZodObject ? here.shape as Record<string, z.ZodType> : {};
    here = bare(shape[key] ?? z.never());
  }
  return here;
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? schema.unwrap() as z.ZodType : schema;
}

function isNumber(schema: z.ZodType): boolean {
  return schema instanceof z.ZodNumber;
}

/** Settings with some of them replaced, by their paths. */
function merged(settings: Settings, values: Readonly<Record<string, unknown>>): Settings {
  const all = structuredClone(settings) as Record<string, unknown>;
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let here = all;
    for (const key of keys) here = (here[key] ??= {}) as Record<string, unknown>;
    here[last] = value;
  }
  return all;
}

/** What is wrong between settings that are right by themselves. */
function together({ pages, proxy }: Settings): string[] {
  if (proxy !== undefined && pages !== 'proxy') return ['proxy: is for pages: proxy, and does nothing without: take it out, or set pages: proxy'];
  return pages === 'proxy' && proxy === undefined ? ['pages: proxy needs proxy: {header: X-Forwarded-User, actors: all} in a file given with --config'] : [];
}

function configOf({ host, port, url, pages, proxy, data, watch, database, redis, 'redis-prefix': prefix, limits, reviews, grace, retention, 'worker-port': workerPort, log }: Settings): ServeConfig {
  const by = defaultConfig;
  return {
    github: null, token: null, host: host ?? by.host, port: port ?? by.port, url: url?.replace(/\/+$/u, '') ?? null, pages: pages ?? by.pages,
    proxy: proxy === undefined ? null : { header: proxy.header, from: proxy.from ?? ['127.0.0.1', '::1'], actors: proxy.actors },
    data: data ?? by.data, watch: watch ?? null, database: database ?? null, redis: redis === undefined ? null : { url: redis, prefix: prefix ?? 'kcovet' },
    states: limits?.states ?? by.states, memoryMb: limits?.memory ?? by.memoryMb, seconds: limits?.seconds ?? by.seconds, jobs: limits?.searches ?? by.jobs,
    reviews: reviews ?? by.reviews, graceMs: grace === undefined ? by.graceMs : grace * 1000, retention: retentionOf(retention ?? {}), workerPort: workerPort ?? null, log: log ?? by.log,
  };
}

/** How long what is kept, with what is not said as it is by default. */
function retentionOf(given: NonNullable<Settings['retention']>): Retention {
  const said = Object.entries(given).map(([name, span]) => [`${name}Ms`, (spanSeconds(span ?? '') ?? 0) * 1000]);
  return { ...RETENTION, ...Object.fromEntries(said) as Partial<Retention> };
}

/** The App, where anything is said about one; null where nothing is. */
function appOf({ github = {} }: Settings, env: Env): { app: AppConfig | null; problems: string[] } {
  const { 'app-id': appId, 'private-key-path': keyPath, 'webhook-secret': secret, host, protocol } = github;
  const inline = env['PRIVATE_KEY'];
  const isGiven = [env['APP_ID'] ?? appId, env['WEBHOOK_SECRET'] ?? secret, env['PRIVATE_KEY_PATH'] ?? keyPath, inline].some((one) => one !== undefined);
  if (!isGiven) return { app: null, problems: [] };
  const key = privateKey(inline, keyPath);
  const problems = [
    ...(appId === undefined ? ['APP_ID is missing: the number of the App, from its page'] : []),
    ...(secret === undefined ? ['WEBHOOK_SECRET is missing: the text that GitHub signs webhooks with'] : []),
    ...('problem' in key ? [key.problem] : []),
  ];
  const apiUrl = host === undefined ? null : `${protocol ?? 'https'}://${host}/api/v3`;
  return { app: { appId: String(appId), privateKey: 'text' in key ? key.text : '', webhookSecret: secret ?? '', apiUrl }, problems };
}

/** The key of the App: in the variable, with \n for new lines if need be, or in a file. */
function privateKey(inline: string | undefined, path: string | undefined): { text: string } | { problem: string } {
  if (inline === undefined && path === undefined) return { problem: 'PRIVATE_KEY_PATH is missing: the .pem file that GitHub gave when the key was made' };
  try {
    const text = inline?.replace(/\\n/gu, '\n') ?? readFileSync(path ?? '', 'utf8');
    return /-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(text) ? { text } : { problem: `${inline === undefined ? String(path) : 'PRIVATE_KEY'} is no private key in PEM form` };
  } catch (error) {
    return { problem: `PRIVATE_KEY_PATH: ${error instanceof Error ? error.message : String(error)}` };
  }
}
