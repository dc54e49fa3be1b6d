/** @module The office of a configuration: its policy, read anew each time it is asked for, its sender, and who claims. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Sender } from '../gateway/outbox/sender.js';
import { reasonOf } from '../gateway/limits.js';
import type { Log } from '../service/log.js';
import type { ReadYaml } from '../service/yaml-file.js';
import type { DraftStore } from './draft.js';
import type { Office } from './office.js';
import { parsePolicy, SILENT, type Policy } from './policy.js';

export interface OfficeOptions {
  readonly from: string;
  readonly replyTo?: string;
  /** Path of policy.yml; without it nothing is said. */
  readonly policy?: string;
  readonly sender: Sender | null;
}

/** The policy as it stands in its file now. */
export async function readPolicyFile(path: string): Promise<ReadYaml<Policy>> {
  try {
    return parsePolicy(await readFile(path, 'utf8'), path);
  } catch (error) {
    return { ok: false, problems: [`${path}: cannot be read (${reasonOf(error)}): nothing is sent without it`] };
  }
}

/** Whether a process of this machine that wrote "host:pid" is gone; false where that cannot be known. */
export function isGone(claimer: string): boolean {
  const [host = '', pid = ''] = claimer.split(/:(?=\d+$)/u);
  if (host !== hostname() || !/^\d+$/u.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** The office of these options. */
export function openOffice({ from, replyTo, policy, sender }: OfficeOptions, drafts: DraftStore, log: Log): Office {
  const silent: ReadYaml<Policy> = { ok: true, config: SILENT };
  return {
    drafts, sender, from, log, isGone, claimer: `${hostname()}:${process.pid}`, ...(replyTo === undefined ? {} : { replyTo }),
    policy: policy === undefined ? () => Promise.resolve(silent) : () => readPolicyFile(policy),
  };
}
