/**
 * @module Registers the App with one click: a page on loopback hands the manifest to GitHub, which comes back with a code
 * that is good for the credentials, once. Follows
 * https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { limitedFetch } from '../gateway/limited-fetch.js';
import { LIMITS } from '../gateway/limits.js';
import { WEBHOOK_PATH } from './webhook-server.js';

/** What is registered, and where. */
export interface RegistrationOptions {
  /** The manifest, as app.yml has it. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Address at which GitHub reaches the server, without a path. */
  readonly publicUrl: string;
  /** The organization that it is to belong to; null for the person who clicks. */
  readonly organization: string | null;
  /** Of GitHub's pages and of its API. */
  readonly webUrl: string;
  readonly apiUrl: string;
  /** Port of the page; 0 for any. */
  readonly port: number;
}

const credentialsSchema = z.object({ id: z.number().int(), pem: z.string(), webhook_secret: z.string(), html_url: z.string() });

/** What GitHub gives for the code. */
export interface Credentials {
  readonly appId: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** The page of the App. */
  readonly htmlUrl: string;
}

export interface Registration {
  /** The page to open. */
  readonly url: string;
  /** Resolves when somebody has clicked; rejects when GitHub gives nothing for the code. */
  readonly credentials: Promise<Credentials>;
  readonly close: () => Promise<void>;
}

/** Starts the page. */
export async function startRegistration(options: RegistrationOptions): Promise<Registration> {
  const state = randomBytes(16).toString('hex');
  let settle: { resolve: (value: Credentials) => void; reject: (error: unknown) => void } | null = null;
  const credentials = new Promise<Credentials>((resolve, reject) => { settle = { resolve, reject }; });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const answer = (status: number, body: string): void => { response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(body); };
    if (url.pathname === '/') return answer(200, page(options, state, (server.address() as AddressInfo).port));
    if (url.pathname !== '/registered' || url.searchParams.get('state') !== state) return answer(404, '<p>Nothing here.</p>');
    void exchange(options.apiUrl, url.searchParams.get('code') ?? '').then((given) => {
      answer(200, `<p>Registered. <a href="${escaped(given.htmlUrl)}/installations/new">Install it</a>, and go on in the terminal.</p>`);
      settle?.resolve(given);
    }, (error: unknown) => {
      answer(502, '<p>GitHub gave no credentials: the terminal says why.</p>');
      settle?.reject(error);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeIdleConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, credentials, close };
}

/** Where the form is sent. */
function target({ webUrl, organization }: RegistrationOptions, state: string): string {
  const path = organization === null ? 'settings/apps/new' : `organizations/${encodeURIComponent(organization)}/settings/apps/new`;
  return `${webUrl}/${path}?state=${state}`;
}

function page(options: RegistrationOptions, state: string, port: number): string {
  const manifest = {
    ...options.manifest, url: options.publicUrl, redirect_url: `http://localhost:${port}/registered`,
    hook_attributes: { url: `${options.publicUrl}${WEBHOOK_PATH}`, active: true },
  };
  return `<!doctype html><title>kcovet</title><form action="${escaped(target(options, state))}" method="post">
<input type="hidden" name="manifest" value="${escaped(JSON.stringify(manifest))}">
<p>kcovet is registered as a GitHub App of ${options.organization === null ? 'yours' : escaped(options.organization)}, sending its events to ${escaped(options.publicUrl)}.</p>
<button>Register it on GitHub</button></form>`;
}

function escaped(text: string): string {
  return text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;').replace(/"/gu, '&quot;');
}

async function exchange(apiUrl: string, code: string): Promise<Credentials> {
  if (!/^[\w-]{1,200}$/u.test(code)) throw new Error('GitHub came back without a code');
  const ask = limitedFetch({ ms: LIMITS.requestMs, bytes: LIMITS.answerBytes });
  const response = await ask(`${apiUrl}/app-manifests/${code}/conversions`, { method: 'POST', headers: { accept: 'application/vnd.github+json', 'user-agent': 'kcovet' } });
  if (response.status !== 201) throw new Error(`GitHub gave no credentials for the code (${response.status}): it is good once, and for an hour`);
  const { id, pem, webhook_secret: webhookSecret, html_url: htmlUrl } = credentialsSchema.parse(await response.json());
  return { appId: String(id), privateKey: pem, webhookSecret, htmlUrl };
}
