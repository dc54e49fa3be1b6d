/** @module The mail that answers commands, as a draft that goes at once: to who gave them alone, unless the policy says list. */
import type { MailHeaders } from '../../mail/submission.js';
import { blank, type Line } from '../../render/line.js';
import { parseAddress, parseAddresses, withoutRepeats, type Address } from '../../render/mail-headers.js';
import { mailLine, replyMail, type Recipients } from '../../render/reply.js';
import { decide, listsOf, type Facts } from '../decide.js';
import { plainAddress, samePerson } from '../list-address.js';
import { dateOf, messageIdOf } from '../mail-text.js';
import type { Office } from '../office.js';
import type { Policy } from '../policy.js';
import { factsOf } from '../prepare-drafts.js';
import type { ReadySeries } from '../ready-series.js';
import { paragraph } from './answer-words.js';

/** Others whom an answer goes to. */
const RECIPIENTS_MAX = 100;

export interface Answer {
  readonly ready: ReadySeries;
  /** Of the mail that is answered, as it is kept. */
  readonly messageId: string;
  readonly headers: MailHeaders;
  readonly subject: string;
  /** The verified address of who sent it. */
  readonly sender: string;
  /** What is said, a command each. */
  readonly parts: readonly (readonly Line[])[];
  readonly nowMs: number;
}

/** Keeps the answer; one for each mail. */
export async function draftAnswer(office: Office, answer: Answer): Promise<void> {
  const { ready, messageId, headers, subject, sender, nowMs } = answer;
  const [read, patch] = [await office.policy(), ready.submission.patches[0]];
  if (!read.ok || !patch) return office.log('warn', 'an answer was not made', { mail: messageId, why: read.ok ? 'the series has no patch' : read.problems[0] ?? '' });
  const facts = { ...factsOf(patch, ready), author: sender };
  const decision = decide(read.config, facts);
  if (decision.stage === 'off') return office.log('info', 'nothing is said', { mail: messageId, why: decision.why });
  const from = parseAddress(office.from) ?? { name: 'kcovet', address: 'kcovet@localhost' };
  const recipients = recipientsFor(answer, { from, policy: read.config, facts });
  const raw = replyMail({
    from, recipients, date: dateOf(nowMs), ...(office.replyTo === undefined ? {} : { replyTo: office.replyTo }), subject, messageId: headers.messageId,
    above: headers.references.length > 0 ? headers.references : [headers.inReplyTo ?? ''], mark: ['X-Kcovet-Answer', ready.key], body: bodyOf(answer.parts),
  });
  const { id, added } = await office.drafts.add({
    kind: 'answer', answers: messageId, series: ready.key, subject, from: from.address, facts: recipients.cc.length === 0 ? facts : joinedBy(facts, answer), findings: [], lists: recipients.cc.length === 0 ? [] : listsOf(joinedBy(facts, answer), read.config),
    mail: { raw, messageId: messageIdOf(raw), to: [...recipients.to, ...recipients.cc].map(({ address }) => address) },
    stage: 'moderators', state: 'approved', why: 'it answers commands', dueMs: nowMs, atMs: nowMs,
  });
  if (added) office.log('info', 'an answer was drafted', { draft: id, answers: messageId });
}

/** What a policy is asked with where everybody who got the commands is answered: those count who got them, too. */
function joinedBy(facts: Facts, { headers }: Answer): Facts {
  return { ...facts, recipients: [...new Set([...facts.recipients, ...parseAddresses([...headers.to, ...headers.cc]).map(({ address }) => plainAddress(address))])] };
}

/**
 * The sender alone. Where the policy says so, and lets a mail to all of them go to the list, those who got both the patch and
 * the commands: whom somebody adds to the latter did not ask for the talk.
 */
function recipientsFor(answer: Answer, { from, policy, facts }: { from: Address; policy: Policy; facts: Facts }): Recipients {
  const { headers, sender } = answer;
  const to = { name: parseAddress(headers.from)?.name ?? '', address: sender };
  if (policy.answers !== 'list' || decide(policy, joinedBy(facts, answer)).stage !== 'list') return { to: [to], cc: [] };
  const others = withoutRepeats(parseAddresses([...headers.to, ...headers.cc]), new Set([sender, from.address.toLowerCase()]));
  const joined = others.filter(({ address }) => facts.recipients.includes(plainAddress(address)) && !policy.optOut.some((one) => samePerson(one, address)));
  return { to: [to], cc: joined.slice(0, RECIPIENTS_MAX) };
}

function bodyOf(parts: Answer['parts']): string {
  const lines: Line[] = [{ kind: 'own', text: 'Hi,' }, blank, ...paragraph('this is kcovet, a program, about what you asked of it.'), ...parts.flatMap((part) => [blank, ...part])];
  return lines.map(mailLine).join('\n').replace(/\n{3,}/gu, '\n\n').trimEnd();
}
