/**
 * @module The formats that a review is written in, each loaded when it is asked for. All are made of the same review, so that
 * one search is enough for several.
 */
import { writeFile } from 'node:fs/promises';
import type { Submission } from '../mail/submission.js';
import { clean } from '../render/line.js';
import { locator } from '../render/locate.js';
import { patchesToAnswer, renderMail, renderMbox } from '../render/mail.js';
import { renderText, type Show } from '../render/text.js';
import type { Review } from '../review/review.js';
import { CliFailure, type Io } from './io.js';
import { loadRules } from './parts.js';
import { textWidth, wantsColor } from './terminal.js';

export const FORMATS = ['text', 'mail', 'json', 'markdown', 'sarif', 'rdjsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** What is written, and how. */
export interface Output {
  readonly review: Review;
  readonly submission: Submission;
  /** What stands behind "kcovet replay SCHEDULE". */
  readonly replay: string;
  /** The folder of the repository that is the root of its kernel. */
  readonly root: string;
  readonly show: Show;
  readonly color: 'auto' | 'always' | 'never';
  readonly from: string;
  readonly replyTo?: string;
}

/** The Date of a reply: that of the patch, so that the same review is the same mail; who sends it sets the time. */
function replyDate(submission: Submission, io: Io): string {
  const epoch = io.env['SOURCE_DATE_EPOCH'];
  const given = submission.patches[0]?.mail?.date ?? '';
  const time = epoch !== undefined && /^\d{1,12}$/u.test(epoch) ? Number(epoch) * 1000 : Date.parse(given);
  return new Date(Number.isNaN(time) ? 0 : time).toUTCString().replace('GMT', '+0000');
}

/** Replies for all patches with questions; '' when there is nothing to ask. */
function asMail({ review, submission, from, replyTo }: Output, io: Io): string {
  const date = replyDate(submission, io);
  const mails = patchesToAnswer(review, submission).map((patch) => renderMail(review, submission, { from, replyTo, date, patch }));
  return mails.length > 1 ? renderMbox(mails) : mails.join('');
}

async function asMarkdown({ review, replay }: Output): Promise<string> {
  const { renderReviewBody } = await import('../render/github-summary.js');
  return `${renderReviewBody(review, { onLines: [], unplaced: review.findings.filter((finding) => finding.asked), commands: false }, { replay })}\n`;
}

/** The review in a format. */
export async function formatted(format: Format, output: Output, io: Io): Promise<string> {
  const { review, show, color, replay } = output;
  switch (format) {
    case 'text': return renderText(review, { color: wantsColor(io, color), width: textWidth(io), show, file: replay });
    case 'mail': return asMail(output, io);
    case 'json': return (await import('../render/json.js')).renderJson(review);
    case 'markdown': return asMarkdown(output);
    case 'sarif': return (await import('../render/sarif.js')).renderSarif(review, { rules: await loadRules(), locate: locator(output) });
    case 'rdjsonl': return (await import('../render/rdjsonl.js')).renderRdjsonl(review, locator(output));
  }
}

/** A further format and the file that it is written to. */
export interface Written {
  readonly format: Format;
  readonly file: string;
}

/** FORMAT=FILE, taken apart; a sentence that says what is wrong otherwise. */
export function parseWritten(text: string): Written | string {
  const match = /^([a-z]+)=(.+)$/u.exec(text);
  const format = FORMATS.find((one) => one === match?.[1]);
  return format && match?.[2] ? { format, file: match[2] } : `"${clean(text)}" is no FORMAT=FILE: the formats are ${FORMATS.join(', ')}.`;
}

/** Writes further formats to their files; throws CliFailure for a file that cannot be written. */
export async function writeFormats(wanted: readonly Written[], output: Output, io: Io): Promise<void> {
  for (const { format, file } of wanted) {
    const text = await formatted(format, { ...output, color: 'never' }, io);
    try {
      await writeFile(file, text);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new CliFailure(`${clean(file)}: cannot be written (${code}): give a file in a folder that is there`);
    }
  }
}
