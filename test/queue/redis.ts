/** @module Redis for tests: the one that KCOVET_TEST_REDIS names, and servers of a test's own that may be stopped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';

const required = process.env.KCOVET_REQUIRE_SERVICES === '1';

/** The Redis of these tests; '' when there is none. */
export const redisUrl = process.env.KCOVET_TEST_REDIS ?? '';

/** Why tests that need a Redis are skipped; false where they run, or must. */
export const noRedis: string | false = redisUrl !== '' || required ? false : 'KCOVET_TEST_REDIS is not set, such as to redis://127.0.0.1:6379';

/** The same for tests that start one of their own. */
export const noRedisServer: string | false = required || spawnSync('redis-server', ['--version']).status === 0 ? false : 'redis-server is not installed';

let prefixes = 0;

/** Keys that no other test has. */
export function freshPrefix(): string {
  prefixes += 1;
  return `kcovet-test-${process.pid}-${Date.now()}-${prefixes}`;
}

/** A Redis of a test's own, with its data on disk. */
export class RedisServer {
  private child: ChildProcess | null = null;

  private constructor(private readonly port: number, private readonly folder: string, private readonly more: readonly string[]) {}

  /** Started; `more`: further options of redis-server. */
  static async start(more: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'kcovet-redis-')), more);
    await server.up();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, on the data that it had. */
  async up(): Promise<void> {
    const child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', ...this.more], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    let said = '';
    for await (const text of child.stdout) {
      said += String(text);
      if (said.includes('Ready to accept connections')) break;
    }
    child.stdout.resume();
  }

  /** Ends it as an operator does, or as a machine that dies. */
  async down(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** Lets it answer nothing, and answer again. */
  freeze(isFrozen: boolean): void {
    this.child?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async remove(): Promise<void> {
    await this.down('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
