/**
 * @module Who really sent a mail, as a mail server that is trusted says in Authentication-Results (RFC 8601). Anybody can write
 * that field, so only the topmost count, and only under a name that the configuration has: servers take out fields in their name
 * that come from outside (section 5). Without one nobody is known. A signature must be that of the domain in From.
 */
import { headerFields, headerLines } from './automatic.js';
import { plainAddress } from './list-address.js';

/** Authentication-Results that are looked at in one mail. */
const RESULTS_MAX = 50;
/** Comments within comments. */
const COMMENT_DEPTH_MAX = 10;

/** A field without comments, which may hold anything, also what looks like a result; null where they do not close. */
function withoutComments(field: string): string | null {
  let bare = field.replace(/"(?:[^"\\]|\\.)*"/gu, '""').replace(/\\./gu, ' ');
  for (let depth = 0; depth < COMMENT_DEPTH_MAX && bare.includes('('); depth += 1) bare = bare.replace(/\([^()]*\)/gu, ' ');
  return /[()]/u.test(bare) ? null : bare;
}

/** One result field. */
interface Results {
  /** The server's name (authserv-id), in lower case. */
  readonly server: string;
  /** Whether it says anything of signatures. */
  readonly ofDkim: boolean;
  /** Domains whose signatures passed. */
  readonly domains: readonly string[];
}

function resultsIn(field: string): Results {
  const bare = withoutComments(field);
  if (bare === null) return { server: '', ofDkim: false, domains: [] };
  const [server = '', ...results] = bare.split(';').map((one) => one.trim());
  const ofDkim = results.filter((one) => /^dkim\s*=/iu.test(one));
  const domains = ofDkim.filter((one) => /^dkim\s*=\s*pass\b/iu.test(one)).flatMap((one) => /\bheader\.(?:d|i)\s*=\s*(?:[^\s@;]*@)?([\w.-]+)/iu.exec(one)?.[1]?.toLowerCase() ?? []);
  return { server: server.split(/[\s/]/u)[0]?.toLowerCase() ?? '', ofDkim: ofDkim.length > 0, domains };
}

/** The server that a Received field is by (RFC 5321, 4.4); '' where it does not say. */
function receiverIn(field: string): string {
  return /\sby\s+([\w.-]+)/iu.exec(` ${withoutComments(field) ?? ''}`)?.[1]?.toLowerCase() ?? '';
}

/**
 * What the trusted server that had the mail last says of signatures. It writes a field for each method, or one for all, on top of all
 * that came with the mail: so the fields are taken from the top as long as they are its own and no Received is between them,
 * and of these the first that is about signatures. A field below may have come with the mail, and so may all where another
 * server had it later: a list that passes on a field in the name of a server which never saw the mail.
 */
function lastWord(raw: Buffer | string, trusted: readonly string[]): Results | null {
  const lines = headerLines(raw);
  const first = lines.findIndex(({ name }) => name === 'authentication-results');
  const server = first < 0 ? '' : resultsIn(lines[first]?.value ?? '').server;
  const names = trusted.map((one) => one.toLowerCase());
  const passedOn = lines.slice(0, Math.max(0, first)).filter(({ name }) => name === 'received');
  if (!names.includes(server) || !passedOn.every(({ value }) => names.includes(receiverIn(value)))) return null;
  const end = lines.findIndex(({ name }, i) => i > first && name === 'received');
  const fields = lines.slice(first, end < 0 ? undefined : end).filter(({ name }) => name === 'authentication-results').slice(0, RESULTS_MAX).map(({ value }) => resultsIn(value));
  const others = fields.findIndex((one) => one.server !== server);
  return fields.slice(0, others < 0 ? undefined : others).find(({ ofDkim }) => ofDkim) ?? null;
}

/** Whether a signature of one domain speaks for an address of another: the same, or above it. */
function speaksFor(domain: string, host: string): boolean {
  return domain.includes('.') && (host === domain || host.endsWith(`.${domain}`));
}

/**
 * The address in From, in lower case, where one of the trusted servers says that its domain signed the mail; null otherwise. A
 * mail with several From fields or addresses in it is nobody's.
 */
export function verifiedSender(raw: Buffer | string, trusted: readonly string[]): string | null {
  const fields = headerFields(raw);
  const from = fields.get('from') ?? [];
  const only = from.length === 1 ? from[0] ?? '' : '';
  const address = plainAddress(only);
  if (!/^[^\s<>@,]+@[a-z0-9.-]+$/u.test(address) || (only.match(/@[\w-]+\.\w/gu) ?? []).length !== 1) return null;
  const host = address.slice(address.lastIndexOf('@') + 1);
  return lastWord(raw, trusted)?.domains.some((domain) => speaksFor(domain, host)) ? address : null;
}
