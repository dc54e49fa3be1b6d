/** @module A Postgres of a test's own, which may be restarted. It does not run as root. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { ask } from '../store/postgres.js';

/** Folder of its programs; '' where it is not installed. */
function programs(): string {
  try {
    const [newest] = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? '' : join('/usr/lib/postgresql', newest, 'bin');
  } catch {
    return '';
  }
}

const bin = programs();

/** Why tests that start one are skipped; false where they run, or must. */
export const noPostgresServer: string | false = bin !== '' || process.env['KCOVET_REQUIRE_SERVICES'] === '1' ? false : 'Postgres is not installed';

const isRoot = process.getuid?.() === 0;

function run(program: string, args: readonly string[]): void {
  const [file, all] = isRoot ? ['runuser', ['-u', 'postgres', '--', join(bin, program), ...args]] : [join(bin, program), [...args]];
  execFileSync(file, all, { stdio: 'ignore', cwd: '/' });
}

export class PostgresServer {
  private databases = 0;

  private constructor(private readonly dir: string, private readonly port: number) {}

  static async start(): Promise<PostgresServer> {
    const dir = mkdtempSync(join(tmpdir(), 'kcovet-postgres-'));
    if (isRoot) chownSync(dir, Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })), -1);
    const server = new PostgresServer(dir, await freePort());
    run('initdb', ['-D', server.data, '-U', 'kcovet', '-A', 'trust', '--no-sync']);
    server.up();
    return server;
  }

  private get data(): string {
    return join(this.dir, 'data');
  }

  /** A new database, empty; its URL. */
  async database(): Promise<string> {
    this.databases += 1;
    await ask(this.url('postgres'), `create database story_${this.databases}`);
    return this.url(`story_${this.databases}`);
  }

  private url(name: string): string {
    return `postgres://kcovet@127.0.0.1:${this.port}/${name}`;
  }

  up(): void {
    run('pg_ctl', ['-D', this.data, '-w', '-l', join(this.dir, 'log'), '-o', `-c listen_addresses=127.0.0.1 -c port=${this.port} -c unix_socket_directories='' -c fsync=off`, 'start']);
  }

  /** Ends it as an operator does who does not wait for its clients. */
  down(): void {
    run('pg_ctl', ['-D', this.data, '-m', 'fast', '-w', 'stop']);
  }

  remove(): void {
    try {
      run('pg_ctl', ['-D', this.data, '-m', 'immediate', '-w', 'stop']);
    } catch {
      // It is down already.
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}
