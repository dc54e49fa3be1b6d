/**
 * @module A review to drafts of mails: one for each patch that there is something to ask about, to those whom the policy lets it
 * go to, and nothing in doubt. A draft is made once for a patch, whatever is reviewed again. Nothing is sent here.
 */
import type { Patch } from '../mail/submission.js';
import { parseAddress, parseAddresses, type Address } from '../render/mail-headers.js';
import { patchesToAnswer, recipientsOf, renderMail } from '../render/mail.js';
import type { Recipients } from '../render/reply.js';
import { findingsOn } from '../render/verdict-on-patch.js';
import type { Finding, Review } from '../review/review.js';
import { automaticReason } from './automatic.js';
import type { Silenced } from './answering/silenced.js';
import { decide, listsOf, type Decision, type Facts } from './decide.js';
import { cancelDrafts } from './cancel-drafts.js';
import { OPEN_STATES, type Draft, type DraftKind, type NewDraft, type Outgoing } from './draft.js';
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
  /** Questions that were answered, or that people asked already: not sent. */
  readonly silenced?: Pick<Silenced, 'invalid' | 'alreadyAsked'>;
  /** Only what was drafted before is made anew. */
  readonly known?: true;
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

/** The review with only those findings to ask about for which there is no reason against it; what is not asked is not counted as new or remaining. */
function narrowed(review: Review, reasonAgainst: (finding: Pick<Finding, 'fingerprint' | 'severity'>) => string | null): Review {
  const findings = review.findings.map((one) => (one.asked && reasonAgainst(one) !== null ? { ...one, asked: false, notAskedWhy: reasonAgainst(one) } : one));
  const { since } = review;
  if (!since) return { ...review, findings };
  const count = (state: 'new' | 'remaining'): number => findings.filter((one) => one.asked && one.since?.state === state).length;
  return { ...review, findings, since: { ...since, remaining: count('remaining'), new: count('new'), gone: since.gone.filter((one) => reasonAgainst({ ...one, severity: 'high' }) !== ANSWERED) } };
}

/** Why a question is not asked again that somebody answered. */
const ANSWERED = 'answered as invalid';
const POLICY = 'the policy';

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
  const answered = review.findings.filter((one) => one.notAskedWhy === ANSWERED).length;
  const raw = renderMail(review, ready.submission, {
    answered,
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
    const asked = patchesToAnswer(review, ready.submission);
    const patches = ready.submission.patches.filter(({ n }) => asked.includes(n));
    await this.dropNeedless(patches);
    for (const patch of patches) prepared.push({ patch: patch.n, ...await this.one(patch, 'review') });
    const first = ready.submission.patches[0];
    if (prepared.length === 0 && first && this.policy.cleanNotices && review.verdict === 'nothingToAsk' && review.complete) prepared.push({ patch: null, ...await this.one(first, 'clean') });
    return prepared;
  }

  /** Takes back what an earlier review of the series had drafted, with fewer of its patches there, and this one has not. */
  private async dropNeedless(asked: readonly Patch[]): Promise<void> {
    const { drafts } = this.office;
    for (const draft of await drafts.ofSeries(this.wish.ready.key)) {
      const isAsked = asked.some(({ mail }) => mail?.messageId === draft.answers);
      const isNeedless = draft.kind === 'review' ? !isAsked : draft.kind === 'clean' && asked.length > 0;
      if (isNeedless && !isPartlySent(draft)) await drafts.step(draft.id, { from: OPEN_STATES, to: 'dropped', why: 'the series was reviewed again, and has another answer' });
    }
  }

  private async one(patch: Patch, kind: DraftKind): Promise<Omit<Prepared, 'patch'>> {
    const { ready, nowMs, silenced } = this.wish;
    const refusal = unanswerable(patch, { from: this.from, ready });
    if (refusal !== null) return await this.takenBack(patch, refusal);
    const facts = factsOf(patch, ready);
    const decision = decide(this.policy, facts);
    if (decision.stage === 'off') return await this.takenBack(patch, `the policy: ${decision.why}`);
    const review = narrowed(this.wish.review, ({ fingerprint, severity }) => {
      if (silenced?.invalid.has(fingerprint)) return ANSWERED;
      const asker = silenced?.alreadyAsked.get(fingerprint);
      return asker === undefined ? (decision.severities.includes(severity) ? null : POLICY) : `already asked by ${asker}`;
    });
    if (kind === 'review' && !patchesToAnswer(review, ready.submission).includes(patch.n)) return await this.nothingLeft(patch, review);
    const reach = kind === 'clean' || decision.stage === 'author' ? 'author' : decision.reach;
    const mail = outgoing(this.office, { review, ready, patch, recipients: allowed(patch, { from: this.from, reach, policy: this.policy }), nowMs });
    const findings = findingsOn(review, patch.n).map((one) => one.fingerprint);
    return await this.keep({
      kind, answers: patch.mail?.messageId ?? '', series: ready.key, subject: patch.subject, from: this.from.address, mail, facts, findings,
      lists: reach === 'author' ? [] : listsOf(facts, this.policy), stage: decision.stage, atMs: nowMs, ...beginningOf(decision, nowMs),
    });
  }

  /** Nothing to ask of a patch: what was drafted before is taken back. */
  private async nothingLeft(patch: Patch, review: Review): Promise<Omit<Prepared, 'patch'>> {
    const reasons = [...new Set(review.findings.flatMap((one) => (one.notAskedWhy !== null && !this.wish.review.findings.includes(one) ? [one.notAskedWhy] : [])))].filter((one) => one !== POLICY);
    const why = `nothing is left to ask that the policy lets out${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}`;
    return await this.takenBack(patch, why);
  }

  /** No mail about a patch: what was drafted before is dropped. */
  private async takenBack(patch: Patch, why: string): Promise<Omit<Prepared, 'patch'>> {
    const { drafts } = this.office;
    for (const draft of await drafts.ofSeries(this.wish.ready.key)) {
      const isAboutIt = (draft.kind === 'review' || draft.kind === 'clean') && draft.answers === patch.mail?.messageId;
      if (isAboutIt && !isPartlySent(draft)) await drafts.step(draft.id, { from: OPEN_STATES, to: 'dropped', why });
    }
    return { draft: null, why };
  }

  private async keep(draft: NewDraft): Promise<Omit<Prepared, 'patch'>> {
    const { drafts, log } = this.office;
    const made = (await drafts.ofSeries(draft.series)).filter((one) => one.answers === draft.answers);
    const before = made.find((one) => one.kind === draft.kind);
    const other = made.find((one) => (one.kind === 'review' || one.kind === 'clean') && one.kind !== draft.kind && one.state !== 'dropped');
    if (!before && other) return { draft: null, why: `the patch has a mail already: ${other.id}` };
    if (this.wish.known && !before) return { draft: null, why: 'it was not drafted before' };
    const { id, added } = await drafts.add(draft);
    if (before) await this.madeAnew(before, draft);
    const kept = added ? draft : await drafts.find(id) ?? draft;
    // Also of one that was made before: the process may have ended between the two.
    if (kept.state === 'waiting') await showToModerators(this.office, { id, draft: kept, policy: this.policy });
    if (!added) return { draft: id, why: 'it was made before' };
    log('info', 'a draft was made', { draft: id, answers: draft.answers, state: draft.state, why: draft.why });
    return { draft: id, why: draft.why };
  }

  /** The text of a draft as it is by now. What a moderator approved waits again where other questions are in it. */
  private async madeAnew(before: Draft, now: NewDraft): Promise<void> {
    const { drafts, log } = this.office;
    const { mail, findings, facts } = now;
    const isSame = before.state === 'approved' ? before.findings.join() === findings.join() : textOf(before.mail) === textOf(mail) && JSON.stringify(before.facts) === JSON.stringify(facts);
    if (isSame || isPartlySent(before)) return;
    // First it waits: a process that ends between the two leaves nothing approved that nobody saw.
    if (before.state === 'approved') await drafts.step(before.id, { from: ['approved'], to: 'waiting', why: 'its questions changed after it was approved' });
    if (await drafts.rewrite(before.id, now)) log('info', 'a draft was made anew', { draft: before.id, questions: findings.length });
  }
}

/** Some of its recipients have it already: the others get the same. */
function isPartlySent({ sentMs }: Draft): boolean {
  return sentMs > 0;
}

/** Without the time of sending, which alone makes no other mail. */
function textOf({ raw }: Outgoing): string {
  return raw.replace(/^Date: .*$/mu, '');
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

