/**
 * @module One story's world: the fake GitHub with a repository and people, and kcovet's server on a store of its own, which
 * can die and come back. Everything goes through real HTTP on loopback.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultConfig } from '../../src/config.js';
import { serve } from '../../src/serve.js';
import type { Serving } from '../../src/serve.js';
import type { Engine } from '../../src/engine/engine.js';
import type { Clock } from '../../src/queue/in-process-queue.js';
import type { Log } from '../../src/service/log.js';
import type { Store } from '../../src/store/store.js';
import { FakeGithub } from '../fake-github/fake-github.js';
import type { Files } from '../fake-github/git-store.js';
import type { Account, CheckRun, IssueComment, Pull, Repository, ReviewComment } from '../fake-github/state.js';
import { deliver, issueCommentEvent, pullEvent, reviewCommentEvent } from '../fake-github/webhooks.js';
import type { Delivery } from '../fake-github/webhooks.js';
import { openStore } from '../store/sqlite.js';

export const author: Account = { login: 'author', type: 'User' };
export const stranger: Account = { login: 'stranger', type: 'User' };
export const maintainer: Account = { login: 'maintainer', type: 'User' };

/** A file of ours where kcov is: names in a row, each with a place for a question below it. */
export function kcovFile(...below: readonly string[]): string {
  const lines = Array.from({ length: 30 }, (_, i) => `int kcov_${i};`);
  return ['void notrace __sanitizer_cov_trace_pc(void)', '{', '}', ...lines, ...below.map((one) => `/* ${one} */`), 'int kcov_last;', ''].join('\n');
}

export class World {
  readonly github = new FakeGithub();
  readonly log: string[] = [];
  /** Repositories that kcovet was told of a push to. */
  readonly pushes: string[] = [];
  readonly repo: Repository;
  /** The commit that everything starts from. */
  readonly base: string;
  readonly token = 'a token of this world';
  private readonly dir = mkdtempSync(join(tmpdir(), 'kcovet-story-'));
  private serving: Serving | null = null;
  private store: Store | null = null;

  private constructor(private readonly engine: Engine, files: Files, private readonly clock?: Clock) {
    this.repo = this.github.repository('o', 'linux');
    const [base = ''] = this.repo.git.commit(null, [{ message: 'the base', files }]);
    this.base = base;
    this.repo.branches.set('master', base);
    this.repo.permissions.set('maintainer', 'write').set('author', 'read').set('stranger', 'read');
  }

  /** GitHub and kcovet, both running. */
  static async start(engine: Engine, { files = { 'kernel/kcov.c': kcovFile() }, clock }: { files?: Files; clock?: Clock } = {}): Promise<World> {
    const world = new World(engine, files, clock);
    await world.github.start();
    await world.boot();
    return world;
  }

  /** Starts kcovet on the store that is there. */
  async boot(): Promise<void> {
    const log: Log = (level, what, fields) => { this.log.push(JSON.stringify({ level, what, ...fields })); };
    const { privateKey, webhookSecret, appId } = this.github.credentials;
    this.store = await openStore(join(this.dir, 'store.sqlite'));
    this.serving = await serve({
      ...defaultConfig, github: { appId: String(appId), privateKey, webhookSecret, apiUrl: `${this.github.url}/api/v3` }, port: 0, pages: 'open', reviews: 4,
    }, { store: this.store, token: this.token, engine: this.engine, log, onPush: (repository) => this.pushes.push(repository), retry: { policy: { backoffMs: 1 }, ...(this.clock ? { clock: this.clock } : {}) } });
  }

  /** kcovet dies: its store is gone for it at once, and nothing that it does afterwards counts. */
  async die(): Promise<void> {
    await this.store?.close();
    // What it was doing goes on, and comes to nothing.
    void this.serving?.stop().catch(() => undefined);
    this.serving = null;
  }

  /** The queue takes nothing from now on, or does again. */
  breakQueue(broken: boolean): void {
    const jobs = this.store!.jobs as { add?: unknown };
    if (broken) jobs.add = () => Promise.reject(new Error('the disk is full of peculiar things'));
    else delete jobs.add;
  }

  /** kcovet comes back with an empty store. */
  async loseStore(): Promise<void> {
    await this.serving?.stop();
    for (const end of ['', '-wal', '-shm']) rmSync(join(this.dir, `store.sqlite${end}`), { force: true });
    await this.boot();
  }

  /** Resolves when no job runs, but one waits for its time. */
  async waits(): Promise<void> {
    for (;;) {
      const { active, waiting } = await this.serving!.queue.counts();
      if (active === 0 && waiting > 0) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async stop(): Promise<void> {
    await this.serving?.stop().catch(() => undefined);
    await this.github.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Its figures, as Prometheus reads them. */
  async figures(): Promise<string> {
    return await this.serving!.metrics.text();
  }

  /** What kcovet keeps. */
  get kept(): Store {
    return this.store!;
  }

  get url(): string {
    return this.serving?.url ?? '';
  }

  /** Resolves when kcovet has nothing more to do. */
  async idle(): Promise<void> {
    await this.serving?.queue.drained();
  }

  async send(delivery: Delivery): Promise<{ status: number; text: string }> {
    return await deliver(this.github, this.url, delivery);
  }

  /** A pull request with one commit for each of the given sets of files. */
  async open(commits: readonly Files[], more: Partial<Pull> = {}): Promise<Pull> {
    const number = this.repo.pulls.size + 1;
    const shas = this.repo.git.commit(this.base, commits.map((files, i) => ({ message: `kcov: change ${i + 1}\n\nWhat and why.`, files })));
    const sha = shas.at(-1) ?? '';
    const pull: Pull = { number, title: 'kcov: a change', body: 'What and why.', state: 'open', draft: false, user: author, base: { ref: 'master' }, head: { ref: `topic-${number}`, sha, repo: 'o/linux' }, ...more };
    this.repo.pulls.set(number, pull);
    return pull;
  }

  /** The head of a pull request becomes other commits, on the base again: a force push. */
  push(pull: Pull, commits: readonly Files[]): string {
    const shas = this.repo.git.commit(this.base, commits.map((files, i) => ({ message: `kcov: change ${i + 1}, again\n\nWhat and why.`, files })));
    pull.head = { ...pull.head, sha: shas.at(-1) ?? '' };
    return pull.head.sha;
  }

  /** Tells kcovet of a pull request, and waits until it has nothing more to do. */
  async tell(pull: Pull, action: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.send(pullEvent(this.repo, pull, action, more));
    await this.idle();
  }

  /** Somebody writes in the conversation. */
  async comment(pull: Pull, body: string, user: Account = author): Promise<IssueComment> {
    const comment: IssueComment = { id: this.github.nextId(), issue: pull.number, user, body };
    this.repo.issueComments.push(comment);
    await this.send(issueCommentEvent(this.repo, pull, comment));
    await this.idle();
    return comment;
  }

  /** Somebody answers below a comment on a line. */
  async answer(pull: Pull, above: ReviewComment, body: string, user: Account = author): Promise<ReviewComment> {
    const comment: ReviewComment = { ...above, id: this.github.nextId(), user, body, inReplyTo: above.id };
    this.repo.reviewComments.push(comment);
    await this.send(reviewCommentEvent(this.repo, pull, comment));
    await this.idle();
    return comment;
  }

  /** The questions of kcovet on lines of a pull request. */
  questions(pull: Pull): ReviewComment[] {
    return this.repo.reviewComments.filter((one) => one.pull === pull.number && one.inReplyTo === null && one.user.type === 'Bot');
  }

  /** What kcovet answered below a question. */
  replies(question: ReviewComment): string[] {
    return this.repo.reviewComments.filter((one) => one.inReplyTo === question.id && one.user.type === 'Bot').map((one) => visible(one.body));
  }

  /** What kcovet said in the conversation. */
  said(pull: Pull): string[] {
    return this.repo.issueComments.filter((one) => one.issue === pull.number && one.user.type === 'Bot').map((one) => visible(one.body));
  }

  /** The fingerprints that the store has of a pull request. */
  async known(pull: Pull): Promise<string[]> {
    return (await this.store?.findings(`github/${this.repo.id}/${pull.number}`) ?? []).map((one) => one.fingerprint);
  }

  checkOf(pull: Pull): CheckRun | undefined {
    return this.repo.checks.filter((one) => one.head === pull.head.sha).at(-1);
  }
}

/** A text without what GitHub does not show. */
export function visible(body: string): string {
  return body.replace(/<!--[\s\S]*?-->/gu, '').trim();
}
