/** @module A watch of lists inside `kcovet serve`: with a store of its own, woken by pushes to its mirrors on GitHub. */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseGithubName } from '../gateway/github.js';
import type { GithubReach } from '../lists/sources.js';
import { Rounds } from '../lists/rounds.js';
import { openWatch } from '../lists/open-watch.js';
import type { ListStore } from '../lists/list-store.js';
import { clean } from '../render/line.js';
import type { Log } from '../service/log.js';
import { githubAccess } from './base-options.js';
import { CliFailure, type Io } from './io.js';
import { packageVersion } from './version.js';
import { watchConfigOf } from './watch-command.js';

export interface ServedWatch {
  /** Told of a push to OWNER/REPO, in small letters. */
  readonly onPush: (repository: string) => void;
  /** Where its mails and series are; null as long as it has not begun. */
  readonly lists: () => ListStore | null;
  /** Begins; the function that it gives ends it. */
  readonly start: (clientOf: NonNullable<GithubReach['clientOf']>) => Promise<() => Promise<void>>;
}

/** OWNER/REPO in small letters. */
function nameOf(repository: string): string {
  const name = parseGithubName(repository);
  return name === null ? '' : `${name.owner}/${name.repo}`.toLowerCase();
}

/** Reads the configuration; throws CliFailure with all that is wrong. */
export async function servedWatch(file: string, { store, io, log }: { readonly store: string; readonly io: Io; readonly log: Log }): Promise<ServedWatch> {
  const config = await watchConfigOf(file, {});
  const folder = dirname(resolve(file));
  const data = resolve(folder, config.data);
  // Two queues on one store would take each other's jobs for those of a dead process.
  if (join(data, 'kcovet.sqlite') === resolve(store)) throw new CliFailure(`serve: KCOVET_WATCH: ${clean(file)} keeps its mails in the store of the server: give data: another folder`);
  mkdirSync(data, { recursive: true });
  const mirrors = new Set(config.sources.flatMap(({ repository }) => (repository === undefined ? [] : [nameOf(repository)])));
  let rounds: Rounds | null = null;
  let lists: ListStore | null = null;
  return {
    lists: () => lists,
    onPush: (repository) => {
      if (mirrors.has(repository)) rounds?.call();
    },
    start: async (clientOf) => {
      const stop = new AbortController();
      const opened = await openWatch(config, { folder, log, signal: stop.signal, env: io.env, version: packageVersion(), stdin: io.stdin, github: { ...githubAccess(io), clientOf } });
      if ('failure' in opened) throw new CliFailure(`${clean(file)}: ${clean(opened.failure)}`);
      ({ lists } = opened);
      rounds = new Rounds(opened, { pollMs: opened.pollMs, signal: stop.signal, log });
      const running = rounds.run();
      return async () => {
        stop.abort();
        await running;
        lists = null;
        await opened.close();
      };
    },
  };
}
