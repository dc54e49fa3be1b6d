/** Tokens of C text for comparing a printed model with a patch: without comments, debug prints and texts of messages. */

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\w+|->|\+\+|--|<<=|>>=|\.\.\.|##|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|\S/g;

/** Lines of kernel comments, also when a hunk begins or ends inside one. */
function isComment(line: string): boolean {
  return /^\s*(\/\*|\*(\s|\/|$)|\/\/)/.test(line);
}

/** `debug(...);` leaves nothing, except where it is defined. An unclosed one takes all that follows. */
function withoutDebugPrints(tokens: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] !== 'kcov_debug' || tokens[i - 1] === 'define') {
      kept.push(tokens[i] ?? '');
      continue;
    }
    let depth = 0;
    for (i++; i < tokens.length; i++) {
      if (tokens[i] === '(') depth++;
      if (tokens[i] === ')' && --depth === 0) break;
    }
    i++;
  }
  return kept;
}

/** The tokens of `lines` in order. */
export function tokensOf(lines: readonly string[]): string[] {
  const code = lines.filter((line) => !isComment(line)).map((line) => line.replace(/\/\*.*?\*\//g, '')).join('\n');
  return withoutDebugPrints(code.match(TOKEN) ?? []);
}
