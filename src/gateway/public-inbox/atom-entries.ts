/**
 * @module The Atom feed of a public-inbox (RFC 4287, as PublicInbox::WwwAtomStream 1.9 writes it): of each entry its Message-ID, which
 * is in its link, and when it was updated. Nothing else of it is read, and its link is never followed. Pure.
 */

export interface AtomEntry {
  readonly messageId: string;
  /** Milliseconds since 1970; null when it is not said. */
  readonly atMs: number | null;
}

/** Entries that are read. */
const ENTRIES_MAX = 2_000;

/** The entries of a feed of the inbox at `base`, in its order; null when it is no feed. */
export function atomEntries(text: string, base: string): AtomEntry[] | null {
  if (!/^\s*(?:<\?xml[^>]{0,200}\?>\s*)?<feed\b/u.test(text)) return null;
  const entries: AtomEntry[] = [];
  for (let at = text.indexOf('<entry>'); at >= 0 && entries.length < ENTRIES_MAX;) {
    const next = text.indexOf('<entry>', at + 7);
    const entry = text.slice(at, next < 0 ? text.length : next);
    const messageId = idIn(entry, base);
    if (messageId !== null) entries.push({ messageId, atMs: updatedIn(entry) });
    at = next;
  }
  return entries;
}

/** The Message-ID in the link of an entry, when it is a mail of this inbox. */
function idIn(entry: string, base: string): string | null {
  // The title stands before the link and is escaped; the text of the mail stands after it.
  const href = /<link\s+(?:rel="alternate"\s+)?href="([^"<>]{1,2000})"/u.exec(entry)?.[1];
  if (href === undefined) return null;
  try {
    const { pathname } = new URL(unescaped(href));
    const prefix = new URL(`${base}/`).pathname;
    const rest = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : pathname.split('/').filter((part) => part !== '').at(-1) ?? '';
    const id = decodeURIComponent(rest.replace(/\/$/u, ''));
    return /^[^\s<>]{1,1000}$/u.test(id) ? id : null;
  } catch {
    return null;
  }
}

function updatedIn(entry: string): number | null {
  const ms = Date.parse(/<updated>([\dTZ:+.-]{10,40})<\/updated>/u.exec(entry)?.[1] ?? '');
  return Number.isNaN(ms) ? null : ms;
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#x27);/gu, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'");
}
