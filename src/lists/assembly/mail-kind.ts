/**
 * @module What a mail is by its subject and first lines: a patch, or one of the mails that show patches which were sent elsewhere.
 * Forms as seen on kernel lists in 2019 to 2026: git-request-pull(1), the notices of -mm, tip and stable trees, stable reviews,
 * AUTOSEL. Pure.
 */
import type { Message } from '../../mail/message.js';

/** Lines that are looked at for the text of a pull request. */
const LINES_MAX = 400;
/** Characters of a subject that are looked at. */
const SUBJECT_MAX = 500;

/** [GIT PULL], [PULL 3/7], or the text of git-request-pull. */
export function isPull({ subject, body }: Pick<Message, 'subject' | 'body'>): boolean {
  if (/^\s*(?:re:\s*)?(?:\[[^\]]*\bpull\b[^\]]*\]|git pull\b)/iu.test(subject.slice(0, SUBJECT_MAX))) return true;
  const lines = body.slice(0, LINES_MAX).map(({ text }) => text);
  return lines.some((text) => text.startsWith('The following changes since commit ')) && lines.some((text) => /^are available in the [Gg]it repository at:/u.test(text));
}

const notices = [
  // -mm: "+ kcov-x.patch added to mm-unstable branch", "[merged mm-stable] kcov-x.patch removed from -mm tree".
  /^\s*[+-]\s+\S+\.patch\s+(?:added|removed|dropped|updated)\b/iu,
  /^\s*\[(?:merged|folded|obsolete|nacked|dropped|failures|withdrawn|to-be-updated|alternative-merged)\b[^\]]*\]\s+\S+\.patch\b/iu,
  // tip: "[tip: locking/core] kcov: x".
  /^\s*\[tip:\s*[^\]]+\]/iu,
  // stable: 'Patch "kcov: x" has been added to the 6.1-stable tree', 'FAILED: patch "[PATCH] x" failed to apply to 6.1-stable tree'.
  /^\s*patch ".*" has been (?:added|queued|removed|dropped)\b/iu,
  /^\s*failed: patch ".*" failed to apply\b/iu,
];

/** A tree tells that it took a patch, or did not. */
export function isNotice(subject: string): boolean {
  return notices.some((form) => form.test(subject.slice(0, SUBJECT_MAX)));
}

/** A patch for an older tree, of what is in the kernel already: [PATCH 6.1 12/300], [PATCH AUTOSEL 6.12 3/9], [PATCH 5.10.y]. */
export function isBackport(subject: string): boolean {
  const tags = /^\s*(?:\[[^\]]{0,200}\]\s*)+/u.exec(subject.slice(0, SUBJECT_MAX))?.[0] ?? '';
  return /\bAUTOSEL\b/u.test(tags) || /[[\s,]\d{1,2}\.\d{1,3}(?:\.(?:\d{1,3}|y|x))?(?:-stable)?(?=[\],\s])/u.test(tags);
}
