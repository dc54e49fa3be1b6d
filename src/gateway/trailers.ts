/**
 * @module The lines by which a mail says what it is built on: what git format-patch --base writes (base-commit,
 * prerequisite-patch-id), what b4 adds (prerequisite-message-id) and what people write (Based-on, Depends-on).
 */

/** What the texts of a submission name, each list in their order, without doubles. */
export interface Trailers {
  /** Commit ids, 7 to 40 digits. */
  readonly baseCommits: readonly string[];
  /** Patch ids, 40 digits, as git patch-id --stable prints them; the oldest patch first. */
  readonly patchIds: readonly string[];
  /** Message-IDs without angle brackets. */
  readonly messageIds: readonly string[];
}

/** Lines of all texts that are read; a trailer stands at the end of a mail, so the last ones are. */
const LINES_MAX = 20_000;
/** Trailers of one kind that are kept. */
const TRAILERS_MAX = 500;

/** Reads the trailers of texts: cover letter first, then the patches. Quote marks before a trailer are tolerated. */
export function readTrailers(texts: readonly string[]): Trailers {
  const found = { baseCommits: new Set<string>(), patchIds: new Set<string>(), messageIds: new Set<string>() };
  for (const line of texts.flatMap((text) => text.split('\n').slice(-LINES_MAX))) {
    const match = /^(?:>\s?)*([A-Za-z-]{8,24}):\s*(\S{3,250})\s*(?:\(.*\))?\s*$/u.exec(line);
    const value = match?.[2] ?? '';
    switch (match?.[1]?.toLowerCase()) {
      case 'base-commit':
        if (/^[0-9a-f]{7,40}$/iu.test(value) && !/^0+$/u.test(value)) found.baseCommits.add(value.toLowerCase());
        break;
      case 'prerequisite-patch-id':
        if (/^[0-9a-f]{40}$/iu.test(value)) found.patchIds.add(value.toLowerCase());
        break;
      case 'prerequisite-message-id': case 'based-on': case 'depends-on':
        addMessageId(found.messageIds, value);
        break;
    }
  }
  const some = (set: Set<string>): string[] => [...set].slice(0, TRAILERS_MAX);
  return { baseCommits: some(found.baseCommits), patchIds: some(found.patchIds), messageIds: some(found.messageIds) };
}

/** A Message-ID, or the address of an archive page that ends in one. */
function addMessageId(ids: Set<string>, value: string): void {
  const bare = value.replace(/^https?:\/\/[^/]+\/(?:[^/]+\/)*(?=[^/]*@)/u, '').replace(/^<|>$|\/+$/gu, '').replace(/^</u, '').replace(/>$/u, '');
  if (/^[^\s<>]+@[^\s<>]+$/u.test(bare)) ids.add(decoded(bare));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
