/** @module The office of a configuration: its policy, read anew each time it is asked for, its sender, and who claims. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { reasonOf } from '../gateway/limits.js';
import type { Log } from '../service/log.js';
import type { ReadYaml } from '../service/yaml-file.js';
import { withOptOuts } from './answering/opt-outs.js';
import type { NoteDraft } from './audited-drafts.js';
import type { DraftStore } from './draft.js';
import type { Office } from './office.js';
import { senderFor, type OutboxConfig } from './outbox-config.js';
import type { SaidStore } from './said-store.js';
import { parsePolicy, SILENT, UNDER_HAND, type Policy } from './policy.js';

/** What a configuration says about mails that go out: part of watch.yml. */
export interface OfficeConfig {
  readonly from: string;
  readonly 'reply-to'?: string | undefined;
  readonly outbox?: OutboxConfig | undefined;
  /** Path of policy.yml. */
  readonly policy?: string | undefined;
}

export interface Around {
  /** Folder that relative paths are meant from. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly drafts: DraftStore;
  /** Who said that they want no mail. */
  readonly said: SaidStore;
  readonly log: Log;
  readonly note?: NoteDraft;
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

/** The outbox with its paths made absolute. */
function placed(outbox: OutboxConfig, folder: string): OutboxConfig {
  if (outbox.dir !== undefined) return { dir: resolve(folder, outbox.dir) };
  return outbox.maildir === undefined ? outbox : { maildir: resolve(folder, outbox.maildir) };
}

/** The office of a configuration; a sentence where something is missing. */
export function officeFor({ from, 'reply-to': replyTo, outbox, policy }: OfficeConfig, { folder, env, drafts, said, log, note }: Around): Office | string {
  const sender = outbox === undefined ? null : senderFor(placed(outbox, folder), env);
  if (typeof sender === 'string') return sender;
  // Into a folder nothing goes by itself: whoever sends from there decides, unless a policy does.
  const unsaid: ReadYaml<Policy> = { ok: true, config: outbox !== undefined && outbox.smtp === undefined ? UNDER_HAND : SILENT };
  return {
    drafts, sender, from, log, isGone, ...(note ? { note } : {}), claimer: `${hostname()}:${process.pid}`, ...(replyTo === undefined ? {} : { replyTo }),
    policy: withOptOuts(policy === undefined ? () => Promise.resolve(unsaid) : () => readPolicyFile(resolve(folder, policy)), said),
  };
}
