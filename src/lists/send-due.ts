/**
 * @module Drafts that are due, sent. The policy is read again before each, and what it says now counts. Each is claimed in the
 * store before its first byte goes, and never sent again by itself where nobody knows whether it arrived.
 */
import type { SendOutcome, Sender, Turned } from '../gateway/outbox/sender.js';
import { errorField } from '../service/log.js';
import { decide, type Decision } from './decide.js';
import type { Draft, Outgoing } from './draft.js';
import { samePerson } from './list-address.js';
import { withDate, withoutRecipients } from './mail-text.js';
import { showToModerators, tellOfDoubt } from './moderation-mail.js';
import type { Office } from './office.js';
import { STAGES, type Policy } from './policy.js';

/** Mails of one round. */
const ROUND_MAX = 100;
/** Milliseconds after which a claim is nobody's any more; longer than sending may take (../gateway/outbox/smtp-sender.ts). */
export const CLAIM_MAX_MS = 900_000;
/** Times that a mail is tried. */
export const ATTEMPTS_MAX = 8;
/** Milliseconds before the second try; each later one waits twice as long. */
const RETRY_MS = 300_000;
/** Milliseconds before a capped or embargoed mail is looked at again. */
const AGAIN_MS = 3_600_000;

/** What one round did. */
export interface Round {
  readonly sent: number;
  readonly later: number;
  readonly refused: number;
  readonly unsure: number;
  readonly dropped: number;
  /** Why nothing was sent at all; '' where that is not so. */
  readonly stopped: string;
}

type Ended = Exclude<keyof Round, 'stopped'> | 'nothing';

/** How long to wait before the next try, after so many. */
export function retryMs(attempts: number): number {
  return Math.min(RETRY_MS * 2 ** Math.max(0, attempts - 1), 86_400_000);
}

/** Claims of processes that are gone: what became of their mails nobody knows. */
async function recover(office: Office, policy: Policy, nowMs: number): Promise<number> {
  let unsure = 0;
  for (const draft of await office.drafts.inStates(['claimed'], ROUND_MAX)) {
    if (draft.claimedMs > nowMs - CLAIM_MAX_MS && !office.isGone(draft.claimedBy)) continue;
    const why = 'the process that sent it ended before it knew';
    if (!await office.drafts.step(draft.id, { from: ['claimed'], to: 'unsure', why })) continue;
    unsure += 1;
    await doubted(office, { draft, policy, why, nowMs });
  }
  return unsure;
}

async function doubted(office: Office, { draft, policy, why, nowMs }: { draft: Draft; policy: Policy; why: string; nowMs: number }): Promise<void> {
  office.log('error', 'nobody knows whether a mail arrived', { draft: draft.id, answers: draft.answers, why });
  if (draft.kind !== 'moderation') await tellOfDoubt(office, { id: draft.id, draft, policy }, { why, nowMs });
}

/** One draft on its way out. */
class Sending {
  private readonly decision: Decision;

  constructor(private readonly office: Office, private readonly policy: Policy, private readonly draft: Draft) {
    this.decision = decide(policy, draft.facts);
  }

  async run(sender: Sender, nowMs: number, waitedMs: number): Promise<Ended> {
    const { draft, office } = this;
    const own = draft.kind === 'moderation';
    const before = own ? null : await this.notYet(nowMs);
    if (before !== null) return before;
    const given = await office.drafts.claim(draft.id, { from: this.before, by: office.claimer, nowMs: nowMs + waitedMs, caps: own ? null : this.decision.caps });
    if (!given.claimed) {
      await office.drafts.step(draft.id, { from: [this.before], to: this.before, why: given.why, dueMs: nowMs + AGAIN_MS });
      return 'later';
    }
    const { raw, to } = own ? given.mail : this.withoutOptOuts(given.mail);
    if (to.length === 0) return await this.noneLeft();
    return await this.settle(await sender.send({ id: draft.id, raw: withDate(raw, nowMs), from: draft.from, to, envelopeId: given.envelopeId }), nowMs);
  }

  /** The state that it goes back to where it cannot go yet: only a person approves. */
  private get before(): 'held' | 'approved' {
    return this.draft.state === 'held' ? 'held' : 'approved';
  }

  /** Whoever opted out since it was made does not get it, and does not stand in it. */
  private withoutOptOuts({ raw, to, messageId }: Outgoing): Outgoing {
    const out = to.filter((address) => this.policy.optOut.some((one) => samePerson(one, address)));
    return out.length === 0 ? { raw, to, messageId } : { raw: withoutRecipients(raw, out), to: to.filter((address) => !out.includes(address)), messageId };
  }

  private async noneLeft(): Promise<Ended> {
    const { draft, office } = this;
    await office.drafts.step(draft.id, { from: ['claimed'], to: draft.sentMs > 0 ? 'sent' : 'dropped', why: 'whom it would go to opted out' });
    return 'dropped';
  }

  /** What the policy says now, where it is against sending; null where it is not. */
  private async notYet(nowMs: number): Promise<Ended | null> {
    const { draft, decision, office } = this;
    if (decision.stage === 'off' || (draft.lists.length > 0 && decision.reach === 'author')) {
      await office.drafts.step(draft.id, { from: ['held', 'approved'], to: 'dropped', why: `the policy: ${decision.why}` });
      return 'dropped';
    }
    if (decision.heldUntilMs > nowMs) {
      const dueMs = Math.min(decision.heldUntilMs, nowMs + AGAIN_MS);
      await office.drafts.step(draft.id, { from: [draft.state], to: draft.state, why: 'an embargo of the policy holds it', dueMs });
      return 'later';
    }
    if (draft.state !== 'held' || STAGES.indexOf(decision.stage) >= STAGES.indexOf(draft.stage)) return null;
    await office.drafts.step(draft.id, { from: ['held'], to: 'waiting', why: decision.why });
    await showToModerators(office, { id: draft.id, draft: { ...draft, why: decision.why, atMs: nowMs }, policy: this.policy });
    return 'later';
  }

  private async settle(outcome: SendOutcome, nowMs: number): Promise<Ended> {
    const { draft: { id }, office } = this;
    switch (outcome.kind) {
      case 'sent': return await this.sent(outcome, nowMs);
      case 'later': return await this.later(outcome.why, nowMs);
      case 'refused':
        office.log('warn', 'a mail was refused', { draft: id, why: outcome.why });
        return await this.ended(outcome.why);
      case 'unsure':
        await office.drafts.step(id, { from: ['claimed'], to: 'unsure', why: outcome.why });
        await doubted(office, { draft: this.draft, policy: this.policy, why: outcome.why, nowMs });
        return 'unsure';
    }
  }

  private async sent({ answer, refused, later }: Extract<SendOutcome, { kind: 'sent' }>, nowMs: number): Promise<Ended> {
    const { draft, office } = this;
    const sentMs = draft.sentMs === 0 ? nowMs : draft.sentMs;
    for (const { to, why } of refused) await office.drafts.bounced(draft.id, `${to}: ${why}`);
    const more = later.length > 0 && draft.attempts + 1 < ATTEMPTS_MAX;
    office.log('info', 'a mail was sent', { draft: draft.id, answers: draft.answers, answer, refused: refused.length, later: later.length });
    if (!more) {
      for (const { to, why } of later) await office.drafts.bounced(draft.id, `${to}: ${why}`);
      await office.drafts.step(draft.id, { from: ['claimed'], to: 'sent', why: answer, sentMs });
      return 'sent';
    }
    await office.drafts.step(draft.id, { from: ['claimed'], to: 'approved', why: `sent, but not yet to ${inWords(later)}`, dueMs: nowMs + retryMs(draft.attempts + 1), remaining: later.map((one) => one.to), sentMs });
    return 'sent';
  }

  private async later(why: string, nowMs: number): Promise<Ended> {
    const { draft, office } = this;
    const attempts = draft.attempts + 1;
    const last = attempts >= ATTEMPTS_MAX;
    office.log('warn', last ? 'a mail was given up' : 'a mail is tried again later', { draft: draft.id, attempts, why });
    if (last) return await this.ended(`given up after ${attempts} tries: ${why}`);
    await office.drafts.step(draft.id, { from: ['claimed'], to: this.before, why, dueMs: nowMs + retryMs(attempts) });
    return 'later';
  }

  /** No server takes it any more: refused, or sent, where others of its recipients have it. */
  private async ended(why: string): Promise<Ended> {
    const { draft, office } = this;
    if (draft.sentMs > 0) for (const to of draft.mail.to) await office.drafts.bounced(draft.id, `${to}: ${why}`);
    await office.drafts.step(draft.id, { from: ['claimed'], to: draft.sentMs > 0 ? 'sent' : 'refused', why });
    return 'refused';
  }
}

function inWords(turned: readonly Turned[]): string {
  return turned.map(({ to, why }) => `${to} (${why})`).join(', ');
}

/** Sends what is due at this time, one after the other. Never rejects for what a mail server does. */
export async function sendDue(office: Office, nowMs: number): Promise<Round> {
  const counts: Record<Ended, number> = { sent: 0, later: 0, refused: 0, unsure: 0, dropped: 0, nothing: 0 };
  let stopped = office.sender === null ? 'no outbox is configured' : '';
  // A claim is as old as it is, however long the mails before it took.
  const began = performance.now();
  const first = await office.policy();
  if (first.ok) counts.unsure += await recover(office, first.config, nowMs);
  for (const draft of office.sender === null ? [] : await office.drafts.due(nowMs, ROUND_MAX)) {
    const read = await office.policy();
    stopped = !read.ok ? `the policy cannot be read: ${read.problems[0] ?? ''}` : read.config.stop ? 'the policy says stop' : '';
    if (stopped !== '' || !read.ok || office.sender === null) break;
    const ended = await new Sending(office, read.config, draft).run(office.sender, nowMs, Math.round(performance.now() - began)).catch((error: unknown): Ended => {
      // The store: what it has claimed stays claimed, and is unsure in the end.
      office.log('error', 'a draft could not be followed', { draft: draft.id, ...errorField(error) });
      return 'nothing';
    });
    counts[ended] += 1;
  }
  const { nothing: _, ...round } = counts;
  return { ...round, stopped };
}
