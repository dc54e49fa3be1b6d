/** @module Patches to the printed model, made by replacing what occurs once. */
import { unifiedDiff } from '../../src/apply/unified.js';
import { imageOf } from '../../src/apply/model-image.js';
import type { Submission } from '../../src/mail/submission.js';
import { submissionOfDiff } from '../../src/mail/texts.js';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovModels } from '../../simulator/kcov/index.js';

const PATH = 'kernel/kcov.c';

/** A diff that puts `by` where the model of a version has `find`. */
export function editedDiff(version: string, find: string, by: string): string {
  const program = kcovModels.find((model) => model.version === version)?.files.find((file) => file.path === PATH);
  if (!program) throw new Error(`no model of ${version}`);
  const { lines } = printProgram(program);
  const text = lines.join('\n');
  if (text.split(find).length !== 2) throw new Error(`"${find}" occurs ${text.split(find).length - 1} times`);
  return unifiedDiff(imageOf(PATH, lines), imageOf(PATH, text.replace(find, () => by).split('\n')));
}

/** The same as a patch. */
export function editedModel(version: string, find: string, by: string): Submission {
  return submissionOfDiff('edit', 'kcov: an edit', editedDiff(version, find, by));
}
