/**
 * @module What the lowering of one file shares: the text with the notes of the pre-pass, where things go, and the list of
 * what is not understood.
 */
import type {
  CType, EnumDef, Expr, GlobalDef, NotModelled, Program, Prototype, SourcePlace, StructDef,
} from '../../simulator/ir/program.js';
import type { Notes } from './notes.js';
import type { Syntax } from './syntax.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** A Program that is being filled. */
export type Draft = Mutable<Required<Program>>;

/** Entries of the list of what is not modelled, for one file; one more says that there are others. */
const NOT_MODELLED_MAX = 1_000;
/** Characters of text kept with an entry. */
const TEXT_KEPT = 300;

/** Reads a piece of C that stands for itself: an argument of a macro, a type. */
export interface Fragments {
  readonly expression: (text: string, at: SourcePlace) => Expr;
  readonly type: (text: string, at: SourcePlace) => CType;
  /** What a defining macro such as DEFINE_SPINLOCK(x) declares; null if it is none. */
  readonly definition: (text: string, at: SourcePlace) => GlobalDef | null;
}

export interface Input {
  readonly path: string;
  readonly text: string;
  readonly notes: Notes;
  readonly isType: (word: string) => boolean;
  readonly fragments: Fragments;
}

export class Context {
  private readonly lineStarts: number[] = [0];
  /** Values of the enum members and macros of the file, as far as it was read. */
  readonly constants = new Map<string, bigint>();

  constructor(readonly input: Input, readonly draft: Draft) {
    for (let i = input.text.indexOf('\n'); i >= 0; i = input.text.indexOf('\n', i + 1)) this.lineStarts.push(i + 1);
  }

  /** 1-based line of an offset. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  place(start: number, end: number): SourcePlace {
    return { path: this.input.path, line: this.lineOf(start), endLine: this.lineOf(Math.max(start, end - 1)) };
  }

  placeOf(node: Syntax): SourcePlace {
    return this.place(node.start, node.end);
  }

  /** The name an identifier stands for. */
  name(node: Syntax): string {
    return this.input.notes.names.get(node.start) ?? this.input.text.slice(node.start, node.end);
  }

  /** The original text of a node. */
  source(node: { readonly start: number; readonly end: number }): string {
    return this.input.text.slice(node.start, node.end);
  }

  list(place: SourcePlace, text: string, why: string): void {
    const { notModelled } = this.draft;
    if (notModelled.length < NOT_MODELLED_MAX) notModelled.push({ place, text: text.slice(0, TEXT_KEPT), why });
    else if (notModelled.length === NOT_MODELLED_MAX) notModelled.push({ place, text: '', why: 'more that is not listed' });
  }

  /** Lists a part of the text as not modelled and returns the body of a statement or expression for it. */
  unmodelled(part: { start: number; end: number }, why: string): { kind: 'unmodelled'; text: string; why: string } {
    const cut = this.input.notes.cuts.get(part.start) ?? part;
    const text = this.input.text.slice(cut.start, Math.min(cut.end, cut.start + TEXT_KEPT));
    this.list(this.place(cut.start, cut.end), text, why);
    return { kind: 'unmodelled', text, why };
  }

  struct(def: StructDef): void {
    this.draft.structs.push(def);
  }

  enum(def: EnumDef): void {
    this.draft.enums.push(def);
    for (const member of def.members) this.constants.set(member.name, member.value);
  }

  prototype(def: Prototype): void {
    this.draft.prototypes.push(def);
  }
}

/** Draft of a Program with nothing in it. */
export function emptyDraft(path: string): Draft {
  return {
    path, structs: [], enums: [], typedefs: [], macros: [], globals: [], functions: [], prototypes: [], initcalls: [],
    exports: [], includes: [], notModelled: [] as NotModelled[],
  };
}
