/**
 * @module Picks the sides of all #ifdefs of a Program, as the preprocessor would for one configuration. Only models have
 * #ifdefs; the C front end has picked before it lowers.
 */
import type { Config, Expr, Program, Stmt } from './program.js';

/** What every kernel kcovet looks at has, unless a configuration says otherwise. The C front end assumes the same. */
export const DEFAULT_CONFIG: Config = { '64BIT': true, KCOV: true };

/** Whether `symbol`, as written after #ifdef and with a leading `!` for its opposite, holds. */
function holds(symbol: string, config: Config): boolean {
  if (symbol.startsWith('!')) return !holds(symbol.slice(1), config);
  const value = config[symbol.replace(/^CONFIG_/, '')];
  return value !== undefined && value !== false;
}

/** The items whose condition holds, which is then gone from them. */
function kept<T extends { readonly ifdef?: string }>(items: readonly T[], config: Config): T[] {
  return items.filter((item) => item.ifdef === undefined || holds(item.ifdef, config)).map((item) => {
    const copy: T & { ifdef?: string } = { ...item };
    delete copy.ifdef;
    return copy;
  });
}

/** Statements in a row. */
function configureBody(body: readonly Stmt[], config: Config): Stmt[] {
  return body.flatMap((s) => (s.kind === 'ifdef' ? configureBody(side(s, config), config) : [configureStatement(s, config)]));
}

function side(s: Extract<Stmt, { kind: 'ifdef' }>, config: Config): readonly Stmt[] {
  return holds(s.symbol, config) ? s.then : s.else;
}

/** The statement that stands where `s` stands alone, such as the body of an if. */
function configureStatement(s: Stmt, config: Config): Stmt {
  const one = (inner: Stmt): Stmt => configureStatement(inner, config);
  switch (s.kind) {
    case 'ifdef': {
      const body = configureBody(side(s, config), config);
      const [only] = body;
      if (body.length === 0) return { kind: 'empty', place: s.place };
      return body.length === 1 && only !== undefined ? only : { kind: 'block', body, place: s.place };
    }
    case 'if': return { ...s, then: one(s.then), ...(s.else === undefined ? {} : { else: one(s.else) }) };
    case 'while': case 'doWhile': case 'for': case 'forEach': return { ...s, body: one(s.body) };
    case 'block': case 'switch': return { ...s, body: configureBody(s.body, config) };
    case 'expression': return { ...s, expr: configureExpr(s.expr, config) };
    default: return s;
  }
}

/** Statement expressions are the only expressions with #ifdefs in them. */
function configureExpr(e: Expr, config: Config): Expr {
  return e.kind === 'statementExpression' ? { ...e, body: configureBody(e.body, config) } : e;
}

/**
 * `program` for one configuration, on top of DEFAULT_CONFIG: without #ifdef in bodies and round items. Exports and
 * initcalls of what went go too.
 */
export function configure(program: Program, choice: Config): Program {
  const config = { ...DEFAULT_CONFIG, ...choice };
  const functions = kept(program.functions, config);
  const gone = new Set(program.functions.map((f) => f.name));
  for (const f of functions) gone.delete(f.name);
  return {
    ...program,
    structs: program.structs.map((s) => ({ ...s, fields: kept(s.fields, config) })),
    enums: kept(program.enums, config),
    typedefs: kept(program.typedefs, config),
    macros: kept(program.macros, config),
    prototypes: kept(program.prototypes ?? [], config),
    functions: functions.map((f) => ({ ...f, body: configureBody(f.body, config) })),
    initcalls: program.initcalls.filter((name) => !gone.has(name)),
    exports: program.exports.filter((name) => !gone.has(name)),
  };
}
