/** @module A watch of lists inside `kcovet serve`: on the store and the queue of the server, woken by pushes to its mirrors on GitHub. */
import { dirname, resolve } from 'node:path';
import { parseGithubName } from '../gateway/github.js';
import { listSide } from '../lists/list-side.js';
import { Rounds } from '../lists/rounds.js';
import { clean } from '../render/line.js';
import type { WatchedLists } from '../sides.js';
import { githubAccess } from './base-options.js';
import type { Io } from './io.js';
import { watchConfigOf } from './watch-command.js';

/** OWNER/REPO in small letters. */
function nameOf(repository: string): string {
  const name = parseGithubName(repository);
  return name === null ? '' : `${name.owner}/${name.repo}`.toLowerCase();
}

/** Reads the configuration; throws CliFailure with all that is wrong. Mirrors are fetched into the data folder of the server. */
export async function servedWatch(file: string, { data, io }: { readonly data: string; readonly io: Io }): Promise<WatchedLists> {
  const config = await watchConfigOf(file, {});
  const mirrors = new Set(config.sources.flatMap(({ repository }) => (repository === undefined ? [] : [nameOf(repository)])));
  let rounds: Rounds | null = null;
  return {
    onPush: (repository) => {
      if (mirrors.has(repository)) rounds?.call();
    },
    open: async ({ clientOf, ...around }) => {
      const side = await listSide(config, { ...around, folder: dirname(resolve(file)), data, env: io.env, stdin: io.stdin, github: { ...githubAccess(io), ...(clientOf ? { clientOf } : {}) } });
      return 'failure' in side ? { failure: `${clean(file)}: ${side.failure}` } : side;
    },
    run: async (side, { signal, log }) => {
      await side.watch.begin();
      rounds = new Rounds(side, { pollMs: side.pollMs, signal, log });
      await rounds.run();
    },
  };
}
