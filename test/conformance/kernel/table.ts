/** @module What was compared, as a table: a row for each kind of comparison on each kernel. */

export interface Row {
  /** Such as "random, seed 1". */
  readonly what: string;
  readonly compared: number;
  readonly disagreements: number;
  /** What else is to be known of it, such as what was left out and why. */
  readonly note: string;
}

const HEAD = ['kernel', 'what', 'compared', 'disagreements', ''] as const;
const NUMBERS: ReadonlySet<number> = new Set([2, 3]);

/** Columns in line; numbers to the right. */
export function tableText(rows: readonly (Row & { readonly kernel: string })[]): string {
  const cells = [[...HEAD], ...rows.map((row) => [row.kernel, row.what, row.compared.toLocaleString('en'), row.disagreements.toLocaleString('en'), row.note])];
  const widths = HEAD.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  return cells.map((line) => line.map((cell, i) => (NUMBERS.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ').trimEnd()).join('\n');
}
