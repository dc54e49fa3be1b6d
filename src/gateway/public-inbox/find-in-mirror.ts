/**
 * @module Mails of a mirror that were passed over, found again because a series lacks them: by Message-ID, or as patches that
 * answer one of its mails, among those that came near it in time.
 */
import type { Lacking, SourceMail } from '../mail-source.js';
import { openRepository } from '../git-run.js';
import { GatewayFailure, LIMITS } from '../limits.js';
import { readStretch } from './epoch-mails.js';
import { epochsOf } from './epochs.js';
import { MAIL_LIMITS } from './mail-filter.js';
import { readRawHeaders } from './raw-headers.js';

/** Seconds before and after. */
const NEAR_S = 2 * 86_400;
/** Mails that are handed out. */
const FOUND_MAX = 300;

/** Searches the epochs, the newest first. What cannot be read is not found. */
export async function* findInMirror(dir: string, lacking: Lacking, program?: string): AsyncGenerator<SourceMail, void, void> {
  let left = FOUND_MAX;
  const epochs = await epochsOf(dir).catch(() => []);
  for (const epoch of epochs.reverse()) {
    try {
      for await (const mail of findInEpoch(epoch.dir, lacking, program)) {
        yield mail;
        if (--left === 0) return;
      }
    } catch (error) {
      if (!(error instanceof GatewayFailure)) throw error;
    }
  }
}

async function* findInEpoch(dir: string, lacking: Lacking, program?: string): AsyncGenerator<SourceMail, void, void> {
  const repository = await openRepository(dir, LIMITS, program);
  try {
    const head = (await repository.listRefs(['rev-parse', '--verify', 'HEAD'])).toString('utf8').trim();
    const wants = (timeS: number): boolean => Math.abs(timeS - lacking.atS) <= NEAR_S;
    const answers = readStretch(repository, { after: null, head, wants, endS: lacking.atS - NEAR_S }, { git: LIMITS, mailBytes: MAIL_LIMITS.mailBytes });
    for await (const { answer, timeS } of answers) {
      if (answer.kind !== 'object' || answer.content === null) continue;
      const messageId = lackedId(answer.content, lacking);
      if (messageId !== null) yield { raw: Buffer.from(answer.content), messageId, atMs: timeS * 1000 };
    }
  } finally {
    await repository.close();
  }
}

/** The Message-ID of a mail that is lacked; null for any other. */
function lackedId(mail: Buffer, { ids, answering }: Lacking): string | null {
  const headers = readRawHeaders(mail, MAIL_LIMITS.headerBytes);
  if (headers === null || headers.messageId === '') return null;
  if (ids.has(headers.messageId)) return headers.messageId;
  const isPatch = /^\s*\[[^\]]*\d+\/\d+[^\]]*\]/u.test(headers.subject);
  return isPatch && headers.answers.some((id) => answering.has(id)) ? headers.messageId : null;
}
