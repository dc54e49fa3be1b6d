/** @module Mails of our own making, put together from the invented diff. Lines end in LF unless a test says otherwise. */
import { readSubmission } from '../../src/mail/read-submission.js';
import type { Submission } from '../../src/mail/submission.js';

/** Reads text (UTF-8) or bytes as a submission named "in". */
export function submit(text: string | Uint8Array): Promise<Submission> {
  return readSubmission('in', typeof text === 'string' ? Buffer.from(text) : text);
}

/** Fields of a mail that differ from the usual. */
export interface MailParts {
  readonly subject?: string;
  readonly id?: string;
  /** More header lines. */
  readonly headers?: readonly string[];
  readonly body: string;
}

/** A raw mail. */
export function mail({ subject = '[PATCH] cov: record in sections', id = 'one@example.org', headers = [], body }: MailParts): string {
  return [
    'Received: from a.example by b.example;',
    '\tMon, 2 Mar 2026 10:00:01 +0100',
    'From: =?UTF-8?Q?Ad=C3=A4_Example?= <ada@example.org>',
    'To: Bob Example <bob@example.org>,',
    ' list@example.org',
    'Cc: "Example, Eve" <eve@example.org>',
    'Date: Mon, 2 Mar 2026 10:00:00 +0100',
    `Subject: ${subject}`,
    `Message-ID: <${id}>`,
    ...headers,
    '',
    body,
  ].join('\n');
}

/** An mbox of mails, `From ` lines in bodies escaped. */
export function mbox(mails: readonly string[]): string {
  return mails.map((one) => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${one.replace(/^(>*From )/gm, '>$1')}\n`).join('\n');
}

/** Text with each line quoted. */
export function quote(text: string, mark = '> '): string {
  return text
    .split('\n')
    .map((line) => (mark + line).trimEnd())
    .join('\n');
}
