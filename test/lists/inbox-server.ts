/** @module A public-inbox of Debian on loopback: made anew for a test, filled, purged, served and stopped. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';

const installed = spawnSync('public-inbox-init', ['--help'], { timeout: 20_000 }).status === 0;
if (!installed && process.env['KCOVET_REQUIRE_PUBLIC_INBOX'] === '1') throw new Error('public-inbox is not installed, and KCOVET_REQUIRE_PUBLIC_INBOX says that it must be: run .ci/lists');

/** Why tests that need it are skipped; false where they run. */
export const noPublicInbox: string | false = installed ? false : 'public-inbox is not installed: .ci/lists installs it';

/** Adds mails, parted by NUL; with a first argument other than 0 they begin a new epoch. */
const IMPORT = `use strict; use warnings;
use PublicInbox::Config; use PublicInbox::InboxWritable; use PublicInbox::Eml;
my @mails = do { local $/; split /\\0/, <STDIN> };
my $ibx = PublicInbox::Config->new->lookup_name('list') or die;
my $im = PublicInbox::InboxWritable->new($ibx)->importer(0);
my $usual = $im->{rotate_bytes};
$im->{rotate_bytes} = 1 if $ARGV[0];
for my $mail (@mails) { $im->add(PublicInbox::Eml->new(\\$mail)); $im->{rotate_bytes} = $usual; }
$im->done;`;

export class InboxServer {
  private child: ChildProcess | null = null;

  private constructor(private readonly home: string, private readonly port: number) {}

  /** A new inbox below a folder, not served yet. */
  static async make(home: string): Promise<InboxServer> {
    mkdirSync(home, { recursive: true });
    const server = new InboxServer(home, await freePort());
    server.run('public-inbox-init', ['-V2', 'list', server.dir, server.url, 'list@example.org']);
    return server;
  }

  get dir(): string {
    return join(this.home, 'list');
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/list`;
  }

  private get env(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.home, PI_CONFIG: join(this.home, 'config'), GIT_CONFIG_NOSYSTEM: '1' };
  }

  private run(program: string, args: readonly string[], input = ''): void {
    execFileSync(program, args, { env: this.env, input, stdio: ['pipe', 'pipe', 'pipe'], timeout: 120_000 });
  }

  /** Mails come to the inbox; with `rotate` into a new epoch. */
  add(mails: readonly string[], rotate = false): void {
    this.run('perl', ['-e', IMPORT, rotate ? '1' : '0'], mails.join('\0'));
  }

  /** A mail is gone from the whole history. */
  purge(mail: string): void {
    this.run('public-inbox-purge', [this.dir], mail);
  }

  async start(): Promise<void> {
    this.child = spawn('public-inbox-httpd', ['-l', `127.0.0.1:${this.port}`, '-W', '0'], { env: this.env, stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries++) {
      const socket = connect(this.port, '127.0.0.1');
      const answered = await Promise.race([once(socket, 'connect').then(() => true, () => false), once(socket, 'error').then(() => false)]);
      socket.destroy();
      if (answered) return;
      await sleep(50);
    }
    throw new Error('public-inbox-httpd does not listen');
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
