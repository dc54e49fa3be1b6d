/**
 * @module What a mail hangs together with: the mails above it, and for a numbered patch what git gives all Message-IDs of one run
 * in common (git-format-patch(1), git-send-email(1)), which joins series that were sent without threading. Pure.
 */
import { MAIL_LIMITS } from '../gateway/public-inbox/mail-filter.js';
import { readRawHeaders } from '../gateway/public-inbox/raw-headers.js';

/** Mails above that count: the first and the last ones. A mail that names thousands joins no more threads than others. */
const ABOVE_MAX = 20;

/** Links of a mail, its own id not among them. */
export function linksOf(raw: Buffer, messageId: string): string[] {
  const headers = readRawHeaders(raw, MAIL_LIMITS.headerBytes);
  if (headers === null) return [];
  const above = [...new Set(headers.answers)].filter((id) => id !== messageId);
  const some = above.length <= ABOVE_MAX ? above : [...above.slice(0, ABOVE_MAX / 2), ...above.slice(-ABOVE_MAX / 2)];
  const run = /\[[^\]]*\d+\/\d+[^\]]*\]/u.test(headers.subject) ? runOf(messageId) : null;
  return run === null ? some : [...some, run];
}

/** What Message-IDs of one run have in common, as a mark that is no Message-ID; null for ids of other programs. */
export function runOf(messageId: string): string | null {
  const sent = /^(\d{14}\.\d+)-\d+(-.+@.+)$/u.exec(messageId);
  if (sent) return `run ${sent[1]}${sent[2]}`;
  const made = /^[0-9a-f]{40}(\.\d+\.git\..+@.+)$/u.exec(messageId);
  return made ? `run ${made[1]}` : null;
}
