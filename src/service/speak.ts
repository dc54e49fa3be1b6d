/**
 * @module Says what a plan holds: one review with the new questions, one answer below each question that is gone or back.
 * Everything is claimed before it is sent; what is kept of it goes to the store at once, so that it may stop anywhere.
 */
import { createHash } from 'node:crypto';
import { GithubFailure } from '../gateway/github-failure.js';
import { pullInWords } from '../gateway/pull-request.js';
import type { LineComment, PullConversation } from '../gateway/pull-conversation.js';
import type { Finding } from '../review/review.js';
import { backText, goneText } from './answers.js';
import type { Plan } from './plan.js';
import { postOnce } from './post-once.js';
import type { AskedFinding, Store } from '../store/store.js';
import { Voice, noteOf } from './voice.js';

/** A new question with its text, and the lines it stands on. */
export interface Spoken {
  readonly finding: Finding;
  readonly comment: LineComment;
}

/** What is to be said. */
export interface Speech {
  readonly headSha: string;
  readonly plan: Plan;
  /** New questions that stand on lines. */
  readonly spoken: readonly Spoken[];
  /** The text of the review, given the new questions that stand on no line. */
  readonly bodyFor: (unplaced: readonly Finding[]) => string;
  /** Whether the head is still the one that this is about. */
  readonly isCurrent: () => Promise<boolean>;
}

/** Somebody pushed while this was said: the rest is about what is there no more. */
export class HeadMoved extends Error {}

interface Setting {
  readonly talk: PullConversation;
  readonly store: Store;
  readonly key: string;
  readonly login: string;
}

export class Speaker {
  constructor(private readonly setting: Setting, private voice: Voice) {}

  /** The pull request in words. */
  private get where(): string {
    return pullInWords(this.setting.talk.ref);
  }

  /** Says all of it; what was said before is passed over. Rejects with GithubFailure, or with HeadMoved. */
  async say(speech: Speech): Promise<void> {
    await this.keepKnown(speech);
    if (speech.plan.fresh.length > 0) await this.ask(speech);
    for (const known of speech.plan.gone) await this.tell(known, { headSha: speech.headSha, state: 'gone' });
    for (const { known } of speech.plan.back) await this.tell(known, { headSha: speech.headSha, state: 'asked' });
  }

  /** A question that has another fingerprint by now is known by both. */
  private async keepKnown({ plan }: Speech): Promise<void> {
    for (const { finding, known } of [...plan.open, ...plan.invalid, ...plan.back]) {
      if (finding.fingerprint !== known.fingerprint) await this.keep({ ...known, fingerprint: finding.fingerprint });
    }
  }

  private async ask(speech: Speech): Promise<void> {
    const { headSha, plan, spoken } = speech;
    try {
      await this.askTogether(speech, spoken);
    } catch (error) {
      if (!(error instanceof GithubFailure) || error.kind !== 'refused' || spoken.length === 0) throw error;
      if (!(await speech.isCurrent())) throw new HeadMoved();
      // One line that GitHub does not take fails the whole review.
      await this.askApart(speech);
    }
    this.voice = await Voice.read(this.setting.talk, this.setting.login);
    for (const { fingerprint } of plan.fresh) {
      const commentId = this.voice.byFingerprint.get(fingerprint);
      await this.keep({ fingerprint, commentId: commentId === undefined ? null : String(commentId), threadId: null, headSha, state: 'asked', note: '' });
    }
  }

  /** One review, with the questions on lines; the others stand in its text. */
  private async askTogether({ headSha, plan, bodyFor }: Speech, spoken: readonly Spoken[]): Promise<void> {
    const unplaced = plan.fresh.filter((finding) => !spoken.some((one) => one.finding === finding));
    const note = noteOf(`review:${headSha}:${digestOf(plan.fresh)}`);
    await postOnce(this.setting.store, {
      key: `review ${headSha} ${digestOf(plan.fresh)}`, pull: this.setting.key, what: `a review of ${this.where}`,
      find: () => Promise.resolve(this.voice.reviewWith(note)),
      post: async () => String(await this.setting.talk.review({ headSha, body: `${bodyFor(unplaced)}\n\n${note}`, comments: spoken.map((one) => one.comment) })),
    });
  }

  /** Each question alone; those whose line is not taken stand in the text of the review. */
  private async askApart(speech: Speech): Promise<void> {
    const { headSha, spoken } = speech;
    const taken: Spoken[] = [];
    for (const one of spoken) {
      const { fingerprint } = one.finding;
      try {
        await postOnce(this.setting.store, {
          key: `comment ${headSha} ${fingerprint}`, pull: this.setting.key, what: `a comment on ${this.where}`,
          find: () => Promise.resolve(this.voice.byFingerprint.has(fingerprint) ? String(this.voice.byFingerprint.get(fingerprint)) : null),
          post: async () => String(await this.setting.talk.lineComment(headSha, one.comment)),
        });
        taken.push(one);
      } catch (error) {
        if (!(error instanceof GithubFailure) || error.kind !== 'refused') throw error;
      }
    }
    const plan = { ...speech.plan, fresh: speech.plan.fresh.filter((finding) => !taken.some((one) => one.finding === finding)) };
    if (plan.fresh.length > 0) await this.askTogether({ ...speech, plan }, []);
  }

  /** One answer below a question; none where people resolved the thread, or where it has none. */
  private async tell(known: AskedFinding, { headSha, state }: { headSha: string; state: 'gone' | 'asked' }): Promise<void> {
    const { talk, store, key } = this.setting;
    const { fingerprint, commentId } = known;
    const resolved = commentId !== null && (await this.threads()).get(Number(commentId))?.resolved === true;
    if (commentId !== null && !resolved) {
      const word = state === 'gone' ? 'gone' : 'back';
      const note = noteOf(`${word}:${fingerprint}:${headSha}`);
      const body = `${state === 'gone' ? goneText(headSha) : backText(headSha)}\n\n${note}`;
      try {
        await postOnce(store, {
          key: `${word} ${fingerprint} ${headSha}`, pull: key, what: `an answer below a question on ${this.where}`, find: () => Promise.resolve(this.voice.replyWith(note)),
          post: async () => String(await talk.reply(Number(commentId), body)),
        });
      } catch (error) {
        // Somebody deleted the comment: there is nothing to answer.
        if (!(error instanceof GithubFailure) || error.kind !== 'missing') throw error;
      }
    }
    await this.keep({ ...known, state });
  }

  private known: ReturnType<PullConversation['threads']> | null = null;

  /** Threads are asked for once, and only where there is something to answer. */
  private threads(): ReturnType<PullConversation['threads']> {
    this.known ??= this.setting.talk.threads();
    return this.known;
  }

  private async keep(finding: AskedFinding): Promise<void> {
    await this.setting.store.saveFinding(this.setting.key, finding);
  }
}

/** What was asked about a pull request: what the store knows, and what GitHub shows where the store was lost. */
export function knownFindings(stored: readonly AskedFinding[], voice: Voice, headSha: string): AskedFinding[] {
  const seen = new Set(stored.map((one) => one.fingerprint));
  const from = (fingerprint: string, commentId: string | null): AskedFinding => ({ fingerprint, commentId, threadId: null, headSha, state: 'asked', note: '' });
  const inThreads = [...voice.byFingerprint].filter(([one]) => !seen.has(one)).map(([one, id]) => from(one, String(id)));
  const inReviews = [...voice.inReviews].filter((one) => !seen.has(one) && !voice.byFingerprint.has(one)).map((one) => from(one, null));
  return [...stored, ...inThreads, ...inReviews];
}

/** Tells two sets of questions apart. */
function digestOf(findings: readonly Finding[]): string {
  return createHash('sha256').update(findings.map((one) => one.fingerprint).sort().join('\n')).digest('hex').slice(0, 16);
}

