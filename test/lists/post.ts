/** @module For tests of drafts and their sending: a policy, a series to answer, an office with what a test wants of it. */
import { submission as invented, review } from '../render/fixtures/invented-review.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Sender } from '../../src/gateway/outbox/sender.js';
import type { Draft, DraftStore } from '../../src/lists/draft.js';
import type { Office } from '../../src/lists/office.js';
import { parsePolicy } from '../../src/lists/policy.js';
import type { ReadySeries } from '../../src/lists/ready-series.js';
import { noLog } from '../../src/service/log.js';

export { review };

/** A policy that lets everything out at once. */
export const OPEN_POLICY = 'delay: 0\nlists:\n  - list: linux-test@vger.example.org\n    send: list\nmoderators: [mod@example.org]\n';

/** The series of the invented submission, with its one mail. */
export function readySeries(change: Partial<ReadySeries> = {}, submission: Submission = invented): ReadySeries {
  const mail = submission.patches[0]?.mail;
  const raw = `From: ${mail?.from ?? ''}\nMessage-ID: <${mail?.messageId ?? ''}>\nSubject: ${submission.patches[0]?.subject ?? ''}\n\ntext\n`;
  return {
    key: 'gate.1@example.net', submission, lists: ['linux-test@vger.example.org'], older: null, author: { name: 'Jörg Müller', address: 'joerg@example.net' },
    mails: [{ messageId: 'gate.1@example.net', raw: Buffer.from(raw), lists: ['linux-test@vger.example.org'], source: 'test', atMs: 1 }], ...change,
  };
}

/** A sender that takes everything and remembers it. */
export function takingSender(): Sender & { readonly taken: { raw: string; from: string; to: readonly string[] }[] } {
  const taken: { raw: string; from: string; to: readonly string[] }[] = [];
  return { where: 'a test', taken, send: (letter) => { taken.push(letter); return Promise.resolve({ kind: 'sent', answer: '250 ok', refused: [], later: [] }); } };
}

/** An office; `policy` may be changed by a test between two rounds. */
export function officeOf(drafts: DraftStore, change: Partial<Omit<Office, 'policy'>> & { policy?: { text: string } } = {}): Office {
  const { policy = { text: OPEN_POLICY }, ...rest } = change;
  return {
    drafts, sender: null, from: 'kcovet <kcovet@example.org>', replyTo: 'Person <person@example.org>', claimer: 'host:1', isGone: () => false, log: noLog,
    policy: () => Promise.resolve(parsePolicy(policy.text)), ...rest,
  };
}

/** The one draft of a kind; throws where there is another number of them. */
export async function onlyDraft(drafts: DraftStore, kind: Draft['kind'] = 'review'): Promise<Draft> {
  const all = (await drafts.inStates(['held', 'waiting', 'approved', 'claimed', 'sent', 'unsure', 'refused', 'dropped'], 100)).filter((one) => one.kind === kind);
  if (all.length !== 1 || !all[0]) throw new Error(`${all.length} drafts of kind ${kind}`);
  return all[0];
}
