/**
 * @module Reads C text with one parser: whole files to Programs, fragments (arguments of macros, types, conditions) to
 * expressions. A fragment is wrapped into a function and goes the same way as a file.
 */
import type { Parser } from 'web-tree-sitter';
import type { Config, CType, Expr, GlobalDef, MacroDef, Program, SourcePlace, Stmt } from '../../simulator/ir/program.js';
import { evaluateConstant } from './constant.js';
import { Context, emptyDraft, type Draft, type Fragments } from './context.js';
import type { Item } from './items.js';
import { lowerItem } from './lower-item.js';
import { expandDefinition, lowerMacroItem, readMacroUse } from './lower-macro.js';
import { prepare, TEXT_MAX, type Prepared } from './pre-pass.js';
import { scan } from './scan.js';
import { macroMeaning } from './macro-meaning.js';
import { parseSyntax, type Syntax } from './syntax.js';

/** Longest item at file scope that is parsed, in UTF-16 units; the kernel's longest functions have 100,000. */
const ITEM_MAX = 300_000;
/** Fragments inside fragments: a macro's argument that has a type argument, and so on. */
const FRAGMENT_DEPTH_MAX = 8;

const NO_PLACE: SourcePlace = { path: '', line: 1, endLine: 1 };

type IsType = (word: string) => boolean;

export class Reader {
  private depth = 0;

  constructor(private readonly parser: Parser) {}

  lower(path: string, text: string, config: Config): Program {
    const draft = emptyDraft(path);
    if (text.length > TEXT_MAX) {
      const place = { path, line: 1, endLine: 1 };
      draft.notModelled.push({ place, text: '', why: `text of ${text.length} characters; ${TEXT_MAX} are read` });
      return draft;
    }
    const prepared = this.prepare(text, config);
    const cx = this.context(path, prepared, draft);
    for (const p of prepared.includes) draft.includes.push({ text: p.text, place: cx.place(p.start, p.end) });
    for (const p of prepared.problems) cx.unmodelled(p, p.why);
    this.macros(cx, prepared);
    for (const item of prepared.items) this.item(cx, prepared, item);
    return draft;
  }

  parses(text: string): boolean {
    if (text.length > TEXT_MAX) return false;
    const prepared = this.prepare(text, {});
    if (prepared.problems.length > 0 || prepared.notes.cuts.size > 0) return false;
    return prepared.items.every((item) => item.kind === 'macro' || this.syntax(prepared, item)?.broken === false);
  }

  expression(text: string): Expr {
    return this.fragment(text, NO_PLACE, { isType: () => false }).expr;
  }

  statements(text: string): readonly Stmt[] {
    return this.body(`\n${text}\n`, NO_PLACE, { isType: () => false }).body;
  }

  private prepare(text: string, config: Config, isType?: IsType): Prepared {
    return prepare(text, { config, read: (condition) => this.expression(condition), ...(isType ? { isType } : {}) });
  }

  private context(path: string, prepared: Prepared, draft: Draft): Context {
    const { text, notes, isType } = prepared;
    const fragments: Fragments = {
      expression: (part, at) => {
        const { expr, problems } = this.fragment(part, at, { isType });
        for (const p of problems) cx.list(at, p.text, p.why);
        return expr;
      },
      type: (part, at) => this.type(part, at, isType),
      definition: (part, at) => this.definition(part, at, isType),
    };
    const cx: Context = new Context({ path, text, notes, isType, fragments }, draft);
    return cx;
  }

  private syntax(prepared: Prepared, item: Item): Syntax | null {
    const [first, last] = [prepared.tokens[item.from], prepared.tokens[item.to - 1]];
    if (!first || !last || item.kind === 'stray' || last.end - first.start > ITEM_MAX) return null;
    return parseSyntax(this.parser, prepared.mask.slice(first.start, last.end), first.start);
  }

  private item(cx: Context, prepared: Prepared, item: Item): void {
    const [first, last] = [prepared.tokens[item.from], prepared.tokens[item.to - 1]];
    if (!first || !last) return;
    if (item.kind === 'macro') {
      lowerMacroItem(cx, item, prepared.tokens);
      return;
    }
    const root = this.syntax(prepared, item);
    if (root) lowerItem(cx, { ...root, start: first.start, end: last.end });
    else cx.unmodelled({ start: first.start, end: last.end }, item.kind === 'stray' ? 'bracket that closes nothing' : 'too long to be parsed');
  }

  private macros(cx: Context, prepared: Prepared): void {
    for (const { name, params, body, start, end } of prepared.macros) {
      const { expr, problems } = this.fragment(body, NO_PLACE, { isType: prepared.isType });
      const known = body !== '' && problems.length === 0;
      const macro: MacroDef = { name, params, body, ...(known ? { expr: macroMeaning(expr) } : {}), place: cx.place(start, end) };
      cx.draft.macros.push(macro);
      const value = known && params === null ? evaluateConstant(expr, { name: (n) => cx.constants.get(n) ?? null }) : null;
      if (value !== null) cx.constants.set(name, value);
    }
  }

  /** Statements of a function body, and what was not understood in it. */
  private body(text: string, at: SourcePlace, how: { isType: IsType }): { body: readonly Stmt[]; problems: Program['notModelled'] } {
    const draft = emptyDraft(at.path);
    if (this.depth >= FRAGMENT_DEPTH_MAX || text.length > ITEM_MAX) {
      const why = 'too deep or too long';
      return { body: [{ place: at, kind: 'unmodelled', text: text.slice(0, 300), why }], problems: [{ place: at, text: '', why }] };
    }
    this.depth++;
    try {
      const prepared = this.prepare(`void f(void)\n{${text}}`, {}, how.isType);
      const cx = this.context(at.path, prepared, draft);
      for (const item of prepared.items) this.item(cx, prepared, item);
      for (const p of prepared.problems) cx.unmodelled(p, p.why);
    } finally {
      this.depth--;
    }
    const only = draft.functions.length === 1 ? draft.functions[0] : undefined;
    return { body: only?.body ?? [], problems: draft.notModelled };
  }

  private fragment(text: string, at: SourcePlace, how: { isType: IsType }): { expr: Expr; problems: Program['notModelled'] } {
    const clean = text.replace(/,\s*##\s*(?=\w)/g, ', ');
    const asValue = this.body(`return ${clean}\n;`, at, how);
    const value = asValue.body.length === 1 ? asValue.body[0] : undefined;
    if (value?.kind === 'return' && value.value && asValue.problems.length === 0) return { expr: value.value, problems: [] };
    const asStatements = /[;}]\s*$|\bdo\b|\bif\b/.test(clean) ? this.body(`${clean}\n;`, at, how) : asValue;
    if (asStatements.problems.length === 0 && asStatements !== asValue) {
      const body = asStatements.body.filter((s, i, all) => s.kind !== 'empty' || i < all.length - 1);
      return { expr: { kind: 'statementExpression', body }, problems: [] };
    }
    const why = 'not an expression';
    return { expr: { kind: 'unmodelled', text, why }, problems: [{ place: at, text, why }] };
  }

  private type(text: string, at: SourcePlace, isType: IsType): CType {
    const { expr } = this.fragment(`(${text} *)0`, at, { isType });
    if (expr.kind === 'cast' && expr.type.kind === 'pointer') return expr.type.to;
    return { kind: 'named', name: text };
  }

  /** The variable that a declaration, or a defining macro, declares. */
  private definition(text: string, at: SourcePlace, isType: IsType): GlobalDef | null {
    const tokens = scan(text).tokens;
    const use = tokens[1]?.text === '(' ? readMacroUse(tokens, 0, text) : null;
    const declaration = use ? expandDefinition(use) : text;
    if (declaration === null || this.depth >= FRAGMENT_DEPTH_MAX) return null;
    const draft = emptyDraft(at.path);
    this.depth++;
    try {
      const prepared = this.prepare(declaration, {}, isType);
      const cx = this.context(at.path, prepared, draft);
      for (const item of prepared.items) this.item(cx, prepared, item);
    } finally {
      this.depth--;
    }
    const only = draft.globals.length === 1 && draft.notModelled.length === 0 ? draft.globals[0] : undefined;
    return only ?? null;
  }
}
