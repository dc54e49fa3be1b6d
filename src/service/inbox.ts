/**
 * @module What events become: jobs in the queue. Nothing is done here and nobody is asked, so that GitHub has its answer at
 * once. A job's id is made from its delivery, so that one that comes twice is done once.
 */
import type { PullRef } from '../gateway/pull-conversation.js';
import type { Queue } from '../queue/queue.js';
import type { Store } from '../store/store.js';
import { pullKey, repositoryKey } from './work.js';
import type { CommandWork, SuiteWork } from './work.js';

/** Characters of a comment that are kept: what GitHub takes. */
const BODY_MAX = 65_536;

export class Inbox {
  constructor(private readonly queue: Queue, private readonly store: Store) {}

  /** A pull request changed, or somebody wants it reviewed. What is under way for it is superseded. */
  async review(pull: PullRef, { delivery, forced }: { delivery: string; forced: boolean }): Promise<void> {
    const key = pullKey(pull);
    await this.queue.add({ id: `review ${key} ${delivery}`, kind: 'review', payload: { kind: 'review', pull, forced, delivery }, group: key, replaces: key });
  }

  /** All checks of a commit are to be made again. */
  async suite(work: Omit<SuiteWork, 'kind'>): Promise<void> {
    await this.queue.add({ id: `suite ${work.delivery}`, kind: 'suite', payload: { kind: 'suite', ...work } });
  }

  /** Somebody wrote a command. Commands of a pull request are carried out in their order, beside its review. */
  async command(work: Omit<CommandWork, 'kind'>): Promise<void> {
    const body = work.body.slice(0, BODY_MAX);
    await this.queue.add({ id: `command ${work.delivery}`, kind: 'command', payload: { kind: 'command', ...work, body }, group: `${pullKey(work.pull)} commands`, priority: 1 });
  }

  /** A pull request was closed: nobody waits for its review. */
  async closed(pull: PullRef, delivery: string): Promise<void> {
    // It ends what is under way, sees that the pull request is closed, and ends the checks that were begun.
    await this.review(pull, { delivery, forced: false });
  }

  /** A repository was hidden, or shown to everybody: so are its reviews. */
  async shown(repositoryId: number, isPrivate: boolean): Promise<void> {
    await this.store.submissions.setPrivate({ prefix: repositoryKey(repositoryId) }, isPrivate);
  }

  /** The App was taken from repositories: nothing is kept of them. */
  async removed(repositoryIds: readonly number[]): Promise<void> {
    for (const id of repositoryIds) await this.store.forget(repositoryKey(id));
  }
}
