/**
 * @module What a server is told by its environment: parsed once, frozen, and complete or refused with all that is wrong with
 * it. The names of GitHub's credentials are Probot's.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A number in a variable. */
const number = (byDefault: number, min: number, max: number) =>
  z.string().regex(/^\d{1,9}$/u, `is a number from ${min} to ${max}`).transform(Number).pipe(z.number().min(min).max(max)).default(byDefault);

const schema = z.object({
  APP_ID: z.string({ error: 'is missing: the number of the App, from its page' }).regex(/^\d{1,12}$/u, 'is the number of the App, such as 123456'),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string({ error: 'is missing: the text that GitHub signs webhooks with' }).min(8, 'is too short: GitHub signs webhooks with it, take 16 random characters or more'),
  HOST: z.string().default('127.0.0.1'),
  PORT: number(3000, 0, 65_535),
  GHE_HOST: z.string().regex(/^[\w.-]+(?::\d+)?$/u, 'is a host name, with a port if need be').optional(),
  GHE_PROTOCOL: z.enum(['http', 'https']).default('https'),
  KCOVET_STORE: z.string().default('kcovet.sqlite'),
  KCOVET_WATCH: z.string().optional(),
  KCOVET_STATES: number(400_000, 1, 999_999_999),
  KCOVET_MEMORY: number(1024, 16, 1_000_000),
  KCOVET_SECONDS: number(3600, 1, 86_400),
  KCOVET_JOBS: number(2, 1, 64),
  KCOVET_REVIEWS: number(1, 1, 64),
});

/** A server's configuration. */
export interface ServeConfig {
  readonly appId: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  readonly port: number;
  /** Of GitHub's API; null for that of github.com. */
  readonly apiUrl: string | null;
  /** File of the SQLite store. */
  readonly store: string;
  /** watch.yml of lists that the server watches, too; null for none. */
  readonly watch: string | null;
  readonly states: number;
  readonly memoryMb: number;
  /** After which a review is stopped. */
  readonly seconds: number;
  /** Searches of a review that run at a time. */
  readonly jobs: number;
  /** Reviews that run at a time. */
  readonly reviews: number;
}

export type ReadConfig = { readonly ok: true; readonly config: ServeConfig } | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the configuration out of an environment. An empty variable is none. */
export function readServeConfig(env: Readonly<Record<string, string | undefined>>): ReadConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  const key = privateKey(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`),
    ...('problem' in key ? [key.problem] : []),
  ];
  if (!parsed.success || 'problem' in key) return { ok: false, problems };
  const { data } = parsed;
  return {
    ok: true,
    config: Object.freeze({
      appId: data.APP_ID, privateKey: key.text, webhookSecret: data.WEBHOOK_SECRET, host: data.HOST, port: data.PORT,
      apiUrl: data.GHE_HOST === undefined ? null : `${data.GHE_PROTOCOL}://${data.GHE_HOST}/api/v3`, store: data.KCOVET_STORE, watch: data.KCOVET_WATCH ?? null,
      states: data.KCOVET_STATES, memoryMb: data.KCOVET_MEMORY, seconds: data.KCOVET_SECONDS, jobs: data.KCOVET_JOBS, reviews: data.KCOVET_REVIEWS,
    }),
  };
}

/** The key of the App: in the variable, with \n for new lines if need be, or in a file. */
function privateKey(env: Readonly<Record<string, string | undefined>>): { text: string } | { problem: string } {
  const { PRIVATE_KEY: inline, PRIVATE_KEY_PATH: path } = env;
  if (inline === undefined && path === undefined) return { problem: 'PRIVATE_KEY_PATH is missing: the .pem file that GitHub gave when the key was made' };
  try {
    const text = inline?.replace(/\\n/gu, '\n') ?? readFileSync(path ?? '', 'utf8');
    return /-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(text) ? { text } : { problem: `${inline === undefined ? String(path) : 'PRIVATE_KEY'} is no private key in PEM form` };
  } catch (error) {
    return { problem: `PRIVATE_KEY_PATH: ${error instanceof Error ? error.message : String(error)}` };
  }
}
