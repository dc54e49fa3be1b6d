/**
 * @module What a row of a trace says, in words that the short and the full form share: the statement on one line, the
 * values, and the name of its column. Names that only the model has are written as the kernel's.
 */
import type { TraceRow } from '../review/review.js';
import { clean } from './line.js';

/** The model's own names begin so; the kernel's helper of the same name is what the reader knows. */
const internal = /__kcovet_(entry_safe|\w+)/gu;

/** Of a check of what somebody assumes, what is checked. */
const assumed = /__kcovet_assume\("[^"]*", (.*)\)(?=;?$)/u;

/** Text on one line, in the kernel's words, without controls. */
export function inWords(text: string): string {
  const line = clean(text.replace(/\s+/gu, ' ').trim());
  const checked = line.replace(assumed, '$1');
  return checked.replace(internal, (_, name: string) => (name === 'entry_safe' ? 'hlist_entry_safe' : name));
}

/** The heading of a row's column, such as "CPU0 softirq"; with the name of its task where several share CPUs. */
export function titleOf(row: TraceRow): string {
  if (row.by !== undefined) return `CPU${row.cpu} ${row.by}`;
  if (row.task !== undefined) return row.context === 'task' ? `CPU${row.cpu} ${clean(row.task)}` : `CPU${row.cpu} ${row.context} in ${clean(row.task)}`;
  return `CPU${row.cpu} ${row.context === 'nmi' ? 'NMI' : row.context}`;
}

/** The C text of a row on one line, without the semicolon; entries and returns of whole operations in words. */
export function statementOf(row: TraceRow): string {
  const text = inWords(row.text).replace(/;$/u, '');
  if (text !== '') return text;
  return row.access === 'leave' ? `return from ${inWords(row.function)}()` : `${inWords(row.function)}()`;
}

/** Whether a row switches interrupts off or on; then its values are "on" and "off". */
export function switchesInterrupts(row: TraceRow): boolean {
  return row.access === 'call' && row.target === 'irqs' && row.old !== null && row.new !== null;
}

/** Values as "old -> new", or the value read; '' when the row has none. */
export function valuesOf(row: TraceRow): string {
  const old = row.old === null ? null : clean(row.old);
  const after = row.new === null ? null : clean(row.new);
  if (switchesInterrupts(row)) return `interrupts ${old} -> ${after}`;
  if (row.access === 'lock' || row.access === 'call' || row.access === 'enter' || row.access === 'leave') return '';
  if (old !== null && after !== null) return `${old} -> ${after}`;
  if (after !== null) return row.access === 'read' ? after : `-> ${after}`;
  return old ?? '';
}
