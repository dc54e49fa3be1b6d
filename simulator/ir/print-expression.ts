/**
 * @module Expressions, types and the heads of statements of a Program as C text in kernel spelling: the star stands at
 * the name, parentheses only where precedence needs them or the tree says they were written. Always one line; wrapping
 * and indentation are the business of ./print.ts.
 */
import type { Argument, CType, Expr, InitializerItem, Stmt } from './program.js';

/** Binding strength of C operators, from the comma (1) to primary expressions (16). */
export const PRECEDENCE: Readonly<Record<string, number>> = {
  ',': 1, '||': 4, '&&': 5, '|': 6, '^': 7, '&': 8, '==': 9, '!=': 9, '<': 10, '<=': 10, '>': 10, '>=': 10,
  '<<': 11, '>>': 11, '+': 12, '-': 12, '*': 13, '/': 13, '%': 13,
};
const ASSIGN = 2;
const CONDITIONAL = 3;
const UNARY = 14;
const POSTFIX = 15;
const PRIMARY = 16;

function precedence(e: Expr): number {
  switch (e.kind) {
    case 'binary': return PRECEDENCE[e.op] ?? PRIMARY;
    case 'assign': return ASSIGN;
    case 'conditional': return CONDITIONAL;
    case 'unary': case 'cast': return UNARY;
    case 'sizeof': return UNARY;
    case 'update': return e.prefix ? UNARY : POSTFIX;
    case 'member': case 'index': case 'call': return POSTFIX;
    case 'initializer': return e.type === undefined ? PRIMARY : POSTFIX;
    default: return PRIMARY;
  }
}

/** `e` in a position that wants at least binding strength `least`. */
function at(e: Expr, least: number): string {
  const text = printExpr(e);
  return precedence(e) < least && !isWrittenInParens(e) ? `(${text})` : text;
}

function isWrittenInParens(e: Expr): boolean {
  return e.kind === 'binary' && e.parens === true;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\', '"': '\\"', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\0': '\\0',
};

function printString(value: string): string {
  return `"${value.replace(/[\\"\n\t\r\0]/g, (c) => ESCAPES[c] ?? c)}"`;
}

/** Prefix operators that would run together (`- -x`, `& &x`) get a space. */
function printPrefix(op: string, arg: Expr): string {
  const text = at(arg, UNARY);
  return text.startsWith(op.slice(-1)) && op !== '!' && op !== '~' && op !== '*' ? `${op} ${text}` : `${op}${text}`;
}

function printBinary(e: Extract<Expr, { kind: 'binary' }>): string {
  const level = PRECEDENCE[e.op] ?? PRIMARY;
  const [left, right] = [at(e.left, level), at(e.right, level + 1)];
  const text = e.op === ',' ? `${left}, ${right}` : `${left} ${e.op} ${right}`;
  return e.parens ? `(${text})` : text;
}

function printItem(item: InitializerItem): string {
  const value = at(item.value, ASSIGN);
  if (item.field !== undefined) return `.${item.field} = ${value}`;
  const to = item.to === undefined ? '' : ` ... ${printExpr(item.to)}`;
  return item.index === undefined ? value : `[${printExpr(item.index)}${to}] = ${value}`;
}

function printInitializer(e: Extract<Expr, { kind: 'initializer' }>): string {
  const items = e.items.length === 0 ? '{}' : `{ ${e.items.map(printItem).join(', ')} }`;
  return e.type === undefined ? items : `(${printType(e.type)})${items}`;
}

/** An argument of a call: an expression or a type. */
export function printArgument(a: Argument): string {
  return a.kind === 'type' ? printType(a.type) : at(a, ASSIGN);
}

/** `e` as C on one line, with the parentheses that precedence needs and those written (`parens`). */
export function printExpr(e: Expr): string {
  switch (e.kind) {
    case 'number': return e.text ?? `${e.value}${e.suffix}`;
    case 'string': return printString(e.value);
    case 'name': return e.name;
    case 'member': return `${at(e.base, POSTFIX)}${e.arrow ? '->' : '.'}${e.field}`;
    case 'index': return `${at(e.base, POSTFIX)}[${printExpr(e.index)}]`;
    case 'unary': return printPrefix(e.op, e.arg);
    case 'binary': return printBinary(e);
    case 'conditional':
      if (e.short) return `${at(e.test, CONDITIONAL + 1)} ?: ${at(e.else, CONDITIONAL)}`;
      return `${at(e.test, CONDITIONAL + 1)} ? ${at(e.then, ASSIGN)} : ${at(e.else, CONDITIONAL)}`;
    case 'assign': return `${at(e.target, UNARY)} ${e.op} ${at(e.value, ASSIGN)}`;
    case 'update': return e.prefix ? printPrefix(e.op, e.target) : `${at(e.target, POSTFIX)}${e.op}`;
    case 'call': return `${at(e.callee, POSTFIX)}(${e.args.map(printArgument).join(', ')})`;
    case 'cast': return `(${printType(e.type)})${at(e.arg, UNARY)}`;
    case 'sizeof': return `sizeof(${e.of.kind === 'type' ? printType(e.of.type) : printExpr(e.of)})`;
    case 'initializer': return printInitializer(e);
    case 'statementExpression': return `({ ${e.body.map(printFlat).join(' ')} })`;
    case 'unmodelled': return e.text;
  }
}

/** A declaration's two halves: what joined declarators share, and what is the name's own. */
export interface Declarator {
  /** Such as `unsigned long` or `struct task_struct`. */
  readonly base: string;
  /** Such as `*area` or `handles[0]`; '' for an abstract type. */
  readonly declarator: string;
}

function printParams(params: readonly CType[]): string {
  return params.length === 0 ? 'void' : params.map((p) => printType(p)).join(', ');
}

function baseName(type: CType): string {
  switch (type.kind) {
    case 'int': case 'named': return type.name;
    case 'enum': case 'struct': case 'union': return `${type.kind} ${type.name}`;
    case 'typeof': return `typeof(${printArgument(type.of)})`;
    default: return type.kind;
  }
}

/** Splits the declaration of `name` with `type`; C's declarators read inside out. */
export function declare(type: CType, name: string): Declarator {
  switch (type.kind) {
    case 'pointer': {
      const wrapped = type.to.kind === 'array' || type.to.kind === 'function' ? `(*${name})` : `*${name}`;
      const target = declare(type.to, wrapped);
      const before = (type.qualifiers ?? []).filter((q) => !q.startsWith('__')).map((q) => `${q} `).join('');
      const after = (type.qualifiers ?? []).filter((q) => q.startsWith('__')).map((q) => ` ${q}`).join('');
      return { base: `${before}${target.base}${after}`, declarator: target.declarator };
    }
    case 'array':
      return declare(type.of, `${name}[${type.length === null ? '' : printExpr(type.length)}]`);
    case 'function':
      return declare(type.returns, `${name}(${printParams(type.params)})`);
    default:
      return { base: baseName(type), declarator: name };
  }
}

/** `type` as C, around `declarator` when one is given: `struct kcov *kcov`, else abstract: `struct kcov *`. */
export function printType(type: CType, declarator = ''): string {
  const halves = declare(type, declarator);
  return halves.declarator === '' ? halves.base : `${halves.base} ${halves.declarator}`;
}

/** The parts of a declaration: attributes such as __free() follow the name, others stand before the type. */
export function printDeclaration(s: Extract<Stmt, { kind: 'declaration' }>): Declarator {
  const { base, declarator } = declare(s.type, s.name);
  const attributes = s.attributes ?? [];
  const before = attributes.filter((a) => !a.startsWith('__')).map((a) => `${a} `).join('');
  const after = attributes.filter((a) => a.startsWith('__')).map((a) => ` ${a}`).join('');
  const init = s.init === undefined ? '' : ` = ${printExpr(s.init)}`;
  return { base: before + base, declarator: declarator + after + init };
}

/** A condition; an assignment in it stands in a second pair of parentheses, as the compiler wants it. */
function printTest(e: Expr): string {
  return e.kind === 'assign' ? `((${printExpr(e)}))` : `(${printExpr(e)})`;
}

function printForHead(s: Extract<Stmt, { kind: 'for' }>): string {
  const init = s.init === undefined ? ';' : printStatementHead(s.init);
  const test = s.test === undefined ? ';' : ` ${printExpr(s.test)};`;
  const step = s.step === undefined ? '' : ` ${printExpr(s.step)}`;
  return `for (${init}${test}${step})`;
}

/** The first line of `s`, without its body or brace: `if (a)`, `x = 1;`, `case 8:`, `do`, `exit:`. */
export function printStatementHead(s: Stmt): string {
  switch (s.kind) {
    case 'declaration': {
      const { base, declarator } = printDeclaration(s);
      return `${base} ${declarator};`;
    }
    case 'expression': return `${printExpr(s.expr)};`;
    case 'if': return `if ${printTest(s.test)}`;
    case 'while': return `while ${printTest(s.test)}`;
    case 'doWhile': return 'do';
    case 'for': return printForHead(s);
    case 'forEach': return `${s.macro}(${s.args.map(printArgument).join(', ')})`;
    case 'switch': return `switch (${printExpr(s.value)})`;
    case 'case': return s.value === null ? 'default:' : `case ${printExpr(s.value)}${s.to ? ` ... ${printExpr(s.to)}` : ''}:`;
    case 'goto': return `goto ${s.label};`;
    case 'label': return `${s.name}:`;
    case 'return': return s.value === undefined ? 'return;' : `return ${printExpr(s.value)};`;
    case 'break': case 'continue': return `${s.kind};`;
    case 'block': return '{';
    case 'empty': return ';';
    case 'ifdef': return printIfdef(s.symbol);
    case 'unmodelled': return s.text;
  }
}

/** `#ifdef symbol`; a symbol that begins with `!` is negated. */
export function printIfdef(symbol: string): string {
  return symbol.startsWith('!') ? `#ifndef ${symbol.slice(1)}` : `#ifdef ${symbol}`;
}

/** A whole statement on one line, as it stands in a statement expression. */
function printFlat(s: Stmt): string {
  switch (s.kind) {
    case 'if': return `${printStatementHead(s)} ${printFlat(s.then)}${s.else ? ` else ${printFlat(s.else)}` : ''}`;
    case 'while': case 'for': case 'forEach': return `${printStatementHead(s)} ${printFlat(s.body)}`;
    case 'doWhile': return `do ${printFlat(s.body)} while ${printTest(s.test)};`;
    case 'switch': return `${printStatementHead(s)} { ${s.body.map(printFlat).join(' ')} }`;
    case 'block': return `{ ${s.body.map(printFlat).join(' ')} }`;
    default: return printStatementHead(s);
  }
}
