/** @module Names that are nearly others: what somebody meant by a variable that there is not. */

/** Letters that are left out, put in, or wrong. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Wrong letters that are taken for a mistake. */
const WRONG_MAX = 2;

/** The one of the names that another is nearly; null where it is one of them, or far from all. */
export function meantBy(given: string, names: readonly string[]): string | null {
  if (names.includes(given) || given.length > 60) return null;
  return names.map((name) => ({ name, wrong: distance(given, name) })).filter(({ wrong }) => wrong <= WRONG_MAX).sort((a, b) => a.wrong - b.wrong)[0]?.name ?? null;
}
