/**
 * @module What the tests of src/c share: one front end, and C text put into a function or read as a file.
 */
import { printProgram } from '../../simulator/ir/print.js';
import type { Config, FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';
import { loadFrontEnd } from '../../src/c/front-end.js';

export const frontEnd = await loadFrontEnd();

export function program(text: string, config: Config = {}): Program {
  return frontEnd.lower('kernel/test.c', text, config);
}

/** The statements of a function with `text` as its body; asserts that all of it was understood. */
export function body(text: string, config: Config = {}): readonly Stmt[] {
  const p = program(`static void f(void)\n{\n${text}\n}\n`, config);
  if (p.notModelled.length > 0) throw new Error(`not modelled: ${p.notModelled.map((n) => `${n.why}: ${n.text}`).join('; ')}`);
  return only(p.functions).body;
}

export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`one expected, ${list.length} found`);
  return first;
}

/** The lines between the braces of the only function, one tab less, no blank lines. */
export function printedBody(p: Program): string[] {
  const lines = printProgram({ ...p, notModelled: [] }).lines;
  return lines.slice(lines.indexOf('{') + 1, lines.lastIndexOf('}')).filter((l) => l !== '').map((l) => l.replace(/^\t/, ''));
}

/** Lowers `text` as a function body and prints it again. */
export function again(text: string, config: Config = {}): string[] {
  return printedBody(program(`static void f(void)\n{\n${text}\n}\n`, config));
}

export function functionNamed(p: Program, name: string): FunctionDef {
  const found = p.functions.find((f) => f.name === name);
  if (!found) throw new Error(`no function ${name}`);
  return found;
}

/** A copy of plain data without places. */
export function withoutPlaces<T>(value: T): T {
  if (Array.isArray(value)) return value.map((v: unknown) => withoutPlaces(v)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'place');
  return Object.fromEntries(kept.map(([key, v]: [string, unknown]) => [key, withoutPlaces(v)])) as T;
}
