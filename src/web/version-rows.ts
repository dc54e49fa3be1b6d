/** @module Questions over the versions of a submission: each question once, with what became of it in every version that was reviewed. */
import { compareFindings, type Finding, type Gone } from '../review/review.js';
import { matchFindings, sinceOlder } from '../review/since.js';
import type { ReviewedView } from './reading.js';

/** A question in one version: asked; not there, and why, after it was; or not yet. */
export type VersionCell = { readonly kind: 'asked'; readonly finding: Finding } | { readonly kind: 'gone'; readonly why: Gone['why'] } | { readonly kind: 'none' };

/** One question. */
export interface QuestionRow {
  /** In the newest version that asks it. */
  readonly finding: Finding;
  /** In the order of the versions. */
  readonly cells: readonly VersionCell[];
  /** As it stands in the newest version that was reviewed. */
  readonly state: 'new' | 'remaining' | 'gone';
}

interface Growing {
  finding: Finding;
  readonly cells: VersionCell[];
}

/** The questions of versions, given in their order: new ones first, then those that remain, then those that are gone. */
export function questionRows(views: readonly ReviewedView[]): QuestionRow[] {
  const rows: Growing[] = [];
  for (const [i, { review }] of views.entries()) {
    const asked = review.findings.filter((finding) => finding.asked).sort(compareFindings);
    const known = matchFindings(asked, rows.map(({ finding }) => finding));
    const older = views[i - 1]?.review;
    const gone = new Map(older === undefined ? [] : sinceOlder(review, older).since?.gone.map(({ id, why }) => [id, why] as const));
    const now = new Map(asked.map((finding) => [rows.find((row) => row.finding === known.get(finding)) ?? begin(rows, i, finding), finding]));
    for (const row of rows) row.cells.push(cellOf(row, now.get(row), gone));
    for (const [row, finding] of now) row.finding = finding;
  }
  const order = { new: 0, remaining: 1, gone: 2 } as const;
  return rows.map((row) => ({ ...row, state: stateOf(row) })).sort((a, b) => order[a.state] - order[b.state] || compareFindings(a.finding, b.finding));
}

/** A row for a question that no version before asked. */
function begin(rows: Growing[], before: number, finding: Finding): Growing {
  const row: Growing = { finding, cells: Array.from({ length: before }, () => ({ kind: 'none' })) };
  rows.push(row);
  return row;
}

function cellOf({ cells, finding }: Growing, now: Finding | undefined, gone: ReadonlyMap<string, Gone['why']>): VersionCell {
  if (now !== undefined) return { kind: 'asked', finding: now };
  const last = cells.at(-1);
  return last?.kind === 'gone' ? last : { kind: 'gone', why: gone.get(finding.id) ?? 'notFound' };
}

function stateOf({ cells }: Growing): QuestionRow['state'] {
  if (cells.at(-1)?.kind !== 'asked') return 'gone';
  return cells.slice(0, -1).some(({ kind }) => kind === 'asked') ? 'remaining' : 'new';
}
