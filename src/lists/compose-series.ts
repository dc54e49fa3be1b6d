/** @module Kept mails of one series to what is reviewed and answered. Nothing is decided here. */
import { compose } from '../mail/read-submission.js';
import type { Submission } from '../mail/submission.js';
import { ProblemList } from '../patch/input-line.js';
import { readListMail, type ListMail } from './assembly/list-mail.js';
import type { KeptSeries, ListStore } from './list-store.js';
import type { KeptMail, ReadySeries } from './ready-series.js';

/** The submission in the mails of a series; their true authors are in From. */
export function submissionOf(key: string, mails: readonly ListMail[]): Submission {
  return compose(key, { mails: mails.map(({ mail }) => mail), form: mails.length > 1 ? 'mbox' : 'mail' }, new ProblemList(key));
}

/** A kept series with its mails, in its order, as it is handed on; null when no mail of it can be read. */
export async function readySeries(series: KeptSeries, mails: readonly KeptMail[]): Promise<ReadySeries | null> {
  const read: ListMail[] = [];
  for (const kept of mails) {
    const one = await readListMail(kept);
    if (!('unreadable' in one)) read.push(one);
  }
  const author = read.find((one) => one.author !== null)?.author;
  if (!author) return null;
  const { key, older } = series;
  return { key, submission: submissionOf(key, read), mails, lists: [...new Set(mails.flatMap(({ lists }) => lists))].sort(), older, author };
}

/** A kept series by its key, with its mails; null where there is none that can be read. */
export async function loadReady(key: string, lists: ListStore): Promise<ReadySeries | null> {
  const series = await lists.series(key);
  const mails: KeptMail[] = [];
  for (const id of series?.mails ?? []) {
    const mail = await lists.mail(id);
    if (mail) mails.push(mail);
  }
  return series === null ? null : await readySeries(series, mails);
}
