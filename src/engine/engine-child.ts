/** @module One process that makes a review, as the one that started it sees it: watched, and ended for sure. */
import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { FromEngine, ToEngine } from './engine-process.js';
import { offerToOomKiller, residentMb } from './resident-memory.js';

/** Milliseconds between two looks at its memory. */
const LOOK_MS = 250;

/** Characters of what it writes that are kept: the reason is at the end, or before a dump of the stack. */
const WORDS_MAX = 4000;

/** The only variables it gets: it needs no credentials. */
const VARIABLES = ['PATH', 'TZ', 'LANG', 'TMPDIR'];

export class EngineChild {
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private readonly looks: NodeJS.Timeout;
  private words = '';
  /** Why this side ended it; '' when it did not. */
  private why = '';

  constructor(entry: URL, private readonly residentMax: number) {
    const env = Object.fromEntries(VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    this.child = fork(fileURLToPath(entry), [], { serialization: 'advanced', execArgv: [`--max-old-space-size=${Math.floor(residentMax)}`], env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.exited = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      // Nothing was started where there is no pid: then there is no exit either.
      this.child.once('error', () => { if (this.child.pid === undefined) resolve(); });
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.words = (this.words + text).slice(0, WORDS_MAX); });
    this.looks = setInterval(() => this.look(), LOOK_MS);
    this.yieldToOthers();
  }

  /** Calls back with what it says, and with an error when it ends before anybody wanted it to. */
  listen(hear: (message: FromEngine) => void, lost: (error: Error) => void): void {
    this.child.on('message', (message) => hear(message as FromEngine));
    this.child.on('error', (error) => lost(new Error(`the process of the review cannot be started or told anything: ${error.message}`)));
    // After its streams were closed, so that all it wrote is there.
    this.child.once('close', (code, signal) => lost(new Error(`the process of the review ended: ${this.why || this.reason(code, signal)}`)));
  }

  send(message: ToEngine): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  /** Ends it at once; `why` becomes the reason of its failure. */
  fail(why: string): void {
    this.why ||= why;
    this.child.kill('SIGKILL');
  }

  /** Ends it if need be; resolves when it is gone. */
  async end(): Promise<void> {
    clearInterval(this.looks);
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** What answers people comes first. */
  private yieldToOthers(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    offerToOomKiller(pid);
    try {
      setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It has ended already, which is told elsewhere.
    }
  }

  private look(): void {
    const { pid } = this.child;
    const resident = pid === undefined ? null : residentMb(pid);
    if (resident !== null && resident > this.residentMax) this.fail(`it took more than ${Math.floor(this.residentMax)} MB of memory`);
  }

  private reason(code: number | null, signal: NodeJS.Signals | null): string {
    if (/heap out of memory/u.test(this.words)) return `it took more than ${Math.floor(this.residentMax)} MB of memory`;
    const [said] = /^\w*Error\b.*$/mu.exec(this.words) ?? [];
    const how = signal === null ? `exit status ${code}` : `killed by ${signal}${signal === 'SIGKILL' ? ', perhaps since the machine had no memory left' : ''}`;
    return said === undefined ? how : `${said} (${how})`;
  }
}
