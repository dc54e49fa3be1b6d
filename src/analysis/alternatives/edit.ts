/**
 * @module Edits of a patched Program that may answer a question: made from the code itself, tried by searching the scenarios
 * that showed the violation again. Here are the small steps that all of them are made of.
 */
import { emptyProgram } from '../../../simulator/ir/program.js';
import type { FunctionDef, Program, Stmt } from '../../../simulator/ir/program.js';
import { printProgram, printStatementHead } from '../../../simulator/ir/print.js';

/** A candidate. */
export interface Edit {
  /** The Program with the edit. */
  readonly program: Program;
  /** What is done, as the subject of a sentence: "t->kcov_mode = mode after kcov_stop(t)". */
  readonly says: string;
  /** The edit as a diff of the functions and structs it changes, as they are printed. */
  readonly diff: readonly string[];
}

/** How a list of statements is rewritten: the list itself where nothing changes. */
export type Rewrite = (list: readonly Stmt[]) => readonly Stmt[];

/** A copy of some statements in which each list of statements, inner ones too, went through `rewrite`; unchanged parts are kept. */
export function rewriteLists(list: readonly Stmt[], rewrite: Rewrite): readonly Stmt[] {
  const inner = list.map((s) => rewriteInner(s, rewrite));
  return rewrite(inner.every((s, i) => s === list[i]) ? list : inner);
}

function rewriteInner(s: Stmt, rewrite: Rewrite): Stmt {
  switch (s.kind) {
    case 'block': case 'switch': return changed(s, 'body', rewriteLists(s.body, rewrite));
    case 'if': {
      const then = rewriteInner(s.then, rewrite);
      const other = s.else ? rewriteInner(s.else, rewrite) : undefined;
      return then === s.then && other === s.else ? s : { ...s, then, ...(other ? { else: other } : {}) };
    }
    case 'while': case 'doWhile': case 'for': case 'forEach': {
      const body = rewriteInner(s.body, rewrite);
      return body === s.body ? s : { ...s, body };
    }
    default: return s;
  }
}

function changed<T extends Stmt & { readonly body: readonly Stmt[] }>(s: T, key: 'body', body: readonly Stmt[]): T {
  return body === s.body ? s : { ...s, [key]: body };
}

/** The Program with one function rewritten; null where nothing changed. */
export function withFunction(program: Program, name: string, rewrite: Rewrite): Program | null {
  const functions = program.functions.map((def): FunctionDef => {
    const body = def.name === name ? rewriteLists(def.body, rewrite) : def.body;
    return body === def.body ? def : { ...def, body };
  });
  return functions.every((def, i) => def === program.functions[i]) ? null : { ...program, functions };
}

/** Whether a statement is this one or holds it. */
export function holds(s: Stmt, wanted: Stmt): boolean {
  if (s === wanted) return true;
  switch (s.kind) {
    case 'block': case 'switch': return s.body.some((inner) => holds(inner, wanted));
    case 'if': return holds(s.then, wanted) || (s.else !== undefined && holds(s.else, wanted));
    case 'while': case 'doWhile': case 'for': case 'forEach': return holds(s.body, wanted);
    default: return false;
  }
}

/** A statement on one line, without its semicolon. */
export function headOf(s: Stmt): string {
  return printStatementHead(s).replace(/\s+/gu, ' ').replace(/;$/u, '');
}

/** The functions and structs that differ, as a diff with one line of context. */
export function diffOf(before: Program, after: Program): string[] {
  const functions = after.functions.flatMap((def) => {
    const old = before.functions.find((d) => d.name === def.name);
    return old === def ? [] : lineDiff(`${def.name}()`, old ? printed(before, { functions: [old] }) : [], printed(after, { functions: [def] }));
  });
  const structs = after.structs.flatMap((def) => {
    const old = before.structs.find((d) => d.name === def.name);
    return old === def ? [] : lineDiff(`struct ${def.name}`, old ? printed(before, { structs: [old] }) : [], printed(after, { structs: [def] }));
  });
  return [...structs, ...functions];
}

function printed(program: Program, what: Partial<Program>): readonly string[] {
  return printProgram({ ...emptyProgram(program.path), ...what }).lines;
}

/** Lines that differ, by the longest common subsequence; functions are short. */
function lineDiff(title: string, a: readonly string[], b: readonly string[]): string[] {
  const common = commonLengths(a, b);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(` ${a[i]}`);
      [i, j] = [i + 1, j + 1];
    } else if (i < a.length && (j >= b.length || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) lines.push(`-${a[i++]}`);
    else lines.push(`+${b[j++]}`);
  }
  const near = (at: number): boolean => [at - 1, at, at + 1].some((k) => /^[-+]/u.test(lines[k] ?? ''));
  return [`@@ ${title} @@`, ...lines.filter((_, at) => near(at))];
}

function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [row, below] = [rows[i] as number[], rows[i + 1] as number[]];
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}
