/**
 * @module What the service says of its work: one line of JSON for each event, without anything that came in a payload but
 * names and numbers. Comments, patches and tokens are never logged.
 */
import { reasonOf } from '../gateway/limits.js';

/** Fields of a line; texts are made short. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export type Level = 'info' | 'warn' | 'error';

export type Log = (level: Level, what: string, fields?: LogFields) => void;

const TEXT_MAX = 300;

/** Lines of JSON to where `write` takes them. */
export function jsonLog(write: (line: string) => void, now: () => number = Date.now): Log {
  return (level, what, fields = {}) => {
    const short = Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, TEXT_MAX) : value]);
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, what, ...Object.fromEntries(short) })}\n`);
  };
}

const LEVELS: readonly Level[] = ['info', 'warn', 'error'];

/** Lines of a level and of those above it. */
export function atLeast(lowest: Level, log: Log): Log {
  return (level, what, fields) => {
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(lowest)) log(level, what, fields);
  };
}

/** Says nothing. */
export const noLog: Log = () => undefined;

/** What went wrong, as a field. */
export function errorField(error: unknown): LogFields {
  return { error: reasonOf(error instanceof AggregateError ? error.errors[0] : error) };
}
