/**
 * @module `kcovet serve`: webhooks, watched lists, pages and workers in one process. What it has no credentials or configuration for it does
 * without, and says so; `--register` gets credentials of a GitHub App.
 */
import { Command } from 'commander';
import type { ServeConfig } from '../config.js';
import { clean } from '../render/line.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { ENV_FILE, register, type RegisterFlags } from './register.js';
import { needServers, openedParts, readConfiguration, running, settingsHelp } from './server-parts.js';
import { packageVersion } from './version.js';

interface ServeFlags extends RegisterFlags {
  readonly config?: string;
  readonly register?: boolean;
  readonly demo?: boolean;
  readonly workers: boolean;
}

const help = `
  kcovet serve --demo     shows what it does, with the examples of the package

Without anything set it keeps its data in the folder kcovet-data, and shows its
pages on this machine: a patch is uploaded there, or sent with curl
(docs/operating.md).

A GitHub App reviews pull requests. Three steps to have one:
  1. kcovet serve --register --url https://ADDRESS
     registers it, with one click; ADDRESS is where GitHub reaches this server.
     It writes ${ENV_FILE}.
  2. Install it on the repositories that it is to review; the page leads there.
  3. kcovet serve --env ${ENV_FILE}
docs/github.md says more, also for an App that is registered by hand.

Mailing lists are watched with a watch.yml (kcovet help watch): KCOVET_WATCH.
${settingsHelp}
Its log is one line of JSON for each event, on standard error. SIGTERM ends it:
what runs is put back, and goes on with the next start.

Exit status: 0 ended by a signal; 2 something is wrong with the configuration.`;

/** Runs the server until the process is told to end. */
async function runServer(config: ServeConfig, works: boolean, io: Io): Promise<number> {
  if (!works) needServers(config, 'serve --no-workers');
  const { serve } = await import('../serve.js');
  return await running(await openedParts(config, io, 'serve'), { command: 'serve', io }, async (parts) => {
    const serving = await serve(config, { ...parts, works, version: packageVersion() });
    io.stdout.write(told(config, { ...serving, tokenFile: parts.tokenFile }));
    return serving;
  });
}

/** Where it can be reached, and what it does without. */
function told({ github, watch, url, pages: access }: ServeConfig, { url: webhooks, pages, tokenFile }: { url: string; pages: string; tokenFile: string | null }): string {
  const token = access === 'open' || tokenFile === null ? '' : ` (the token to log in with is in ${clean(tokenFile)})`;
  return [
    `kcovet: listening on ${github === null ? pages : webhooks}`, `kcovet: pages on ${url === null ? pages : `${url}/`}${token}`,
    ...(github === null ? ['kcovet: no GitHub App: kcovet help serve has the three steps to one'] : []),
    ...(watch === null ? ['kcovet: no list is watched: KCOVET_WATCH names a watch.yml'] : []), '',
  ].join('\n');
}

/** The port that is given; null: any where the usual one is taken. */
async function demoPort({ env: { PORT } }: Io): Promise<number | null> {
  const { readServeConfig } = await import('../config.js');
  const read = readServeConfig({ PORT });
  if (!read.ok) throw new CliFailure(`serve --demo: ${read.problems.map(clean).join('; ')}`);
  return PORT ? read.config.port : null;
}

/** Runs the demonstration until the process is told to end. */
async function runDemo(io: Io): Promise<number> {
  const [{ startDemo }, { jsonLog, atLeast }, { ServeFailure }] = await Promise.all([import('../demo.js'), import('../service/log.js'), import('../serve-failure.js')]);
  const port = await demoPort(io);
  try {
    const demo = await startDemo({ version: packageVersion(), log: atLeast('warn', jsonLog((line) => io.stderr.write(line))), port });
    io.stdout.write(`kcovet: open ${demo.serving.pages}\nkcovet: the examples of the package are reviewed now; nothing is kept\nkcovet: to upload a patch of your own, log in: ${demo.login}\n`);
    await io.untilStopped();
    await demo.serving.stop();
    return exitStatus.reviewed;
  } catch (error) {
    if (error instanceof ServeFailure) throw new CliFailure(`serve --demo: ${clean(error.message)}`);
    throw error;
  }
}

async function run(flags: ServeFlags, io: Io): Promise<number> {
  if (flags.demo) return await runDemo(io);
  if (flags.register) return await register(flags, io);
  return await runServer(await readConfiguration(flags, io, 'serve'), flags.workers, io);
}

/** The command, which reports its exit status to `done`. */
export function serveCommand(io: Io, done: (status: number) => void): Command {
  return new Command('serve')
    .summary('the service: pull requests, lists, uploads, pages')
    .description('Reviews pull requests, patches of mailing lists and uploads, and shows the reviews on pages.')
    .option('--demo', 'show the examples of the package, reviewed, on this machine; nothing is kept')
    .option('--config <file>', 'kcovet.yml: settings; variables of the environment win over it')
    .option('--env <file>', 'variables that the environment does not have, as lines NAME=VALUE; what --register writes')
    .option('--no-workers', 'take work in and show it, and leave it to kcovet worker; needs REDIS_URL and DATABASE_URL')
    .option('--register', 'register the App by one click on a page, and write its credentials to a file, kcovet.env')
    .option('--url <address>', 'with --register: where GitHub reaches this server')
    .option('--org <name>', 'with --register: the organization that the App is to belong to')
    .addHelpText('after', help)
    .action(async (flags: ServeFlags) => done(await run(flags, io)));
}
