/** @module A submission as it came: text that is read where it is reviewed, since that may take seconds, which a server does not have. */
import { readSubmission } from '../mail/read-submission.js';
import type { Submission } from '../mail/submission.js';

/** A mail, an mbox or a diff as text. */
export interface Unread {
  readonly text: string;
  /** What it is called instead of its subject; '' where it has that. */
  readonly title: string;
}

/** What is in it. */
export async function readUnread({ text, title }: Unread): Promise<Submission> {
  const read = await readSubmission('patch', Buffer.from(text, 'utf8'));
  return title === '' ? read : { ...read, subject: title };
}

/** What a server has to know of a submission before it is reviewed; as little as may come from another thread. */
export interface Outline {
  readonly title: string;
  /** Name of who sent it; '' where nobody says. */
  readonly author: string;
  /** Why there is nothing to review in it, in a sentence; '' where there is. */
  readonly problem: string;
}

/** Characters of a title and of an author. */
const TEXT_MAX = 1000;

/** The outline of a text. */
export async function outlineOf(unread: Unread): Promise<Outline> {
  const { subject, patches, problems } = await readUnread(unread);
  const isPatch = patches.some(({ diff }) => diff.files.length > 0);
  const author = patches[0]?.mail?.from.replace(/\s*<[^>]*>\s*$/u, '') ?? '';
  return {
    title: (subject === '' ? patches[0]?.diff.files[0]?.path ?? 'patch' : subject).slice(0, TEXT_MAX), author: author.slice(0, TEXT_MAX),
    problem: isPatch ? '' : problems[0]?.what ?? 'no patch in it: give a mail with a diff, an mbox or a diff',
  };
}
