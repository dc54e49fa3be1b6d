/** @module What a terminal wants: colour, and how many columns text has. */
import type { Io } from './io.js';

/** Columns of the text output at most; what reads well in a terminal and in a mail. */
const WIDTH_MAX = 76;
const WIDTH_MIN = 50;

/** Whether output is coloured: by choice, else on a terminal that wants it. */
export function wantsColor(io: Io, choice: 'auto' | 'always' | 'never'): boolean {
  if (choice !== 'auto') return choice === 'always';
  return io.stdout.isTerminal && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}

/** Columns for text: those of the terminal within what reads well. */
export function textWidth(io: Io): number {
  return Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, io.stdout.columns ?? WIDTH_MAX));
}
