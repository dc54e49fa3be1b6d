/** @module Single tokens and arguments of calls, as operators change them. */
import type { CType, FunctionDef } from '../../simulator/ir/program.js';
import { statementsOf } from '../../src/analysis/walk.js';
import type { Token } from '../../src/c/scan.js';
import type { Site } from './operator.js';
import type { Source } from './source.js';

/** Changes single tokens inside functions; `change` yields the new texts of a token, given its neighbours. */
export function tokenSites(source: Source, change: (token: Token, around: { before: string; after: string; within: FunctionDef }) => readonly string[]): Site[] {
  return source.functions.flatMap((def) => {
    const body = def.body[0]?.place.line ?? def.place.endLine;
    const active = new Set(statementsOf(def).flatMap((s) => lineNumbers(s.place.line, s.place.endLine)));
    const tokens = source.tokensIn(body, def.place.endLine);
    return tokens.flatMap((token, i): Site[] => {
      const line = source.lineOf(token.start);
      if (!active.has(line)) return [];
      const around = { before: tokens[i - 1]?.text ?? '', after: tokens[i + 1]?.text ?? '', within: def };
      return change(token, around).map((text) => ({ function: def.name, line, edits: [{ start: token.start, end: token.end, text }] }));
    });
  });
}

function lineNumbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The same text for the same type. */
export const typeKey = (type: CType): string => JSON.stringify(type, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));

/** Variables of a function, with what a type is written as. */
export function variables(def: FunctionDef): Map<string, string> {
  const locals = statementsOf(def).flatMap((s) => (s.kind === 'declaration' ? [{ name: s.name, type: s.type }] : []));
  return new Map([...def.params, ...locals].map(({ name, type }) => [name, typeKey(type)]));
}

/** Calls of a name that fits, with the offsets of their arguments. */
export function callsOf(source: Source, name: RegExp): { function: string; line: number; args: readonly { start: number; end: number }[] }[] {
  return source.functions.flatMap((def) => source.tokensIn(def.place.line, def.place.endLine).filter((t) => name.test(t.text)).flatMap((token) => {
    const open = source.tokens.indexOf(token) + 1;
    const close = source.closing(open);
    return close < 0 ? [] : [{ function: def.name, line: source.lineOf(token.start), args: argumentsIn(source, open, close) }];
  }));
}

function argumentsIn(source: Source, open: number, close: number): { start: number; end: number }[] {
  const args: { start: number; end: number }[] = [];
  let depth = 0;
  let first = open + 1;
  for (let i = open + 1; i <= close; i += 1) {
    const text = source.tokens[i]?.text ?? '';
    if (i === close || (depth === 0 && text === ',')) {
      const [from, to] = [source.tokens[first], source.tokens[i - 1]];
      if (from && to && first < i) args.push({ start: from.start, end: to.end });
      first = i + 1;
    } else if (/^[([{]$/u.test(text)) depth += 1;
    else if (/^[)\]}]$/u.test(text)) depth -= 1;
  }
  return args;
}
