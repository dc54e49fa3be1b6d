/**
 * @module watch.yml: where mails of lists come from, and what becomes of reviews. Paths in it are relative to its folder. Read as a whole:
 * everything that is wrong is said at once.
 */
import { z } from 'zod';
import { sinceSeconds, spanSeconds } from '../gateway/public-inbox/mirror-cursor.js';
import { parseGithubName } from '../gateway/github.js';
import { readYaml, type ReadYaml } from '../service/yaml-file.js';
import { outboxSchema } from './outbox-config.js';

const span = (example: string): z.ZodType<string> => z.string().refine((text) => spanSeconds(text) !== null, { error: `give a time such as ${example}` });
const address = z.string().max(320).regex(/^[^\s<>@,]+@[^\s<>@,]+$/u, { error: 'give an address such as list@example.org' });
const mailbox = z.string().max(400).regex(/^(?:[^<>\r\n]*<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/u, { error: 'give an address such as kcovet <kcovet@example.org>' });
const path = z.string().min(1).max(4096);

/** Kinds of sources. */
export const sourceKinds = ['mirror', 'github-mirror', 'feed', 'maildir', 'mbox'] as const;

const sourceSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,60}$/u, { error: 'give a short name of small letters and digits, which stays: the reading goes on under it' }),
  kind: z.enum(sourceKinds, { error: 'give mirror, github-mirror, feed, maildir or mbox' })
    .describe('mirror: public-inbox v2, by url or path. github-mirror: the same layout in a repository, as OWNER/REPO. feed: new.atom or a search of an instance, by url. maildir: a folder. mbox: a file, or - for standard input.'),
  url: z.url({ protocol: /^https?$/u, error: 'give a URL of http or https' }).optional(),
  path: path.optional(),
  repository: z.string().max(200).refine((text) => parseGithubName(text) !== null, { error: 'give OWNER/REPO or OWNER/REPO@REF' }).optional(),
  query: z.string().max(500).optional().describe('For a feed: a search such as dfn:kernel/kcov.c instead of all new mails.'),
  lists: z.array(address).min(1, { error: 'name the list whose mails these are' }).describe('Addresses of the lists whose mails these are.'),
}).superRefine((source, context) => {
  const wanted = { 'mirror': ['url', 'path'], 'github-mirror': ['repository'], 'feed': ['url'], 'maildir': ['path'], 'mbox': ['path'] }[source.kind];
  const given = (['url', 'path', 'repository'] as const).filter((key) => source[key] !== undefined);
  if (given.length !== 1 || !wanted.includes(given[0] ?? '')) context.addIssue({ code: 'custom', message: `${source.name}: a ${source.kind} has ${wanted.join(' or ')}, and nothing else that says where it is` });
});

export const watchSchema = z.strictObject({
  data: path.default('kcovet-data').describe('Folder for the store and fetched mirrors. Made when it is not there.'),
  sources: z.array(sourceSchema, { error: 'give a list of sources' }).min(1, { error: 'give at least one source' })
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, { error: 'two sources have the same name' }),
  since: z.string().default('2.weeks').refine((text) => sinceSeconds(text, 0) !== null, { error: 'give a time such as 2.weeks or 2026-01-31' }).describe('Where a source that was never read begins.'),
  poll: span('5.minutes').default('5.minutes').describe('How often sources are looked at.'),
  wait: span('1.hour').default('1.hour').describe('How long patches of a series that did not come are waited for.'),
  base: z.strictObject({ tree: path.optional(), git: path.optional(), github: z.string().max(300).refine((text) => parseGithubName(text) !== null, { error: 'give OWNER/REPO or OWNER/REPO@REF' }).optional() })
    .default({}).describe('What patches are put on, as for kcovet review. The model when left out.'),
  from: mailbox.default('kcovet <kcovet@localhost>').describe('Sender of answers.'),
  'reply-to': mailbox.optional().describe('A person whom answers to answers go to.'),
  outbox: outboxSchema.optional().describe('Where answers go: a folder or a Maildir, for people who send by hand, or a mail server. They stay in the store when left out.'),
  patchwork: z.strictObject({
    url: z.url({ protocol: /^https?$/u, error: 'give a URL of http or https' }), context: z.string().regex(/^[a-z0-9-]{1,60}$/u, { error: 'give a short name of small letters, digits and -' }).default('kcovet'),
    page: z.url({ protocol: /^https?$/u, error: 'give a URL of http or https' }).optional().describe('Where a server of kcovet has pages: the Message-ID of the patch is put behind it.'),
  }).optional().describe('A Patchwork that gets a check for each patch reviewed; its token is read from KCOVET_PATCHWORK_TOKEN.'),
  policy: path.optional().describe('policy.yml: which lists want what. Without it nothing is sent to a mail server, and everything is written into a folder.'),
  trust: z.array(z.string().min(1).max(255), { error: 'give a list of names, such as [mx.example.org]' }).max(20).default([])
    .describe('Names of mail servers whose Authentication-Results say who sent a command. They must take out fields in their name that come from outside. Servers that had a mail later are named, too, or it counts for nothing.'),
});

export type WatchConfig = z.infer<typeof watchSchema>;
export type SourceConfig = WatchConfig['sources'][number];

/** Reads the text of a configuration; `name` is what it is called in messages. Never throws. */
export function readWatchConfig(text: string, name: string): ReadYaml<WatchConfig> {
  return readYaml(text, { schema: watchSchema, name, example: 'poll: 5.minutes' });
}

/** The JSON Schema (draft 2020-12) that is published as schema/watch.schema.json. */
export function watchJsonSchema(): unknown {
  return { $id: 'kcovet/watch@1', title: 'watch.yml of kcovet watch', ...z.toJSONSchema(watchSchema, { io: 'input' }) };
}
