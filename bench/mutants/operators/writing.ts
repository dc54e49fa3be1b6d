/** @module Neutral operators on how C is written: comments, line breaks, braces, spelling of expressions, loops. */
import { listed } from '../calls.js';
import { at, branched, onlyAt, testOf, tests } from '../heads.js';
import { neutral } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Source } from '../source.js';

/** `!p` as `p == NULL`, where p is a pointer kept in a variable. */
function nullSpelled(source: Source): Site[] {
  return tests(source).flatMap((placed) => {
    const pointers = new Set([...placed.function.params, ...listed(source).flatMap(({ function: def, statement: s }) => (def === placed.function && s.kind === 'declaration' ? [s] : []))]
      .filter((v) => v.type.kind === 'pointer').map((v) => v.name));
    const test = testOf(source, placed.statement);
    const name = /^!(\w+)$/u.exec(test?.text ?? '')?.[1] ?? '';
    const other = /^(\w+) == NULL$/u.exec(test?.text ?? '')?.[1] ?? '';
    if (!test || !pointers.has(name || other)) return [];
    return [at(placed, [{ start: test.start, end: test.end, text: name ? `${name} == NULL` : `!${other}` }])];
  });
}

/** Braces round a single statement, in lines of their own. */
function braced(source: Source): Site[] {
  return tests(source).flatMap((placed) => {
    const { statement: s } = placed;
    if (s.kind !== 'if' || s.then.kind === 'block') return [];
    const head = source.startOf(s.then.place.line) - 1;
    return [at(placed, [{ start: head, end: head, text: ' {' }, source.insert(s.place.endLine + 1, `${source.indentOf(s.place.line)}}\n`)])];
  });
}

function unbraced(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const s = placed.statement;
    if ((s.kind !== 'forEach' && s.kind !== 'for' && s.kind !== 'while') || s.body.kind !== 'block' || s.body.body.length !== 1) return [];
    const [inner] = s.body.body;
    const open = source.tokensIn(s.place.line, (inner?.place.line ?? 1) - 1).at(-1);
    if (!inner || inner.kind === 'declaration' || open?.text !== '{' || source.lines(s.place.endLine, s.place.endLine).trim() !== '}') return [];
    return [at(placed, [{ start: open.start - 1, end: open.end, text: '' }, { start: source.startOf(s.place.endLine), end: source.startOf(s.place.endLine + 1), text: '' }])];
  });
}

/** for (i = 0; …; i++) as a while loop. */
function whiles(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const s = placed.statement;
    if (s.kind !== 'for' || !s.init || !s.test || !s.step || s.init.kind === 'declaration' || /\bcontinue\b/u.test(source.linesOf(s))) return [];
    const head = testOf(source, s);
    if (!head) return [];
    const parts = head.text.split(';').map((part) => part.trim());
    const [init = '', test = '', step = ''] = parts;
    if (parts.length !== 3) return [];
    const indent = source.indentOf(s.place.line);
    const isBlock = s.body.kind === 'block';
    const inner = isBlock ? source.lines(s.body.place.line + 1, s.place.endLine - 1) : source.lines(s.body.place.line, s.place.endLine);
    return [at(placed, [source.replace(s, `${indent}${init};\n${indent}while (${test}) {\n${inner}${indent}\t${step};\n${indent}}\n`)])];
  });
}

/** `x += y` as `x = x + y`, and the other way round, where x is a variable. */
function assignments(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const text = source.linesOf(placed.statement);
    const compound = /^(\s*)(\w+) ([-+|&])= ([^;]+);$/u.exec(text.trimEnd());
    if (compound) return [at(placed, [source.replace(placed.statement, `${compound[1] ?? ''}${compound[2] ?? ''} = ${compound[2] ?? ''} ${compound[3] ?? ''} (${compound[4] ?? ''});\n`)])];
    const counted = /^(\s*)([\w>.-]+)(\+\+|--);$/u.exec(text.trimEnd());
    return counted ? [at(placed, [source.replace(placed.statement, `${counted[1] ?? ''}${counted[2] ?? ''} ${(counted[3] ?? '+').charAt(0)}= 1;\n`)])] : [];
  });
}

/** if (a && b) as two tests, one in the other. */
function nested(source: Source): Site[] {
  return tests(source).flatMap((placed): Site[] => {
    const { statement: s } = placed;
    const head = testOf(source, s);
    const and = head ? source.tokens[onlyAt(source, head, /^&&$/u, /^\|\|$/u)] : undefined;
    if (s.kind !== 'if' || !head || !and) return [];
    const indent = source.indentOf(s.place.line);
    const [a, b] = [source.text.slice(head.start, and.start).trim(), source.text.slice(and.end, head.end).trim()];
    const then = s.then.kind === 'block' ? source.lines(s.then.place.line + 1, s.place.endLine - 1) : source.lines(s.then.place.line, s.place.endLine);
    if (s.then.kind === 'block' && source.lines(s.place.endLine, s.place.endLine).trim() !== '}') return [];
    return [at(placed, [source.replace(s, `${indent}if (${a}) {\n${indent}\tif (${b}) {\n${then.replace(/^(?=.)/gmu, '\t')}${indent}\t}\n${indent}}\n`)])];
  });
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '==': '==', '!=': '!=' };

/** a < b as b > a, where both are simple. */
function mirrored(source: Source): Site[] {
  return tests(source).flatMap((placed): Site[] => {
    const head = testOf(source, placed.statement);
    const op = head ? source.tokens[onlyAt(source, head, /^(?:[<>]|[<>=!]=)$/u, /^(?:&&|\|\||[&|,=])$/u)] : undefined;
    if (!head || !op) return [];
    const [a, b] = [source.text.slice(head.start, op.start).trim(), source.text.slice(op.end, head.end).trim()];
    return /\(/u.test(a + b) ? [] : [at(placed, [{ start: head.start, end: head.end, text: `${b} ${MIRRORED[op.text] ?? op.text} ${a}` }])];
  });
}

/** A statement of one line broken before its last argument or operand. */
function broken(source: Source): Site[] {
  return listed(source).flatMap((placed): Site[] => {
    const { place } = placed.statement;
    const tokens = source.tokensIn(place.line, place.endLine);
    const comma = tokens.findLast((t, i) => i > 1 && /^(?:,|=|&&|\|\|)$/u.test(t.text));
    if (place.line !== place.endLine || !comma || placed.statement.kind === 'forEach' || placed.statement.kind === 'declaration') return [];
    return [at(placed, [{ start: comma.end, end: comma.end + 1, text: `\n${source.indentOf(place.line)}\t\t` }])];
  });
}

/** A statement of several lines in one. */
function joined(source: Source): Site[] {
  return listed(source).filter(({ statement: s }) => (s.kind === 'expression' || s.kind === 'return') && s.place.endLine > s.place.line).map((placed) => {
    const text = source.linesOf(placed.statement);
    return at(placed, [source.replace(placed.statement, `${source.indentOf(placed.statement.place.line)}${text.trim().replace(/\s+/gu, ' ')}\n`)]);
  });
}

export const writing: readonly Operator[] = [
  neutral({
    id: 'add-comment', kind: 'layout', does: 'puts a comment above a statement',
    sites: (source) => listed(source).map((placed) => at(placed, [source.insert(placed.statement.place.line, `${source.indentOf(placed.statement.place.line)}/* What comes next is here for a reason. */\n`)])),
  }),
  neutral({ id: 'break-line', kind: 'layout', does: 'breaks a statement into two lines', sites: broken }),
  neutral({ id: 'join-lines', kind: 'layout', does: 'writes a statement of several lines in one', sites: joined }),
  neutral({ id: 'add-braces', kind: 'layout', does: 'puts braces round a single statement', sites: braced }),
  neutral({ id: 'drop-braces', kind: 'layout', does: 'takes the braces round a single statement away', sites: unbraced }),
  neutral({ id: 'null-spelling', kind: 'spelling', does: 'writes !p as p == NULL, or the other way round', sites: nullSpelled }),
  neutral({ id: 'for-as-while', kind: 'spelling', does: 'writes a for loop as a while loop', sites: whiles }),
  neutral({ id: 'compound-assignment', kind: 'spelling', does: 'writes x += y as x = x + (y), x++ as x += 1', sites: assignments }),
  neutral({ id: 'nested-tests', kind: 'spelling', does: 'writes if (a && b) as two tests', sites: nested }),
  neutral({ id: 'mirrored-comparison', kind: 'spelling', does: 'writes a < b as b > a', sites: mirrored }),
  neutral({ id: 'swapped-branches', kind: 'spelling', does: 'negates a test and lets its branches change places', sites: (source) => branched(source, (test) => `!(${test})`) }),
];
