/**
 * @module A thread: the patches in some inputs, and every mail around them with its own sender and text. Inputs are what
 * ./read-submission.ts takes: an mbox, single mails, the page of an archive.
 */
import { ProblemList, splitLines, type InputLine } from '../patch/input-line.js';
import { decodeInput } from './input-text.js';
import { looksLikeMbox, splitMbox } from './mbox.js';
import { readMessage, type Message } from './message.js';
import { readThreadMail, readThreadText, type ThreadMail } from './patch-mail.js';
import { compose, dropEmptyTop, looksLikeMail } from './read-submission.js';
import { parseSubject, type PatchSubject } from './subject.js';
import type { Submission } from './submission.js';
import { readThreadPage } from './thread-page.js';

/** One mail as it was sent. */
export interface ThreadMessage {
  /** As the mail has it; '' where nothing says it. */
  readonly from: string;
  /** Without angle brackets; '' on a page. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly subject: PatchSubject;
  readonly body: readonly InputLine[];
  /** It was sent as a patch and quotes none. */
  readonly isPatch: boolean;
}

export interface Thread {
  readonly submission: Submission;
  /** In the order of the inputs. */
  readonly messages: readonly ThreadMessage[];
}

interface Read {
  readonly mails: readonly ThreadMail[];
  readonly messages: readonly ThreadMessage[];
}

/** Reads a thread from one or several inputs. Never throws on input; what cannot be read is a problem of the submission. */
export async function readThread(inputs: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<Thread> {
  const name = inputs[0]?.name ?? '-';
  const problems = new ProblemList(name);
  const read: Read[] = [];
  for (const input of inputs) read.push(await readOne(input, problems));
  const mails = read.flatMap((one) => one.mails);
  return { submission: compose(name, { mails, form: mails.length > 1 ? 'mbox' : 'mail' }, problems), messages: read.flatMap((one) => one.messages) };
}

async function readOne({ name, bytes }: { name: string; bytes: Uint8Array }, problems: ProblemList): Promise<Read> {
  const input = decodeInput(bytes);
  if (input.kind === 'unreadable') {
    problems.add(1, `${name}: ${input.why}; give mails, or an mbox`);
    return { mails: [], messages: [] };
  }
  const lines = splitLines(input.text);
  const raw = looksLikeMbox(lines) ? splitMbox(lines).messages : looksLikeMail(lines) ? [{ lines: dropEmptyTop(lines) }] : [];
  if (raw.length === 0) return readText(name, lines.map(input.decode));
  const messages: Message[] = [];
  for (const one of raw) messages.push(await readMessage(one, problems));
  const mails = messages.map((message) => readThreadMail(message, name));
  return { mails, messages: messages.map((message, i) => messageOf(message, mails[i])) };
}

/** A decoded mail as one of a thread; `mail` is what it carries. */
export function messageOf({ headers, subject, body }: Message, mail: ThreadMail | undefined): ThreadMessage {
  const parsed = parseSubject(subject);
  const { from, messageId, inReplyTo } = headers;
  return { from, messageId, inReplyTo, subject: parsed, body, isPatch: !parsed.reply && mail?.patch?.depth === 0 };
}

/** The page of an archive, or a bare diff. */
function readText(name: string, lines: readonly InputLine[]): Read {
  const page = readThreadPage(lines);
  const mail = readThreadText(page ?? { subject: '', body: lines }, name);
  if (!page) return { mails: [mail], messages: [] };
  const from = lines.slice(0, lines.indexOf(page.body[0] ?? { text: '', inputLine: 0 })).map(({ text }) => /^From:\s*(\S.*)$/iu.exec(text.slice(0, 500).trim())?.[1]).find((text) => text !== undefined);
  return { mails: [mail], messages: [{ from: from ?? '', messageId: '', inReplyTo: null, subject: mail.subject, body: page.body, isPatch: false }] };
}
