/** @module Neutral operators on the shape of tests and branches: the same accesses in the same order, written in another way. */
import type { Stmt } from '../../../simulator/ir/program.js';
import { jumps, listed } from '../calls.js';
import { at, linesIn, onlyAt, opposite, testOf, tests } from '../heads.js';
import type { Head } from '../heads.js';
import { neutral } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Placed, Source } from '../source.js';

/** The operands of the only && or || at the outermost level of a test. */
function operands(source: Source, head: Head, op: '&&' | '||'): { left: string; right: string } | null {
  const [fits, never] = op === '&&' ? [/^&&$/u, /^(?:\|\||\?)$/u] : [/^\|\|$/u, /^(?:&&|\?)$/u];
  const token = source.tokens[onlyAt(source, head, fits, never)];
  return token ? { left: source.text.slice(head.start, token.start).trim(), right: source.text.slice(token.end, head.end).trim() } : null;
}

function deMorgan(source: Source): Site[] {
  return tests(source).flatMap((placed): Site[] => {
    const head = testOf(source, placed.statement);
    const [and, or] = head ? [operands(source, head, '&&'), operands(source, head, '||')] : [null, null];
    const both = and ?? or;
    return head && both ? [at(placed, [{ start: head.start, end: head.end, text: `!(${opposite(both.left)} ${and ? '||' : '&&'} ${opposite(both.right)})` }])] : [];
  });
}

const endsInJump = (s: Stmt): boolean => {
  const last = s.kind === 'block' ? s.body.at(-1) : s;
  return last !== undefined && jumps(last);
};

/** if (a || b) leave; as two of them. */
function splitTests(source: Source): Site[] {
  return tests(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const head = testOf(source, s);
    const or = head ? operands(source, head, '||') : null;
    if (!head || !or || s.kind !== 'if' || !endsInJump(s.then)) return [];
    const text = source.linesOf(s);
    const rest = source.text.slice(head.end, source.startOf(s.place.endLine + 1));
    return text.includes('#') ? [] : [at(placed, [source.replace(s, [or.left, or.right].map((test) => `${source.indentOf(s.place.line)}if (${test}${rest}`).join(''))])];
  });
}

/** The rest of a function inside an if, as an early return. */
function earlyReturns(source: Source): Site[] {
  return source.functions.flatMap((def): Site[] => {
    const last = def.body.at(-1);
    const head = last?.kind === 'if' ? testOf(source, last) : null;
    if (last?.kind !== 'if' || last.else || !head || last.then.kind !== 'block' || def.returns.kind !== 'void' || last.then.body.some((s) => s.kind === 'declaration')) return [];
    const body = linesIn(source, last.then);
    return /^#/mu.test(body) ? [] : [at({ function: def, statement: last }, [source.replace(last, `\tif (${opposite(head.text)})\n\t\treturn;\n${body.replace(/^\t/gmu, '')}`)])];
  });
}

/** Puts a declaration at the head of a function. */
const declared = (source: Source, { function: def }: Placed, text: string): { start: number; end: number; text: string } => {
  const line = def.body[0]?.place.line ?? def.place.endLine;
  return source.insert(line, `\t${text}\n${def.body[0]?.kind === 'declaration' ? '' : '\n'}`);
};

/** The condition of an if in a local first. */
function namedConditions(source: Source): Site[] {
  return tests(source).flatMap((placed): Site[] => {
    const { function: def, statement: s } = placed;
    const head = testOf(source, s);
    if (!head || /^\w+$/u.test(head.text) || source.tokens.some((t) => t.text === 'holds') || def.body[0]?.place.line === s.place.line) return [];
    const text = head.text.replace(/\s+/gu, ' ');
    return [at(placed, [declared(source, placed, 'bool holds;'), source.insert(s.place.line, `${source.indentOf(s.place.line)}holds = ${text};\n`), { start: head.start, end: head.end, text: 'holds' }])];
  });
}

/** Lines of each case with all behind it, where control does not come from the case before or go to the next one. */
function closedCases(source: Source, body: readonly Stmt[]): { first: number; last: number }[] {
  const starts = body.flatMap((s, i) => (s.kind === 'case' && body[i - 1]?.kind !== 'case' ? [i] : []));
  const parts = starts.map((start, i) => body.slice(start, starts[i + 1] ?? body.length));
  return parts.flatMap((part, i) => {
    const [first, last, before] = [part[0], part.at(-1), parts[i - 1]?.at(-1)];
    const closed = first && last && jumps(last) && (i === 0 || (before && jumps(before))) && !part.some((s) => s.kind === 'declaration' || s.kind === 'label');
    return closed && !/^[ \t]*#/mu.test(source.lines(first.place.line, last.place.endLine)) ? [{ first: first.place.line, last: last.place.endLine }] : [];
  });
}

function swappedCases(source: Source): Site[] {
  return source.statements.flatMap((placed): Site[] => {
    const { function: def, statement: s } = placed;
    if (s.kind !== 'switch') return [];
    const cases = closedCases(source, s.body);
    return cases.slice(1).flatMap((b, i): Site[] => {
      const a = cases[i];
      // Between them stands nothing, or a blank line.
      if (!a || source.lines(a.last + 1, b.first - 1).trim() !== '') return [];
      const lines = (part: { first: number; last: number }): string => source.lines(part.first, part.last);
      const edit = (from: { first: number; last: number }, to: string): { start: number; end: number; text: string } => ({ start: source.startOf(from.first), end: source.startOf(from.last + 1), text: to });
      return [{ function: def.name, line: a.first, edits: [edit(a, lines(b)), edit(b, lines(a))] }];
    });
  });
}

/** c ? a : b as an if, where it is all that is assigned to a local or returned. */
function conditionals(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const value = s.kind === 'return' ? s.value : s.kind === 'expression' && s.expr.kind === 'assign' && s.expr.op === '=' && s.expr.target.kind === 'name' ? s.expr.value : undefined;
    const text = source.linesOf(s).trim().replace(/\s+/gu, ' ');
    const [, head, test, a, b] = /^(return|\w+ =) ([^?]+) \? ([^?:]+) : ([^?:]+);$/u.exec(text) ?? [];
    if (value?.kind !== 'conditional' || !head || !test || !a || !b) return [];
    const indent = source.indentOf(s.place.line);
    const otherwise = s.kind === 'return' ? indent : `${indent}else\n${indent}\t`;
    return [at(placed, [source.replace(s, `${indent}if (${test.replace(/^\(([^()]+)\)$/u, '$1')})\n${indent}\t${head} ${a};\n${otherwise}${head} ${b};\n`)])];
  });
}

export const shapes: readonly Operator[] = [
  neutral({ id: 'de-morgan', kind: 'spelling', does: 'writes a && b as !(!a || !b), or the other way round', held: true, sites: deMorgan }),
  neutral({ id: 'split-tests', kind: 'spelling', does: 'writes a check of a || b as two checks', held: true, sites: splitTests }),
  neutral({ id: 'early-return', kind: 'spelling', does: 'leaves a function early and writes the rest one level out', held: true, sites: earlyReturns }),
  neutral({ id: 'conditional-as-if', kind: 'spelling', does: 'writes c ? a : b as an if', held: true, sites: conditionals }),
  neutral({ id: 'named-condition', kind: 'name', does: 'keeps a condition in a local before it is tested', held: true, sites: namedConditions }),
  neutral({ id: 'swap-cases', kind: 'order', does: 'lets two cases of a switch change places', held: true, sites: swappedCases }),
];
