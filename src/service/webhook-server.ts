/**
 * @module The door: one server for webhooks and for what else is asked. A body of a webhook is measured and its signature compared, in constant time, before anything
 * reads it; answers are fixed texts, and no part of a payload is logged. What passes goes to Probot, which enqueues it.
 * Follows https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { errorField } from './log.js';
import type { Log } from './log.js';
import { bodyOf } from './request-body.js';
import type { Store } from '../store/store.js';

/** Where GitHub sends webhooks unless it is told otherwise; Probot's default. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** What GitHub sends at most. */
const BODY_MAX = 25 * 1024 * 1024;
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;

/** An event whose signature is right. */
export interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
}

/** What takes webhooks. */
export interface Webhooks {
  readonly secret: string;
  /** Takes an event; resolves when its work is kept. */
  readonly receive: (webhook: Webhook) => Promise<void>;
  readonly store: Pick<Store, 'hasDelivery' | 'noteDelivery'>;
  readonly log: Log;
  readonly bodyMax?: number;
}

/** What is answered, in one line. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What answers beside webhooks, and who counts. */
export interface Door {
  /** Answers what is no webhook, and webhooks too where none are taken. */
  readonly rest: RequestListener;
  /** Told of each answer: what it is to, and its status. */
  readonly onAnswer?: (to: Asked, status: number) => void;
}

/** What is asked for. */
export type Asked = 'webhook' | 'api' | 'page';

/** A server that is not listening yet. */
export function doorServer(webhooks: Webhooks | null, { rest, onAnswer }: Door): Server {
  const server = createServer((request, response) => {
    const path = pathOf(request);
    if (onAnswer) response.once('close', () => { if (response.headersSent) onAnswer(askedBy(path), response.statusCode); });
    if (webhooks === null || path !== WEBHOOK_PATH) return rest(request, response);
    void answerTo(request, webhooks).catch((error: unknown): Answer => {
      webhooks.log('error', 'a request failed', errorField(error));
      return { status: 500, text: 'failed' };
    }).then((answer) => send(response, answer));
  });
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = HEADERS_MS;
  return server;
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : '';
}

function askedBy(path: string): Asked {
  if (path === WEBHOOK_PATH) return 'webhook';
  return path.startsWith('/api/') ? 'api' : 'page';
}

function send(response: ServerResponse, { status, text }: Answer): void {
  // What is left of a body that is not read would be taken for the next request.
  const close: Record<string, string> = status === 413 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...close }).end(`${text}\n`);
}

async function answerTo(request: IncomingMessage, options: Webhooks): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, text: 'POST only' };
  const body = await bodyOf(request, options.bodyMax ?? BODY_MAX);
  if (body === null) return { status: 413, text: 'too large' };
  if (!isSigned(body, header(request, 'x-hub-signature-256'), options.secret)) return { status: 401, text: 'wrong signature' };
  return await accepted(request, body, options);
}

async function accepted(request: IncomingMessage, body: Buffer, { receive, store, log }: Webhooks): Promise<Answer> {
  const [id, name] = [header(request, 'x-github-delivery'), header(request, 'x-github-event')];
  if (!/^[\w-]{1,100}$/u.test(id) || !/^\w{1,100}$/u.test(name)) return { status: 400, text: 'no event or no delivery is named' };
  const payload = parsed(body);
  if (payload === null) return { status: 400, text: 'not JSON' };
  if (await store.hasDelivery(id)) return { status: 202, text: 'known' };
  try {
    await receive({ id, name, payload });
    await store.noteDelivery(id, Date.now());
  } catch (error) {
    log('error', 'a delivery was not taken', { id, event: name, ...errorField(error) });
    return { status: 500, text: 'not taken: deliver it again' };
  }
  log('info', 'delivery', { id, event: name });
  return { status: 202, text: 'taken' };
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function isSigned(body: Buffer, signature: string, secret: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parsed(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
