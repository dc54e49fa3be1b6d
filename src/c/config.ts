/**
 * @module The configuration as a user gives it: `NAME=y`, `NAME=n`, `NAME=NUMBER`, and the lines of a kernel's .config.
 */
import type { Config } from '../../simulator/ir/program.js';

/** What is wrong with a piece of the text, for one line on stderr. */
export interface ConfigError {
  /** Where: 1-based number of the piece. */
  readonly at: number;
  readonly text: string;
  readonly what: string;
}

export type ParsedConfig = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly errors: readonly ConfigError[] };

/** Pieces that are read; a whole .config has about 10,000. */
const PIECES_MAX = 100_000;
const ERRORS_MAX = 20;

const NUMBER = /^(0[xX][0-9a-fA-F]+|-?\d+)$/;

/**
 * Reads options separated by white space or commas, each with or without CONFIG_; comments of a .config are passed over, and
 * `# CONFIG_X is not set` is `X=n`. A later option replaces an earlier one. Modules (`m`) count as `y`: kcovet looks at what is
 * compiled. Text in quotes has no meaning here and is left out. Never throws.
 */
export function parseConfig(text: string): ParsedConfig {
  const config: Record<string, boolean | number> = {};
  const errors: ConfigError[] = [];
  const pieces = piecesOf(text);
  pieces.slice(0, PIECES_MAX).forEach((piece, i) => {
    const what = readPiece(piece, config);
    if (what !== null && errors.length < ERRORS_MAX) errors.push({ at: i + 1, text: piece.slice(0, 80), what });
  });
  if (pieces.length > PIECES_MAX) errors.push({ at: PIECES_MAX + 1, text: '', what: `more than ${PIECES_MAX} options` });
  return errors.length > 0 ? { ok: false, errors } : { ok: true, config };
}

function piecesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const unset = /^\s*#\s*(CONFIG_\w+) is not set\s*$/.exec(line);
    if (unset) return [`${unset[1] ?? ''}=n`];
    if (/^\s*#/.test(line)) return [];
    return /^\s*\w+="/.test(line) ? [line.trim()] : line.split(/[\s,]+/).filter((piece) => piece !== '');
  });
}

/** Puts one option into `config`; returns what is wrong with it, null if nothing. */
function readPiece(piece: string, config: Record<string, boolean | number>): string | null {
  const equals = piece.indexOf('=');
  if (equals < 0) return 'NAME=y, NAME=n or NAME=NUMBER is wanted';
  const name = piece.slice(0, equals).replace(/^CONFIG_/, '');
  const value = piece.slice(equals + 1);
  if (!/^[A-Z0-9_]+$/.test(name)) return `${name === '' ? 'nothing' : name} is no name of an option`;
  if (/^"[^]*"$/.test(value)) return null;
  if (value === 'y' || value === 'm' || value === 'n') {
    setOwn(config, name, value !== 'n');
    return null;
  }
  if (!NUMBER.test(value)) return `${value === '' ? 'nothing' : value} is neither y, n nor a number`;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) return `${value} is too large`;
  setOwn(config, name, number);
  return null;
}

function setOwn(config: Record<string, boolean | number>, name: string, value: boolean | number): void {
  Object.defineProperty(config, name, { value, enumerable: true, configurable: true, writable: true });
}
