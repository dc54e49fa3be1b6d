/** @module `kcovet watch CONFIG`: mails of lists to reviews and drafts of answers, once or until it is ended. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import type { WatchConfig } from '../lists/watch-config.js';
import type { Round } from '../lists/watch.js';
import { clean } from '../render/line.js';
import { githubAccess } from './base-options.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { packageVersion } from './version.js';

interface WatchFlags {
  readonly once?: boolean;
  readonly outbox?: string;
  readonly since?: string;
}

const help = `
Reads mails of kernel lists, puts the patches in them that touch kcov together to
series, reviews each as kcovet review does, and drafts a mail for each patch that
there is something to ask about. Into a folder all of them go; to a mail server
what a policy lets out, when it does. kcovet outbox shows the drafts.

A configuration to start with, watch.yml; paths are relative to its folder:

  sources:
    - name: lkml
      kind: mirror               # public-inbox v2, as lore.kernel.org has it
      path: /srv/lore/lkml       # or url: https://lore.kernel.org/lkml
      lists: [linux-kernel@vger.kernel.org]
  since: 2.weeks                 # where a source begins that was never read
  from: kcovet <kcovet@example.org>
  outbox: outbox                 # a folder, maildir: FOLDER, or smtp: {host: ...}
  policy: policy.yml             # whom mails may go to; docs/gateway.md has one

Examples:
  kcovet watch watch.yml --once --outbox drafts
      reads what is new, reviews it, ends; the next run goes on from there
  kcovet watch watch.yml
      goes on until it is ended by a signal, and looks every poll: 5.minutes
  kcovet watch watch.yml --once --since 2026-01-31
      a first run that begins earlier
  kcovet watch stdin.yml --once < thread.mbox
      with a source of kind: mbox, path: "-"

Its log is one line of JSON for each event, on standard error: what was skipped
and why, which series were found, what became of them. docs/gateway.md says more.

Exit status: 0 all sources were read, or ended by a signal; 2 usage, a configuration
that is wrong, or with --once a source that could not be read to its end.`;

/** The configuration with what the command line says instead; throws CliFailure with all that is wrong. */
export async function watchConfigOf(file: string, flags: WatchFlags): Promise<WatchConfig> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new CliFailure(`${clean(file)}: ${code === 'ENOENT' ? 'no such file' : `cannot be read (${clean(code)})`}: kcovet help watch has one to start with`);
  }
  const { readWatchConfig } = await import('../lists/watch-config.js');
  const read = readWatchConfig(text, clean(file));
  if (!read.ok) throw new CliFailure(`${read.problems.map(clean).join('\nkcovet: ')}: see kcovet help watch`);
  const { outbox, since } = flags;
  const config = { ...read.config, ...(since === undefined ? {} : { since }), ...(outbox === undefined ? {} : { outbox: { dir: resolve(outbox) } }) };
  return config;
}

async function run(file: string, flags: WatchFlags, io: Io): Promise<number> {
  const config = await watchConfigOf(file, flags);
  const folder = dirname(resolve(file));
  const [{ openWatch }, { jsonLog }] = await Promise.all([import('../lists/open-watch.js'), import('../service/log.js')]);
  mkdirSync(resolve(folder, config.data), { recursive: true });
  const stop = new AbortController();
  const log = jsonLog((line) => io.stderr.write(line));
  if (!flags.once) void io.untilStopped().then(() => stop.abort());
  const opened = await openWatch(config, { folder, log, signal: stop.signal, env: io.env, version: packageVersion(), stdin: io.stdin, github: githubAccess(io) });
  if ('failure' in opened) throw new CliFailure(`${clean(file)}: ${clean(opened.failure)}`);
  try {
    if (flags.once) return await once(opened, io);
    const { Rounds } = await import('../lists/rounds.js');
    await new Rounds(opened, { pollMs: opened.pollMs, signal: stop.signal, log }).run();
    return exitStatus.reviewed;
  } finally {
    await opened.close();
  }
}

interface Once {
  readonly watch: { round(): Promise<Round>; idle(): Promise<void> };
  readonly post: { send(): Promise<{ readonly sent: number; readonly stopped: string }> };
}

async function once({ watch, post }: Once, io: Io): Promise<number> {
  const { read } = await watch.round();
  await watch.idle();
  await post.send();
  for (const [name, { mails, kept, skipped }] of Object.entries(read)) io.stdout.write(`${clean(name)}: ${mails} mails read, ${kept} kept, ${skipped} skipped\n`);
  return Object.values(read).some(({ stopped }) => stopped) ? exitStatus.usage : exitStatus.reviewed;
}

/** The command, which reports its exit status to `done`. */
export function watchCommand(io: Io, done: (status: number) => void): Command {
  return new Command('watch')
    .summary('reads mails of lists, reviews what touches kcov, drafts answers')
    .description('Watches mirrors of mailing lists, and drafts an answer to each patch that there is something to ask about.')
    .argument('<config>', 'watch.yml')
    .option('--once', 'read what is new, review it, and end')
    .option('--outbox <dir>', 'write drafts there instead of where the configuration says')
    .option('--since <time>', 'where a source begins that was never read: 2.weeks, 2026-01-31')
    .addHelpText('after', help)
    .action(async (file: string, flags: WatchFlags) => done(await run(file, flags, io)));
}
