/**
 * @module The types of a review, inferred from ./schema.ts, and the one order in which findings are listed. Renderers,
 * gateways and pages read these types and nothing of the engine.
 */
import type { z } from 'zod';
import type {
  assumedSchema, contextSchema, evidenceSchema, findingSchema, goneSchema, hunkSchema, placeSchema, quoteSchema, reviewSchema, scenarioRunSchema,
  taskStateRowSchema, traceRowSchema,
} from './schema.js';

/** The whole review of one submission. */
export type Review = z.infer<typeof reviewSchema>;
/** What was taken for granted of a function, and what came of it. */
export type Assumed = z.infer<typeof assumedSchema>;
/** A question, or something found that is not asked. */
export type Finding = z.infer<typeof findingSchema>;
/** A line, or lines, of the diff, the model or a tree. */
export type Place = z.infer<typeof placeSchema>;
/** Why a question is necessary: a counterexample, an observation or a static fact. */
export type Evidence = z.infer<typeof evidenceSchema>;
/** One access of a counterexample. */
export type TraceRow = z.infer<typeof traceRowSchema>;
/** The task's kcov fields after one step of a section. */
export type TaskStateRow = z.infer<typeof taskStateRowSchema>;
/** One search: scenario, image, bounds, verdict. */
export type ScenarioRun = z.infer<typeof scenarioRunSchema>;
/** What became of a hunk. */
export type ReviewHunk = z.infer<typeof hunkSchema>;
/** Lines of the diff to quote above a question. */
export type Quote = z.infer<typeof quoteSchema>;
/** What was asked of an older version and is not asked now. */
export type Gone = z.infer<typeof goneSchema>;
/** Kind of execution context. */
export type Context = z.infer<typeof contextSchema>;

/** Position of a finding in the order of the patch; what the diff does not show comes after all that it shows. */
function positionOf(finding: Finding): readonly number[] {
  const { quote, place } = finding;
  if (quote) return [quote.patch, 0, quote.file, quote.hunk, quote.from + quote.lines.length];
  return [finding.introducedBy ?? place.patch ?? 0, 1, 0, place.hunk ?? 0, place.line ?? 0];
}

/** Compares by code units, so that the order does not depend on a locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Total order of findings: asked ones first, then the order of the patch, then rule and fingerprint. */
export function compareFindings(a: Finding, b: Finding): number {
  if (a.asked !== b.asked) return a.asked ? -1 : 1;
  const [left, right] = [positionOf(a), positionOf(b)];
  for (const [i, value] of left.entries()) {
    const difference = value - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareText(a.place.path, b.place.path) || compareText(a.place.function, b.place.function)
    || compareText(a.rule, b.rule) || compareText(a.fingerprint, b.fingerprint) || compareText(a.id, b.id);
}
