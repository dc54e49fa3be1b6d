/**
 * @module C text as tokens, for alignment only: comments and white space are gone, every token knows its line and
 * columns, preprocessor directives are runs of tokens that carry the number of their directive. Fragments are allowed:
 * text may begin or end inside a comment or a macro. Leaves out trigraphs and line splices inside tokens.
 */

/** One token. */
export interface Token {
  /** As written; `#  define` is '#define', a header name is one token. */
  readonly text: string;
  /** 0-based index of its line. */
  readonly line: number;
  /** 0-based column of its first character. */
  readonly start: number;
  /** 0-based column after its last character. */
  readonly end: number;
  /** Number of the directive it belongs to, counted from 0 in the text; -1 outside directives. */
  readonly directive: number;
}

/** A comment: from its first character to the one after its last; lines and columns are 0-based. */
export interface CommentSpan {
  readonly fromLine: number;
  readonly fromCol: number;
  readonly toLine: number;
  readonly toCol: number;
}

export interface Tokenised {
  readonly tokens: readonly Token[];
  readonly comments: readonly CommentSpan[];
  /** TOKENS_MAX was reached: the rest of the text was not read. */
  readonly gaveUp: boolean;
}

/** Tokens read from one text at most; kernel/kcov.c has about 6,000. */
export const TOKENS_MAX = 1_000_000;

const LEXEME =
  /\s+|\/\/.*|\/\*|[A-Za-z_$][\w$]*|\.?\d(?:[eEpP][+-]|[\w.])*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|##|\\$|[^]/y;
const DIRECTIVE = /^\s*#\s*(\w*)/;
const HEADER_NAME = /\s*(<[^>]*>|"[^"]*")/y;

interface LexState {
  readonly tokens: Token[];
  readonly comments: CommentSpan[];
  comment: { line: number; col: number } | null;
  directive: number;
  directives: number;
}

/**
 * Tokenises lines of C (no newlines at their ends). Without `inComment` the text begins in code. Never throws; an
 * unclosed comment reaches to the end of the text.
 */
export function tokenise(lines: readonly string[], inComment = false): Tokenised {
  const state: LexState = {
    tokens: [], comments: [], comment: inComment ? { line: 0, col: 0 } : null, directive: -1, directives: 0,
  };
  if (!inComment && beginsInMacro(lines)) state.directive = state.directives++;
  for (let i = 0; i < lines.length; i++) {
    if (state.tokens.length >= TOKENS_MAX) return { tokens: state.tokens, comments: state.comments, gaveUp: true };
    lexLine(state, lines[i] ?? '', i);
  }
  const last = lines.length - 1;
  if (state.comment && last >= 0) closeComment(state, last, (lines[last] ?? '').length);
  return { tokens: state.tokens, comments: state.comments, gaveUp: false };
}

/** A fragment whose first line continues on the next one is the inside of a macro. */
function beginsInMacro(lines: readonly string[]): boolean {
  const first = lines[0] ?? '';
  return first.endsWith('\\') && !DIRECTIVE.test(first);
}

function lexLine(state: LexState, text: string, line: number): void {
  let at = 0;
  if (!state.comment && state.directive < 0) at = openDirective(state, text, line);
  while (at < text.length) {
    if (state.comment) {
      const close = text.indexOf('*/', at);
      if (close < 0) break;
      closeComment(state, line, close + 2);
      at = close + 2;
      continue;
    }
    at = lexeme(state, text, { line, at });
  }
  if (state.directive >= 0 && !state.comment && !text.endsWith('\\')) state.directive = -1;
}

/** Begins a directive when the line is one; returns the column to go on from. */
function openDirective(state: LexState, text: string, line: number): number {
  const found = DIRECTIVE.exec(text);
  if (!found) return 0;
  state.directive = state.directives++;
  const end = found[0].length;
  push(state, `#${found[1] ?? ''}`, { line, start: text.indexOf('#'), end });
  if (found[1] !== 'include') return end;
  HEADER_NAME.lastIndex = end;
  const header = HEADER_NAME.exec(text);
  if (!header) return end;
  const stop = end + header[0].length;
  push(state, header[1] ?? '', { line, start: stop - (header[1] ?? '').length, end: stop });
  return stop;
}

function lexeme(state: LexState, text: string, where: { line: number; at: number }): number {
  LEXEME.lastIndex = where.at;
  const word = LEXEME.exec(text)?.[0] ?? text.slice(where.at, where.at + 1);
  const end = where.at + word.length;
  if (word === '/*') state.comment = { line: where.line, col: where.at };
  else if (word.startsWith('//')) {
    state.comments.push({ fromLine: where.line, fromCol: where.at, toLine: where.line, toCol: end });
  } else if (word.trim() !== '' && word !== '\\') push(state, word, { line: where.line, start: where.at, end });
  return end;
}

function push(state: LexState, text: string, place: { line: number; start: number; end: number }): void {
  state.tokens.push({ text, ...place, directive: state.directive });
}

function closeComment(state: LexState, line: number, col: number): void {
  const from = state.comment ?? { line, col };
  state.comments.push({ fromLine: from.line, fromCol: from.col, toLine: line, toCol: col });
  state.comment = null;
}

/**
 * Whether a fragment begins inside a comment: a comment is closed before any is opened, or, when neither happens, every
 * line that is not blank looks like the middle of a kernel comment (a star, then a blank or nothing).
 */
export function beginsInComment(lines: readonly string[]): boolean {
  let stars = 0;
  let others = 0;
  for (const line of lines) {
    const marks = line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    const open = marks.indexOf('/*');
    const close = marks.indexOf('*/');
    if (close >= 0 && (open < 0 || close < open)) return true;
    if (open >= 0) return stars > 0 && others === 0;
    if (/^\s*\*(\s|$)/.test(line)) stars++;
    else if (line.trim() !== '') others++;
  }
  return stars > 0 && others === 0;
}

/** An identifier or a keyword. */
export function isWord(text: string): boolean {
  return /^[A-Za-z_$]/.test(text);
}
