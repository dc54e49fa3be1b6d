/**
 * @module Any input to a Submission: a raw mail, an mbox, a bare diff, a reply or an archive page that quotes a patch.
 * Pure: bytes in, value out; never throws on input. The order of the guesses is: unreadable kinds, mbox, mail, page, diff.
 */
import type { Diff } from '../patch/diff.js';
import { ProblemList, splitLines, type InputLine } from '../patch/input-line.js';
import { inputBytesMax, inputLinesMax, messagesMax } from '../patch/limits.js';
import { parseDiffLines } from '../patch/parse-diff-text.js';
import { decodeInput } from './input-text.js';
import { looksLikeMbox, splitMbox, type RawMessage } from './mbox.js';
import { readMessage } from './message.js';
import { readThreadMail, readThreadText, type ThreadMail } from './patch-mail.js';
import { quotesPatch } from './quoted-patch.js';
import { assembleSeries, type Placed } from './series.js';
import type { Patch, Submission } from './submission.js';
import { readThreadPage } from './thread-page.js';

const useful = 'give a raw mail (.eml), an mbox, or a diff';

/**
 * Reads one input. `name` is what problems call it ("-" for standard input). Input that holds no patch gives
 * `patches: []` and a problem that says what was found and what to do.
 */
export async function readSubmission(name: string, bytes: Uint8Array): Promise<Submission> {
  const problems = new ProblemList(name);
  const input = decodeInput(bytes);
  if (input.kind === 'unreadable') {
    problems.add(1, `${input.why}; ${useful}`);
    return empty(name, 'diff', problems);
  }
  const lines = splitLines(input.text);
  if (bytes.length > inputBytesMax) {
    problems.add(lines.length, `the input has ${bytes.length} bytes, only the first ${inputBytesMax} are read; split it`);
  }
  if (lines.length > inputLinesMax) {
    problems.add(inputLinesMax, `only the first ${inputLinesMax} lines are read; split the input`);
    lines.length = inputLinesMax;
  }
  if (looksLikeMbox(lines)) return readMbox(name, lines, problems);
  if (looksLikeMail(lines)) return readMails(name, [{ lines: dropEmptyTop(lines) }], problems);
  return readText(name, lines.map(input.decode), problems);
}

/** Header fields of which one at least a mail has. */
const mailFields = /^(?:from|subject|message-id|received|return-path|delivered-to|mime-version|x-[a-z-]+)$/;
/** Lines at the top in which those are looked for. */
const headerLinesMax = 2_000;

/** True for text that begins with the header of a mail. */
export function looksLikeMail(lines: readonly InputLine[]): boolean {
  const top = dropEmptyTop(lines).slice(0, headerLinesMax);
  const first = /^([!-9;-~]{1,80}):/.exec(top[0]?.text ?? '')?.[1]?.toLowerCase();
  if (!first || /^(?:re|fwd?|index|aw)$/.test(first)) return false;
  for (const { text } of top) {
    if (text === '') return false;
    const field = /^([!-9;-~]{1,80}):/.exec(text)?.[1]?.toLowerCase();
    if (field && mailFields.test(field)) return true;
  }
  return false;
}

/** The lines without empty ones at their top. */
export function dropEmptyTop(lines: readonly InputLine[]): readonly InputLine[] {
  const first = lines.findIndex((line) => line.text !== '');
  return first <= 0 ? lines : lines.slice(first);
}

function readMbox(name: string, lines: readonly InputLine[], problems: ProblemList): Promise<Submission> {
  const { messages, left } = splitMbox(lines);
  if (left > 0) problems.add(1, `${left} mails after the first ${messagesMax} are not read; give the thread of one series`);
  return readMails(name, messages, problems);
}

async function readMails(name: string, raw: readonly RawMessage[], problems: ProblemList): Promise<Submission> {
  const mails: ThreadMail[] = [];
  for (const one of raw) mails.push(readThreadMail(await readMessage(one, problems), name));
  return compose(name, { mails, form: raw.length > 1 ? 'mbox' : 'mail' }, problems);
}

/** Text that is neither mbox nor mail: a page of an archive, a quoted patch without headers, or a bare diff. */
function readText(name: string, lines: readonly InputLine[], problems: ProblemList): Submission {
  const page = readThreadPage(lines);
  if (page) return compose(name, { mails: [readThreadText(page, name)], form: 'mail' }, problems);
  const parsed = parseDiffLines(lines, { name });
  if (parsed.diff.files.length === 0 && quotesPatch(lines)) {
    return compose(name, { mails: [readThreadText({ subject: '', body: lines }, name)], form: 'diff' }, problems);
  }
  problems.addAll(parsed.problems);
  if (parsed.diff.files.length === 0) {
    problems.add(1, `${/^\s*<(?:!doctype|html)/i.test(lines[0]?.text ?? '') ? 'an HTML page' : 'no patch found'}; ${useful}`);
    return empty(name, 'diff', problems);
  }
  return { ...empty(name, 'diff', problems), patches: [barePatch(parsed.diff, lines)] };
}

function barePatch(diff: Diff, lines: readonly InputLine[]): Patch {
  return { n: 1, of: 1, subject: '', messageId: null, message: '', diff, mail: null, ...bodyOf(lines) };
}

function bodyOf(lines: readonly InputLine[]): Pick<Patch, 'bodyLines' | 'bodyLineNumbers'> {
  return { bodyLines: lines.map((line) => line.text), bodyLineNumbers: lines.map((line) => line.inputLine) };
}

/** The submission that some mails make up. */
export function compose(
  name: string,
  { mails, form }: { mails: readonly ThreadMail[]; form: Submission['form'] },
  problems: ProblemList,
): Submission {
  const series = assembleSeries(mails, problems);
  for (const { mail } of series.patches) problems.addAll(mail.problems);
  const patches = series.patches.map(toPatch);
  const head = series.cover ?? series.patches[0]?.mail ?? mails[0];
  if (patches.length === 0) {
    if (mails.length === 1) problems.addAll(mails[0]!.problems);
    problems.add(mails[0]?.inputLine ?? 1, `${mails.length === 1 ? 'the mail has' : `the ${mails.length} mails have`} no patch; ${useful}`);
  }
  return {
    name,
    form: series.patches.some(({ mail }) => mail.patch!.depth > 0) ? 'quoted-reply' : form,
    subject: head?.subject.title ?? '',
    messageId: head?.headers?.messageId || null,
    version: series.version,
    patches,
    ...(series.cover ? { cover: series.cover.body.map((line) => line.text).join('\n') } : {}),
    problems: problems.toArray(),
  };
}

function toPatch({ n, of, mail }: Placed): Patch {
  const { lines, diff, message } = mail.patch!;
  const messageId = mail.headers?.messageId || null;
  return { n, of, subject: mail.subject.full, messageId, message, diff, mail: mail.headers, ...bodyOf(lines) };
}

function empty(name: string, form: Submission['form'], problems: ProblemList): Submission {
  return { name, form, subject: '', messageId: null, version: 1, patches: [], problems: problems.toArray() };
}
