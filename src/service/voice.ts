/**
 * @module What kcovet itself said in a pull request, read back from GitHub: its comments on lines, its answers and reviews, by
 * the hidden markers in them. A marker in somebody else's text means nothing.
 */
import type { PullComment, PullConversation } from '../gateway/pull-conversation.js';

/** Fingerprints that a text of ours is about. */
export function markersIn(body: string): string[] {
  return [...body.matchAll(/<!-- kcovet:([\w.-]{1,100}) -->/gu)].map((match) => match[1] ?? '');
}

/** A hidden note by which a text that is about something else than a finding is found again. */
export function noteOf(key: string): string {
  return `<!-- kcovet-note:${key.replace(/[^\w/.:-]/gu, '_')} -->`;
}

/** What was said, as far as it was read. */
export class Voice {
  /** Comments that began a thread, by the fingerprint they ask about. */
  readonly byFingerprint = new Map<string, number>();
  /** Fingerprints that stand in the text of a review. */
  readonly inReviews = new Set<string>();
  private readonly replies: readonly PullComment[];
  private readonly reviews: readonly PullComment[];

  private constructor(login: string, comments: readonly PullComment[], reviews: readonly PullComment[]) {
    const own = comments.filter((one) => one.author === login);
    this.replies = own.filter((one) => one.inReplyTo !== null);
    this.reviews = reviews.filter((one) => one.author === login);
    for (const { id, body } of own.filter((one) => one.inReplyTo === null)) {
      for (const fingerprint of markersIn(body)) if (!this.byFingerprint.has(fingerprint)) this.byFingerprint.set(fingerprint, id);
    }
    for (const { body } of this.reviews) for (const fingerprint of markersIn(body)) this.inReviews.add(fingerprint);
  }

  /** Reads what the account said in a pull request. */
  static async read(talk: PullConversation, login: string): Promise<Voice> {
    return new Voice(login, await talk.lineComments(), await talk.reviews());
  }

  /** The fingerprint that a comment on a line asks about; null where it is none of ours. */
  askedIn(comment: number): string | null {
    return [...this.byFingerprint].find(([, id]) => id === comment)?.[0] ?? null;
  }

  /** The review with a note in it; null when there is none. */
  reviewWith(note: string): string | null {
    return idWith(this.reviews, note);
  }

  /** The answer with a note in it, in any thread; null when there is none. */
  replyWith(note: string): string | null {
    return idWith(this.replies, note);
  }
}

function idWith(all: readonly PullComment[], note: string): string | null {
  const found = all.find((one) => one.body.includes(note));
  return found ? String(found.id) : null;
}
