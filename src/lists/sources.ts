/** @module The sources of a configuration, each as what reads it. */
import { join } from 'node:path';
import type { MailSource } from '../gateway/mail-source.js';
import { MirrorSource } from '../gateway/public-inbox/mirror-source.js';
import type { SourceConfig } from './watch-config.js';

export interface SourcePlaces {
  /** Folder that relative paths are meant from. */
  readonly folder: string;
}

export function sourceFor(config: SourceConfig, { folder }: SourcePlaces): MailSource {
  const { name, lists } = config;
  return new MirrorSource({ name, lists, dir: join(folder, config.path ?? '.') });
}
