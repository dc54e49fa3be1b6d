/** @module The sources of a configuration, each as what reads it. */
import { join, resolve } from 'node:path';
import { parseGithubName, type GithubName } from '../gateway/github.js';
import type { GithubClient } from '../gateway/github-client.js';
import { githubClient } from '../gateway/github-store.js';
import { LIMITS } from '../gateway/limits.js';
import type { MailSource } from '../gateway/mail-source.js';
import { MaildirSource } from '../gateway/maildir-source.js';
import { MboxSource } from '../gateway/mbox-source.js';
import { FeedSource } from '../gateway/public-inbox/feed-source.js';
import { fetchMirror } from '../gateway/public-inbox/fetch-mirror.js';
import { GithubMirrorSource } from '../gateway/public-inbox/github-mirror-source.js';
import { MirrorSource } from '../gateway/public-inbox/mirror-source.js';
import type { SourceConfig } from './watch-config.js';

/** How GitHub is asked. */
export interface GithubReach {
  readonly url?: string;
  readonly token?: string;
  /** A client for a repository; one with the token when left out. */
  readonly clientOf?: (repository: GithubName) => Promise<Pick<GithubClient, 'rest'>>;
}

export interface SourcePlaces {
  /** Folder that relative paths are meant from. */
  readonly folder: string;
  /** Folder for what is fetched. */
  readonly data: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly github: GithubReach;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

export function sourceFor(config: SourceConfig, places: SourcePlaces): MailSource {
  const { name, lists, kind, url = '', path = '' } = config;
  const { folder, stdin, now, github } = places;
  switch (kind) {
    case 'mirror': return url === '' ? new MirrorSource({ name, lists, dir: resolve(folder, path) }) : fetched(config, places);
    case 'feed': return new FeedSource({ name, lists, url, now, ...(config.query === undefined ? {} : { query: config.query }) });
    case 'maildir': return new MaildirSource({ name, lists, dir: resolve(folder, path), now });
    case 'mbox': return new MboxSource({ name, lists, path: path === '-' ? path : resolve(folder, path), stdin, now });
    case 'github-mirror': {
      const repository = parseGithubName(config.repository ?? '') ?? { owner: '', repo: '', ref: null };
      return new GithubMirrorSource({ name, lists, repository, client: () => github.clientOf?.(repository) ?? Promise.resolve(githubClient(github, LIMITS)) });
    }
  }
}

/** A mirror with an address, in the data folder. */
function fetched({ name, lists, url = '' }: SourceConfig, { data, signal }: SourcePlaces): MailSource {
  const dir = join(data, 'mirrors', name);
  return new MirrorSource({ name, lists, dir, update: (sinceS) => fetchMirror({ url, dir, signal }, sinceS) });
}
