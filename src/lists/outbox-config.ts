/** @module The outbox of a configuration: a folder, a Maildir or a mail server, and who writes. */
import { z } from 'zod';
import { FolderSender, MaildirSender } from '../gateway/outbox/folder-sender.js';
import type { Sender } from '../gateway/outbox/sender.js';
import { SmtpSender } from '../gateway/outbox/smtp-sender.js';

/** The variable that holds the password of the mail server. */
export const PASSWORD_VARIABLE = 'KCOVET_SMTP_PASSWORD';

const path = (what: string): z.ZodString => z.string({ error: `give ${what}` }).min(1, { error: `give ${what}` }).max(4096);

const smtpSchema = z.strictObject({
  host: z.string({ error: 'give the name of the mail server' }).min(1).max(255),
  port: z.number({ error: 'give the port, such as 25 or 587' }).int().min(1).max(65_535).default(25),
  security: z.enum(['tls', 'starttls', 'none'], { error: 'give tls, starttls or none' }).optional().describe('tls: from the first byte. starttls: required. none: never. Left out: starttls with a login, else STARTTLS where the server has it, whoever signed its certificate.'),
  name: z.string().min(1).max(255).optional().describe('What the server is greeted with.'),
  user: z.string().min(1).max(255).optional().describe(`For a server that wants a login; the password is in ${PASSWORD_VARIABLE}.`),
});

const FORM = 'give a folder, or one of "dir: FOLDER", "maildir: FOLDER" and "smtp: {host: ..., port: 25}"';

/** A folder by its path alone, or one of dir, maildir and smtp. */
export const outboxSchema = z.preprocess((value) => (typeof value === 'string' ? { dir: value } : value), z.strictObject({
  dir: path('a folder').optional(), maildir: path('a Maildir').optional(), smtp: smtpSchema.optional(),
}, { error: (issue) => (issue.code === 'invalid_type' ? FORM : undefined) }).refine((one) => Object.values(one).filter((value) => value !== undefined).length === 1, { error: FORM }));

export type OutboxConfig = z.infer<typeof outboxSchema>;

/** What sends into the outbox; a sentence where something is missing. */
export function senderFor(outbox: OutboxConfig, env: Readonly<Record<string, string | undefined>>): Sender | string {
  if (outbox.dir !== undefined) return new FolderSender(outbox.dir);
  if (outbox.maildir !== undefined) return new MaildirSender(outbox.maildir);
  if (outbox.smtp === undefined) return FORM;
  const { user, host, port, security, name } = outbox.smtp;
  const password = env[PASSWORD_VARIABLE];
  if (user !== undefined && !password) return `the mail server wants a login as ${user}: put its password into ${PASSWORD_VARIABLE}`;
  return new SmtpSender({
    host, port, ...(security === undefined ? {} : { security }), ...(name === undefined ? {} : { name }), ...(user === undefined ? {} : { login: { user, password: password ?? '' } }),
  });
}
