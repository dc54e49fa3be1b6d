/** @module Threads of our own making: patches of one line each, as format-patch and send-email would send them. */
import type { KeptMail } from '../../src/lists/ready-series.js';

export interface Sent {
  readonly id: string;
  readonly subject: string;
  readonly from?: string;
  /** More header lines, each ended by a newline. */
  readonly headers?: string;
  readonly answers?: string;
  readonly references?: readonly string[];
  readonly body?: string;
}

/** A raw mail. */
export function rawMail({ id, subject, from = 'A Uthor <author@example.org>', headers = '', answers, references, body = 'Words.\n' }: Sent): string {
  const refs = references ?? (answers === undefined ? [] : [answers]);
  return `From: ${from}\nTo: list@example.org\nDate: Mon, 12 Jan 2026 10:00:00 +0100\nSubject: ${subject}\nMessage-ID: <${id}>\n${answers === undefined ? '' : `In-Reply-To: <${answers}>\n`}${
    refs.length === 0 ? '' : `References: ${refs.map((ref) => `<${ref}>`).join('\n ')}\n`}${headers}\n${body}`;
}

/** A diff that changes a line of a file; `what` makes it another one. */
export function diff(what: string, path = 'kernel/kcov.c'): string {
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,1 @@\n-\tint first_of_${what} = 1;\n+\tint second_of_${what} = 2;\n`;
}

/** The body of a patch. */
export function patchBody(what: string, path?: string, note = ''): string {
  return `Change a line.\n\nSigned-off-by: A Uthor <author@example.org>\n---\n${note} ${path ?? 'kernel/kcov.c'} | 2 +-\n\n${diff(what, path)}-- \n2.43.0\n`;
}

/** A series with its cover letter, each patch an answer to it. */
export function series(stem: string, { of = 2, version = 1, what = stem, from, parent, note = '' }: { of?: number; version?: number; what?: string; from?: string; parent?: string; note?: string } = {}): Sent[] {
  const tag = version === 1 ? '' : ` v${version}`;
  const cover = `${stem}-0@x`;
  const sender = from === undefined ? {} : { from };
  return [
    { id: cover, subject: `[PATCH${tag} 0/${of}] kcov: ${what}`, body: `About it.\n\n${note} kernel/kcov.c | 4 ++--\n`, ...sender, ...(parent === undefined ? {} : { answers: parent }) },
    ...Array.from({ length: of }, (_, i): Sent => ({
      id: `${stem}-${i + 1}@x`, subject: `[PATCH${tag} ${i + 1}/${of}] kcov: ${what}, step ${i + 1}`, answers: cover, references: parent === undefined ? [cover] : [parent, cover],
      body: patchBody(`${what.replace(/\W+/gu, '_')}_${i + 1}_${version}`), ...sender,
    })),
  ];
}

/** As the store has it. */
export function kept(sent: Sent, atMs = 1_000): KeptMail {
  return { messageId: sent.id, raw: Buffer.from(rawMail(sent)), lists: ['list@example.org'], source: 'one', atMs };
}
