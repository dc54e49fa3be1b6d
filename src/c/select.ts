/**
 * @module Picks the branches of #if, #ifdef, #elif and #else for one configuration, and collects what #define and #include
 * say in the branches taken. Macros are not expanded in code. Follows C11 6.10.1 with the kernel's IS_ENABLED() family
 * (include/linux/kconfig.h); names that nobody defined are 0, __has_*() too.
 */
import type { Config, Expr } from '../../simulator/ir/program.js';
import { evaluateConstant } from './constant.js';
import type { Directive, Scanned, Token } from './scan.js';

/** A #define of a branch taken. */
export interface MacroText {
  readonly name: string;
  /** Null for an object-like macro; '...' or 'args...' for the variadic one. */
  readonly params: readonly string[] | null;
  readonly body: string;
  readonly start: number;
  readonly end: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Selected {
  /** Tokens of the branches taken. */
  readonly tokens: readonly Token[];
  /** Ranges of the branches not taken. */
  readonly blanks: readonly (readonly [number, number])[];
  readonly macros: readonly MacroText[];
  /** Operand of #include as written, such as <linux/kcov.h>. */
  readonly includes: readonly (Span & { readonly text: string })[];
  readonly problems: readonly (Span & { readonly why: string })[];
}

/** Turns the text of a condition into an expression. */
export type ReadExpression = (text: string) => Expr;

/** What every kernel kcovet looks at has, unless the configuration says otherwise. */
const DEFAULTS: Config = { '64BIT': true, KCOV: true };

/** Macros that the compiler or the build defines. */
const PREDEFINED: ReadonlyMap<string, bigint> = new Map([
  ['__KERNEL__', 1n], ['__GNUC__', 13n], ['__GNUC_MINOR__', 2n], ['__STDC__', 1n], ['__STDC_VERSION__', 201112n],
  ['BITS_PER_LONG', 64n], ['__SIZEOF_POINTER__', 8n], ['__LP64__', 1n], ['KBUILD_MODNAME', 1n],
]);

/** Chains of macros in conditions that are followed. */
const EXPANSIONS_MAX = 32;
/** Conditions and macros in conditions that are evaluated for one text. */
const EVALUATIONS_MAX = 20_000;

interface Frame {
  /** The code around it is taken. */
  readonly outer: boolean;
  /** Some branch was taken already. */
  taken: boolean;
  live: boolean;
}

class Selector {
  readonly macros: MacroText[] = [];
  readonly includes: { text: string; start: number; end: number }[] = [];
  readonly problems: { start: number; end: number; why: string }[] = [];
  readonly blanks: [number, number][] = [];
  readonly tokens: Token[] = [];
  private readonly defined = new Map<string, MacroText>();
  private readonly frames: Frame[] = [];
  private readonly config: Config;
  private evaluations = 0;
  /** A macro in the condition at hand was not followed to its end. */
  private partial = false;

  constructor(config: Config, private readonly read: ReadExpression) {
    this.config = { ...DEFAULTS, ...config };
  }

  get live(): boolean {
    return this.frames.at(-1)?.live ?? true;
  }

  run(scanned: Scanned, length: number): Selected {
    let next = 0;
    let from = 0;
    const copy = (end: number): void => {
      if (!this.live && end > from) this.blanks.push([from, end]);
      for (let t = scanned.tokens[next]; t !== undefined && t.start < end; t = scanned.tokens[++next]) {
        if (this.live) this.tokens.push(t);
      }
      from = end;
    };
    for (const directive of scanned.directives) {
      copy(directive.start);
      this.directive(directive);
      from = directive.end;
    }
    copy(length);
    if (this.frames.length > 0) this.problem({ start: Math.max(0, length - 1), end: length }, '#if without #endif');
    return this;
  }

  private problem(at: Span, why: string): void {
    this.problems.push({ start: at.start, end: at.end, why });
  }

  private directive(d: Directive): void {
    switch (d.name) {
      case 'if': this.open(() => this.condition(d, d.rest)); break;
      case 'ifdef': this.open(() => this.isDefined(d.rest)); break;
      case 'ifndef': this.open(() => !this.isDefined(d.rest)); break;
      case 'elif': this.turn(d, () => this.condition(d, d.rest)); break;
      case 'elifdef': this.turn(d, () => this.isDefined(d.rest)); break;
      case 'elifndef': this.turn(d, () => !this.isDefined(d.rest)); break;
      case 'else': this.turn(d, () => true); break;
      case 'endif': if (this.frames.pop() === undefined) this.problem(d, '#endif without #if'); break;
      default: if (this.live) this.plain(d);
    }
  }

  private plain(d: Directive): void {
    switch (d.name) {
      case 'define': this.define(d); break;
      case 'undef': this.defined.delete(d.rest); break;
      case 'include': this.includes.push({ text: d.rest, start: d.start, end: d.end }); break;
      case '': break;
      default: this.problem(d, `#${d.name} is not modelled`);
    }
  }

  private open(test: () => boolean): void {
    const outer = this.live;
    const live = outer && test();
    this.frames.push({ outer, taken: live, live });
  }

  private turn(d: Directive, test: () => boolean): void {
    const frame = this.frames.at(-1);
    if (frame === undefined) {
      this.problem(d, `#${d.name} without #if`);
      return;
    }
    frame.live = frame.outer && !frame.taken && test();
    frame.taken ||= frame.live;
  }

  private define(d: Directive): void {
    const found = /^(\w+)(?:\(([^)]*)\))?\s*(.*)$/s.exec(d.rest);
    if (!found) {
      this.problem(d, '#define without a name');
      return;
    }
    const list = found[2]?.trim();
    const params = list === undefined ? null : list === '' ? [] : list.split(',').map((p) => p.trim());
    const macro = { name: found[1] ?? '', params, body: found[3] ?? '', start: d.start, end: d.end };
    this.macros.push(macro);
    this.defined.set(macro.name, macro);
  }

  private isDefined(name: string): boolean {
    const word = /^\w*/.exec(name)?.[0] ?? '';
    return this.defined.has(word) || PREDEFINED.has(word) || this.isOn(word);
  }

  /** Value of a CONFIG_ symbol; null when it is off. */
  private symbol(name: string): bigint | null {
    const key = name.startsWith('CONFIG_') ? name.slice(7) : '';
    const value = Object.hasOwn(this.config, key) ? this.config[key] : undefined;
    return value === undefined || value === false ? null : BigInt(Math.trunc(Number(value)));
  }

  private isOn(name: string): boolean {
    return this.symbol(name) !== null;
  }

  private value(name: string, depth: number): bigint {
    const macro = this.defined.get(name);
    const expands = macro?.params === null && macro.body !== '' && depth < EXPANSIONS_MAX;
    if (expands) return this.evaluate(macro.body, depth + 1) ?? 0n;
    if (macro !== undefined && macro.body !== '') this.partial = true;
    return this.symbol(name) ?? PREDEFINED.get(name) ?? 0n;
  }

  private evaluate(text: string, depth: number): bigint | null {
    if (++this.evaluations > EVALUATIONS_MAX) {
      this.partial = true;
      return null;
    }
    const expr = this.read(text.replace(/\bdefined\s+(\w+)/g, 'defined($1)'));
    return evaluateConstant(expr, {
      name: (name) => this.value(name, depth),
      call: (e) => this.call(e),
    });
  }

  private call(e: Extract<Expr, { kind: 'call' }>): bigint | null {
    const callee = e.callee.kind === 'name' ? e.callee.name : '';
    const arg = e.args[0];
    const name = arg?.kind === 'name' ? arg.name : '';
    if (callee === 'defined') return this.isDefined(name) ? 1n : 0n;
    if (/^IS_(ENABLED|BUILTIN|REACHABLE)$/.test(callee)) return this.isOn(name) ? 1n : 0n;
    return callee === 'IS_MODULE' || callee.startsWith('__has_') ? 0n : null;
  }

  private condition(d: Directive, text: string): boolean {
    this.partial = false;
    const value = this.evaluate(text, 0);
    const known = value !== null && !this.partial;
    if (!known) this.problem(d, 'condition not understood, taken as false');
    return known && value !== 0n;
  }
}

/** What remains of `scanned` (a text of `length` characters) under `config`. Never throws; problems are listed. */
export function select(scanned: Scanned, length: number, how: { config: Config; read: ReadExpression }): Selected {
  return new Selector(how.config, how.read).run(scanned, length);
}
