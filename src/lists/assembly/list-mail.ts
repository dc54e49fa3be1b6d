/**
 * @module One kept mail, read as far as the assembly of series needs it: what it is, who answers for it, what it answers, and
 * what mails of one series have in common.
 */
import { createHash } from 'node:crypto';
import { splitLines, ProblemList } from '../../patch/input-line.js';
import { decodeInput } from '../../mail/input-text.js';
import { readMessage, type Message } from '../../mail/message.js';
import { readOwnPatch } from '../../mail/own-patch.js';
import { readThreadMail, type ThreadMail } from '../../mail/patch-mail.js';
import { formatSender, senderOf, trueAuthor, type Sender } from '../../mail/true-author.js';
import { mayCommand } from '../answering/mail-commands.js';
import type { KeptMail } from '../ready-series.js';
import { isBackport, isNotice, isPull } from './mail-kind.js';
import { touches, type Touched } from './touched.js';

/** `reply-patch`: somebody put a patch into a reply. `pull`: a pull request. `notice`: a tree tells of a patch. */
export type MailKind = 'cover' | 'patch' | 'reply-patch' | 'talk' | 'pull' | 'notice';

export interface ListMail {
  readonly kept: KeptMail;
  readonly kind: MailKind;
  /** Subject and patch; its headers have the true author in From. */
  readonly mail: ThreadMail;
  /** Null where a relay does not name the author, or nobody is named. */
  readonly author: Sender | null;
  /** Address in From, in lower case. */
  readonly sender: string;
  /** What it answers; null when it begins a thread. */
  readonly parent: string | null;
  /** Message-IDs of the thread above it, the nearest last. */
  readonly above: readonly string[];
  /** What b4 calls the series (a `change-id:` line); '' when it does not say. */
  readonly changeId: string;
  /** What its diff is about. */
  readonly touched: Touched;
  /** It is for an older tree, of what is in the kernel already. */
  readonly backport: boolean;
  /** Of the lines it adds and removes; '' without a diff. */
  readonly digest: string;
  /** It may hold commands: then it is talk, and a patch in it is only tested. */
  readonly commands: boolean;
  /** Own words, without quotes, for what its author says of the series. */
  readonly words: string;
}

/** Message-IDs above a mail that are kept: the first and the last ones. */
const aboveMax = 20;
/** Characters of own words that are looked at. */
const wordsMax = 4_000;

/** Reads a mail; null with the reason when it is no text. Never throws on input. */
export async function readListMail(kept: KeptMail): Promise<ListMail | { readonly unreadable: string }> {
  const name = kept.messageId;
  const input = decodeInput(kept.raw);
  if (input.kind === 'unreadable') return { unreadable: input.why };
  const problems = new ProblemList(name);
  const message = await readMessage({ lines: splitLines(input.text) }, problems);
  const plain = readThreadMail(message, name);
  const own = ownPatchOf(message, plain, name);
  const asSent = kindOf(plain, own, message);
  // A patch whose changelog has such a line is a patch.
  const commands = (asSent === 'talk' || asSent === 'reply-patch') && mayCommand(message.body);
  const kind = commands ? 'talk' : asSent;
  const author = trueAuthor(message);
  const mail = withAuthor(kind === 'reply-patch' && own ? own : plain, author);
  const { references, inReplyTo } = message.headers;
  const above = [...new Set([...references, ...(inReplyTo === null ? [] : [inReplyTo])])].filter((id) => id !== kept.messageId);
  return {
    kept, kind, mail, author, sender: senderOf(message)?.address.toLowerCase() ?? '', parent: inReplyTo === kept.messageId ? null : inReplyTo,
    above: above.length <= aboveMax ? above : [...above.slice(0, 1), ...above.slice(1 - aboveMax)],
    changeId: changeIdOf(message), touched: touches(mail.patch?.diff.files ?? []), backport: isBackport(message.subject), digest: digestOf(mail), commands, words: wordsOf(message),
  };
}

function ownPatchOf(message: Message, plain: ThreadMail, name: string): ThreadMail | null {
  return plain.subject.reply ? readOwnPatch(message, name) : null;
}

function kindOf({ subject, patch }: ThreadMail, own: ThreadMail | null, message: Message): MailKind {
  if (isPull(message)) return 'pull';
  if (isNotice(message.subject)) return 'notice';
  if (subject.reply) return own === null ? 'talk' : 'reply-patch';
  if (subject.n === 0) return 'cover';
  return patch !== null && patch.depth === 0 && patch.diff.files.length > 0 ? 'patch' : 'talk';
}

function withAuthor(mail: ThreadMail, author: Sender | null): ThreadMail {
  return mail.headers === null || author === null ? mail : { ...mail, headers: { ...mail.headers, from: formatSender(author) } };
}

function changeIdOf({ body }: Message): string {
  return body.map(({ text }) => /^change-id:\s*([\w.-]{8,120})\s*$/iu.exec(text.slice(0, 200))?.[1]).find((id) => id !== undefined) ?? '';
}

/** The same for the same changes, wherever their lines are by now. */
function digestOf({ patch }: ThreadMail): string {
  if (patch === null) return '';
  const hash = createHash('sha256');
  for (const { path, hunks } of patch.diff.files) {
    hash.update(`${path}\n`);
    for (const { kind, text } of hunks.flatMap(({ lines }) => lines)) if (kind !== 'context') hash.update(`${kind} ${text.replace(/\s+/gu, ' ')}\n`);
  }
  return hash.digest('hex');
}

function wordsOf({ body }: Message): string {
  const end = body.findIndex(({ text }) => text === '-- ' || text === '--');
  return body.slice(0, end < 0 ? undefined : end).map(({ text }) => text).filter((text) => !/^\s?[>|]/u.test(text)).join('\n').slice(0, wordsMax);
}
