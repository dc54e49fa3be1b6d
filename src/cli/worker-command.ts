/** @module `kcovet worker`: does the jobs that `kcovet serve` takes in, on the same Redis and the same Postgres. */
import { Command } from 'commander';
import { clean } from '../render/line.js';
import type { Io } from './io.js';
import { needServers, openedParts, readConfiguration, running, settingsHelp, type ConfigFlags } from './server-parts.js';
import { packageVersion } from './version.js';

const help = `
A worker has the configuration of its server, and needs REDIS_URL and
DATABASE_URL: the queue and the store that both share. As many as are wanted may
run, on as many machines; the server may then leave all work to them:
  kcovet serve --config kcovet.yml --no-workers
  kcovet worker --config kcovet.yml
With KCOVET_WORKER_PORT [worker-port] it answers /healthz, /readyz and, with the token of
its data folder or KCOVET_TOKEN, /metrics.
${settingsHelp}
SIGTERM ends it: what runs is put back, and another worker goes on with it.

Exit status: 0 ended by a signal; 2 something is wrong with the configuration.`;

async function run(flags: ConfigFlags, io: Io): Promise<number> {
  const config = await readConfiguration(flags, io, 'worker');
  needServers(config, 'worker');
  const { work } = await import('../worker.js');
  return await running(await openedParts(config, io, 'worker'), { command: 'worker', io }, async (parts) => {
    const working = await work(config, { ...parts, version: packageVersion() });
    io.stdout.write(`kcovet: working${working.url === null ? '' : `, answering on ${clean(working.url)}`}\n`);
    return working;
  });
}

/** The command, which reports its exit status to `done`. */
export function workerCommand(io: Io, done: (status: number) => void): Command {
  return new Command('worker')
    .summary('does the jobs of kcovet serve, on the same Redis and Postgres')
    .description('Works on the queue of a server: reviews, commands, answers. Several may run.')
    .option('--config <file>', 'kcovet.yml: settings; variables of the environment win over it')
    .option('--env <file>', 'variables that the environment does not have, as lines NAME=VALUE')
    .addHelpText('after', help)
    .action(async (flags: ConfigFlags) => done(await run(flags, io)));
}
