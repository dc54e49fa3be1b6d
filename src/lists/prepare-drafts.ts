/**
 * @module A review to drafts of mails: one for each patch that there is something to ask about, to those whom the policy lets it
 * go to, and nothing in doubt. A draft is made once for a patch, whatever is reviewed again. Nothing is sent here.
 */
import type { Patch } from '../mail/submission.js';
import { parseAddress, parseAddresses, type Address } from '../render/mail-headers.js';
import { patchesToAnswer, recipientsOf, renderMail } from '../render/mail.js';
import type { Recipients } from '../render/reply.js';
import type { Review } from '../review/review.js';
import { automaticReason } from './automatic.js';
import { decide, listsOf, type Decision, type Facts } from './decide.js';
import { cancelDrafts } from './cancel-drafts.js';
import type { DraftKind, NewDraft, Outgoing } from './draft.js';
import { plainAddress, samePerson } from './list-address.js';
import { dateOf, messageIdOf } from './mail-text.js';
import { showToModerators } from './moderation-mail.js';
import type { Office } from './office.js';
import type { Policy } from './policy.js';
import type { ReadySeries } from './ready-series.js';

/** Recipients of a patch that is answered: a mail to more is not one to join. */
const RECIPIENTS_MAX = 100;
/** An address that can stand on an envelope. */
const mailable = /^[!-;=?A-~]{1,64}@[A-Za-z0-9.-]{1,255}$/u;

/** A Message-ID that an answer can name. */
const answerable = /^[!-;=?-~]{1,250}$/u;

/** What drafts are made of. */
export interface DraftWish {
  readonly ready: ReadySeries;
  readonly review: Review;
  readonly nowMs: number;
  /** Fingerprints of findings that somebody else asked about, or that were answered: not sent. */
  readonly without?: ReadonlySet<string>;
}

/** What came of one patch. */
export interface Prepared {
  /** Number of the patch; null for the series as a whole. */
  readonly patch: number | null;
  /** Id of the draft; null where there is none. */
  readonly draft: string | null;
  /** Why it is held, waits, or is not there. */
  readonly why: string;
}

/** The review with only these findings to ask about. */
function narrowed(review: Review, keep: (finding: Review['findings'][number]) => boolean): Review {
  return { ...review, findings: review.findings.map((one) => (one.asked && !keep(one) ? { ...one, asked: false, notAskedWhy: 'the policy' } : one)) };
}

/** What a policy is asked with about a patch. */
export function factsOf(patch: Patch, ready: ReadySeries): Facts {
  const { from = '', to = [], cc = [], references = [], inReplyTo = null } = patch.mail ?? {};
  const thread = [...references, ...(inReplyTo === null ? [] : [inReplyTo]), ready.key, ...(patch.messageId === null ? [] : [patch.messageId])];
  return {
    author: plainAddress(parseAddress(from)?.address ?? from), recipients: parseAddresses([...to, ...cc]).map((one) => plainAddress(one.address)),
    lists: ready.lists.map(plainAddress), paths: [...new Set(patch.diff.files.flatMap((file) => [file.oldPath, file.newPath]).filter((path): path is string => path !== null))].sort(),
    thread: [...new Set(thread)],
  };
}

/** Those of a patch's recipients whom a mail may go to. */
function allowed(patch: Patch, { from, reach, policy }: { from: Address; reach: Decision['reach']; policy: Policy }): Recipients {
  const all = recipientsOf(patch, from);
  const cc = reach === 'author' ? [] : all.cc.filter(({ address }) => mailable.test(address) && !policy.optOut.some((one) => samePerson(one, address)));
  return { to: all.to, cc };
}

/** Why a patch is not answered at all; null where it may be. */
function unanswerable(patch: Patch, { from, ready }: { from: Address; ready: ReadySeries }): string | null {
  const { mail } = patch;
  if (!mail || !answerable.test(mail.messageId)) return 'it is no mail with a Message-ID';
  const { to, cc } = recipientsOf(patch, from);
  if (to.length !== 1 || !mailable.test(to[0]?.address ?? '')) return 'its author has no address to write to';
  if (to.length + cc.length > RECIPIENTS_MAX) return `it has more than ${RECIPIENTS_MAX} recipients`;
  const kept = ready.mails.find((one) => one.messageId === mail.messageId);
  return kept ? automaticReason(kept.raw, [from.address]) : null;
}

/** The mail about one patch. */
function outgoing(office: Office, { review, ready, patch, recipients, nowMs }: { review: Review; ready: ReadySeries; patch: Patch; recipients: Recipients; nowMs: number }): Outgoing {
  const raw = renderMail(review, ready.submission, {
    from: office.from, date: dateOf(nowMs), patch: patch.n, recipients, ...(office.replyTo === undefined ? {} : { replyTo: office.replyTo }),
  });
  return { raw, messageId: messageIdOf(raw), to: [...recipients.to, ...recipients.cc].map((one) => one.address) };
}

/** Where a draft begins. */
function beginningOf({ stage, why, delayMs }: Decision, nowMs: number): Pick<NewDraft, 'state' | 'why' | 'dueMs'> {
  if (stage === 'moderators') return { state: 'waiting', why, dueMs: nowMs };
  return { state: 'held', why, dueMs: nowMs + delayMs };
}

/** Makes the drafts of one review. */
class Drafting {
  private readonly from: Address;

  constructor(private readonly office: Office, private readonly policy: Policy, private readonly wish: DraftWish) {
    this.from = parseAddress(office.from) ?? { name: 'kcovet', address: 'kcovet@localhost' };
  }

  async all(): Promise<Prepared[]> {
    const { review, ready } = this.wish;
    const prepared: Prepared[] = [];
    for (const n of patchesToAnswer(review, ready.submission)) {
      const patch = ready.submission.patches.find((one) => one.n === n);
      if (patch) prepared.push({ patch: n, ...await this.one(patch, 'review') });
    }
    const first = ready.submission.patches[0];
    if (prepared.length === 0 && first && this.policy.cleanNotices && review.verdict === 'nothingToAsk' && review.complete) prepared.push({ patch: null, ...await this.one(first, 'clean') });
    return prepared;
  }

  private async one(patch: Patch, kind: DraftKind): Promise<Omit<Prepared, 'patch'>> {
    const { ready, nowMs, without } = this.wish;
    const refusal = unanswerable(patch, { from: this.from, ready });
    if (refusal !== null) return { draft: null, why: refusal };
    const facts = factsOf(patch, ready);
    const decision = decide(this.policy, facts);
    if (decision.stage === 'off') return { draft: null, why: decision.why };
    const review = narrowed(this.wish.review, (one) => decision.severities.includes(one.severity) && without?.has(one.fingerprint) !== true);
    if (kind === 'review' && !patchesToAnswer(review, ready.submission).includes(patch.n)) return { draft: null, why: 'nothing is left to ask that the policy lets out' };
    const reach = kind === 'clean' || decision.stage === 'author' ? 'author' : decision.reach;
    const mail = outgoing(this.office, { review, ready, patch, recipients: allowed(patch, { from: this.from, reach, policy: this.policy }), nowMs });
    const findings = review.findings.filter((one) => one.asked && (one.quote?.patch ?? one.introducedBy ?? patch.n) === patch.n).map((one) => one.fingerprint);
    return await this.keep({
      kind, answers: patch.mail?.messageId ?? '', series: ready.key, subject: patch.subject, from: this.from.address, mail, facts, findings,
      lists: reach === 'author' ? [] : listsOf(facts, this.policy), stage: decision.stage, atMs: nowMs, ...beginningOf(decision, nowMs),
    });
  }

  private async keep(draft: NewDraft): Promise<Omit<Prepared, 'patch'>> {
    const { drafts, log } = this.office;
    const { id, added } = await drafts.add(draft);
    const kept = added ? draft : await drafts.find(id) ?? draft;
    // Also of one that was made before: the process may have ended between the two.
    if (kept.state === 'waiting') await showToModerators(this.office, { id, draft: kept, policy: this.policy });
    if (!added) return { draft: id, why: 'it was made before' };
    log('info', 'a draft was made', { draft: id, answers: draft.answers, state: draft.state, why: draft.why });
    return { draft: id, why: draft.why };
  }
}

/**
 * Makes the drafts of a review, and takes back those of the version before. A review that a limit of time stopped is not
 * answered, and without a policy that can be read nothing is.
 */
export async function prepareDrafts(office: Office, wish: DraftWish): Promise<Prepared[]> {
  const { ready, review } = wish;
  if (ready.older !== null) await cancelDrafts(office.drafts, ready.older, 'a newer version came');
  if (review.stopped === true) return [{ patch: null, draft: null, why: 'the review was stopped by its limit of time' }];
  const read = await office.policy();
  if (!read.ok) return [{ patch: null, draft: null, why: `the policy cannot be read: ${read.problems[0] ?? ''}` }];
  return await new Drafting(office, read.config, wish).all();
}

