/** @module A comparison as text: theirs, the place, ours, side by side; then what is theirs or ours alone. */
import type { ComparedRemark, Comparison, Near } from '../review/comparison.js';
import { plural } from './count.js';
import { clean, wrap } from './line.js';

/** The parts of a row in characters, of what is left after the gaps. */
const SHARES = [0.36, 0.28, 0.36] as const;
const GAP = '  ';

const words: Readonly<Record<Near, string>> = { line: 'same line', quoted: 'lines quoted above', function: 'only the same function', hunk: 'only the same hunk' };

/** Texts beside each other, each wrapped in its column. */
function row(cells: readonly (readonly string[])[], width: number): string[] {
  const widths = SHARES.map((share) => Math.floor((width - 2 * GAP.length) * share));
  const columns = cells.map((paragraphs, i) => paragraphs.flatMap((text) => wrap(clean(text), { width: widths[i] ?? 20, rest: '' })).flatMap((line) => broken(line, widths[i] ?? 20)));
  const height = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, at) => columns.map((column, i) => (column[at] ?? '').padEnd(widths[i] ?? 0)).join(GAP).trimEnd());
}

/** A word that is wider than its column, cut into pieces. */
function broken(line: string, width: number): string[] {
  const pieces: string[] = [];
  for (let rest = line; rest !== ''; rest = rest.slice(width)) pieces.push(rest.slice(0, width));
  return pieces;
}

function placeOf({ place }: ComparedRemark): string[] {
  if (!place) return ['no line of the patch'];
  return [place.function === '' ? place.path : `${place.function}()`, place.text];
}

function oursOf({ met, beside }: ComparedRemark): string[] {
  const [nearest] = [...met, ...beside];
  if (!nearest) return ['-'];
  const more = met.length > 1 ? [`and ${met.slice(1).map((one) => one.rule).join(', ')}`] : [];
  return [`${met.length === 0 ? '(' : ''}${nearest.question}${met.length === 0 ? ')' : ''}`, `[${nearest.rule}, ${words[nearest.near]}]`, ...more];
}

function authorsOf(remarks: readonly ComparedRemark[]): string {
  return [...new Set(remarks.map(({ author }) => clean(author.replace(/\s*<.*$/u, '')) || 'somebody'))].join(', ');
}

function counts({ counts: { inline, met, theirsAlone, ours, oursAlone }, mails }: Comparison): string {
  return `${plural(mails, 'mail')}. Of ${plural(inline, 'inline remark')} ${met} ${met === 1 ? 'is' : 'are'} met, ${theirsAlone} theirs alone. Of ${plural(ours, 'question')} of ours ${oursAlone} ${oursAlone === 1 ? 'is' : 'are'} ours alone.`;
}

/** The comparison; the last line ends in a newline. `width` is what a row takes at most. */
export function renderComparison(comparison: Comparison, width: number): string {
  const inline = comparison.remarks.filter((remark) => remark.kind === 'inline');
  const others = comparison.remarks.filter((remark) => remark.kind !== 'inline');
  const table = inline.flatMap((remark) => [...row([[remark.text], placeOf(remark), oursOf(remark)], width), '']);
  const alone = comparison.oursAlone.flatMap(({ rule, question, function: at }) => wrap(`${at === '' ? '' : `${at}(): `}${clean(question)} [${rule}]`, { width, first: '  - ', rest: '    ' }));
  const rest = others.flatMap(({ text, kind }) => wrap(`${clean(text)}${kind === 'answer' ? ' (an answer to somebody)' : ''}`, { width, first: '  - ', rest: '    ' }));
  const lines = [
    clean(comparison.submission.subject) || 'a bare diff', '', ...wrap(counts(comparison), { width }), '',
    ...(inline.length === 0 ? ['No inline remark by anybody but the author.', ''] : [...row([[`Theirs (${authorsOf(inline)})`], ['Place'], ['Ours']], width), '', ...table]),
    ...(alone.length === 0 ? [] : ['Ours alone:', ...alone, '']),
    ...(rest.length === 0 ? [] : ['Theirs, under no line of the patch:', ...rest, '']),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
