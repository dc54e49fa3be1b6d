/** @module Differences of two Programs as text that reads like a diff, with the lines of both sides. */
import type { Difference, DifferenceSide } from './compare-programs.js';

/** What the two Programs are called. */
export interface DifferenceLabels {
  readonly a: string;
  readonly b: string;
}

/** Differences next to each other in the same part. */
function groups(differences: readonly Difference[]): Difference[][] {
  const found: Difference[][] = [];
  for (const one of differences) {
    const last = found.at(-1);
    if (last?.[0]?.of === one.of && isNear(last.at(-1), one)) last.push(one);
    else found.push([one]);
  }
  return found;
}

/** Lines between two differences that are shown together. */
const NEAR = 3;

function isNear(before: Difference | undefined, one: Difference): boolean {
  const close = (x: DifferenceSide | null | undefined, y: DifferenceSide | null): boolean =>
    !x || !y || Math.abs(y.place.line - x.place.line) <= NEAR;
  return close(before?.a, one.a) && close(before?.b, one.b);
}

function range(name: string, sides: readonly (DifferenceSide | null)[]): string {
  const lines = sides.flatMap((one) => (one ? [one.place.line] : []));
  if (lines.length === 0) return `not in ${name}`;
  const [first, last] = [Math.min(...lines), Math.max(...lines)];
  return first === last ? `${name} line ${first}` : `${name} lines ${first} to ${last}`;
}

function renderGroup(group: readonly Difference[], labels: DifferenceLabels): string[] {
  const head = `@@ ${group[0]?.of ?? ''}: ${range(labels.a, group.map((d) => d.a))}, ${range(labels.b, group.map((d) => d.b))} @@`;
  const minus = group.flatMap((d) => (d.a ? [`-${d.a.text}`] : []));
  const plus = group.flatMap((d) => (d.b ? [`+${d.b.text}`] : []));
  return [head, ...minus, ...plus];
}

const pathOf = (d: Difference): string => (d.a ?? d.b)?.place.path ?? '';

/**
 * A diff-like text: `-` for what the first has and the second has not, `+` the other way round; '' when there is no
 * difference. Statements stand in canonical form, indented as deep as they are in their function.
 */
export function renderDifferences(differences: readonly Difference[], labels: DifferenceLabels): string {
  const paths = [...new Set(differences.map(pathOf))];
  const lines = paths.flatMap((path) => [
    `--- ${labels.a} ${path}`, `+++ ${labels.b} ${path}`,
    ...groups(differences.filter((d) => pathOf(d) === path)).flatMap((group) => renderGroup(group, labels)),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}
