/**
 * @module The review as JSON, the same bytes for the same review: keys in the order of the schema, records by key,
 * findings in the order of the patch.
 */
import { compareFindings, type Review } from '../review/review.js';
import { reviewSchema } from '../review/schema.js';

/** Fields that are records: their keys are names of the input, so the schema cannot order them. */
const records = new Set(['config', 'bounds', 'values']);

/** A record with its keys in code unit order. */
function sorted(record: object): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The JSON text, indented by two, with a newline at its end. Throws when the review does not have the schema's form. */
export function renderJson(review: Review): string {
  const ordered = reviewSchema.parse({ ...review, findings: [...review.findings].sort(compareFindings) });
  const replacer = (key: string, value: unknown): unknown =>
    records.has(key) && typeof value === 'object' && value !== null ? sorted(value) : value;
  return `${JSON.stringify(ordered, replacer, 2)}\n`;
}
