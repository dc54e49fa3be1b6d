/**
 * @module What a mail that comes in means for drafts: a bounce of one, a moderator's word about one, an answer of a person that was
 * faster. May be run again with the same mail. Commands of authors and maintainers are not read here.
 */
import { readListMail, type ListMail } from './assembly/list-mail.js';
import { answersOf, automaticReason } from './automatic.js';
import { noteBounce } from './bounce.js';
import { samePerson } from './list-address.js';
import { isOwnId } from './mail-text.js';
import { takeModerationReply } from './moderation-reply.js';
import type { Office } from './office.js';
import type { KeptMail } from './ready-series.js';

/** Characters of own words below which an answer says nothing about a patch. */
const WORDS_MIN = 3;

export interface Incoming {
  /** Names of mail servers whose Authentication-Results count. */
  readonly trusted: readonly string[];
  readonly nowMs: number;
}

/** What it was; null where it means nothing for any draft. */
export type IncomingKind = 'bounce' | 'moderator' | 'answer' | null;

/** Own words of a mail without names, greetings in trailers and the line that introduces a quotation. */
function saysSomething(words: string): boolean {
  const lines = words.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^[A-Z][\w-]*-by:|^(?:Cc|Fixes|Link|Closes):/u.test(line) && !/(?:wrote|writes|schrieb|a écrit)\s?:$/iu.test(line));
  return lines.join(' ').split(/\s+/u).length >= WORDS_MIN;
}

/** Drops held drafts about a patch that a person other than its author answers. */
async function dropAnswered(mail: ListMail, office: Office): Promise<boolean> {
  if (mail.kind !== 'talk' || mail.above.length === 0 || !saysSomething(mail.words)) return false;
  let dropped = false;
  for (const draft of await office.drafts.answering(mail.above)) {
    if (draft.kind !== 'review' || samePerson(draft.facts.author, mail.sender)) continue;
    const why = `a person answered first: ${mail.kept.messageId}`;
    if (!await office.drafts.step(draft.id, { from: ['held'], to: 'dropped', why })) continue;
    office.log('info', 'a draft was dropped', { draft: draft.id, why });
    dropped = true;
  }
  return dropped;
}

/** Whether a mail answers one of ours, or what a draft answers, by its header alone: most mails do neither, and are not parsed. */
async function mayMatter({ raw }: KeptMail, office: Office): Promise<boolean> {
  const ids = answersOf(raw);
  return ids.some(isOwnId) || (await office.drafts.answering(ids)).length > 0;
}

/** Does what a mail that came in means for drafts. */
export async function takeIncoming(office: Office, kept: KeptMail, { trusted, nowMs }: Incoming): Promise<IncomingKind> {
  const bounced = await noteBounce(office.drafts, kept.raw, nowMs);
  if (bounced !== null) {
    office.log('warn', 'a mail came back', { draft: bounced });
    return 'bounce';
  }
  if (!await mayMatter(kept, office) || automaticReason(kept.raw, [office.from]) !== null) return null;
  const mail = await readListMail(kept);
  if ('unreadable' in mail) return null;
  const moderated = await takeModerationReply(office, { raw: kept.raw, text: mail.words }, { trusted, nowMs });
  if (moderated === null) return await dropAnswered(mail, office) ? 'answer' : null;
  if (!moderated.done) office.log('warn', 'an answer of a moderator was not followed', { draft: moderated.draft, why: moderated.why });
  return 'moderator';
}
