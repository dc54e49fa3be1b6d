/** @module One story of servers that die: a fake GitHub, a place that their things are kept in, and what must be so afterwards. */
import { expect } from 'vitest';
import { kcovFile } from '../app/world.js';
import { fingerprintOf } from '../app/marked-engine.js';
import { FakeGithub } from '../fake-github/fake-github.js';
import type { Pull, Repository } from '../fake-github/state.js';
import { deliver, pullEvent } from '../fake-github/webhooks.js';
import type { Store } from '../../src/store/store.js';
import type { Place } from './places.js';
import { Served } from './served.js';

/** What an open server answers to. */
export const TOKEN = 'a-token-of-these-tests';

export class Story {
  readonly github = new FakeGithub();
  readonly repo: Repository;
  private readonly base: string;
  private readonly all: Served[] = [];

  private constructor(readonly place: Place, private readonly entry: URL) {
    this.repo = this.github.repository('o', 'linux');
    [this.base = ''] = this.repo.git.commit(null, [{ message: 'the base', files: { 'kernel/kcov.c': kcovFile() } }]);
    this.repo.branches.set('master', this.base);
    this.repo.permissions.set('author', 'read');
  }

  static async begin(place: Place, entry: URL): Promise<Story> {
    const story = new Story(place, entry);
    await story.github.start();
    return story;
  }

  /** A server of the story; ended with it. */
  async serve({ works = true, env = {} }: { works?: boolean; env?: Readonly<Record<string, string>> } = {}): Promise<Served> {
    const { appId, privateKey, webhookSecret } = this.github.credentials;
    const served = await Served.start(this.entry, {
      APP_ID: String(appId), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: webhookSecret, GHE_HOST: new URL(this.github.url).host, GHE_PROTOCOL: 'http', PORT: '0', KCOVET_TOKEN: TOKEN, KCOVET_REVIEWS: '4',
      ...this.place.env, ...env,
    }, works);
    this.all.push(served);
    return served;
  }

  /** A pull request that adds these lines to kcov. */
  pull(...below: readonly string[]): Pull {
    const number = this.repo.pulls.size + 1;
    const [sha = ''] = this.repo.git.commit(this.base, [{ message: `kcov: change ${number}\n\nWhat and why.`, files: { 'kernel/kcov.c': kcovFile(...below) } }]);
    const user = { login: 'author', type: 'User' } as const;
    const pull: Pull = { number, title: 'kcov: a change', body: '', state: 'open', draft: false, user, base: { ref: 'master' }, head: { ref: `topic-${number}`, sha, repo: 'o/linux' } };
    this.repo.pulls.set(number, pull);
    return pull;
  }

  /** Tells a server of a pull request; the status of its answer, 0 where there is none. */
  async tell(served: Served, pull: Pull, id?: string): Promise<number> {
    try {
      return (await deliver(this.github, served.url, { ...pullEvent(this.repo, pull, 'opened'), ...(id === undefined ? {} : { id }) })).status;
    } catch {
      return 0;
    }
  }

  /** Resolves when the checks of pull requests are at their end. */
  async checked(...pulls: readonly Pull[]): Promise<void> {
    await this.github.when('checks end', () => pulls.every((pull) => this.repo.checks.some(({ head, status }) => head === pull.head.sha && status === 'completed')));
  }

  /** One check, one review on GitHub with each question once, and one version in the store, reviewed. */
  async saidOnce(pull: Pull, ...names: readonly string[]): Promise<void> {
    const checks = this.repo.checks.filter(({ head }) => head === pull.head.sha);
    expect(checks.map(({ status, conclusion }) => [status, conclusion])).toEqual([['completed', names.length > 0 ? 'neutral' : 'success']]);
    const reviews = this.repo.reviews.filter((one) => one.pull === pull.number);
    expect(reviews).toHaveLength(names.length > 0 ? 1 : 0);
    const bodies = [...this.repo.reviewComments.filter((one) => one.pull === pull.number), ...reviews].map(({ body }) => body).join('\n');
    for (const name of names) expect(bodies.split(`<!-- kcovet:${fingerprintOf(name)} -->`), name).toHaveLength(2);
    const key = `github/${this.repo.id}/${pull.number}`;
    await this.looking(async (store) => {
      await expect.poll(() => versionsIn(store, key), { timeout: 20_000 }).toEqual(['reviewed']);
    });
  }

  /** Looks into the store, from outside of all servers. */
  async looking<T>(look: (store: Store) => Promise<T>): Promise<T> {
    const store = await this.place.look();
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }

  async end(): Promise<void> {
    for (const served of this.all) await served.kill();
    await this.github.stop();
    this.place.remove();
  }
}

/** The states of the versions of a submission. */
export async function versionsIn(store: Store, key: string): Promise<string[]> {
  const { entries } = await store.submissions.submissions({ origin: 'github', withPrivate: true }, { max: 100 });
  const found = entries.find((one) => one.key === key);
  return found ? (await store.submissions.versions(found.id)).map(({ state }) => state) : [];
}
