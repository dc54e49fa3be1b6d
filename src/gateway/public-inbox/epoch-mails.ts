/**
 * @module The mails of one epoch in the order they came: `git rev-list` names the commits, one `git cat-file --batch`
 * reads the blob `m` of each. Both run at once and wait for who reads, so that memory does not grow with the epoch.
 */
import type { Repository } from '../git-run.js';
import type { Limits } from '../limits.js';
import { BatchAnswers } from './batch-answers.js';
import type { BatchAnswer } from './batch-answers.js';
import { GitStream } from './git-stream.js';
import type { GitEnd } from './git-stream.js';

/** Which commits. */
export interface Stretch {
  /** Those after this one; null: from the first. */
  readonly after: string | null;
  readonly head: string;
  /** Whether mails that were committed then are wanted; all are when left out. */
  readonly wants?: (timeS: number) => boolean;
  /** Where the walk back ends, in seconds since 1970, as far as the history is in the order of time; with its first commit when left out. */
  readonly endS?: number;
}

/** What git has to say of one commit. */
export interface CommitAnswer {
  readonly commit: string;
  /** When it was committed, in seconds since 1970. */
  readonly timeS: number;
  /** `missing`: the commit has no `m`. */
  readonly answer: BatchAnswer;
}

/** How the stretch ended; `at` is the commit that git was asked for and did not answer, null when there is none. */
export type StretchEnd = { readonly kind: 'done' } | { readonly kind: 'failed' | 'lost'; readonly reason: string; readonly at: string | null };

export interface StretchLimits {
  readonly git: Limits;
  readonly mailBytes: number;
}

/** Reads a stretch; returns how it ended. Never throws for what git does. */
export async function* readStretch(repository: Repository, stretch: Stretch, limits: StretchLimits): AsyncGenerator<CommitAnswer, StretchEnd, void> {
  const { searchMs, gitMs } = limits.git;
  const { endS, wants = () => true } = stretch;
  const range = [stretch.head, ...(stretch.after === null ? [] : [`^${stretch.after}`])];
  const list = new GitStream(repository.start(['rev-list', '--reverse', '--first-parent', '--timestamp', ...(endS === undefined ? [] : [`--max-age=${Math.max(0, Math.floor(endS))}`]), ...range]), 'git rev-list', searchMs);
  // The batch has nothing to say before the list has, so its wait is the longer one.
  const batch = new GitStream(repository.start(['cat-file', '--batch', '--buffer']), 'git cat-file', searchMs + gitMs);
  const asked = new Asked();
  try {
    const listed = askAll(list, batch, { asked, wants });
    const odd = yield* answersTo(asked, batch, limits.mailBytes);
    if (odd !== null) batch.stop();
    const batchEnd = await batch.end();
    if (odd !== null) return { kind: 'failed', reason: odd, at: asked.next };
    if (batchEnd.kind !== 'done') return { ...batchEnd, at: asked.next };
    if (asked.next !== null) return { kind: 'lost', reason: 'git cat-file: ended before it had answered', at: asked.next };
    const listEnd = await listed;
    return listEnd.kind === 'done' ? listEnd : { ...listEnd, at: null };
  } finally {
    list.stop();
    batch.stop();
  }
}

/** Commits that git was asked for and has not answered yet. */
class Asked {
  #commits: string[] = [];
  #times: number[] = [];
  #at = 0;

  push(commit: string, timeS: number): void {
    this.#commits.push(commit);
    this.#times.push(timeS);
  }

  get next(): string | null {
    return this.#commits[this.#at] ?? null;
  }

  take(): { commit: string; timeS: number } {
    const taken = { commit: this.#commits[this.#at] ?? '', timeS: this.#times[this.#at] ?? 0 };
    if (++this.#at < 4096) return taken;
    this.#commits = this.#commits.slice(this.#at);
    this.#times = this.#times.slice(this.#at);
    this.#at = 0;
    return taken;
  }
}

/** The answers in order; returns what is wrong with the output, if anything. */
async function* answersTo(asked: Asked, batch: GitStream, mailBytes: number): AsyncGenerator<CommitAnswer, string | null, void> {
  const answers = new BatchAnswers(mailBytes);
  for await (const chunk of batch.chunks()) {
    const some = answers.push(chunk);
    for (;;) {
      let next;
      try {
        next = some.next();
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      if (next.done) break;
      yield { ...asked.take(), answer: next.value };
    }
  }
  return null;
}

/** Asks for the mail of each commit that is listed; no faster than they are answered. */
async function askAll(list: GitStream, batch: GitStream, { asked, wants }: { asked: Asked; wants: (timeS: number) => boolean }): Promise<GitEnd> {
  let rest = '';
  for await (const chunk of list.chunks()) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    let names = '';
    for (const line of lines) {
      const [time, commit] = line.split(' ');
      if (!commit || !wants(Number(time))) continue;
      asked.push(commit, Number(time));
      names += `${commit}:m\n`;
    }
    if (names !== '' && !await batch.write(names)) break;
  }
  batch.endInput();
  return list.end();
}
