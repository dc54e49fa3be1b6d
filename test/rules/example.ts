/**
 * @module Runs an Example of a rule as a review: its edits become the diff of a mail, its base the text reviewed on.
 * The lines that must be reported end in `//~ id` in the example; the marks are taken off before anything reads them.
 */
import { imageOf } from '../../src/apply/model-image.js';
import { unifiedDiff } from '../../src/apply/unified.js';
import type { Example } from '../../src/analysis/rule.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { KnownBases } from '../../src/review/known-bases.js';
import type { Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { interruptSections } from '../../rules/examples/interrupt-sections.js';
import { orderedArea } from '../../rules/examples/ordered-area.js';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovV55 } from '../../simulator/kcov/v5.5/index.js';

export type Edit = Example['edits'][number];
/** Texts by path, each ending in a newline. */
export type Files = ReadonlyMap<string, string>;

const KCOV = 'kernel/kcov.c';
const MARK = /[ \t]*\/\/~ ?([a-z-]+)[ \t]*$/u;
/** States of one scenario; each that the examples need ends far below. */
const STATES = 400_000;

export function modelFiles(): Files {
  return new Map(kcovV55.files.map((file) => [file.path, `${printProgram(file).lines.join('\n')}\n`]));
}

/** Replaces each `find`, which must occur exactly once; a path that the files do not have begins as the `find` itself. */
export function edited(files: Files, edits: readonly Edit[]): Files {
  const after = new Map(files);
  for (const { path = KCOV, find, replace } of edits) {
    const text = after.get(path) ?? find;
    const times = find === '' ? 0 : text.split(find).length - 1;
    if (times !== 1) throw new Error(`an edit of ${path} is found ${times} times:\n${find}`);
    after.set(path, text.replace(find, () => replace));
  }
  return after;
}

/** Texts that exist in the edited tree only as what they were before, so that their diff has a pre-image. */
function withForeign(files: Files, edits: readonly Edit[]): Files {
  const foreign = edits.filter(({ path }) => path !== undefined && !files.has(path));
  return new Map([...files, ...foreign.map(({ path = KCOV, find }): [string, string] => [path, find])]);
}

export function baseOf(example: Pick<Example, 'on'>): Files {
  const bases = { model: [], 'interrupt-sections': interruptSections, 'ordered-area': orderedArea };
  return edited(modelFiles(), bases[example.on]);
}

/** A line that must be reported; 1-based in the post-image. */
export interface Marked {
  readonly path: string;
  readonly line: number;
  readonly id: string;
  readonly text: string;
}

function marksIn(files: Files): Marked[] {
  return [...files].flatMap(([path, text]) => text.split('\n').flatMap((line, i) => {
    const id = MARK.exec(line)?.[1];
    return id === undefined ? [] : [{ path, line: i + 1, id, text: line.replace(MARK, '').trim() }];
  }));
}

function unmarked(files: Files): Files {
  return new Map([...files].map(([path, text]) => [path, text.split('\n').map((line) => line.replace(MARK, '')).join('\n')]));
}

const linesOf = (text: string): string[] => text.replace(/\n$/u, '').split('\n');

/** The mail that turns `before` into `after`. */
export function mailOf(before: Files, after: Files, message = 'An example.'): string {
  const diffs = [...after].map(([path, text]) => unifiedDiff(imageOf(path, linesOf(before.get(path) ?? '')), imageOf(path, linesOf(text)))).filter((diff) => diff !== '');
  const head = ['From: A. Developer <dev@example.org>', 'To: list@example.org', 'Date: Mon, 3 Feb 2020 10:12:45 +0100', 'Message-ID: <example@example.org>', 'Subject: [PATCH] kcov: an example', '', message, '', '---'];
  return `${head.join('\n')}\n${diffs.join('')}-- \n2.25.0\n`;
}

/** Examples have few bases. */
const known = new KnownBases();

export interface Way extends Pick<Example, 'scenarios' | 'message'> {
  /** What the patch does not affect is searched too. */
  readonly everything?: boolean;
}

/** Reviews the way from one set of files to another. */
export async function reviewFiles(before: Files, after: Files, { scenarios, message, everything }: Way = {}): Promise<Review> {
  const submission = await readSubmission('example.eml', new TextEncoder().encode(mailOf(before, after, message)));
  if (submission.problems.length > 0) throw new Error(`the example is no patch: ${submission.problems.map((p) => p.what).join('; ')}`);
  const texts = new Map([...before].map(([path, text]) => [path, linesOf(text)]));
  return await reviewSubmission(submission, { states: STATES, bounds: {}, modelTexts: texts, known, everything, ...(scenarios ? { scenarios } : {}) });
}

export interface Ran {
  readonly review: Review;
  readonly marks: readonly Marked[];
}

export async function runExample(example: Example, { everything }: Pick<Way, 'everything'> = {}): Promise<Ran> {
  const before = withForeign(baseOf(example), example.edits);
  const after = edited(before, example.edits);
  return { review: await reviewFiles(before, unmarked(after), { ...example, everything }), marks: marksIn(after) };
}
