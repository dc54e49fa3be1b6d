/** @module One table of the bench: what it says, how it is printed, and what is wanted of it. */

/** Something the figures are to reach. */
export interface Wanted {
  readonly text: string;
  readonly met: boolean;
}

export interface Figures {
  readonly title: string;
  /** What was measured, and how; sentences. */
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly wanted: readonly Wanted[];
  /** What makes the figures mean nothing: counts that differ. */
  readonly wrong: readonly string[];
}

/** How much is measured, and who hears of it. */
export interface Effort {
  readonly quick: boolean;
  /** Told what is measured now. */
  readonly says: (what: string) => void;
}

export const count = (n: number): string => n.toLocaleString('en-US');
export const seconds = (s: number): string => (s < 0.1 ? s.toFixed(3) : s.toFixed(2));
export const megabytes = (mb: number): string => `${mb.toFixed(0)} MB`;
export const factor = (f: number): string => `${f >= 100 ? f.toFixed(0) : f >= 10 ? f.toFixed(1) : f.toFixed(2)} x`;
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Lines of at most `width` columns. */
function wrapped(text: string, width = 118): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A heading, sentences, a table whose columns stand below each other, what is wanted. Markdown, and readable as it is. */
export function printed({ title, about, head, rows, wanted, wrong }: Figures): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  // Columns of words are put to the left, of numbers to the right.
  const isText = head.map((_, i) => i === 0 || rows.every((row) => /^[a-z]/i.test(row[i] ?? '')));
  const line = (row: readonly string[]): string => `| ${widths.map((width, i) => (isText[i] ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (isText[i] ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const table = rows.length > 0 ? [line(head), rule, ...rows.map(line)] : [];
  return [`## ${title}`, '', ...wrapped(about), '', ...table, ...(table.length > 0 ? [''] : []),
    ...wanted.map(({ text, met }) => `- Wanted: ${text}: ${met ? 'yes' : 'no'}.`), ...wrong.map((what) => `- Wrong: ${what}.`), ...(wanted.length + wrong.length > 0 ? [''] : [])].join('\n');
}
