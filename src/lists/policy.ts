/**
 * @module policy.yml: to whom kcovet may write, about what, and how often. Silent by default: a list that is not in it is off, and
 * so is every mail that goes to one. What it means for a mail is in ./decide.ts; schema/policy.schema.json is printed from here.
 */
import { z } from 'zod';
import { spanSeconds } from '../gateway/public-inbox/mirror-cursor.js';
import { readYaml, type ReadYaml } from '../service/yaml-file.js';

/** How far a mail goes, from not at all to everybody who got the patch. */
export const STAGES = ['off', 'moderators', 'author', 'list'] as const;
export type Stage = (typeof STAGES)[number];

const severities = ['high', 'medium', 'low', 'note'] as const;
export type Severity = (typeof severities)[number];

const address = z.string({ error: 'give an address, such as kcov@example.org' }).max(320).regex(/^[^\s<>@,;"]+@[^\s<>@,;"]+$/u, { error: 'give an address, such as kcov@example.org' }).transform((text) => text.toLowerCase());
const addresses = (what: string): z.ZodDefault<z.ZodArray<typeof address>> => z.array(address, { error: `give a list of addresses: ${what}` }).max(1000).default([]);
const stage = z.enum(STAGES, { error: `give one of ${STAGES.join(', ')}` });
const glob = z.string({ error: 'give a pattern, such as kernel/**' }).min(1).max(200);
const cap = z.number({ error: 'give a number of mails a day, from 0' }).int({ error: 'give a whole number of mails a day' }).min(0, { error: 'give a number of mails a day, from 0' }).max(10_000);
const severityList = z.array(z.enum(severities, { error: `give severities: ${severities.join(', ')}` }), { error: `give a list of severities, such as [${severities.slice(0, 2).join(', ')}]` });
const SPAN_FORM = 'give a span of time, such as 1.day, 6.hours, 30.minutes or 0';
const duration = z.union([z.string(), z.literal(0)], { error: SPAN_FORM }).transform((text, context) => {
  const seconds = text === 0 || text === '0' ? 0 : spanSeconds(text);
  if (seconds === null) context.addIssue({ code: 'custom', message: SPAN_FORM });
  return (seconds ?? 0) * 1000;
});

/** What may be said more strictly for one list, author or path. */
const narrower = {
  send: stage.describe('off: nothing. moderators: to those who approve it first. author: to the author alone. list: to all who got the patch.'),
  approved: z.enum(['author', 'list'], { error: 'give author or list' }).default('list').describe('With "send: moderators": to whom an approved mail goes.'),
  severities: severityList.optional().describe('Questions of these severities alone.'),
  delay: duration.optional().describe('How long a mail waits at least, in which a new version or an answer cancels it.'),
  perDay: cap.optional().describe('Mails in 24 hours at most.'),
};

const listSchema = z.strictObject({
  list: address, ...narrower,
  consent: z.string().max(500).optional().describe('Where the list agreed: a link, for the record.'),
});
const authorSchema = z.strictObject({ author: address, ...narrower });
const { perDay: _, ...withoutCap } = narrower;
const pathSchema = z.strictObject({ path: glob, ...withoutCap });
const embargoSchema = z.strictObject({
  list: address.optional(), author: address.optional(), path: glob.optional(),
  thread: z.string().max(500).optional().describe('A Message-ID of the thread, without angle brackets.'),
  until: z.iso.date({ error: 'give a day, such as 2027-01-31' }).optional().describe('The day, in UTC, from which on held mails go out. Without it they wait for somebody.'),
}).refine((one) => one.list ?? one.author ?? one.path ?? one.thread, { error: 'name a list, an author, a path or a thread' });

export const policySchema = z.strictObject({
  stop: z.boolean({ error: 'give true or false' }).default(false).describe('The one switch: true, and nothing is sent, whatever else is said here.'),
  moderators: addresses('those who approve and reject').describe('Who sees mails first, approves and rejects them.'),
  maintainers: addresses('those whose commands are taken').describe('Maintainers whose commands in replies are taken, besides moderators and the author of a patch.'),
  lists: z.array(listSchema, { error: 'give entries such as "- list: kcov@example.org"' }).max(1000).default([]).describe('The lists that agreed. All others are off.'),
  otherLists: z.enum(['off', 'moderators', 'author'], { error: 'give off, moderators or author' }).default('off').describe('For mails that also go to lists that are not named here.'),
  authors: z.array(authorSchema, { error: 'give entries such as "- author: dev@example.org"' }).max(1000).default([]).describe('Authors who want less.'),
  optOut: addresses('those who want no mail').describe('Who wants no mail: nothing is said about their patches, and they are left out of Cc.'),
  paths: z.array(pathSchema, { error: 'give entries such as "- path: kernel/kcov.c"' }).max(1000).default([]).describe('Less for patches that change these paths.'),
  severities: severityList.default(['high', 'medium', 'low', 'note']).describe('Questions of these severities alone. All when left out.'),
  delay: duration.prefault('1.hour').describe('How long a mail waits at least. An hour when left out.'),
  caps: z.strictObject({
    list: cap.default(10), author: cap.default(3), thread: cap.default(5),
  }).default({ list: 10, author: 3, thread: 5 }).describe('Mails in 24 hours at most, to one list, to one author, in one thread.'),
  answers: z.enum(['sender', 'list'], { error: 'give sender or list' }).default('sender').describe('To whom answers to commands in mails go: to who gave them alone, or, where mails may go to the list, to all who got them.'),
  cleanNotices: z.boolean({ error: 'give true or false' }).default(false).describe('Whether an author is told, alone, that there is nothing to ask.'),
  embargoes: z.array(embargoSchema, { error: 'give entries such as "- thread: 20270101.1@example.org"' }).max(1000).default([]).describe('Mails that are held although they could go.'),
});

/** The policy with its defaults; spans in milliseconds, addresses in lower case. */
export type Policy = Omit<z.infer<typeof policySchema>, 'otherLists'> & { readonly otherLists: Stage };
/** An entry for a list, an author or a path, as far as they are alike. */
export type Narrower = Pick<z.infer<typeof listSchema>, 'send' | 'approved' | 'severities' | 'delay' | 'perDay'>;

/** Reads the text of a policy; '' is silence. Never throws. */
export function parsePolicy(text: string, name = 'policy.yml'): ReadYaml<Policy> {
  return readYaml(text, { schema: policySchema, name, example: 'stop: false' });
}

/** The policy that lets nothing out. */
export const SILENT: Policy = policySchema.parse({});

/** The policy of a folder where nobody gave one: all is drafted, and whoever sends it by hand decides. */
export const UNDER_HAND: Policy = { ...policySchema.parse({ delay: 0, caps: { list: 10_000, author: 10_000, thread: 10_000 } }), otherLists: 'list' };

/** The JSON Schema (draft 2020-12) that is published as schema/policy.schema.json. */
export function policyJsonSchema(): unknown {
  return { $id: 'kcovet/policy@1', title: 'policy.yml of kcovet watch: to whom it may write', ...z.toJSONSchema(policySchema, { io: 'input' }) };
}
