/**
 * @module Progress on a terminal's standard error: one line that is written over, and figures at the end. Silent when
 * standard error is not a terminal, so that logs hold only what went wrong.
 */
import type { Progress } from '../review/options.js';
import { clean, clip } from '../render/line.js';
import type { Io } from './io.js';

/** Milliseconds between two updates of the line. */
const UPDATE_MS = 80;

/** The line that is shown, and what ends it. */
export interface ProgressLine {
  readonly update: (progress: Progress) => void;
  /** Removes the line and writes the figures. */
  readonly end: () => void;
}

/** A line that shows nothing. */
const silent: ProgressLine = { update: () => undefined, end: () => undefined };

/** 1234567 as 1,234,567. */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/gu, ',');
}

/** A progress line on a terminal; a silent one elsewhere or when `quiet`. */
export function progressLine(io: Io, quiet: boolean): ProgressLine {
  if (quiet || !io.stderr.isTerminal) return silent;
  const started = io.now();
  const width = (io.stderr.columns ?? 80) - 1;
  let shownAt = -Infinity;
  let last: Progress | null = null;
  return {
    update(progress) {
      last = progress;
      if (io.now() - shownAt < UPDATE_MS) return;
      shownAt = io.now();
      const at = `scenario ${Math.min(progress.done + 1, progress.total)} of ${progress.total}`;
      const text = `${at}, ${grouped(progress.states)} states: ${clean(progress.scenario)}`;
      io.stderr.write(`\r\x1b[K${clip(text, width)}`);
    },
    end() {
      const ms = Math.round(io.now() - started);
      const figures = last === null ? '' : `${last.done} scenario runs, ${grouped(last.states)} states, `;
      io.stderr.write(`\r\x1b[K${figures}${grouped(ms)} ms\n`);
    },
  };
}
