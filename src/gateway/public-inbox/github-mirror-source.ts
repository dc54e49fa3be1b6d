/**
 * @module A mirror that is kept on GitHub in the layout of public-inbox v2, one repository an epoch, read through its API: commits since the
 * cursor, and the file `m` of each. One request a mail, so it is for small lists.
 */
import { asking, askingFor } from '../github-failure.js';
import { GatewayFailure, reasonOf } from '../limits.js';
import type { GithubName } from '../github.js';
import type { GithubClient } from '../github-client.js';
import type { MailSource, SourceEvent, SourceReading } from '../mail-source.js';
import { Sifting } from '../sifting.js';
import { isCommit } from './mirror-cursor.js';

export interface GithubMirrorPlace {
  readonly name: string;
  readonly lists: readonly string[];
  readonly repository: GithubName;
  readonly client: () => Promise<Pick<GithubClient, 'rest'>>;
}

/** Commits of one page. */
const PAGE = 100;
/** Pages that are listed in one reading; what is older is left out, and that is said. */
const PAGES_MAX = 50;
/** Bytes of a mail that is asked for: its answer is a third longer, and has a limit too. */
const MAIL_BYTES_MAX = 5 * 1024 * 1024;
/** Mails that are read in one reading; the rest is for the next one. */
const MAILS_MAX = 1_000;

interface Commit {
  readonly sha: string;
  readonly atMs: number;
}

export class GithubMirrorSource implements MailSource {
  readonly name: string;
  readonly lists: readonly string[];

  constructor(private readonly place: GithubMirrorPlace) {
    ({ name: this.name, lists: this.lists } = place);
  }

  async *read(cursor: string | null, reading: SourceReading): AsyncIterable<SourceEvent> {
    try {
      yield* this.#events(cursor !== null && isCommit(cursor) ? cursor : null, reading);
    } catch (error) {
      yield { kind: 'stopped', reason: reasonOf(error) };
    }
  }

  async *#events(seen: string | null, reading: SourceReading): AsyncGenerator<SourceEvent, void, void> {
    const { rest } = await this.place.client();
    const listed = await this.#commits(rest, { seen, sinceS: reading.sinceS });
    if (listed.note !== null) yield { kind: 'note', what: listed.note };
    const sifting = new Sifting(reading);
    for (const { sha, atMs } of listed.commits.reverse().slice(0, MAILS_MAX)) {
      if (reading.signal?.aborted) return;
      const raw = await this.#mail(rest, sha);
      const where = `commit ${sha.slice(0, 12)}`;
      const event = raw === null ? null : raw === 'too large' ? sifting.skipped(where, raw) : await sifting.event({ raw, atMs, cursor: sha, where });
      if (event) yield event;
      if (event?.kind !== 'mail') yield { kind: 'passed', cursor: sha };
    }
    sifting.tell();
  }

  /** Commits after the one seen last, the newest first. */
  async #commits(rest: GithubClient['rest'], { seen, sinceS }: { seen: string | null; sinceS: number | null }): Promise<{ commits: Commit[]; note: string | null }> {
    const { owner, repo, ref } = this.place.repository;
    const stopAt = seen === null ? null : await this.#common(rest, seen);
    const commits: Commit[] = [];
    for (let page = 1; page <= PAGES_MAX; page++) {
      const since = stopAt === null && sinceS !== null ? { since: new Date(sinceS * 1000).toISOString() } : {};
      const { data } = await asking('commits of the mirror', () => rest.repos.listCommits({ owner, repo, per_page: PAGE, page, ...(ref === null ? {} : { sha: ref }), ...since }));
      for (const { sha, commit } of data) {
        if (sha === stopAt) return { commits, note: rewrittenFrom(seen, stopAt) };
        commits.push({ sha, atMs: Date.parse(commit.committer?.date ?? '') || Date.now() });
      }
      if (data.length < PAGE) return { commits, note: seen === stopAt ? null : rewrittenFrom(seen, stopAt) };
    }
    return { commits, note: `more than ${PAGE * PAGES_MAX} new mails: older ones are left out` };
  }

  /** The newest commit that the history has in common with the one seen; null when there is none, or it is not there any more. */
  async #common(rest: GithubClient['rest'], seen: string): Promise<string | null> {
    const { owner, repo, ref } = this.place.repository;
    const compared = await askingFor('the history of the mirror', () => rest.repos.compareCommitsWithBasehead({ owner, repo, basehead: `${seen}...${ref ?? 'HEAD'}`, per_page: 1 }));
    return compared?.data.merge_base_commit.sha ?? null;
  }

  /** The mail of a commit; null when it has none: a deleted mail has `d` in place of `m`. */
  async #mail(rest: GithubClient['rest'], sha: string): Promise<Buffer | 'too large' | null> {
    const { owner, repo } = this.place.repository;
    const found = await askingFor('a mail of the mirror', () => rest.git.getTree({ owner, repo, tree_sha: sha }));
    const entry = found?.data.tree.find(({ path, type }) => path === 'm' && type === 'blob');
    if (!entry) return null;
    if ((entry.size ?? 0) > MAIL_BYTES_MAX) return 'too large';
    const blob = await asking('a mail of the mirror', () => rest.git.getBlob({ owner, repo, file_sha: entry.sha }));
    if (blob.data.encoding !== 'base64') throw new GatewayFailure(`a mail of the mirror: answered in ${blob.data.encoding}`);
    return Buffer.from(blob.data.content, 'base64');
  }
}

function rewrittenFrom(seen: string | null, common: string | null): string | null {
  return seen === null || seen === common ? null : `its history was rewritten, ${seen.slice(0, 12)} is gone: walked anew from what is in common`;
}
