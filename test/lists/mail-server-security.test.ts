/** @module Mail servers that want a login or offer TLS, with the certificate of nobody that smtp-server brings along. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { SmtpSender, type SmtpOptions } from '../../src/gateway/outbox/smtp-sender.js';

const letter = { id: 'x', raw: 'From: a@example.org\nSubject: x\n\nGröße\n', from: 'a@example.org', to: ['b@example.org'] };
const servers: SMTPServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => { server.close(resolve); });
});

interface Taken { readonly port: number; readonly taken: { secure: boolean; user: string; raw: string }[] }

async function serverWith(commands: string[]): Promise<Taken> {
  const taken: Taken['taken'] = [];
  const server = new SMTPServer({
    authOptional: commands.includes('AUTH'), disabledCommands: commands, logger: false, closeTimeout: 100, disableReverseLookup: true, allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) => (password === 'right' ? done(null, { user: username }) : done(new Error('no such login'))),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      stream.on('end', () => { taken.push({ secure: session.secure, user: String(session.user || ''), raw: Buffer.concat(chunks).toString('utf8') }); done(); });
    },
  });
  server.on('error', () => {});
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => resolve()); });
  return { port: (server.server.address() as AddressInfo).port, taken };
}

test.each<[string, string[], Partial<SmtpOptions>, string, { secure: boolean; user: string } | null]>([
  ['STARTTLS where the server has it, whoever signed', ['AUTH'], {}, 'sent', { secure: true, user: '' }],
  ['no TLS where it has none', ['AUTH', 'STARTTLS'], {}, 'sent', { secure: false, user: '' }],
  ['none, though it has', ['AUTH'], { security: 'none' }, 'sent', { secure: false, user: '' }],
  ['STARTTLS that is wanted, and has a certificate of nobody', ['AUTH'], { security: 'starttls' }, 'later', null],
  ['STARTTLS that is wanted and not there', ['AUTH', 'STARTTLS'], { security: 'starttls' }, 'later', null],
  ['a login never goes without TLS', ['STARTTLS'], { login: { user: 'me', password: 'right' } }, 'later', null],
  ['but where somebody says so', ['STARTTLS'], { security: 'none', login: { user: 'me', password: 'right' } }, 'sent', { secure: false, user: 'me' }],
  ['a login that is wrong is no fault of the mail', ['STARTTLS'], { security: 'none', login: { user: 'me', password: 'wrong' } }, 'later', null],
])('%s', async (_, commands, options, kind, expected) => {
  const { port, taken } = await serverWith(commands);
  const outcome = await new SmtpSender({ host: '127.0.0.1', port, answerMs: 20_000, totalMs: 25_000, ...options }).send(letter);
  expect(outcome.kind).toBe(kind);
  expect(taken).toEqual(expected === null ? [] : [{ ...expected, raw: letter.raw.replaceAll('\n', '\r\n') }]);
}, 60_000);
