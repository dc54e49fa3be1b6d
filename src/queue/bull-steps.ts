/** @module The steps of ./bull-scripts.ts with names, types and the keys they work on. */
import type Bull from 'bull';
import { orderOf, shortName, type BullData, type Tries } from './bull-job.js';
import { scripts, type ScriptName } from './bull-scripts.js';

type BullJob = Bull.Job<BullData>;

/** Milliseconds that the newest job under a key, and the holder of a group, are remembered: longer than any job waits. */
const KEY_KEPT_MS = 90 * 86_400_000;

/** bull's client with our commands, and what else of bull is not in its types. */
interface Internals {
  readonly token: string;
  toKey(name: string): string;
}

type Client = Bull.Queue['client'];
type Command = (...args: readonly (string | number)[]) => Promise<unknown>;

export class BullSteps {
  private readonly client: Client;
  private readonly internals: Internals;

  constructor(bull: Bull.Queue<BullData>, private readonly spans: { readonly lockMs: number; readonly keptMs: number }) {
    this.client = bull.client;
    this.internals = bull as unknown as Internals;
    for (const [name, { keys, lua }] of Object.entries(scripts)) this.client.defineCommand(name, { numberOfKeys: keys, lua });
  }

  async nextSeq(): Promise<number> {
    return await this.client.incr(this.key('seq'));
  }

  /**
   * After add(): null when the job was known before. Otherwise it becomes the newest under its `replaces`, and the name of the job that
   * was so far is returned; '' where there is none.
   */
  async kept(name: string, mark: string, { seq, replaces }: BullData): Promise<string | null> {
    return await this.run('kcovetKept', this.key(name), this.newest(replaces ?? ''), mark, seq, name, replaces === undefined ? '' : KEY_KEPT_MS) as string | null;
  }

  /** Whether a newer job does what this one would do. */
  async isSuperseded({ id, data }: BullJob): Promise<boolean> {
    if (data.replaces === undefined) return false;
    return await this.run('kcovetSuperseded', this.key(String(id)), this.newest(data.replaces), data.seq) === 1;
  }

  /** Counts a run that begins. */
  async begin({ id }: BullJob): Promise<Tries> {
    const [attempts, delays, error] = await this.run('kcovetBegin', this.key(String(id))) as [number, number, string];
    return { attempts, delays, error };
  }

  /** Takes the place of the one job of its group that runs. Null when it did; else the name of the job that is to go first, '' for the one that runs. */
  async enter(job: BullJob): Promise<string | null> {
    const { group } = job.data;
    if (group === undefined) return null;
    return await this.run('kcovetEnter', this.groupKey(group), this.parkedKey(group), this.key('active'), String(job.id), orderOf(job), KEY_KEPT_MS, this.key('')) as string | null;
  }

  /** Leaves it to the next, whose name is returned; '' when there is none. */
  async leave({ id, data: { group } }: BullJob): Promise<string> {
    if (group === undefined) return '';
    return await this.run('kcovetLeave', this.groupKey(group), this.parkedKey(group), String(id), this.key('')) as string;
  }

  /** Renews the lock of a job that runs, also when it ran out and nobody took it; false when somebody did. */
  async keep({ id }: BullJob): Promise<boolean> {
    const name = String(id);
    return await this.run('kcovetKeep', this.key(`${name}:lock`), this.key('stalled'), this.key('active'), this.internals.token, this.spans.lockMs, name) === 1;
  }

  /** Notes why a job waits again; a run that was put off does not count. False when the job is somebody else's by now. */
  async putOff({ id }: BullJob, { delayed, error }: { readonly delayed: boolean; readonly error: string }): Promise<boolean> {
    const name = String(id);
    return await this.run('kcovetPutOff', this.key(name), this.key(`${name}:lock`), this.internals.token, delayed ? '1' : '0', error) === 1;
  }

  /** Lets a dead letter wait again as if it were new. */
  async retry(name: string, nowMs: number): Promise<boolean> {
    return await this.run('kcovetRetry', this.key(name), this.key('failed'), this.key('delayed'), name, await this.nextSeq(), nowMs) === 1;
  }

  /** Notes that a job ends since another one does its work. */
  async noteSuperseded({ id }: BullJob, nowMs: number): Promise<void> {
    const key = this.key('superseded');
    await this.client.zadd(key, nowMs, String(id));
    if (this.spans.keptMs !== Infinity) await this.client.zremrangebyscore(key, 0, nowMs - this.spans.keptMs);
  }

  async supersededCount(): Promise<number> {
    return await this.client.zcard(this.key('superseded'));
  }

  /** When the next job that waits for its time is due; Infinity when none does. */
  async nextDueMs(): Promise<number> {
    const [, score] = await this.client.zrange(this.key('delayed'), 0, 0, 'WITHSCORES');
    return score === undefined ? Infinity : Number(score) / 4096;
  }

  private key(name: string): string {
    return this.internals.toKey(name);
  }

  private newest(replaces: string): string {
    return this.key(`newest:${shortName(replaces)}`);
  }

  private groupKey(group: string): string {
    return this.key(`group:${shortName(group)}`);
  }

  private parkedKey(group: string): string {
    return this.key(`parked:${shortName(group)}`);
  }

  private run(name: ScriptName, ...args: readonly (string | number)[]): Promise<unknown> {
    return (this.client as unknown as Record<ScriptName, Command>)[name](...args);
  }
}
