/**
 * @module What runs inside the callbacks that the compiler calls from all instrumented code (clang's SanitizerCoverage:
 * __sanitizer_cov_*): the functions they reach by calls, through macros too. Calls through pointers are not followed.
 */
import type { Expr, FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';
import { calledName, walkStatement } from './walk.js';

/** A call by name; in a macro it stands where the macro is used. */
export interface CallSite {
  readonly name: string;
  readonly function: FunctionDef;
  readonly statement: Stmt;
}

export interface InCallback {
  readonly function: FunctionDef;
  /** The callback by which it is reached first, in the order of the file. */
  readonly callback: string;
  /** All calls of it from what runs inside callbacks; [] for a callback. */
  readonly calls: readonly CallSite[];
}

export function isCallback(name: string): boolean {
  return name.startsWith('__sanitizer_cov_');
}

/** Calls of functions and macros in a function, those in the macros it uses too. */
export function callsIn(program: Program, def: FunctionDef): CallSite[] {
  const found: CallSite[] = [];
  const open = new Set<string>();
  const visit = (expr: Expr, statement: Stmt): void => {
    const name = calledName(expr);
    if (name === null || open.has(name)) return;
    found.push({ name, function: def, statement });
    const body = program.macros.findLast((m) => m.name === name && m.params !== null)?.expr;
    if (!body) return;
    open.add(name);
    walkStatement({ kind: 'expression', expr: body, place: statement.place }, (inner) => visit(inner, statement));
    open.delete(name);
  };
  for (const statement of def.body) walkStatement(statement, visit);
  return found;
}

/** The callbacks and all functions of the Program that they reach. */
export function insideCallbacks(program: Program): InCallback[] {
  const found = new Map<string, { function: FunctionDef; callback: string; calls: CallSite[] }>();
  const enter = (def: FunctionDef, callback: string): void => {
    if (found.has(def.name)) return;
    found.set(def.name, { function: def, callback, calls: [] });
    for (const call of callsIn(program, def)) {
      const called = program.functions.findLast((f) => f.name === call.name);
      if (!called) continue;
      enter(called, callback);
      found.get(called.name)?.calls.push(call);
    }
  };
  for (const def of program.functions) if (isCallback(def.name)) enter(def, def.name);
  return [...found.values()];
}
