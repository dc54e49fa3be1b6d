/**
 * @module kcovet.yml: what a server is told by a file, and by which variables of the environment. Each setting is checked by one schema,
 * wherever it comes from; schema/serve.schema.json is printed from the schema here.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { spanSeconds } from './gateway/public-inbox/mirror-cursor.js';

const number = (min: number, max: number, error = `is a number from ${min} to ${max}`) => {
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};
const text = (max: number, what: string) => z.string({ error: `is ${what}` }).min(1, { error: `is ${what}` }).max(max, { error: `is ${what}` });
const path = (what: string) => text(4096, what);
const span = z.string().refine((given) => (spanSeconds(given) ?? 0) > 0, { error: 'is a time such as 90.days' });
const address = (protocols: RegExp, example: string) => z.url({ protocol: protocols, error: `is an address such as ${example}` }).max(2000);

function isNetwork(given: string): boolean {
  const [, ip = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/u.exec(given) ?? [];
  const version = isIP(ip);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

/** How long things are kept. */
const retentionSchema = z.strictObject({
  deliveries: span.optional().describe('Ids of webhooks that were taken. 30.days when left out; GitHub sends none again after three.'),
  jobs: span.optional().describe('Jobs at their end, dead letters too: 30.days.'),
  reviews: span.optional().describe('Reviews and patches of versions that are not the newest: 1.year.'),
  mails: span.optional().describe('Mails and series that nothing open needs: 1.year.'),
  drafts: span.optional().describe('Drafts at their end: 1.year.'),
  audit: span.optional().describe('What was done towards the outside, and by whom: 2.years.'),
});

export const serveSchema = z.strictObject({
  data: path('a folder').optional().describe('Folder of the store, of fetched mirrors and of the token: kcovet-data. Made when it is not there.'),
  host: text(255, 'a name or an address of this machine').optional().describe('Where it listens: 127.0.0.1.'),
  port: number(0, 65_535).optional().describe('3000; 0 is any free one.'),
  url: address(/^https?$/u, 'https://kcovet.example.org').optional().describe('How people reach its pages; http://HOST:PORT when left out.'),
  pages: z.enum(['open', 'token', 'proxy'], { error: 'is open, token or proxy' }).optional()
    .describe('Who may read: all (open), who has the token (token, the default), or whom a proxy names (proxy).'),
  proxy: z.strictObject({
    header: z.string().regex(/^[A-Za-z0-9-]{1,60}$/u, { error: 'is the name of a header, such as X-Forwarded-User' }).describe('Header in which the proxy says who it is.'),
    from: z.array(text(64, 'an address such as 127.0.0.1').refine(isNetwork, { error: 'is an address such as 127.0.0.1, or a network such as 10.0.0.0/8; names do not count' })).min(1).max(20).optional().describe('Addresses that the proxy asks from: loopback when left out.'),
    actors: z.union([z.literal('all'), z.array(text(200, 'a name')).max(500)], { error: 'is all, or a list of names' }).describe('Who may moderate and ask for reviews: all, or a list of names.'),
  }).optional(),
  github: z.strictObject({
    'app-id': number(1, 999_999_999_999, 'is the number of the App, such as 123456').optional().describe('Number of the App, from its page.'),
    'private-key-path': path('the .pem file that GitHub gave when the key was made').optional().describe('The .pem file that GitHub gave when the key was made.'),
    'webhook-secret': z.string({ error: 'is the text that GitHub signs webhooks with' }).min(8, { error: 'is too short: GitHub signs webhooks with it, take 16 random characters or more' }).max(1000).optional().describe('What GitHub signs webhooks with; better in WEBHOOK_SECRET.'),
    host: z.string().regex(/^[\w.-]+(?::\d+)?$/u, { error: 'is a host name, with a port if need be' }).optional().describe('A GitHub Enterprise Server instead of github.com.'),
    protocol: z.enum(['http', 'https'], { error: 'is http or https' }).optional(),
  }).optional().describe('The GitHub App; without it no pull request is reviewed.'),
  watch: path('a watch.yml').optional().describe('watch.yml of mailing lists; without it none is watched.'),
  database: address(/^postgres(?:ql)?$/u, 'postgres://kcovet@127.0.0.1/kcovet').optional().describe('A database of Postgres instead of the file in the data folder.'),
  redis: address(/^rediss?$/u, 'redis://127.0.0.1:6379').refine((url) => URL.canParse(url) && new URL(url).hostname !== '' && /^\/?\d*$/u.test(new URL(url).pathname), { error: 'is an address such as redis://127.0.0.1:6379, with /DATABASE, a number, if need be' }).optional().describe('A Redis for the queue instead of the one in this process; several workers need it.'),
  'redis-prefix': z.string().regex(/^[\w-]{1,60}$/u, { error: 'is a word' }).optional().describe('What keys in Redis begin with: kcovet.'),
  reviews: number(1, 64).optional().describe('Jobs that run at a time: 1.'),
  limits: z.strictObject({
    states: number(1, 999_999_999).optional().describe('States of one scenario: 400000.'),
    memory: number(16, 1_000_000).optional().describe('Megabytes of one search: 1024.'),
    seconds: number(1, 86_400).optional().describe('After which a review is stopped: 3600.'),
    searches: number(1, 64).optional().describe('Searches of one review that run at a time: 2.'),
  }).optional().describe('What one review may take.'),
  grace: number(0, 3600).optional().describe('Seconds that what runs has to end when the server stops: 5.'),
  retention: retentionSchema.optional(),
  'worker-port': number(1, 65_535).optional().describe('Where kcovet worker answers /healthz, /readyz and /metrics; nowhere when left out.'),
  log: z.enum(['info', 'warn', 'error'], { error: 'is info, warn or error' }).optional().describe('What is written to the log: info.'),
});

/** Settings as far as they are given. */
export type Settings = z.infer<typeof serveSchema>;

/** Variables of the environment, and the setting that each is. They win over the file. */
export const VARIABLES: Readonly<Record<string, string>> = {
  APP_ID: 'github.app-id', PRIVATE_KEY_PATH: 'github.private-key-path', WEBHOOK_SECRET: 'github.webhook-secret', GHE_HOST: 'github.host', GHE_PROTOCOL: 'github.protocol',
  HOST: 'host', PORT: 'port', DATABASE_URL: 'database', REDIS_URL: 'redis',
  KCOVET_DATA: 'data', KCOVET_URL: 'url', KCOVET_PAGES: 'pages', KCOVET_WATCH: 'watch', KCOVET_REDIS_PREFIX: 'redis-prefix', KCOVET_REVIEWS: 'reviews',
  KCOVET_STATES: 'limits.states', KCOVET_MEMORY: 'limits.memory', KCOVET_SECONDS: 'limits.seconds', KCOVET_JOBS: 'limits.searches',
  KCOVET_GRACE: 'grace', KCOVET_WORKER_PORT: 'worker-port', KCOVET_LOG: 'log',
};

/** The JSON Schema (draft 2020-12) that is published as schema/serve.schema.json. */
export function serveJsonSchema(): unknown {
  return { $id: 'kcovet/serve@1', title: 'kcovet.yml of kcovet serve and kcovet worker', ...z.toJSONSchema(serveSchema, { io: 'input' }) };
}
