/**
 * @module The check of one review: begun or found again, told how far the work is, ended once. What it is about is in its
 * external id, so that a run after a crash goes on with the same check.
 */
import type { CheckAnnotation, CheckRuns, CheckText, Conclusion } from '../gateway/check-runs.js';
import type { PullRef } from '../gateway/pull-conversation.js';
import { pullInWords } from '../gateway/pull-request.js';
import type { Progress } from '../review/options.js';
import { postOnce } from './post-once.js';
import type { Store } from '../store/store.js';
import { pullKey } from './work.js';

/** Milliseconds between two words about progress: each is a request. */
const PROGRESS_MS = 20_000;

/** Which check. */
export interface CheckOf {
  readonly pull: PullRef;
  readonly headSha: string;
  /** Set where somebody asked for one more check of a commit. */
  readonly again: string | null;
}

/** "REPOSITORY/NUMBER/HEAD", with what asked for it when that was not the commit itself. */
function externalId({ pull, headSha, again }: CheckOf): string {
  return `${pull.repositoryId}/${pull.number}/${headSha}${again === null ? '' : `/${again}`}`;
}

const CHECK = 'check ';
const ENDED = 'check-ended ';

export class CheckReport {
  private readonly id: string;
  private readonly key: string;
  private saidAt = 0;
  private saying: Promise<void> = Promise.resolve();

  private constructor(private readonly checks: CheckRuns, private readonly store: Store, private readonly run: number, private readonly of: CheckOf) {
    this.id = externalId(of);
    this.key = pullKey(of.pull);
  }

  /** Begins the check, or goes on with it. */
  static async begin({ checks, store }: { checks: CheckRuns; store: Store }, of: CheckOf): Promise<CheckReport> {
    const id = externalId(of);
    const output: CheckText = { title: 'Reviewing', summary: 'The patch is applied to a model of kernel/kcov.c, and scenarios are searched before and after it.' };
    let isNew = false;
    const run = Number(await postOnce(store, {
      key: `${CHECK}${id}`, pull: pullKey(of.pull), what: `a check of ${pullInWords(of.pull)}`,
      find: async () => {
        const found = await checks.find(of.headSha, id);
        return found === null ? null : String(found);
      },
      post: async () => {
        isNew = true;
        return String(await checks.begin(of.headSha, id, output));
      },
    }));
    const report = new CheckReport(checks, store, run, of);
    if (!isNew) {
      await store.release(`${report.key} ${ENDED}${id}`);
      await checks.progress(run, output);
    }
    await report.cancelOthers();
    return report;
  }

  /** Says how far the search is, now and then. What goes wrong with it does not matter. */
  progress({ done, total, states }: Progress): void {
    const now = Date.now();
    if (now - this.saidAt < PROGRESS_MS) return;
    this.saidAt = now;
    const output: CheckText = { title: `Reviewing: scenario ${Math.min(done + 1, total)} of ${total}`, summary: `${states} states so far.` };
    this.saying = this.saying.then(() => this.checks.progress(this.run, output)).catch(() => undefined);
  }

  /** Says why it is not done yet. */
  async waiting(output: CheckText): Promise<void> {
    await this.saying;
    await this.checks.progress(this.run, output);
  }

  async end(conclusion: Conclusion, output: CheckText, annotations: readonly CheckAnnotation[] = []): Promise<void> {
    await this.saying;
    await this.checks.end(this.run, { conclusion, output, annotations });
    await markEnded(this.store, this.key, this.id, `the check of ${pullInWords(this.of.pull)} (${this.run}): ${conclusion}`);
  }

  /** Ends checks of commits that nobody asks about any more. */
  private async cancelOthers(): Promise<void> {
    await cancelChecks({ checks: this.checks, store: this.store }, this.key, this.id);
  }
}

/** Ends all checks of a pull request that are not ended, but for one. */
export async function cancelChecks({ checks, store }: { checks: CheckRuns; store: Store }, key: string, except: string | null = null): Promise<void> {
  const claims = await store.claims(key);
  const ended = new Set(claims.map((claim) => claim.key).filter((one) => one.startsWith(`${key} ${ENDED}`)).map((one) => one.slice(`${key} ${ENDED}`.length)));
  for (const claim of claims) {
    const id = claim.key.startsWith(`${key} ${CHECK}`) ? claim.key.slice(`${key} ${CHECK}`.length) : null;
    if (id === null || id === except || ended.has(id) || claim.remoteId === null) continue;
    await checks.end(Number(claim.remoteId), { conclusion: 'cancelled', output: { title: 'Not finished', summary: 'The pull request went on, or was closed, before the review was done.' } });
    await markEnded(store, key, id, `the check of a commit (${claim.remoteId}): cancelled`);
  }
}

async function markEnded(store: Store, key: string, id: string, what: string): Promise<void> {
  const claim = await store.claim({ key: `${key} ${ENDED}${id}`, pull: key, atMs: Date.now() });
  await store.posted(claim.key, 'ended', { act: 'updated', what, submission: key, by: 'kcovet', atMs: Date.now() });
}
