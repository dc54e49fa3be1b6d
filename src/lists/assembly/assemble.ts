/**
 * @module The mails of one thread to the series in it: which cover letter and patches belong together, what is missing, what was sent
 * again, what its author took back. Pure. Order of coming does not matter, but that of two mails for one place the later one is taken.
 *
 * Patches belong together that have sender, version and length in common and hang, through each other, on the same mail:
 * format-patch lets all of them answer the cover letter or the first one, or each the one before.
 */
import { createHash } from 'node:crypto';
import type { Sender } from '../../mail/true-author.js';
import { runOf } from '../mail-links.js';
import type { ListMail } from './list-mail.js';

/** A series as far as its mails are there. */
export interface Assembled {
  /** Message-ID of the cover letter, or of the first patch that is there. */
  readonly key: string;
  readonly version: number;
  /** Without case, punctuation and brackets. */
  readonly title: string;
  readonly author: Sender | null;
  readonly changeId: string;
  /** Cover letter, when there is one, and patches, in their order. */
  readonly mails: readonly ListMail[];
  readonly digest: string;
  /** Numbers of patches that are not there, ascending. */
  readonly missing: readonly number[];
  /** The mail on which the patches hang when it is not there: a cover letter, or a first patch. */
  readonly lacks: string | null;
  /** Keys of other series in this thread which it answers, the nearest first. */
  readonly answers: readonly string[];
  readonly kcov: boolean;
  readonly foreign: boolean;
  readonly backport: boolean;
  /** Its author said to leave it alone. */
  readonly withdrawn: boolean;
}

/** Patches of one series that are put in order; what is beyond is not missed. */
export const PATCHES_MAX = 200;

/** The series of a thread, in the order in which their first mails came. */
export function assemble(mails: readonly ListMail[]): Assembled[] {
  const byId = new Map(mails.map((one) => [one.kept.messageId, one]));
  const groups = new Map<string, Group>();
  for (const one of mails) {
    if (one.kind === 'talk' || one.kind === 'pull' || one.kind === 'notice') continue;
    const { anchor, lacks } = anchorOf(one, byId);
    const { version, of } = one.mail.subject;
    // Those of one run of git belong together also where nothing threads them.
    const name = [runOf(anchor) ?? anchor, version, of ?? '', one.sender].join(' ');
    const group = groups.get(name) ?? { mails: [], lacks: null };
    groups.set(name, { mails: [...group.mails, one], lacks: lacks ?? group.lacks });
  }
  const made = [...groups.values()].filter(({ mails: some }) => some.some(({ kind }) => kind !== 'cover') || some.some(isLongCover)).map(toSeries).reduce(withRerolled, []);
  const owners = new Map(made.flatMap((one) => one.mails.map(({ kept }): [string, string] => [kept.messageId, one.key])));
  return made.map((one) => ({ ...one, answers: answersOf(one, owners), withdrawn: isWithdrawn(one, mails) }));
}

interface Group {
  readonly mails: readonly ListMail[];
  readonly lacks: string | null;
}

/** A cover letter of a series whose patches have not come yet. */
function isLongCover({ kind, mail }: ListMail): boolean {
  return kind === 'cover' && (mail.subject.of ?? 0) > 0;
}

/** Steps that are followed from patch to patch. */
const stepsMax = 500;

/** The mail on which a patch and its siblings hang; `lacks` is its id where it is not there. */
function anchorOf(one: ListMail, byId: ReadonlyMap<string, ListMail>): { anchor: string; lacks: string | null } {
  const { n, of } = one.mail.subject;
  if (one.kind !== 'patch' || n === null || of === null) return { anchor: one.kept.messageId, lacks: null };
  let here = one;
  for (let step = 0; step < stepsMax; step++) {
    const { parent } = here;
    if (parent === null) return { anchor: here.kept.messageId, lacks: null };
    const above = byId.get(parent);
    // A first patch without cover letter may answer anything: only a later one says that something is missing.
    if (!above) return (here.mail.subject.n ?? 1) > 1 || here !== one ? { anchor: parent, lacks: parent } : { anchor: parent, lacks: null };
    if (!isSibling(above, one)) return { anchor: here.kept.messageId, lacks: null };
    if (above.kind === 'cover') return { anchor: parent, lacks: null };
    here = above;
  }
  return { anchor: here.kept.messageId, lacks: null };
}

function isSibling(above: ListMail, one: ListMail): boolean {
  return (above.kind === 'patch' || above.kind === 'cover') && above.sender === one.sender && above.mail.subject.version === one.mail.subject.version && above.mail.subject.of === one.mail.subject.of;
}

function toSeries({ mails, lacks }: Group): Assembled {
  const places = new Map<number, ListMail>();
  for (const one of mails) places.set(placeOf(one), one);
  const ordered = [...places].sort(([a], [b]) => a - b).map(([, one]) => one);
  const head = ordered[0] as ListMail;
  const of = Math.min(head.mail.subject.of ?? 1, PATCHES_MAX);
  const patches = ordered.filter(({ kind }) => kind !== 'cover');
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((n) => !places.has(n) && head.mail.subject.of !== null);
  return {
    key: head.kept.messageId, version: head.mail.subject.version, title: titleKey(head.mail.subject.title), author: head.author ?? patches.find(({ author }) => author !== null)?.author ?? null,
    changeId: ordered.find(({ changeId }) => changeId !== '')?.changeId ?? '', mails: ordered, digest: digestOf(patches), missing, lacks: places.has(0) ? null : lacks,
    answers: [], kcov: patches.some(({ touched }) => touched.kcov), foreign: patches.some(({ touched }) => touched.foreign), backport: ordered.some(({ backport }) => backport), withdrawn: false,
  };
}

/** Adds a series to those before it; a new version of some patches only, each an answer to the old one, has the others from there. */
function withRerolled(before: readonly Assembled[], one: Assembled): Assembled[] {
  const places = new Map(one.mails.map((mail) => [placeOf(mail), mail]));
  const answered = before.findLast((old) => old.version < one.version && !places.has(0) && one.mails.every(({ parent, mail, sender }) => (
    old.mails.some((was) => was.kept.messageId === parent && was.sender === sender && placeOf(was) === mail.subject.n && was.mail.subject.of === mail.subject.of))));
  if (!answered) return [...before, one];
  for (const mail of answered.mails) if (!places.has(placeOf(mail))) places.set(placeOf(mail), mail);
  const mails = [...places].sort(([a], [b]) => a - b).map(([, mail]) => mail);
  return [...before, { ...one, mails, digest: digestOf(mails.filter(({ kind }) => kind !== 'cover')), missing: answered.missing.filter((n) => !places.has(n)), lacks: answered.lacks, kcov: one.kcov || answered.kcov }];
}

/** 0 for a cover letter. */
function placeOf({ kind, mail }: ListMail): number {
  return kind === 'cover' ? 0 : mail.subject.n ?? 1;
}

function digestOf(patches: readonly ListMail[]): string {
  return createHash('sha256').update(patches.map(({ digest }) => digest).join('\n')).digest('hex').slice(0, 32);
}

export function titleKey(title: string): string {
  return title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

function answersOf({ key, mails }: Assembled, owners: ReadonlyMap<string, string>): string[] {
  const above = mails.flatMap((one) => [...(one.parent === null ? [] : [one.parent]), ...[...one.above].reverse()]);
  return [...new Set(above.flatMap((id) => owners.get(id) ?? []))].filter((other) => other !== key);
}

/** What authors write who take a series back. */
const takenBack = [
  /\b(?:please|pls|kindly)\s+(?:do\s+)?(?:ignore|disregard|drop|discard|skip)\s+(?:this|these|that|it|my|both|the\s+(?:whole\s+)?(?:patch|series|patchset|version|mail|thread)|v\d+)\b(?!\s+(?:warning|error|comment|part|bit|line|hunk|remark|question|sentence|nit))/iu,
  /\b(?:please|pls)\s+(?:ignore|disregard)\s*(?:[.!,;]|$)/imu,
  /\b(?:ignore|disregard)\s+(?:this|these|that|the)\s+(?:\w+\s+){0,2}(?:patch|patches|series|patchset|version|mail|email|submission|thread|one)\b/iu,
  /\bself[- ]nack\b|\bself[- ]nak\b/iu,
  /\bi(?:'ll| will)? withdraw (?:this|the|my) (?:patch|series|patchset|version)\b/iu,
];

/** Its author, or who sent it, answers it with words that take it back. */
function isWithdrawn({ mails, author, version }: Assembled, all: readonly ListMail[]): boolean {
  const ids = new Set(mails.filter(({ mail }) => mail.subject.version === version).map(({ kept }) => kept.messageId));
  const senders = new Set(mails.map(({ sender }) => sender));
  const isOwn = (one: ListMail): boolean => senders.has(one.sender) || (author !== null && one.author?.address.toLowerCase() === author.address.toLowerCase());
  return all.some((one) => one.kind === 'talk' && one.parent !== null && ids.has(one.parent) && isOwn(one) && takenBack.some((form) => form.test(one.words)));
}
