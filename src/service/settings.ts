/**
 * @module What the repository of a pull request wants, read from the branch that it goes into: a pull request cannot change
 * how it is reviewed itself.
 */
import type { PullConversation } from '../gateway/pull-conversation.js';
import type { PullHead } from '../gateway/pull-request.js';
import { CONFIG_PATH, parseConfig } from './repository-config.js';
import type { ReadConfig } from './repository-config.js';

/** Reads the configuration; its defaults where there is none. */
export async function readSettings(talk: PullConversation, { baseSha }: PullHead): Promise<ReadConfig> {
  return parseConfig(await talk.textFile(CONFIG_PATH, baseSha) ?? '');
}
