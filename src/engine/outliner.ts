/**
 * @module Reads submissions for a server in a thread beside its own: a megabyte of text may be seconds of reading, and while a server reads
 * it answers nobody. Only an outline comes back. The thread is started by the first, ended when it has had nothing to do for a while, and
 * replaced when it dies or takes too long; what it was at then fails, and may be sent again.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { FromOutline, ToOutline } from './outline-thread.js';
import { outlineOf, type Outline, type Unread } from './unread.js';

/** Tells the outline of a text. Rejects where it could not be read now. */
export type Outliner = (unread: Unread) => Promise<Outline>;

/** Milliseconds that one text may take, and those after which an idle thread is ended. */
const ONE_MS = 120_000;
const IDLE_MS = 60_000;
/** Megabytes of its heap: the largest upload, read, has some hundred. */
const HEAP_MB = 512;

interface Waiting {
  readonly message: ToOutline;
  readonly resolve: (outline: Outline) => void;
  readonly reject: (error: Error) => void;
}

/** An outliner with a thread of its own; in this thread where the package is not built. */
export function outlinerFor({ entry = new URL('./outline-thread.js', import.meta.url), oneMs = ONE_MS, idleMs = IDLE_MS }: { entry?: URL; oneMs?: number; idleMs?: number } = {}): Outliner {
  if (!existsSync(entry)) return outlineOf;
  const thread = new OutlineThread(entry, { oneMs, idleMs });
  return (unread) => thread.outline(unread);
}

class OutlineThread {
  private worker: Worker | null = null;
  /** In order; the first is what the thread is at. */
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | null = null;
  private nextId = 0;

  constructor(private readonly entry: URL, private readonly times: { readonly oneMs: number; readonly idleMs: number }) {}

  async outline(unread: Unread): Promise<Outline> {
    this.nextId += 1;
    const message = { id: this.nextId, unread };
    return await new Promise((resolve, reject) => {
      this.waiting.push({ message, resolve, reject });
      if (this.waiting.length === 1) this.give();
    });
  }

  /** Gives the thread what is first. */
  private give(): void {
    const [first] = this.waiting;
    if (this.timer) clearTimeout(this.timer);
    this.timer = (first ? setTimeout(() => this.end('it took too long to read'), this.times.oneMs) : setTimeout(() => this.end(''), this.times.idleMs)).unref();
    if (!first) return;
    this.worker ??= this.started();
    this.worker.postMessage(first.message);
  }

  private started(): Worker {
    const worker = new Worker(this.entry, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
    // A server that is told to end does not wait for it.
    worker.unref();
    let why = 'the thread that read it ended';
    worker.on('message', (said: FromOutline) => this.settle(said));
    worker.on('error', (error: unknown) => { why = error instanceof Error ? error.message : String(error); });
    worker.on('exit', () => { if (this.worker === worker) this.end(why); });
    return worker;
  }

  private settle(said: FromOutline): void {
    const [first] = this.waiting;
    if (first?.message.id !== said.id) return;
    this.waiting.shift();
    if ('outline' in said) first.resolve(said.outline);
    else first.reject(new Error(said.failed));
    this.give();
  }

  /** Lets the thread go; what it was at fails. */
  private end(why: string): void {
    const { worker } = this;
    this.worker = null;
    void worker?.terminate();
    if (worker === null && this.waiting.length === 0) return;
    this.waiting.shift()?.reject(new Error(why));
    if (this.waiting.length > 0) this.give();
  }
}
