/** @module Credentials on the fake GitHub: the App's key, its tokens, which run out, and what each may do. */
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Refusal } from './route.js';
import type { Answer, Need } from './route.js';
import type { Account } from './state.js';

/** Who asks, and what its token allows; null for everything. */
export interface Caller {
  readonly actor: Account;
  readonly permissions: ReadonlyMap<string, string> | null;
  readonly isApp: boolean;
}

interface Token {
  readonly expiresMs: number;
  revoked: boolean;
}

const HOUR_MS = 3_600_000;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export class Credentials {
  readonly appId = 7;
  readonly slug = 'kcovet';
  readonly installation = 11;
  readonly webhookSecret = 'a secret of this test';
  readonly privateKey = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  /** Tokens given out. */
  issued = 0;
  /** Permissions of the manifest that some request needed, such as "checks:write". */
  readonly used = new Set<string>();
  /** What a registration comes back with. */
  code = 'a-code';
  private readonly tokens = new Map<string, Token>();
  private readonly granted = grants();

  get bot(): Account {
    return { login: `${this.slug}[bot]`, type: 'Bot' };
  }

  /** What the manifest asks for, as "checks:write". */
  get manifest(): string[] {
    return [...this.granted].map(([name, level]) => `${name}:${level}`);
  }

  /** The owner grants the App more than its manifest asks for. */
  grant(name: string, level: 'read' | 'write'): void {
    this.granted.set(name, level);
  }

  /** The credentials for the code of a manifest, which is good once. */
  convert(code: string): Answer {
    if (code !== this.code) return { status: 404, body: { message: 'Not Found' } };
    this.code = '';
    return { status: 201, body: { id: this.appId, slug: this.slug, pem: this.privateKey, webhook_secret: this.webhookSecret, html_url: 'https://github.example/apps/kcovet' } };
  }

  /** A new token, and until when it holds. */
  issue(): Record<string, unknown> {
    this.issued += 1;
    const token = `ghs_${String(this.issued).padStart(36, '0')}`;
    const expiresMs = Date.now() + HOUR_MS;
    this.tokens.set(token, { expiresMs, revoked: false });
    return { token, expires_at: new Date(expiresMs).toISOString(), permissions: Object.fromEntries(this.granted), repository_selection: 'all' };
  }

  /** All tokens that were given out are refused from now on. */
  revokeTokens(): void {
    for (const token of this.tokens.values()) token.revoked = true;
  }

  /** Who sends an Authorization header; throws the refusal GitHub answers. */
  callerOf(header: string | undefined): Caller {
    const value = /^(?:bearer|token) (.+)$/iu.exec(header ?? '')?.[1] ?? '';
    if (isSigned(value)) return { actor: this.bot, permissions: null, isApp: true };
    const token = this.tokens.get(value);
    if (!token || token.revoked || token.expiresMs <= Date.now()) throw new Refusal(401, 'Bad credentials');
    return { actor: this.bot, permissions: this.granted, isApp: false };
  }

  /** Refuses what the manifest does not ask for. */
  demand(caller: Caller, needs: readonly Need[]): void {
    const enough = needs.find((need) => allows(caller.permissions, need));
    if (enough === undefined) throw new Refusal(403, 'Resource not accessible by integration');
    const [name = '', level = ''] = enough.split(':');
    this.used.add(`${name}:${level}`);
  }
}

function allows(permissions: ReadonlyMap<string, string> | null, need: Need): boolean {
  const [name = '', level = ''] = need.split(':');
  const granted = permissions?.get(name);
  return granted === 'write' || granted === level;
}

/** The permissions of our manifest. */
function grants(): Map<string, string> {
  const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as { default_permissions: Record<string, string> };
  return new Map(Object.entries(manifest.default_permissions));
}

/** Whether a text is a JWT that the App's key signed. */
function isSigned(text: string): boolean {
  const [head, claims, signature, more] = text.split('.');
  if (!head || !claims || !signature || more !== undefined) return false;
  return createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url');
}
