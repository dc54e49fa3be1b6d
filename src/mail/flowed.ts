/**
 * @module Undoes format=flowed (RFC 3676): unstuffs lines and joins soft-broken ones of the same quote depth. Done here
 * and not by the MIME package because line numbers and quote marks must survive.
 */
import type { InputLine } from '../patch/input-line.js';

/** Lines as the sender wrote them. With delSp the blank before a soft break is no text. */
export function unflow(lines: readonly InputLine[], delSp: boolean): InputLine[] {
  const fixed: InputLine[] = [];
  let parts: string[] = [];
  let first = 0;
  let depth = -1;
  const flush = (): void => {
    if (depth >= 0) fixed.push({ text: '>'.repeat(depth) + (depth > 0 ? ' ' : '') + parts.join(''), inputLine: first });
    parts = [];
    depth = -1;
  };
  for (const line of lines) {
    const quotes = /^>*/.exec(line.text)![0].length;
    const rest = line.text.slice(quotes);
    const text = rest.startsWith(' ') ? rest.slice(1) : rest;
    if (depth !== quotes || text === '-- ') flush();
    if (depth < 0) first = line.inputLine;
    depth = quotes;
    const soft = text.endsWith(' ') && text !== '-- ';
    parts.push(soft && delSp ? text.slice(0, -1) : text);
    if (!soft) flush();
  }
  flush();
  return fixed;
}
