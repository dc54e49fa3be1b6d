/**
 * @module Mails of a thread to one series of patches: the cover letter, the newest version, in order, resends and
 * duplicates dropped, gaps named. What is left out is said with its place.
 */
import type { ProblemList } from '../patch/input-line.js';
import type { ThreadMail } from './patch-mail.js';

/** One patch of the series with its place. */
export interface Placed {
  /** 1-based. */
  readonly n: number;
  readonly of: number;
  readonly mail: ThreadMail;
}

/** The series. */
export interface Series {
  readonly cover: ThreadMail | null;
  /** Sorted by n. */
  readonly patches: readonly Placed[];
  readonly version: number;
}

/** Picks and orders the series out of mails in the order of the input. */
export function assembleSeries(mails: readonly ThreadMail[], problems: ProblemList): Series {
  const sent = pickSent(mails, problems);
  const unique = dropDuplicates(sent, problems);
  const version = Math.max(1, ...unique.map((mail) => mail.subject.version));
  const current = unique.filter((mail) => mail.subject.version === version);
  const of = seriesLength(current);
  const chosen = choose(current, of, problems);
  const filled = fillReroll(chosen, { older: unique.filter((mail) => !current.includes(mail)), of, problems });
  const covers = mails.filter((mail) => mail.subject.n === 0 && !mail.subject.reply && mail.patch === null);
  const cover = covers.find((mail) => mail.subject.version === version) ?? null;
  const patches = number(filled, of);
  reportGaps(patches, problems);
  return { cover, patches, version };
}

/** Patches that were sent, or, where all that is there are replies, the fullest quotation of each. */
function pickSent(mails: readonly ThreadMail[], problems: ProblemList): ThreadMail[] {
  const withPatch = mails.filter((mail) => mail.patch !== null && mail.patch.diff.files.length > 0 && mail.subject.n !== 0);
  const plain = withPatch.filter((mail) => mail.patch!.depth === 0);
  const original = plain.filter((mail) => !mail.subject.reply);
  if (original.length > 0) return original;
  if (plain.length > 0) return plain;
  const fullest = new Map<string, ThreadMail>();
  for (const mail of withPatch) {
    const key = mail.subject.full;
    const before = fullest.get(key);
    if (before) problems.add(mail.inputLine, 'another reply that quotes this patch; the one that shows more of it is read');
    if (!before || linesShown(mail) > linesShown(before)) fullest.set(key, mail);
  }
  return [...fullest.values()];
}

function linesShown(mail: ThreadMail): number {
  const hunks = mail.patch?.diff.files.flatMap((file) => file.hunks) ?? [];
  return hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
}

/** Drops mails that came twice (by list and by hand): the same Message-ID. */
function dropDuplicates(mails: readonly ThreadMail[], problems: ProblemList): ThreadMail[] {
  const seen = new Set<string>();
  return mails.filter((mail) => {
    const id = mail.headers?.messageId ?? '';
    if (id === '' || !seen.has(id)) {
      seen.add(id);
      return true;
    }
    problems.add(mail.inputLine, `the mail ${id} is in the input twice; the second is not read`);
    return false;
  });
}

/** The length most of the mails name; null when none is numbered. */
function seriesLength(mails: readonly ThreadMail[]): number | null {
  const votes = new Map<number, number>();
  for (const { subject } of mails) if (subject.of !== null) votes.set(subject.of, (votes.get(subject.of) ?? 0) + 1);
  return [...votes].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? null;
}

/** One mail for each place; a resend takes the place of what was sent before. */
function choose(mails: readonly ThreadMail[], of: number | null, problems: ProblemList): ThreadMail[] {
  const byPlace = new Map<number | string, ThreadMail>();
  for (const mail of mails) {
    if (of !== null && mail.subject.of !== of) {
      problems.add(mail.inputLine, `"${mail.subject.full}" is of another series; not read`);
      continue;
    }
    const place = mail.subject.n ?? mail.subject.title;
    const before = byPlace.get(place);
    if (before && place !== '') {
      problems.add(before.inputLine, `"${before.subject.full}" was sent again at line ${mail.inputLine}; the later mail is read`);
      byPlace.delete(place);
    }
    byPlace.set(place === '' ? `#${mail.inputLine}` : place, mail);
  }
  return [...byPlace.values()];
}

/** A new version of a few patches only stands for the whole series: the rest comes from the version before. */
function fillReroll(
  chosen: readonly ThreadMail[],
  { older, of, problems }: { older: readonly ThreadMail[]; of: number | null; problems: ProblemList },
): ThreadMail[] {
  const filled = [...chosen];
  const have = new Set(chosen.map((mail) => mail.subject.n));
  const sorted = [...older].sort((a, b) => b.subject.version - a.subject.version);
  for (const mail of sorted) {
    const { n, full } = mail.subject;
    const fits = of !== null && mail.subject.of === of && n !== null && !have.has(n);
    if (fits) {
      have.add(n);
      filled.push(mail);
      problems.add(mail.inputLine, `"${full}" has no newer version here; taken into the newest one`);
    } else problems.add(mail.inputLine, `"${full}" is an older version; not read`);
  }
  return filled;
}

function number(mails: readonly ThreadMail[], of: number | null): Placed[] {
  if (of === null) return mails.map((mail, index) => ({ n: index + 1, of: mails.length, mail }));
  return mails
    .map((mail) => ({ n: mail.subject.n ?? 1, of, mail }))
    .sort((a, b) => a.n - b.n);
}

/** Runs of missing patches that are named one by one. */
const gapsMax = 20;

function reportGaps(patches: readonly Placed[], problems: ProblemList): void {
  const first = patches[0];
  if (!first) return;
  const gaps: string[] = [];
  let next = 1;
  for (const n of [...patches.map((patch) => patch.n), first.of + 1]) {
    if (n > next) gaps.push(n - 1 > next ? `${next}-${n - 1}` : String(next));
    next = n + 1;
  }
  if (gaps.length === 0) return;
  const named = gaps.slice(0, gapsMax).join(', ') + (gaps.length > gapsMax ? ', …' : '');
  problems.add(first.mail.inputLine, `the series has ${first.of} patches; not in the input: ${named}`);
}
