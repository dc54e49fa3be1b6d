/** @module What a result counts as, and counts by kind. */
import type { Kind, Operator } from './operator.js';
import type { Result } from './run.js';

export type Verdict =
  /** Semantic: something was asked. */
  | 'asked'
  /** Semantic: nothing was asked, and nothing that it does differs. */
  | 'equivalent'
  /** Semantic: nothing was asked, and something differs. */
  | 'missed'
  /** Neutral: nothing was asked. */
  | 'silent'
  /** Neutral: something was asked. */
  | 'false question';

export function verdictOf({ questions, differs, unseen }: Omit<Result, 'mutant'>, { semantic }: Operator): Verdict {
  if (!semantic) return questions.length > 0 ? 'false question' : 'silent';
  if (questions.length > 0) return 'asked';
  // What was not seen whole may differ.
  return differs === null && unseen.length === 0 ? 'equivalent' : 'missed';
}

export interface Row {
  readonly kind: Kind;
  readonly counts: Readonly<Record<Verdict, number>>;
}

/** One row for each kind of the operators that is semantic, or is not. */
export function rowsOf(results: readonly Result[], operators: readonly Operator[], semantic: boolean): Row[] {
  const byId = new Map(operators.map((o) => [o.id, o]));
  const kinds = [...new Set(operators.filter((o) => o.semantic === semantic).map((o) => o.kind))];
  return kinds.map((kind) => {
    const counts: Record<Verdict, number> = { asked: 0, equivalent: 0, missed: 0, silent: 0, 'false question': 0 };
    for (const result of results) {
      const operator = byId.get(result.mutant.operator);
      if (operator?.kind === kind && operator.semantic === semantic) counts[verdictOf(result, operator)] += 1;
    }
    return { kind, counts };
  });
}

/** Share of the mutants that are none other than the base, of which something was asked; 0 to 1. */
export function recallOf(rows: readonly Row[]): number {
  const sum = (verdict: Verdict): number => rows.reduce((n, { counts }) => n + counts[verdict], 0);
  const all = sum('asked') + sum('missed');
  return all === 0 ? 1 : sum('asked') / all;
}
