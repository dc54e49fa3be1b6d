/**
 * @module Macros used at file scope: definitions of variables (DEFINE_SPINLOCK, DEFINE_PER_CPU …), exports, initcalls. Others are
 * listed as not modelled, except those that leave nothing to run.
 */
import type { Argument, Expr, GlobalDef, SourcePlace } from '../../simulator/ir/program.js';
import type { Context } from './context.js';
import type { Item } from './items.js';
import { definitionTemplate, isExportMacro, isInertMacro, isInitcallMacro, isPerCpuMacro } from './kernel-words.js';
import { matchBrackets } from './brackets.js';
import type { Token } from './scan.js';

/** A macro call taken apart. */
export interface MacroUse {
  readonly name: string;
  /** Text of each argument. */
  readonly args: readonly string[];
  /** `NAME(args)` as written. */
  readonly call: string;
  /** What stands behind it, without the semicolon: an initialiser. */
  readonly rest: string;
  /** Storage words before it. */
  readonly before: readonly string[];
}

/** Reads `tokens`, whose name is at index `at`, as a macro call; null if its parentheses are not closed. */
export function readMacroUse(tokens: readonly Token[], at: number, text: string): MacroUse | null {
  const open = at + 1;
  const { close } = matchBrackets(tokens);
  const end = close[open] ?? -1;
  const name = tokens[at];
  const [first, last] = [tokens[open], tokens[end]];
  if (!name || !first || !last || end <= open) return null;
  const args: string[] = [];
  let from = first.end;
  for (let i = open + 1; i <= end; i++) {
    const token = tokens[i];
    if (!token) break;
    if (i < end && /^[([{]$/.test(token.text)) i = close[i] ?? i;
    else if (i === end || token.text === ',') {
      args.push(text.slice(from, token.start).trim());
      from = token.end;
    }
  }
  const behind = tokens.slice(end + 1).filter((t, i, all) => !(t.text === ';' && i === all.length - 1));
  const rest = behind.length > 0 ? text.slice(behind[0]?.start ?? 0, behind.at(-1)?.end ?? 0) : '';
  return { name: name.text, args, call: text.slice(name.start, last.end), rest, before: tokens.slice(0, at).map((t) => t.text) };
}

/** The C declaration that a defining macro stands for; null for another macro. */
export function expandDefinition(use: MacroUse): string | null {
  const template = definitionTemplate(use.name);
  if (template === null || use.args[0] === undefined || use.args[0] === '') return null;
  if (template.includes('$2') && use.args[1] === undefined) return null;
  return template.replace(/\$([12r])/g, (_, which: string) => (which === 'r' ? use.rest : use.args[Number(which) - 1] ?? ''));
}

function argumentsOf(cx: Context, use: MacroUse, place: SourcePlace): readonly Argument[] {
  const call: Expr = cx.input.fragments.expression(use.call, place);
  return call.kind === 'call' ? call.args : [{ kind: 'unmodelled', text: use.call, why: 'arguments not understood' }];
}

function define(cx: Context, use: MacroUse, place: SourcePlace): boolean {
  const text = expandDefinition(use);
  const found = text === null ? null : cx.input.fragments.definition(text, place);
  if (found === null) return false;
  const global: GlobalDef = {
    ...found, static: use.before.includes('static'), perCpu: isPerCpuMacro(use.name), macro: use.name,
    macroArgs: argumentsOf(cx, use, place), place,
  };
  cx.draft.globals.push(global);
  return true;
}

/** A macro of the file's own that stands for `body`, for the compiler to expand. */
function addMacro(cx: Context, what: { name: string; params: readonly string[]; body: string; place: SourcePlace }): void {
  cx.draft.macros.push({ ...what, expr: cx.input.fragments.expression(what.body, what.place) });
}

/** DEFINE_FREE(), DEFINE_GUARD() and DEFINE_CLASS() of include/linux/cleanup.h: what they define becomes macros by the same names. */
function defineCleanup(cx: Context, use: MacroUse, place: SourcePlace): boolean {
  const [name, type, first, second] = use.args;
  if (name === undefined || type === undefined || first === undefined) return false;
  const class_ = `class_${name}`;
  if (use.name === 'DEFINE_FREE') {
    addMacro(cx, { name: `__free_${name}`, params: ['_T'], body: `({ ${first}; })`, place });
    return true;
  }
  if ((use.name !== 'DEFINE_GUARD' && use.name !== 'DEFINE_CLASS') || second === undefined) return false;
  cx.draft.typedefs.push({ name: `${class_}_t`, type: cx.input.fragments.type(type, place), place });
  if (use.name === 'DEFINE_GUARD') {
    addMacro(cx, { name: `${class_}_constructor`, params: ['_T'], body: `({ ${first}; _T; })`, place });
    addMacro(cx, { name: `${class_}_destructor`, params: ['_T'], body: `({ if (_T) { ${second}; } })`, place });
    return true;
  }
  const params = use.args.slice(4).map((text) => /(\w+)\s*$/.exec(text)?.[1] ?? '').filter((param) => param !== '' && param !== 'void');
  addMacro(cx, { name: `${class_}_constructor`, params, body: second, place });
  addMacro(cx, { name: `${class_}_destructor`, params: ['_T'], body: `({ ${first}; })`, place });
  return true;
}

/** Lowers one macro used at file scope into the draft. */
export function lowerMacroItem(cx: Context, item: Item, tokens: readonly Token[]): void {
  const own = tokens.slice(item.from, item.to);
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last) return;
  const place = cx.place(first.start, last.end);
  const use = readMacroUse(own, item.at - item.from, cx.input.text);
  const arg = use?.args[0] ?? '';
  if (use && isExportMacro(use.name)) cx.draft.exports.push(arg);
  else if (use && isInitcallMacro(use.name)) cx.draft.initcalls.push(arg);
  else if (use && (isInertMacro(use.name) || define(cx, use, place) || defineCleanup(cx, use, place))) return;
  else cx.unmodelled({ start: first.start, end: last.end }, 'macro at file scope');
}
