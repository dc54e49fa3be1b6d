/** @module Servers of tests as processes: started on what the environment names, killed, told of a jump of the clock, out of disk. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Said, Told } from './served-entry.js';

type Env = Readonly<Record<string, string>>;

/** Milliseconds after which something that a test waits for will not come. */
const LATE_MS = 60_000;

export class Served {
  readonly log: string[] = [];
  readonly said: Said[] = [];
  private looks: (() => void)[] = [];

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (said: Said) => {
      this.said.push(said);
      this.look();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log.push(...text.split('\n').filter((line) => line !== ''));
      this.look();
    });
    child.on('exit', () => this.look());
  }

  /** A server that listens; `works`: false leaves jobs to others. */
  static async start(entry: URL, env: Env, works = true): Promise<Served> {
    // What is written beyond a limit of the size of files fails, as on a full disk, instead of killing the process.
    const child = spawn('sh', ['-c', 'trap "" XFSZ; exec "$0" "$@"', process.execPath, fileURLToPath(entry), works ? 'works' : 'no-workers'], {
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: process.env['TMPDIR'] ?? '/tmp', ...env }, stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    const served = new Served(child);
    await served.when('ready', () => served.ready !== null);
    return served;
  }

  private get ready(): Extract<Said, { kind: 'ready' }> | null {
    return this.said.find((one) => one.kind === 'ready') ?? null;
  }

  /** Where webhooks go. */
  get url(): string {
    return this.ready?.url ?? '';
  }

  get pages(): string {
    return this.ready?.pages ?? '';
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves as soon as something is so; looks after each word of the process. */
  async when(what: string, isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`did not happen: ${what}; log: ${this.log.slice(-12).join('\n')}`)), LATE_MS);
      const look = (): void => {
        if (!isSo() && !this.isOver) return;
        clearTimeout(late);
        this.looks = this.looks.filter((one) => one !== look);
        if (isSo()) resolve();
        else reject(new Error(`the process ended before: ${what}; log: ${this.log.slice(-12).join('\n')}`));
      };
      this.looks.push(look);
    });
  }

  tell(told: Told): void {
    this.child.send(told);
  }

  /** No file of it may grow beyond so many bytes from now on; null: any may again. */
  limitFiles(bytes: number | null): void {
    execFileSync('prlimit', ['--pid', String(this.pid), `--fsize=${bytes ?? 'unlimited'}:`]);
  }

  /** Killed without a chance to say anything. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Told to end. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.isOver) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }

  private look(): void {
    for (const look of [...this.looks]) look();
  }
}
