/** @module A real mail server on loopback (smtp-server) that takes mails, or fails in the way a test asks for. */
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** Where and how it fails; numbers are what it answers. */
export type Fault =
  | 'none' | 'refused' | 'close-at-greeting' | '421-at-greeting' | '451-at-mail' | '550-at-mail' | 'silent-at-mail' | '450-at-rcpt' | '550-at-rcpt' | '450-for-jane'
  | '451-at-data' | '554-at-data' | 'close-at-data' | '452-after-text' | '554-after-text' | 'close-in-text' | 'close-after-text' | 'close-after-taking' | 'silent-after-text';

export interface MailServer {
  readonly port: number;
  readonly mails: { readonly from: string; readonly to: readonly string[]; readonly raw: string; readonly envelopeId: string }[];
  /** Resolves when the text of a mail is there for the first time, whatever is answered then. */
  readonly text: Promise<void>;
  fault(fault: Fault): void;
  /** Whether it keeps somebody waiting. */
  isSilent(): boolean;
  stop(): Promise<void>;
}

/** An error that smtp-server answers with this code. */
function reply(fault: Fault): Error {
  return Object.assign(new Error('as the test asks for'), { responseCode: Number(fault.slice(0, 3)) });
}

const listening = async (server: Server | SMTPServer['server']): Promise<number> => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return (server.address() as AddressInfo).port;
};

/**
 * The server behind a door, which sees the bytes: what a server cannot be asked to do, such as to be gone in the middle of a
 * text, the door does.
 */
export async function startMailServer(): Promise<MailServer> {
  let fault: Fault = 'none';
  const mails: { from: string; to: string[]; raw: string; envelopeId: string }[] = [];
  let hasText = (): void => {};
  const text = new Promise<void>((resolve) => { hasText = resolve; });
  const inner = new SMTPServer({
    authOptional: true, hideDSN: false, disabledCommands: ['STARTTLS', 'AUTH'], logger: false, closeTimeout: 100, disableReverseLookup: true,
    onMailFrom: (_, __, done) => { if (fault.endsWith('-at-mail') && fault !== 'silent-at-mail') done(reply(fault)); else if (fault !== 'silent-at-mail') done(); },
    onRcptTo: ({ address }, _, done) => done(fault.endsWith('-at-rcpt') || (fault === '450-for-jane' && address.startsWith('jane@')) ? reply(fault) : null),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        hasText();
        if (/^\d/u.test(fault) && fault.endsWith('-after-text')) return done(reply(fault));
        if (fault === 'close-after-text' || fault === 'silent-after-text') return;
        const from = session.envelope.mailFrom;
        mails.push({ from: from === false ? '' : from.address, to: session.envelope.rcptTo.map((one) => one.address), raw: Buffer.concat(chunks).toString('utf8'), envelopeId: session.envelope.dsn?.envid ?? '' });
        if (fault !== 'close-after-taking') done();
      });
    },
  });
  inner.on('error', () => {});
  const innerPort = await listening(inner.server);
  const sockets = new Set<Socket>();
  const door = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => {});
    serve(client, { innerPort, fault: () => fault });
  });
  const port = await listening(door);
  return {
    port, mails, text, isSilent: () => fault.startsWith('silent'),
    fault: (next) => {
      if (next === 'refused' && fault !== 'refused') door.close();
      if (next !== 'refused' && fault === 'refused') door.listen(port, '127.0.0.1');
      fault = next;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      if (door.listening) await new Promise((resolve) => { door.close(resolve); });
      await new Promise<void>((resolve) => { inner.close(resolve); });
    },
  };
}

/** One connection through the door. */
function serve(client: Socket, { innerPort, fault }: { innerPort: number; fault: () => Fault }): void {
  if (fault() === 'close-at-greeting') return void client.destroy();
  if (fault() === '421-at-greeting') return void client.end('421 4.3.2 not now\r\n');
  let inText = false;
  const inner = new (client.constructor as new () => Socket)().connect(innerPort, '127.0.0.1');
  inner.on('error', () => client.destroy());
  inner.on('close', () => client.destroy());
  client.on('close', () => inner.destroy());
  inner.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    const asked = /^354[^\n]*\n/mu.exec(text);
    if (asked && fault() === 'close-at-data') return void client.destroy();
    if (asked && fault().endsWith('-at-data')) return void client.write(text.replace(asked[0], `${fault().slice(0, 3)} as the test asks for\r\n`));
    if (asked) inText = true;
    client.write(chunk);
  });
  client.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (inText && fault() === 'close-in-text') return void client.destroy();
    if (inText && text.endsWith('\r\n.\r\n') && (fault() === 'close-after-text' || fault() === 'close-after-taking')) {
      inner.write(chunk);
      return void setTimeout(() => client.destroy(), 50);
    }
    inner.write(chunk);
  });
}
