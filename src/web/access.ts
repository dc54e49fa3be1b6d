/**
 * @module Who may do what on the pages and the API: all may read, or whoever has the token, or whom a proxy names. Acting always
 * needs one of the latter two, and a form that was made for the same session. Sessions are signed and kept nowhere, so that several
 * servers with one token know them all; another token ends them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

export interface AccessConfig {
  /** Who reads: all, whoever has the token, or whom the proxy names. */
  readonly pages: 'open' | 'token' | 'proxy';
  /** At least 16 characters. */
  readonly token: string;
  readonly proxy?: {
    /** Header that names the user. */
    readonly header: string;
    /** Addresses of the proxy, or networks such as 10.0.0.0/8; from elsewhere the header counts for nothing. */
    readonly from: readonly string[];
    /** Who may act. */
    readonly actors: readonly string[] | 'all';
  };
}

/** What is known of who asks. */
export interface Asker {
  /** A header of the request by its name in small letters; '' where it is not there. */
  readonly header: (name: string) => string;
  /** Address of the other end of the connection; '' where it is not known. */
  readonly peer: string;
  /** Origin of our pages as people reach them, behind a proxy that says another host; '' where that is not said. */
  readonly origin?: string;
}

/** Who asks, and what they may do. */
export interface Visitor {
  /** Name for the audit; '' for nobody known. */
  readonly name: string;
  /** What says who it is. The API takes only what no browser sends by itself. */
  readonly by: 'nothing' | 'bearer' | 'session' | 'proxy';
  readonly mayRead: boolean;
  /** Acts, and sees what is not for everybody: private submissions, the outbox, errors. */
  readonly mayAct: boolean;
  /** What the forms of this visitor carry; '' where they may not act. */
  readonly csrf: string;
}

export interface Access {
  /** How pages are read. */
  readonly pages: AccessConfig['pages'];
  visitor(asker: Asker): Visitor;
  /** Whether it is the token. */
  isToken(text: string): boolean;
  /** The value of a cookie that lets in. */
  newSession(nowMs: number): string;
}

export const COOKIE = 'kcovet';
/** Seconds that a session is good for. */
export const SESSION_SECONDS = 30 * 24 * 3600;
/** Characters of the shortest token. */
export const TOKEN_MIN = 16;
/** Characters of a user's name. */
const NAME_MAX = 100;

const nobody: Visitor = { name: '', by: 'nothing', mayRead: false, mayAct: false, csrf: '' };

function mac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function same(a: string, b: string): boolean {
  // Of one length, whatever was given.
  return timingSafeEqual(mac('compare', a), mac('compare', b));
}

/** What Authorization has behind Bearer. */
function bearerIn(header: string): string {
  return /^Bearer ([\x21-\x7e]{1,500})$/iu.exec(header)?.[1] ?? '';
}

/** The password of Basic, which is how a client says it that knows only an address. */
function passwordIn(header: string): string {
  const basic = /^Basic ([\w+/=-]{1,1000})$/iu.exec(header)?.[1] ?? '';
  return Buffer.from(basic, 'base64').toString('utf8').replace(/^[^:]*:/u, '');
}

function cookieIn(header: string): string {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w.-]{1,200})(?:;|$)`, 'u').exec(header)?.[1] ?? '';
}

function networks(from: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of from) {
    const [address = '', bits] = one.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) continue;
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

class Gate implements Access {
  readonly pages: AccessConfig['pages'];
  private readonly key: Buffer;
  private readonly trusted: BlockList;

  constructor(private readonly config: AccessConfig, private readonly now: () => number) {
    this.pages = config.pages;
    this.key = mac(config.token, 'sessions of kcovet');
    this.trusted = networks(config.proxy?.from ?? []);
  }

  visitor(asker: Asker): Visitor {
    const authorization = asker.header('authorization');
    if (this.isToken(bearerIn(authorization))) return this.actor('the token', 'bearer');
    const session = cookieIn(asker.header('cookie'));
    if (this.isSession(session)) return this.actor('the page', 'session', session);
    const user = this.userOf(asker);
    // A browser sends a password by itself, wherever the form is from: it reads and no more.
    if (user === '') return { ...nobody, mayRead: this.pages === 'open' || this.isToken(passwordIn(authorization)) };
    const { actors = [] } = this.config.proxy ?? {};
    return actors === 'all' || actors.includes(user) ? this.actor(user, 'proxy', user) : { ...nobody, name: user, by: 'proxy', mayRead: true };
  }

  isToken(text: string): boolean {
    return same(text, this.config.token);
  }

  newSession(nowMs: number): string {
    const head = `${randomBytes(16).toString('base64url')}.${Math.floor(nowMs / 1000) + SESSION_SECONDS}`;
    return `${head}.${this.signed(`session ${head}`)}`;
  }

  private actor(name: string, by: Visitor['by'], session = ''): Visitor {
    return { name, by, mayRead: true, mayAct: true, csrf: this.signed(`form ${by} ${session}`) };
  }

  private signed(text: string): string {
    return mac(this.key, text).toString('base64url');
  }

  private isSession(cookie: string): boolean {
    const [id = '', until = '', signature = ''] = cookie.split('.');
    return same(signature, this.signed(`session ${id}.${until}`)) && Number(until) * 1000 > this.now();
  }

  /** Whom the proxy names; '' where there is none, or it is none of ours. */
  private userOf({ header, peer }: Asker): string {
    const { proxy } = this.config;
    if (this.pages !== 'proxy' || proxy === undefined) return '';
    const address = peer.replace(/^::ffff:/iu, '');
    const family = isIP(address);
    if (family === 0 || !this.trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')) return '';
    return header(proxy.header.toLowerCase()).trim().slice(0, NAME_MAX);
  }
}

/** Access as configured. Throws for a token that is too short, which a configuration never has. */
export function accessOf(config: AccessConfig, now: () => number = Date.now): Access {
  if (config.token.length < TOKEN_MIN) throw new Error(`a token has ${TOKEN_MIN} characters at least, not ${config.token.length}`);
  return new Gate(config, now);
}
