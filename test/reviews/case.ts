/** @module Golden reviews: one folder for each patch, with what must and must not be asked about it and the wording it got. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readSubmission } from '../../src/mail/read-submission.js';
import { patchesToAnswer, renderMail } from '../../src/render/mail.js';
import { renderText } from '../../src/render/text.js';
import type { Submission } from '../../src/mail/submission.js';
import type { Finding, Review } from '../../src/review/review.js';
import { reviewSubmission } from '../../src/review/review-submission.js';
import { sinceOlder } from '../../src/review/since.js';

const FOLDER = path.resolve('test', 'reviews');

/** A person's sentence beside the rule that must ask it, and part of the line it must stand at or name. */
const mustAskSchema = z.strictObject({ sentence: z.string().min(10), rule: z.string().min(3), at: z.string().min(3) });

/** A rule, and part of the line that its finding stands at or names. */
const foundSchema = z.strictObject({ rule: z.string().min(3), at: z.string().min(3) });

const caseSchema = z.strictObject({
  /** Where the patch comes from, in words. */
  origin: z.string().min(10),
  /** The patch, relative to the folder; patch.mbox when left out. */
  patch: z.string().optional(),
  /** Budget of states for each scenario, and bounds by name. */
  bounds: z.strictObject({ states: z.number().int().positive() }).catchall(z.number().int()),
  mustAsk: z.array(mustAskSchema),
  /** Rule ids, or a star for anything that mustAsk does not have. */
  mustNotAsk: z.array(z.string()),
  /** Properties that the review must call fixed. */
  fixed: z.array(z.string()).optional(),
  /** The older version, relative to the folder, and what of its questions must be gone and must remain. */
  since: z.strictObject({ patch: z.string(), gone: z.array(foundSchema), remaining: z.array(foundSchema), new: z.array(foundSchema) }).optional(),
});

export type ReviewCase = z.infer<typeof caseSchema>;

export function caseNames(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name).sort();
}

export function readCase(name: string): ReviewCase {
  return caseSchema.parse(JSON.parse(readFileSync(path.join(FOLDER, name, 'case.json'), 'utf8')));
}

export interface Reviewed {
  readonly submission: Submission;
  readonly review: Review;
}

/** Reviews the patch of a case; the name in problems and replay lines is the path from the root of the project. */
export async function reviewCase(name: string, { patch = 'patch.mbox', since, bounds: { states, ...bounds } }: ReviewCase): Promise<Reviewed> {
  const reviewOf = async (one: string): Promise<Reviewed> => {
    const submission = await readSubmission(shownName(name, one), readFileSync(path.join(FOLDER, name, one)));
    return { submission, review: await reviewSubmission(submission, { states, bounds, version: 'golden' }) };
  };
  const reviewed = await reviewOf(patch);
  return since === undefined ? reviewed : { ...reviewed, review: sinceOlder(reviewed.review, (await reviewOf(since.patch)).review) };
}

/** Where the comparison with the older version is not what a case says, as sentences. */
export function sinceProblems({ since: wanted }: ReviewCase, review: Review): string[] {
  if (!wanted) return [];
  const found = {
    gone: (review.since?.gone ?? []).map(({ rule, place, why }) => ({ rule, text: `${place.text} ${why}` })),
    remaining: review.findings.filter((f) => f.since?.state === 'remaining').map((f) => ({ rule: f.rule, text: textOf(f) })),
    new: review.findings.filter((f) => f.since?.state === 'new').map((f) => ({ rule: f.rule, text: textOf(f) })),
  };
  return (['gone', 'remaining', 'new'] as const).flatMap((state) => [
    ...wanted[state].filter(({ rule, at }) => !found[state].some((f) => f.rule === rule && f.text.includes(at))).map(({ rule, at }) => `not ${state}: ${rule} at ${at}`),
    ...found[state].filter(({ rule, text }) => !wanted[state].some((w) => w.rule === rule && text.includes(w.at))).map(({ rule, text }) => `${state}, and should not be: ${rule} at ${text}`),
  ]);
}

function textOf(finding: Finding): string {
  return [finding.place, ...finding.labels.map((l) => l.place)].map((place) => place.text).join(' ');
}

/** The path people would type in the root of the project. */
export function shownName(name: string, patch = 'patch.mbox'): string {
  return path.relative('.', path.join(FOLDER, name, patch)).split(path.sep).join('/');
}

/** The review as a terminal without colour shows it. */
export function asText(review: Review, file: string): string {
  return renderText(review, { color: false, width: 80, show: 'new', file });
}

/** All replies, one after the other, headers too. */
export function asMail({ submission, review }: Reviewed): string {
  const date = 'Tue, 04 Feb 2020 09:00:00 +0000';
  const replies = patchesToAnswer(review, submission).map((patch) => renderMail(review, submission, { from: 'kcovet <kcovet@example.org>', date, patch }));
  return replies.length === 0 ? 'There is nothing to ask, so there is no mail.\n' : replies.join(`\n${'='.repeat(76)}\n\n`);
}

/** Hashes over the compiled Program change with every release; that schedules replay is tested elsewhere. */
function withoutHashes(text: string): string {
  return text.replace(/(?<=[a-z]:|kcovet replay )[0-9a-f]{8}(?=:)/gu, 'xxxxxxxx').replace(/<kcovet-[0-9a-f]{32}@/gu, '<kcovet-0@').replace(/\brules=[0-9a-f]{12}/gu, 'rules=xxxxxxxxxxxx').replace(/, \d+ k states/gu, ', some k states');
}

/** Compares with a golden, or writes it when BLESS is set; only wording, never case.json. */
export function golden(name: string, file: string, actual: string): { expected: string; actual: string } {
  const target = path.join(FOLDER, name, file);
  const stable = withoutHashes(actual);
  if (process.env['BLESS'] === '1') writeFileSync(target, stable);
  return { expected: existsSync(target) ? readFileSync(target, 'utf8') : 'no golden yet: BLESS=1 npx vitest run test/reviews writes it\n', actual: stable };
}

/** What a case demands and the review does not have, as sentences. */
export function recallProblems(wanted: ReviewCase, review: Review): string[] {
  const asked = review.findings.filter((f) => f.asked);
  const missing = wanted.mustAsk.filter((must) => !asked.some((f) => f.rule === must.rule && mentions(f, must.at))).map((must) => `not asked by ${must.rule} at ${must.at}: ${must.sentence}`);
  const unwanted = asked.filter((f) => wanted.mustNotAsk.includes(f.rule) || (wanted.mustNotAsk.includes('*') && !wanted.mustAsk.some((must) => f.rule === must.rule && mentions(f, must.at))))
    .map((f) => `asked by ${f.rule} at ${f.place.text}: ${f.question}`);
  const fixed = review.findings.filter((f) => f.status === 'fixed').map((f) => f.property);
  return [...missing, ...unwanted, ...(wanted.fixed ?? []).filter((p) => !fixed.includes(p)).map((p) => `not called fixed: ${p}`)];
}

function mentions(finding: Finding, text: string): boolean {
  return [finding.place, ...finding.labels.map((l) => l.place)].some((place) => place.inDiff && place.text.includes(text));
}
