/**
 * @module Threads with new mails to series in the store: which are reviewed, which wait, which are left alone. May be run at any time,
 * and again: what it makes depends on the mails alone, and on the time.
 */
import { isSameSeries } from '../review/same-series.js';
import { assemble, type Assembled } from './assembly/assemble.js';
import { readListMail, type ListMail } from './assembly/list-mail.js';
import { standingOf } from './assembly/standing.js';
import { markedOf, olderOf, type Marked } from './assembly/versions.js';
import { submissionOf } from './compose-series.js';
import { THREAD_LIMITS, type KeptSeries, type ListStore } from './list-store.js';

/** Series of one author that are looked at for other versions. */
const NEAR_MAX = 60;
/** Of these, those whose lines are compared. */
const COMPARED_MAX = 10;

export interface Settling {
  readonly lists: ListStore;
  /** How long what is missing is waited for, from the first mail of a series on. */
  readonly waitMs: number;
  readonly nowMs: number;
  /** Told of mails that may hold commands, before the thread is settled, and again each time. */
  readonly commanded?: (messageIds: readonly string[]) => Promise<void>;
  /** Told of series that are dropped, before that is kept, so that nothing of theirs is left when the process dies between the two. */
  readonly dropped?: (key: string, why: string) => Promise<void>;
}

/** What came of a series. */
export interface Settled {
  readonly before: KeptSeries | null;
  readonly now: KeptSeries;
}

export interface SettledThread {
  /** Series that are new, or stand otherwise than before. */
  readonly changed: readonly Settled[];
  /** Mails that cannot be read, with the reason. */
  readonly unreadable: readonly { readonly messageId: string; readonly reason: string }[];
  /** Mails of the thread that were not read: it is too long, or too large. */
  readonly left: number;
  /** Series that lack mails which may be found where the others came from. */
  readonly lacking: readonly Assembled[];
}

/** Makes the series of one thread. */
export async function settleThread(thread: string, tools: Settling): Promise<SettledThread> {
  const { mails, unreadable, left } = await readAll(thread, tools.lists);
  const made = assemble(mails);
  const before = await tools.lists.seriesOf(thread);
  const changed: Settled[] = [];
  for (const one of made) changed.push(...await settleOne(one, { ...tools, thread, made, before }));
  const gone = before.filter(({ key, state }) => state === 'open' && !changed.some(({ now }) => now.key === key) && !made.some((one) => one.key === key)).map(({ key }) => key);
  await tools.commanded?.(mails.flatMap(({ commands, kept }) => (commands ? [kept.messageId] : [])));
  const isNew = ({ before: was, now }: Settled): boolean => was === null || was.state !== now.state || was.reason !== now.reason || was.digest !== now.digest;
  for (const { before: was, now } of changed.filter(isNew)) if (now.state === 'dropped' && was !== null) await tools.dropped?.(now.key, now.reason);
  await tools.lists.settle(thread, { series: changed.map(({ now }) => now), gone });
  return { changed: changed.filter(isNew), unreadable, left, lacking: made.filter(({ missing, lacks }) => missing.length > 0 || lacks !== null) };
}

async function readAll(thread: string, lists: ListStore): Promise<{ mails: ListMail[]; unreadable: { messageId: string; reason: string }[]; left: number }> {
  const mails: ListMail[] = [];
  const unreadable: { messageId: string; reason: string }[] = [];
  const { ids, left } = await lists.mailIdsOf(thread, THREAD_LIMITS);
  for (const id of ids) {
    const kept = await lists.mail(id);
    if (kept === null) continue;
    const read = await readListMail(kept);
    if ('unreadable' in read) unreadable.push({ messageId: kept.messageId, reason: read.unreadable });
    else mails.push(read);
  }
  return { mails, unreadable, left };
}

interface Setting extends Settling {
  readonly thread: string;
  readonly made: readonly Assembled[];
  readonly before: readonly KeptSeries[];
}

/** The series as it stands now, and those that it puts aside. */
async function settleOne(one: Assembled, setting: Setting): Promise<Settled[]> {
  const { lists, before, waitMs, nowMs, thread } = setting;
  const prior = priorOf(one, before);
  // An open series is called by its first mail; what was said of another one is known under its key.
  const marked = { ...markedOf(one), key: prior === null || prior.state === 'open' ? one.key : prior.key };
  const kin = (await lists.near(marked, NEAR_MAX)).filter(({ key }) => key !== marked.key && key !== prior?.key);
  const others = [...kin.map((series): Marked => ({ ...series, answers: [] })), ...setting.made.filter((other) => other !== one).map(markedOf)];
  const older = prior?.older ?? (await olderOf(marked, others, sameLines(one, lists)))?.key ?? null;
  const firstMs = Math.min(...one.mails.map(({ kept }) => kept.atMs));
  const dueMs = prior?.dueMs ?? firstMs + waitMs;
  const alive = kin.filter(({ state }) => state !== 'dropped');
  const newer = await newerThan(marked, { alive, setting, self: one });
  const hasPatches = one.mails.some(({ kind }) => kind !== 'cover');
  const twin = alive.find((other) => hasPatches && other.version === one.version && other.digest === one.digest && other.author === marked.author && other.atMs <= firstMs)?.key ?? null;
  const { state, reason } = standingOf(one, { prior, newer, twin, nowMs, dueMs });
  const now: KeptSeries = {
    ...marked, thread, digest: one.digest, mails: one.mails.map(({ kept }) => kept.messageId), older, state, reason, dueMs, atMs: firstMs,
  };
  const put = state === 'dropped' ? null : kin.find(({ key, state: was }) => key === older && was !== 'dropped' && !setting.made.some((other) => other.key === key));
  return [{ before: prior, now }, ...(put ? [{ before: put, now: { ...put, state: 'dropped' as const, reason: `a newer version is there: ${now.key}` } }] : [])];
}

/** The series as it was kept, also when its first mail came later. */
function priorOf({ key, mails, version }: Assembled, before: readonly KeptSeries[]): KeptSeries | null {
  const ids = new Set(mails.map(({ kept }) => kept.messageId));
  return before.find((one) => one.key === key) ?? before.find((one) => one.version === version && one.mails.some((id) => ids.has(id))) ?? null;
}

/** The key of a version after this one, when one is known. */
async function newerThan(marked: Marked, { alive, setting, self }: { alive: readonly KeptSeries[]; setting: Setting; self: Assembled }): Promise<string | null> {
  const inStore = alive.filter(({ version }) => version > marked.version);
  const known = inStore.find(({ older }) => older === marked.key);
  if (known) return known.key;
  const inThread = setting.made.filter((other) => other !== self && !other.withdrawn && !other.foreign).map(markedOf);
  const compare = sameLines(self, setting.lists);
  for (const other of [...inThread, ...inStore.filter(({ older }) => older === null).map((series) => ({ ...series, answers: [] }))]) {
    if (await olderOf(other, [marked], () => compare(other)) !== null) return other.key;
  }
  return null;
}

/** Whether another series adds lines that this one adds too. */
function sameLines(one: Assembled, lists: ListStore): (other: Marked) => Promise<boolean> {
  let compared = 0;
  const submission = submissionOf(one.key, one.mails);
  return async ({ key }) => {
    if (submission.patches.length === 0 || ++compared > COMPARED_MAX) return false;
    const series = await lists.series(key);
    const mails: ListMail[] = [];
    for (const id of series?.mails ?? []) {
      const kept = await lists.mail(id);
      const read = kept ? await readListMail(kept) : null;
      if (read && !('unreadable' in read)) mails.push(read);
    }
    return mails.length > 0 && isSameSeries(submission, { submission: submissionOf(key, mails) });
  };
}
