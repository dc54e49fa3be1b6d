/**
 * @module The output of a git process of any length, as it comes, with a limit for each wait. How it ended is found out
 * after its last byte: a process that failed, hung or was killed is a GitEnd, not an exception.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { inSeconds, reasonOf, withDeadline } from '../limits.js';

/** How a process ended. `failed`: git itself gave up; `lost`: it was killed, hung, or could not be started. */
export type GitEnd = { readonly kind: 'done' } | { readonly kind: 'failed' | 'lost'; readonly reason: string };

/** After a chunk that is shorter, what follows is left to gather. */
const SHORT_BYTES = 32_768;
const GATHER_MS = 1;
/** Bytes of standard error that are kept. */
const saidMax = 4096;

export class GitStream {
  #said = '';
  #hung = false;
  #error: Error | null = null;
  readonly #closed: Promise<void>;

  constructor(private readonly child: ChildProcessWithoutNullStreams, private readonly what: string, private readonly waitMs: number) {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#said.length < saidMax) this.#said += text;
    });
    child.on('error', (error) => (this.#error = error));
    // Who stops reading its input says why when it ends.
    child.stdin.on('error', () => undefined);
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** Chunks of its output until there are no more, for whatever reason. */
  async *chunks(): AsyncGenerator<Buffer, void, void> {
    const output = this.child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      const next = await withDeadline(output.next(), this.waitMs, this.what).catch(() => null);
      if (next === null) this.#hung = true;
      if (next === null || next.done) return;
      yield next.value;
      // git writes 4 kB at a time; woken by each of them we would take as long as git.
      if (next.value.length < SHORT_BYTES) await setTimeout(GATHER_MS);
    }
  }

  /** Writes to its input; waits when it is behind. False when it takes no more. */
  async write(text: string): Promise<boolean> {
    const { stdin } = this.child;
    if (!stdin.writable) return false;
    if (!stdin.write(text)) await Promise.race([once(stdin, 'drain').catch(() => undefined), this.#closed]);
    return stdin.writable;
  }

  /** No more input. */
  endInput(): void {
    this.child.stdin.end();
  }

  /** Ends the process if it still runs, and tells how it went. */
  async end(): Promise<GitEnd> {
    if (this.#hung) this.stop();
    await this.#closed;
    const { exitCode, signalCode } = this.child;
    if (this.#hung) return { kind: 'lost', reason: `${this.what}: no output within ${inSeconds(this.waitMs)}` };
    if (this.#error !== null) return { kind: 'lost', reason: `${this.what}: ${reasonOf(this.#error)}` };
    if (exitCode === 0) return { kind: 'done' };
    if (signalCode !== null) return { kind: 'lost', reason: `${this.what}: ended by ${signalCode}` };
    const said = this.#said.split('\n').find((line) => line.startsWith('fatal: ')) ?? this.#said;
    return { kind: 'failed', reason: `${this.what}: ${said.trim() === '' ? `exit status ${exitCode}` : reasonOf(said.replace(/^(?:fatal|error): /u, ''))}` };
  }

  /** Kills it. */
  stop(): void {
    this.child.kill('SIGKILL');
    this.child.stdout.destroy();
  }
}
