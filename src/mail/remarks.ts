/**
 * @module What people wrote into replies: under the lines of the patch that they quote, at the top or the end, or under the
 * words of others. A mail that quotes an older reply repeats its remarks; each is kept once, with who wrote it first.
 */
import { isCutMark } from '../patch/hunk-lines.js';
import type { InputLine } from '../patch/input-line.js';
import { readAttribution } from './attribution.js';
import { isRestOfLine, quoteEnds, wrapWidth } from './quoted-patch.js';
import { patchLines, QuoteReader, type PatchLine } from './quoted-place.js';
import type { Thread, ThreadMessage } from './read-thread.js';
import type { Submission } from './submission.js';

export interface Remark {
  /** "Name <address>", or what of it the mail tells; '' when nothing does. */
  readonly author: string;
  /** Of the mail that has it, without brackets; '' on a page. */
  readonly messageId: string;
  /** Without quote marks, lines joined by blanks. */
  readonly text: string;
  /** Under lines of the patch; under words of somebody else; or about all of it. */
  readonly kind: 'inline' | 'answer' | 'overall';
  /** The lines of the patch right above it, since the remark before; empty unless inline. The last one is what it is about. */
  readonly above: readonly PatchLine[];
}

/** A line of a mail with its depth of quoting. */
interface Deep {
  readonly at: number;
  readonly depth: number;
  readonly text: string;
}

const trailer = /^[A-Z][\w-]*-by:\s|^(?:Fixes|Link|Closes|Cc):\s/u;
const courtesy = /^(?:hi|hello|hey|dear|thanks|thank you|cheers|regards|best|kind regards|best regards|lgtm|looks good|nice|applied|queued|ok|acked|with this|ack|\+1)\b[\w ,.!'@-]{0,40}$/iu;
const robot = /\b(?:bot|robot|syzbot|lkp|patchwork|no-?reply|buildbot|kernelci|kcovet|mailer-daemon)\b|[-+_](?:bot|robot)\b/iu;

/** True for a sender that is a program. */
export function isRobot(from: string): boolean {
  return robot.test(from);
}

/** Remarks of a thread in the order of its mails; those of the patches' author and of programs are left out. */
export function remarksOf(thread: Thread): Remark[] {
  const quotable = quotableOf(thread.submission);
  const author = thread.submission.patches[0]?.mail?.from ?? '';
  const found = thread.messages.filter((message) => !message.isPatch && (message.subject.reply || message.inReplyTo !== null)).flatMap((message) => remarksIn(message, quotable));
  const others = found.filter((remark) => !isRobot(remark.author) && !isSame(remark.author, author));
  return others.filter((remark, i) => others.findIndex((one) => keyOf(one) === keyOf(remark)) === i);
}

/** All remarks of one mail about a submission, whoever wrote it. */
export function remarksOfMail(message: ThreadMessage, submission: Submission): Remark[] {
  return remarksIn(message, quotableOf(submission));
}

function quotableOf(submission: Submission): Quotable {
  return { lines: patchLines(submission), words: new Set(submission.patches.flatMap((patch) => patch.bodyLines).map(wordsOf).filter((words) => words !== '')) };
}

function keyOf({ text }: Remark): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim().toLowerCase();
}

/** The same address; the same name where an archive hides addresses. */
function isSame(a: string, b: string): boolean {
  const address = (text: string): string => /[^\s<>"]+@[^\s<>"]+/u.exec(text)?.[0].toLowerCase() ?? '';
  const name = (text: string): string => text.replace(/<[^>]*>?/u, '').replace(/["\s]+/gu, ' ').trim().toLowerCase();
  const [left, right] = [address(a), address(b)];
  if (left !== '' && right !== '' && !/x{3}/u.test(left + right)) return left === right;
  return name(a) !== '' && name(a) === name(b);
}

/** What a reply may quote of the patches. */
interface Quotable {
  readonly lines: readonly PatchLine[];
  /** Lines of the mails, the changelog too, as words. */
  readonly words: ReadonlySet<string>;
}

/** Letters and digits of a line; '' where they are few. */
function wordsOf(text: string): string {
  const words = text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return words.length < 6 ? '' : words;
}

function remarksIn(message: ThreadMessage, quotable: Quotable): Remark[] {
  const { lines } = quotable;
  const body = withoutSignature(message.body);
  const ends = body.map((line) => quoteEnds(line.text));
  const deep = body.map(({ text }, at): Deep => ({ at, depth: ends[at]?.length ?? 0, text: text.slice(ends[at]?.at(-1) ?? 0).replace(/^ (?=[ +@-])/u, '') }));
  const depth = patchDepth(deep, quotable);
  const authors = authorsOf(deep, message.from);
  const width = wrapWidth(body, ends, depth);
  const rest = deep.filter(({ at, depth: own }) => own < depth && isRestOfLine(body, ends, { at, depth, width }));
  return blocksOf(deep.filter((line) => !rest.includes(line)), { depth, reader: new QuoteReader(lines) }).flatMap(({ level, under, words, kind: found, above }) => {
    // Who goes on under their own words answers nobody.
    const kind = found === 'answer' && isSame(authors[level] ?? '', authors[under] ?? '') ? 'overall' : found;
    const text = words.filter((line) => !isNoise(line)).join(' ').replace(/\s+/gu, ' ').trim();
    return text === '' ? [] : [{ author: authors[level] ?? '', messageId: message.messageId, text, kind, above: kind === 'inline' ? above : [] }];
  });
}

function withoutSignature(body: readonly InputLine[]): readonly InputLine[] {
  const end = body.findIndex(({ text }) => /^-- ?$/u.test(text));
  return end < 0 ? body : body.slice(0, end);
}

/** The depth at which the patch, or its changelog, is quoted; one more than there is where it is not. */
function patchDepth(deep: readonly Deep[], { lines, words }: Quotable): number {
  const depths = [...new Set(deep.map((line) => line.depth))].filter((depth) => depth > 0);
  const known = depths.map((depth) => {
    const own = deep.filter((line) => line.depth === depth).map((line) => line.text);
    return { depth, count: QuoteReader.known(lines, own) + own.filter((text) => words.has(wordsOf(text))).length };
  });
  const best = known.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)[0];
  return best?.depth ?? Math.max(0, ...depths) + 1;
}

/** Who wrote the text of each depth: the sender, then as the lines above quotations say. */
function authorsOf(deep: readonly Deep[], from: string): string[] {
  const authors = [from];
  const deepest = Math.max(0, ...deep.map((line) => line.depth));
  for (let depth = 1; depth <= deepest; depth++) {
    const first = deep.findIndex((line) => line.depth >= depth);
    const above = deep.slice(0, first).filter((line) => line.depth === depth - 1 && line.text.trim() !== '').slice(-3).map((line) => line.text.trim());
    authors.push(above.length === 0 ? '' : readAttribution(above)?.author ?? '');
  }
  return authors;
}

interface Block {
  readonly level: number;
  /** Depth of the text above it; -1 at the top. */
  readonly under: number;
  readonly words: string[];
  readonly kind: Remark['kind'];
  readonly above: readonly PatchLine[];
}

/** Text of less depth than the patch, with the lines of the patch that stand above it. */
function blocksOf(deep: readonly Deep[], { depth, reader }: { depth: number; reader: QuoteReader }): Block[] {
  const blocks: Block[] = [];
  let above: PatchLine[] = [];
  let last = null as { depth: number; isPatch: boolean } | null;
  let open = null as Block | null;
  for (const line of deep) {
    if (line.text.trim() === '' || isCutMark(line.text)) continue;
    if (line.depth >= depth) {
      const found = line.depth === depth ? reader.next(line.text) : null;
      if (open || (found && above.at(-1)?.hunk !== found.hunk)) above = [];
      if (found) above.push(found);
      open = null;
      last = { depth: line.depth, isPatch: found !== null || (last?.isPatch === true && above.length > 0) };
      continue;
    }
    if (open?.level !== line.depth) {
      const kind: Remark['kind'] = last === null ? 'overall' : last.depth > line.depth && last.depth < depth ? 'answer' : last.isPatch && last.depth >= depth ? 'inline' : 'overall';
      open = { level: line.depth, under: last?.depth ?? -1, words: [], kind, above: [...above] };
      blocks.push(open);
    }
    open.words.push(line.text.trim());
    last = { depth: line.depth, isPatch: last?.isPatch ?? false };
  }
  return blocks.map((block) => ({ ...block, words: withoutAttribution(block.words) }));
}

/** The line that introduces a quotation, wrapped or not, is no remark. */
function withoutAttribution(words: readonly string[]): string[] {
  if (!/(?:wrote|writes):$/iu.test(words.at(-1) ?? '')) return [...words];
  const begin = words.findLastIndex((line, i) => i >= words.length - 3 && /^(?:On|Am|Le) |^\* /u.test(line));
  return words.slice(0, begin < 0 ? -1 : begin);
}

function isNoise(line: string): boolean {
  return trailer.test(line) || courtesy.test(line) || isCutMark(line);
}
