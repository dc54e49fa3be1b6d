/**
 * @module Progress on a terminal's standard error: one line that is written over, above it the first sentence of each question
 * as soon as it is certain, and figures at the end. Silent when standard error is not a terminal, unless it is asked for:
 * then the sentences and figures alone, so that logs hold no line that is written over.
 */
import type { EarlyQuestion, Progress } from '../review/options.js';
import { clean, clip } from '../render/line.js';
import type { Io } from './io.js';

/** Milliseconds between two updates of the line. */
const UPDATE_MS = 80;

/** The line that is shown, and what ends it. */
export interface ProgressLine {
  readonly update: (progress: Progress) => void;
  /** Shows a question above the line. */
  readonly ask: (question: EarlyQuestion) => void;
  /** Removes the line and writes the figures. */
  readonly end: () => void;
}

/** A line that shows nothing. */
const silent: ProgressLine = { update: () => undefined, ask: () => undefined, end: () => undefined };

/** 1234567 as 1,234,567. */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/gu, ',');
}

/** "Is this needed here?" of a question of several sentences. */
function firstSentence(question: string): string {
  return /^.*?[.?](?=\s|$)/su.exec(question)?.[0] ?? question;
}

/** A progress line on a terminal; a silent one elsewhere or when `quiet`; sentences and figures without a line where `always`. */
export function progressLine(io: Io, { quiet = false, always = false }: { quiet?: boolean; always?: boolean } = {}): ProgressLine {
  const { isTerminal } = io.stderr;
  if (quiet || !(isTerminal || always)) return silent;
  const started = io.now();
  const width = (io.stderr.columns ?? 80) - 1;
  const over = isTerminal ? '\r\x1b[K' : '';
  let shownAt = -Infinity;
  let last: Progress | null = null;
  return {
    update(progress) {
      last = progress;
      if (!isTerminal || io.now() - shownAt < UPDATE_MS) return;
      shownAt = io.now();
      const at = `scenario ${Math.min(progress.done + 1, progress.total)} of ${progress.total}`;
      const text = `${at}, ${grouped(progress.states)} states: ${clean(progress.scenario)}`;
      io.stderr.write(`${over}${clip(text, width)}`);
    },
    ask({ path, question }) {
      io.stderr.write(`${over}${clean(`${path}: ${firstSentence(question)}`)}\n`);
    },
    end() {
      const ms = Math.round(io.now() - started);
      const figures = last === null ? '' : `${last.done} scenario runs, ${grouped(last.states)} states, `;
      io.stderr.write(`${over}${figures}${grouped(ms)} ms\n`);
    },
  };
}
