/** @module Spans of time as configuration files and options write them: "2.weeks", "90.minutes", "1.day", as git does, or "36h". */

const unitMs: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };
const short: Readonly<Record<string, string>> = { s: 'second', m: 'minute', min: 'minute', h: 'hour', d: 'day', w: 'week' };

/** How to write one, for messages. */
export const DURATION_FORM = 'give a span of time, such as 2.weeks, 1.day, 6.hours, 30.minutes or 0';

/** Milliseconds of a span from 0 up to 10 years; null when it is none. */
export function parseDuration(text: string): number | null {
  if (text.trim() === '0') return 0;
  const match = /^(\d{1,6})[ .]?([a-z]+?)(s?)$/u.exec(text.trim().toLowerCase());
  if (!match) return null;
  const name = match[2] ?? '';
  const unit = unitMs[short[name + (match[3] ?? '')] ?? short[name] ?? name];
  const ms = unit === undefined ? null : Number(match[1]) * unit;
  return ms === null || ms > 3650 * 86_400_000 ? null : ms;
}
