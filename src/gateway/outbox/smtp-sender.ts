/**
 * @module Mails by SMTP (RFC 5321), one connection each, as the bytes they are. What counts is whether the text of the mail was
 * begun: before that nothing was taken; after it only an answer of the server says what became of it, and without one nobody
 * knows. Every wait has a limit.
 */
import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import type { Letter, SendOutcome, Sender, Turned } from './sender.js';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /**
   * `tls`: from the first byte. `starttls`: before anything else. `none`: never. Left out: `starttls` with a login; without one
   * STARTTLS where the server has it, whoever signed its certificate, as mail servers do among themselves.
   */
  readonly security?: 'tls' | 'starttls' | 'none';
  /** What the server is greeted with; the name of this machine when left out. */
  readonly name?: string;
  readonly login?: { readonly user: string; readonly password: string };
  /** Milliseconds for each answer. */
  readonly answerMs?: number;
  /** Milliseconds for one mail in all. */
  readonly totalMs?: number;
}

/** Milliseconds that a server has for an answer: RFC 5321, 4.5.3.2, says up to 10 minutes after the text. */
const ANSWER_MS = 120_000;
/** Milliseconds for one mail in all; less than a claim lasts. */
export const SMTP_TOTAL_MS = 300_000;
/** Bytes of one answer that are read. */
const ANSWER_BYTES_MAX = 16 * 1024;

/** What nodemailer says about a failure. */
type Failure = Error & { readonly code?: string; readonly responseCode?: number; readonly response?: string | false; readonly recipient?: string };

/** One line of at most 200 characters. */
function lineOf(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/\p{Cc}/gu, '').trim().slice(0, 200);
}

function whyOf(error: Failure): string {
  return lineOf(typeof error.response === 'string' && error.response !== '' ? error.response : error.message);
}

/** How far the talk with a server is: before the envelope nothing that it says is about the mail. */
type Phase = 'greeting' | 'envelope' | 'text';

/** Whether a failure may be over at another time. */
function isTemporary({ responseCode, code }: Failure): boolean {
  return responseCode === undefined ? code !== 'EENVELOPE' && code !== 'EMESSAGE' : responseCode < 500;
}

/** What a failure means. */
function outcomeOf(error: Failure, phase: Phase): SendOutcome {
  const why = whyOf(error);
  const answered = error.responseCode !== undefined && error.responseCode >= 400;
  if (phase === 'text' && !answered) return { kind: 'unsure', why: `${why}, after the text of the mail was begun` };
  return { kind: phase === 'greeting' || isTemporary(error) ? 'later' : 'refused', why };
}

function turnedOf(error: Failure): Turned {
  return { to: error.recipient ?? '', why: whyOf(error) };
}

function sentOf({ response, rejectedErrors = [] }: SMTPConnectionSendInfo): SendOutcome {
  const turned = rejectedErrors as Failure[];
  return { kind: 'sent', answer: lineOf(response), refused: turned.filter((one) => !isTemporary(one)).map(turnedOf), later: turned.filter(isTemporary).map(turnedOf) };
}

/** The text as a stream that says when the first byte was asked for. */
function streamOf(raw: string, onBegin: () => void): Readable {
  return new Readable({
    read() {
      onBegin();
      this.push(Buffer.from(raw));
      this.push(null);
    },
  });
}

/** A server that mails are handed to. */
export class SmtpSender implements Sender {
  readonly where: string;

  constructor(private readonly options: SmtpOptions) {
    this.where = `${options.host}:${options.port}`;
  }

  async send(letter: Letter): Promise<SendOutcome> {
    const connection = this.connection();
    let phase: Phase = 'greeting';
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<SendOutcome>((resolve) => {
        const fail = (error: Error): void => resolve(outcomeOf(error, phase));
        timer = setTimeout(() => fail(new Error('not done in time')), this.options.totalMs ?? SMTP_TOTAL_MS);
        connection.on('error', fail);
        connection.on('end', () => fail(new Error('the connection ended')));
        const hand = (): void => {
          phase = 'envelope';
          const envelope = { from: letter.from, to: [...letter.to], size: Buffer.byteLength(letter.raw), use8BitMime: !/^[\x00-\x7f]*$/u.test(letter.raw), ...(letter.envelopeId === undefined ? {} : { dsn: { id: letter.envelopeId } }) };
          connection.send(envelope, streamOf(letter.raw, () => { phase = 'text'; }), (error, info) => {
            if (error || !info) fail(error ?? new Error('no answer'));
            else resolve(sentOf(info));
          });
        };
        connection.connect((error) => { if (error) fail(error); else this.login(connection, fail, hand); });
      });
    } finally {
      clearTimeout(timer);
      // A failure that comes when all is over is nobody's.
      connection.removeAllListeners();
      connection.on('error', () => {});
      connection.close();
    }
  }

  private connection(): SMTPConnection {
    const { host, port, name, login, answerMs = ANSWER_MS } = this.options;
    const security = this.options.security ?? (login === undefined ? undefined : 'starttls');
    return new SMTPConnection({
      host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none', ...(name === undefined ? {} : { name }),
      ...(security === undefined ? { tls: { rejectUnauthorized: false } } : {}),
      connectionTimeout: answerMs, greetingTimeout: answerMs, socketTimeout: answerMs, dnsTimeout: answerMs, maxResponseSize: ANSWER_BYTES_MAX, socketCloseTimeout: 500,
    });
  }

  private login(connection: SMTPConnection, fail: (error: Error) => void, next: () => void): void {
    const { login } = this.options;
    if (!login) return next();
    connection.login({ user: login.user, pass: login.password }, (error) => { if (error) fail(error); else next(); });
  }
}
