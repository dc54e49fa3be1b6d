/**
 * @module Two Programs compared statement by statement: a model with the file it states, or two versions of a file. What
 * counts as the same is in ./program-lines.ts. Files are compared whole; functions that only moved in the file are the same.
 */
import type { Program, SourcePlace } from '../../simulator/ir/program.js';
import { partsOf } from './program-lines.js';
import type { ComparedLine, Part } from './program-lines.js';

/** One side of a difference: canonical text, indented by its level in the function, and where it stands. */
export interface DifferenceSide {
  readonly text: string;
  readonly place: SourcePlace;
}

/** One statement, field or item. */
export interface Difference {
  /** The second Program against the first: it lacks it, has it besides, has something else in its place. */
  readonly kind: 'missing' | 'added' | 'changed';
  /** What it is in, such as "function kcov_start" or "struct kcov". */
  readonly of: string;
  /** In the first Program; null for what was added. */
  readonly a: DifferenceSide | null;
  /** In the second; null for what is missing. */
  readonly b: DifferenceSide | null;
}

/** Cells of a table of common lines; a pair of parts beyond that is compared line by line. */
const CELLS_MAX = 4_000_000;

/** For each line of `a`, the line of `b` it is the same as, ascending; -1 for none. As many as possible. */
function common(a: readonly ComparedLine[], b: readonly ComparedLine[]): number[] {
  const width = b.length + 1;
  if ((a.length + 1) * width > CELLS_MAX) return a.map((one, i) => (one.key === b[i]?.key ? i : -1));
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i]?.key === b[j]?.key ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const matched = a.map(() => -1);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]?.key === b[j]?.key) matched[i++] = j++;
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return matched;
}

function side(line: ComparedLine): DifferenceSide {
  return { text: line.key, place: line.place };
}

/** Lines of both sides between two that are the same: in their order in pairs, the rest alone. */
function gap(of: string, a: readonly ComparedLine[], b: readonly ComparedLine[]): Difference[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i): Difference => {
    const [left, right] = [a[i], b[i]];
    const kind = left === undefined ? 'added' : right === undefined ? 'missing' : 'changed';
    return { kind, of, a: left ? side(left) : null, b: right ? side(right) : null };
  });
}

function comparePart(a: Part, b: Part): Difference[] {
  const found: Difference[] = [];
  let [fromA, fromB] = [0, 0];
  const close = (i: number, j: number): void => {
    found.push(...gap(a.name, a.lines.slice(fromA, i), b.lines.slice(fromB, j)));
    [fromA, fromB] = [i + 1, j + 1];
  };
  common(a.lines, b.lines).forEach((j, i) => {
    if (j >= 0) close(i, j);
  });
  close(a.lines.length, b.lines.length);
  return found;
}

/** A part that only one Program has: its lines, or its name where it has none. */
function alone(part: Part, kind: 'missing' | 'added'): Difference[] {
  const lines = part.lines.length > 0 ? part.lines : [{ key: part.name, place: part.place }];
  return lines.map((one) => ({ kind, of: part.name, a: kind === 'missing' ? side(one) : null, b: kind === 'added' ? side(one) : null }));
}

function byName(parts: readonly Part[]): Map<string, Part> {
  return new Map(parts.map((part) => [part.name, part]));
}

/**
 * Where `b` is not what `a` is: in the order of `a`, then what only `b` has; empty when they agree. Both must be of one
 * configuration (configure() for models, the front end for text): an #ifdef in one of them is a difference.
 */
export function comparePrograms(a: Program, b: Program): Difference[] {
  const [left, right] = [byName(partsOf(a)), byName(partsOf(b))];
  const both = [...left.values()].flatMap((part) => {
    const other = right.get(part.name);
    return other ? comparePart(part, other) : alone(part, 'missing');
  });
  return [...both, ...[...right.values()].filter((part) => !left.has(part.name)).flatMap((part) => alone(part, 'added'))];
}

/** How much a comparison looked at: lines of all parts of a Program. */
export function comparedLines(p: Program): number {
  return [...byName(partsOf(p)).values()].reduce((sum, part) => sum + part.lines.length, 0);
}
