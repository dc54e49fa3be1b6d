/**
 * @module Text in a database that takes no NUL: what comes from mails and patches may have one. It goes in as two characters, the
 * first of which is doubled wherever it stands by itself, and comes out as it was.
 */

/** A character for private use, in nobody's text. */
const MARK = '\u{f0000}';

function encoded(text: string): string {
  return text.includes('\0') || text.includes(MARK) ? text.replace(/[\0\u{f0000}]/gu, (one) => (one === '\0' ? `${MARK}0` : `${MARK}1`)) : text;
}

function decoded(text: string): string {
  return text.includes(MARK) ? text.replace(/\u{f0000}([01])/gu, (_, which) => (which === '0' ? '\0' : MARK)) : text;
}

/** Parameters of a query as Postgres takes them. */
export function toPostgres(parameters: readonly unknown[]): unknown[] {
  return parameters.map((one) => (typeof one === 'string' ? encoded(one) : one));
}

/** A row as it was put in; changed in its place. */
export function fromPostgres(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'string') row[name] = decoded(value);
  }
  return row;
}
