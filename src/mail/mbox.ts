/**
 * @module An mbox as its messages. Separators are `From ` lines as mboxo, mboxrd, git format-patch and public-inbox
 * write them; to be one, a line must stand at the start or after an empty line and be followed by a header, because
 * git and some archives leave `From ` unescaped in bodies. `>From ` is unescaped by one level (mboxrd; the same for mboxo).
 */
import type { InputLine } from '../patch/input-line.js';
import { messagesMax } from '../patch/limits.js';

/** One message of an mbox, still undecoded: each char of a line is one byte. */
export interface RawMessage {
  /** Header and body lines without line ends and without the `From ` line. */
  readonly lines: readonly InputLine[];
}

/** The messages of an mbox in its order; `left` counts those beyond messagesMax. */
export interface Mbox {
  readonly messages: readonly RawMessage[];
  readonly left: number;
}

/** True when the text begins as an mbox does. */
export function looksLikeMbox(lines: readonly InputLine[]): boolean {
  const first = lines.findIndex((line) => line.text !== '');
  return first >= 0 && isSeparator(lines, first);
}

/** Splits an mbox; what stands before the first separator is not a message and is dropped. */
export function splitMbox(lines: readonly InputLine[]): Mbox {
  const starts: number[] = [];
  for (let at = 0; at < lines.length; at++) if (isSeparator(lines, at)) starts.push(at);
  const taken = starts.slice(0, messagesMax);
  const messages = taken.map((start, index) => ({
    lines: lines.slice(start + 1, starts[index + 1] ?? lines.length).map(unescapeFrom),
  }));
  return { messages, left: starts.length - taken.length };
}

function isSeparator(lines: readonly InputLine[], at: number): boolean {
  const text = lines[at]!.text;
  if (!text.startsWith('From ') || text.length > 500) return false;
  if (!/^From \S+/.test(text) || (at > 0 && lines[at - 1]!.text !== '')) return false;
  const next = lines[at + 1]?.text ?? '';
  return /^[!-9;-~]+:(?:\s|$)/.test(next) || /^>?From \S+@/.test(next);
}

function unescapeFrom(line: InputLine): InputLine {
  return line.text.startsWith('>') && /^>+From /.test(line.text) ? { ...line, text: line.text.slice(1) } : line;
}
