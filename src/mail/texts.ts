/** @module Two versions of a file as a submission: the patch between them. */
import { parseDiffText } from '../patch/parse-diff-text.js';
import type { Submission } from './submission.js';

/** A submission of one patch from the text of a unified diff that nobody mailed. */
export function submissionOfDiff(name: string, subject: string, diffText: string): Submission {
  const { diff, problems } = parseDiffText(diffText, { name });
  return {
    name, form: 'diff', subject, messageId: null, version: 1, problems,
    patches: [{ n: 1, of: 1, subject, messageId: null, message: '', diff, mail: null, bodyLines: diffText.split('\n'), bodyLineNumbers: diffText.split('\n').map((_, i) => i + 1) }],
  };
}
