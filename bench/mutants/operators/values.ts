/** @module Operators on values: constants, errors, operators, which variable, which list. */
import type { FunctionDef } from '../../../simulator/ir/program.js';
import type { Token } from '../../../src/c/scan.js';
import { semantic } from '../operator.js';
import type { Operator, Site } from '../operator.js';
import type { Source } from '../source.js';
import { callsOf, tokenSites, variables } from '../tokens.js';

/** Members of the same enum, or macros whose names begin with the same two words, besides the one given. */
function others(source: Source, name: string): string[] {
  const members = source.program.enums.map((e) => e.members.map((m) => m.name)).find((list) => list.includes(name));
  return (members ?? KCOV_MODES).filter((one) => one !== name && (members ?? KCOV_MODES).includes(name));
}

/** Modes of kcov, which are in a header: include/linux/kcov.h. */
const KCOV_MODES = ['KCOV_MODE_DISABLED', 'KCOV_MODE_INIT', 'KCOV_MODE_TRACE_PC', 'KCOV_MODE_TRACE_CMP'];
const ERRNOS = ['EINVAL', 'EBUSY', 'ENOMEM', 'ENOTTY', 'EEXIST', 'EFAULT'];

/** The one after it, in a list that goes round. */
const next = (list: readonly string[], name: string): string[] => (list.includes(name) ? [list[(list.indexOf(name) + 1) % list.length] ?? name] : []);

/** Another variable of the same type, where a variable is an argument or an operand. */
function otherVariable(token: Token, { before, after, within }: { before: string; after: string; within: FunctionDef }): string[] {
  if (!/^(?:[(,+\-*<>=!&|]|==|!=|&&|\|\||return)$/u.test(before) || !/^(?:[),;+\-*<>]|==|!=|&&|\|\||->)$/u.test(after)) return [];
  const all = variables(within);
  const type = all.get(token.text);
  if (type === undefined || !all.has(token.text)) return [];
  return next([...all].filter(([, t]) => t === type).map(([name]) => name), token.text).filter((name) => name !== token.text);
}

const OPERATORS: Readonly<Record<string, string>> = { '+': '-', '-': '+', '&': '|', '|': '&', '<<': '>>', '>>': '<<', '&&': '||', '||': '&&' };
const BOUNDS: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

const isOperand = (text: string): boolean => /^[\w)\]]+$/u.test(text) && text !== 'return';

export const values: readonly Operator[] = [
  semantic({
    id: 'wrong-number', kind: 'constant', does: 'writes a number that is one more',
    sites: (source) => tokenSites(source, (t, { before }) => (t.kind === 'number' && /^\d+$/u.test(t.text) && before !== 'case' && before !== 'WARN_ON' ? [String(Number(t.text) + 1)] : [])),
  }),
  semantic({ id: 'wrong-constant', kind: 'constant', does: 'writes another constant of the same kind', sites: (source) => tokenSites(source, (t, { before }) => (before === 'case' ? [] : others(source, t.text).slice(0, 1))) }),
  semantic({ id: 'wrong-boolean', kind: 'constant', does: 'writes true for false, or false for true', sites: (source) => tokenSites(source, (t) => next(['true', 'false'], t.text)) }),
  semantic({ id: 'wrong-operator', kind: 'constant', does: 'computes with another operator', sites: (source) => tokenSites(source, (t, { before, after }) => (isOperand(before) && /^[\w(]/u.test(after) && OPERATORS[t.text] ? [OPERATORS[t.text] ?? ''] : [])) }),
  semantic({ id: 'shift-bound', kind: 'check', does: 'lets a comparison hold for one value more, or one less', sites: (source) => tokenSites(source, (t, { before, after }) => (isOperand(before) && /^[\w(]/u.test(after) && BOUNDS[t.text] ? [BOUNDS[t.text] ?? ''] : [])) }),
  semantic({ id: 'wrong-errno', kind: 'errno', does: 'returns another error', sites: (source) => tokenSites(source, (t, { before }) => (before === '-' ? next(ERRNOS, t.text) : [])) }),
  semantic({
    id: 'success-for-error', kind: 'errno', does: 'returns 0 where it returned an error',
    sites: (source) => tokenSites(source, (t, { before }) => (before === '-' && /^E[A-Z]{3,}$/u.test(t.text) ? [t.text] : [])).flatMap(({ edits: [edit], ...site }) => {
      const minus = edit ? source.text.lastIndexOf('-', edit.start) : -1;
      return edit && minus >= 0 && /(?:return|=)\s*$/u.test(source.text.slice(0, minus)) ? [{ ...site, edits: [{ start: minus, end: edit.end, text: '0' }] }] : [];
    }),
  }),
  semantic({
    id: 'wrong-list', kind: 'list', does: 'uses another list, table or key',
    sites: (source) => [...swappedArguments(source), ...otherKeys(source), ...otherIndexes(source)],
  }),
  semantic({ id: 'wrong-variable', kind: 'constant', does: 'uses another variable of the same type', sites: (source) => tokenSites(source, otherVariable) }),
];

/** The new entry and the list, in the wrong order. */
function swappedArguments(source: Source): Site[] {
  return callsOf(source, /^(?:list_add|list_add_tail|hlist_add_head)$/u).flatMap(({ args: [a, b], ...site }) =>
    (a && b ? [{ ...site, edits: [{ ...a, text: source.text.slice(b.start, b.end) }, { ...b, text: source.text.slice(a.start, a.end) }] }] : []));
}

/** The key of a table is one more. */
function otherKeys(source: Source): Site[] {
  return callsOf(source, /^(?:hash_add|hash_for_each_possible\w*)$/u).flatMap(({ args, ...site }) => {
    const key = args.at(-1);
    return key ? [{ ...site, edits: [{ start: key.end, end: key.end, text: ' + 1' }] }] : [];
  });
}

/** The other one of two lists. */
function otherIndexes(source: Source): Site[] {
  const arrays = new Set(source.program.globals.filter((g) => g.type.kind === 'array' && !/HASHTABLE/u.test(g.macro ?? '')).map((g) => g.name));
  return tokenSites(source, (t, { after }) => (arrays.has(t.text) && after === '[' ? [t.text] : [])).flatMap(({ edits: [edit], ...site }) => {
    const open = source.tokens.findIndex((t) => t.start === edit?.end);
    const index = source.tokens[open + 1];
    return index && source.tokens[open + 2]?.text === ']' ? [{ ...site, edits: [{ start: index.start, end: index.start, text: '!' }] }] : [];
  });
}
