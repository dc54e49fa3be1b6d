/**
 * @module What pages know of a review while it is made, and afterwards: a version of a submission, from waiting to reviewed or failed. Each
 * kind of job that reviews tells it the same way. It says nothing to anybody outside.
 */
import { Superseded } from '../engine/engine.js';
import type { Progress } from '../review/options.js';
import type { Review } from '../review/review.js';
import type { Store } from '../store/store.js';
import { submissionId, type NewVersion, type VersionState } from '../store/submission-store.js';

/** Milliseconds between two words about progress: each is written to the disk. */
const PROGRESS_MS = 1_000;

/** Why older versions are not reviewed any more. */
const NEWER = 'a newer version is there';

type Kept = Pick<Store, 'submissions'>;

/** The base of a review in a few characters: a commit or a tag; '' for a model. */
function baseOf({ base }: Review): string {
  return base.kind === 'model' ? '' : base.label;
}

export class VersionTrack {
  #saidMs = -Infinity;
  #saying: Promise<void> = Promise.resolve();

  private constructor(private readonly store: Kept, private readonly submission: string, private readonly version: string, private readonly now: () => number) {}

  /** Makes a version known, running; those before it are not waited for any more. */
  static async begin(store: Kept, version: Omit<NewVersion, 'atMs'>, now: () => number): Promise<VersionTrack> {
    await store.submissions.begin({ ...version, atMs: now() });
    await endOpenVersions(store, version.submission.key, { state: 'dropped', reason: NEWER, atMs: now(), except: version.id });
    const track = new VersionTrack(store, version.submission.key, version.id, now);
    await track.#state('running', '');
    return track;
  }

  /** How far the search is, now and then. What goes wrong with it does not matter. */
  progress({ done, total, states }: Progress): void {
    if (this.now() - this.#saidMs < PROGRESS_MS) return;
    this.#saidMs = this.now();
    const text = `scenario ${Math.min(done + 1, total)} of ${total}, ${states} states`;
    this.#saying = this.#saying.then(() => this.store.submissions.setProgress(this.submission, this.version, text)).catch(() => undefined);
  }

  /** Does work on the version; where it fails the version waits for the next attempt, with the reason; where it was stopped, without one. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await this.#state('waiting', error instanceof Superseded ? '' : reason).catch(() => undefined);
      throw error;
    }
  }

  /** Its review is there. */
  async reviewed(review: Review, patch: string): Promise<void> {
    await this.#saying;
    const questions = review.findings.filter(({ asked }) => asked).length;
    await this.store.submissions.saveVersion(this.submission, this.version, { json: JSON.stringify(review), patch, base: baseOf(review), verdict: review.verdict, questions, atMs: this.now() });
  }

  /** It is not reviewed, and not tried again. */
  async ended(state: 'failed' | 'dropped', reason: string): Promise<void> {
    await this.#state(state, reason);
  }

  async #state(state: Exclude<VersionState, 'reviewed'>, reason: string): Promise<void> {
    await this.#saying;
    await this.store.submissions.setVersionState(this.submission, this.version, { state, reason, atMs: this.now() });
  }
}

/** Ends what waits or runs of a submission, but for one version. */
export async function endOpenVersions({ submissions }: Kept, key: string, { except, ...step }: { state: 'failed' | 'dropped'; reason: string; atMs: number; except?: string }): Promise<void> {
  for (const { id, state } of await submissions.versions(submissionId(key))) {
    if (id !== except && (state === 'waiting' || state === 'running')) await submissions.setVersionState(key, id, step);
  }
}
