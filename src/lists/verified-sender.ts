/**
 * @module Who really sent a mail, as a mail server that is trusted says in Authentication-Results (RFC 8601). Anybody can write
 * that field, so only those above the first Received of that server count, and only under a name that the configuration has:
 * servers take out fields in their name that come from outside. Without one, nobody is known.
 */
import { headerFields } from './automatic.js';
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

/** One result field: the server's name, and what passed. */
function passedIn(field: string): { server: string; domains: string[] } {
  const bare = withoutComments(field);
  if (bare === null) return { server: '', domains: [] };
  const [server = '', ...results] = bare.split(';').map((one) => one.trim());
  const domains = results.flatMap((one) => {
    const method = /^(dkim|dmarc)\s*=\s*pass\b/iu.exec(one)?.[1]?.toLowerCase();
    const domain = method === 'dkim' ? /\bheader\.(?:d|i)\s*=\s*(?:[^\s@;]*@)?([\w.-]+)/iu.exec(one)?.[1] : method === 'dmarc' ? /\bheader\.from\s*=\s*(?:[^\s@;]*@)?([\w.-]+)/iu.exec(one)?.[1] : undefined;
    return domain === undefined ? [] : [domain.toLowerCase()];
  });
  return { server: server.split(/\s/u)[0]?.toLowerCase() ?? '', domains };
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
  const results = (fields.get('authentication-results') ?? []).slice(0, RESULTS_MAX).map(passedIn);
  const names = trusted.map((one) => one.toLowerCase());
  // The server's own stands first: what comes below it may have come with the mail.
  const first = results[0];
  return first && names.includes(first.server) && first.domains.some((domain) => speaksFor(domain, host)) ? address : null;
}
