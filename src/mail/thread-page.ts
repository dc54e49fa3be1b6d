/**
 * @module A message as the page of a web archive shows it (hypermail and its kin), saved as text: title, "From:" and
 * "Date:" lines in the archive's own form, then the text. There is no Message-ID and no address to reply to.
 */
import type { InputLine } from '../patch/input-line.js';

/** The parts of such a page. */
export interface ThreadPage {
  /** As the page's title shows it. */
  readonly subject: string;
  readonly body: readonly InputLine[];
}

/** Lines at the top in which the page's From and Date are looked for. */
const topLines = 60;

/** Recognises a page by a From and a Date line near each other; null for other text. */
export function readThreadPage(lines: readonly InputLine[]): ThreadPage | null {
  const top = lines.slice(0, topLines).map((line) => line.text.slice(0, 500).trim());
  const from = top.findIndex((text) => /^From:\s*\S/i.test(text));
  if (from < 0) return null;
  const date = top.findIndex((text, at) => Math.abs(at - from) <= 4 && /^(?:Date|Sent):\s*\S/i.test(text));
  if (date < 0) return null;
  let end = Math.max(from, date) + 1;
  while (end < top.length && /^(?:Subject|To|Cc|Date|In-Reply-To|Message-ID|Next message|Previous message):/i.test(top[end]!)) end++;
  return { subject: titleOf(top, Math.min(from, date)), body: lines.slice(end) };
}

function titleOf(top: readonly string[], before: number): string {
  const named = top.map((text) => /^Subject:\s*(.+)$/i.exec(text)?.[1]).find((text) => text !== undefined);
  return named ?? top.slice(0, before).find((text) => text !== '') ?? '';
}
