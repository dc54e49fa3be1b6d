/**
 * @module A command of a comment, carried out once: a reaction says that it was seen, one answer what came of it. Who may ask
 * is looked up each time.
 */
import { pullInWords, type PullHead } from '../../gateway/pull-request.js';
import { PullConversation } from '../../gateway/pull-conversation.js';
import * as answers from '../answers.js';
import { parseAssumption } from '../assumptions.js';
import { postOnce } from '../post-once.js';
import type { JobRun } from '../../queue/queue.js';
import type { Tools } from '../review-job.js';
import { noteOf } from '../voice.js';
import { pullKey } from '../work.js';
import type { CommandWork } from '../work.js';
import { considerAssumption } from './consider-assumption.js';
import { knownReview, meantFinding } from './meant-finding.js';
import { parseCommand } from './parse-command.js';
import type { Command } from './parse-command.js';
import { replayFinding } from './replay-finding.js';
import { subjectOf } from './subject.js';
import { testPatch } from './test-patch.js';

/** What a command works with. */
export interface Asked {
  readonly work: CommandWork;
  readonly key: string;
  readonly talk: PullConversation;
  readonly head: PullHead;
  readonly tools: Tools;
  readonly signal: AbortSignal;
}

export class CommandJob {
  constructor(private readonly tools: Tools) {}

  async run(work: CommandWork, { signal }: JobRun): Promise<void> {
    const command = parseCommand(work.body);
    if (!command) return;
    const talk = new PullConversation(await this.tools.client(work.pull.installation), work.pull);
    const head = await talk.head();
    const allowed = head.author === work.by || await talk.mayWrite(work.by);
    await this.react(work, talk, allowed && command.kind !== 'unknown' ? 'eyes' : 'confused');
    const asked: Asked = { work, key: pullKey(work.pull), talk, head, tools: this.tools, signal };
    const text = allowed ? await carriedOut(command, asked) : answers.notAllowedText;
    await this.answer(asked, text);
  }

  /** One reaction; put once more after a crash, since twice is once. */
  private async react(work: CommandWork, talk: PullConversation, reaction: 'eyes' | 'confused'): Promise<void> {
    await postOnce(this.tools.store, {
      key: `reaction ${work.delivery}`, pull: pullKey(work.pull), what: `a reaction to ${work.by} on ${pullInWords(talk.ref)}`,
      find: () => Promise.resolve(null),
      post: async () => {
        await talk.react(work.comment, reaction);
        return reaction;
      },
    });
  }

  /** One answer: in the thread of the comment, or in the conversation. */
  private async answer({ work, key, talk }: Asked, text: string): Promise<void> {
    const note = noteOf(`answer:${work.delivery}`);
    const body = `${text}\n\n${note}`;
    const thread = work.inReplyTo;
    await postOnce(this.tools.store, {
      key: `answer ${work.delivery}`, pull: key, what: `an answer to ${work.by} on ${pullInWords(talk.ref)}`,
      find: async () => {
        const said = thread === null ? await talk.comments() : await talk.lineComments();
        const login = await this.tools.login();
        const found = said.find((one) => one.author === login && one.body.includes(note));
        return found ? String(found.id) : null;
      },
      post: async () => String(thread === null ? await talk.say(body) : await talk.reply(thread, body)),
    });
  }
}

/** Does what a command says; what is to be answered. Done twice it is as done once. */
async function carriedOut(command: Command, asked: Asked): Promise<string> {
  switch (command.kind) {
    case 'help': return answers.helpText;
    case 'unknown': return answers.unknownText(command.why);
    case 'review': return await reviewedAgain(asked, answers.reviewingText(asked.head.headSha));
    case 'invalid': return await invalid(command, asked);
    case 'assume': return await assume(command.text, asked);
    case 'unassume': return await unassume(command.text, asked);
    case 'test': return await testPatch(command.patch, asked);
    case 'replay': return await replayFinding(command.id, asked);
  }
}

async function reviewedAgain({ work, tools }: Asked, text: string): Promise<string> {
  await tools.inbox.review(work.pull, { delivery: work.delivery, forced: true });
  return text;
}

async function invalid({ id, reason }: Extract<Command, { kind: 'invalid' }>, asked: Asked): Promise<string> {
  const { tools, key } = asked;
  const meant = await meantFinding(id, asked);
  if (meant === null) return answers.noFindingText;
  const review = await knownReview(asked);
  await tools.store.saveFinding(key, { ...meant, state: 'invalid', note: reason });
  const finding = review?.findings.find((one) => one.fingerprint === meant.fingerprint) ?? null;
  return await reviewedAgain(asked, answers.invalidText(finding));
}

async function assume(text: string, asked: Asked): Promise<string> {
  const { tools, key, work, signal } = asked;
  const considered = await considerAssumption(text, { on: () => subjectOf(asked), engine: tools.engine, signal });
  if (considered.kind === 'unknown') return answers.unknownText(considered.why);
  if (considered.kind === 'refused') return answers.notAssumedText(considered.checked);
  const isNew = await tools.store.assume(key, { text: considered.text, by: work.by, atMs: Date.now() });
  return isNew ? await reviewedAgain(asked, answers.assumedText(considered.text, true, considered.checked)) : answers.assumedText(considered.text, false);
}

async function unassume(text: string, asked: Asked): Promise<string> {
  const parsed = parseAssumption(text);
  const known = parsed.ok ? parsed.text : text.trim();
  const wasThere = await asked.tools.store.unassume(asked.key, known);
  return wasThere ? await reviewedAgain(asked, answers.unassumedText(known, true)) : answers.unassumedText(known, false);
}
