/**
 * @module The Program: what a C file means. Structs, enums, globals, per-CPU variables and functions; a function is a
 * tree of statements over expressions. Both the C front end (src/c) and the typed builder of the kcov model
 * (simulator/kcov) produce it; the printer writes it as C, the compiler flattens it to steps.
 *
 * The tree is untyped: types of expressions follow from the declarations and are computed in one place, ./types.ts.
 * Every statement knows its place in the text it was made from. Plain data, no methods, safe to structuredClone.
 */

/** A C type. `named` is a typedef, resolved through Program.typedefs; widths are those of a 64-bit kernel. */
export type CType =
  | { readonly kind: 'void' }
  | { readonly kind: 'bool' }
  /** `name` is the spelling in kernel style, such as 'unsigned int', 'char', 'long long'. */
  | { readonly kind: 'int'; readonly name: string; readonly bytes: 1 | 2 | 4 | 8; readonly signed: boolean }
  | { readonly kind: 'enum'; readonly name: string }
  /** `name` of an anonymous struct is made up by the producer and starts with '<'. */
  | { readonly kind: 'struct'; readonly name: string }
  | { readonly kind: 'union'; readonly name: string }
  | { readonly kind: 'named'; readonly name: string }
  /** `qualifiers` of what it points to, as written: const, __user. They mean nothing to the machine. */
  | { readonly kind: 'pointer'; readonly to: CType; readonly qualifiers?: readonly string[] }
  /** `length` null: a flexible array member or a parameter. */
  | { readonly kind: 'array'; readonly of: CType; readonly length: Expr | null }
  | { readonly kind: 'function'; readonly returns: CType; readonly params: readonly CType[] }
  /** typeof(of), and __auto_type of a value; only the compiler knows what it is. */
  | { readonly kind: 'typeof'; readonly of: Argument };

/** Where a statement stands: 1-based lines of the text it was parsed from or printed as, end inclusive. */
export interface SourcePlace {
  /** Path as the kernel has it, such as kernel/kcov.c. */
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

export type UnaryOp = '!' | '~' | '-' | '+' | '*' | '&';
export type BinaryOp =
  | '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^'
  | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||' | ',';
export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '<<=' | '>>=' | '&=' | '|=' | '^=';

/** An argument of a call; macros such as list_entry() and min_t() take types. */
export type Argument = Expr | { readonly kind: 'type'; readonly type: CType };

export type Expr =
  /** `suffix` is '', 'U', 'L', 'UL', 'LL' or 'ULL'; `text` the spelling, such as 0x10UL, when it is not decimal. */
  | { readonly kind: 'number'; readonly value: bigint; readonly suffix: string; readonly text?: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly base: Expr; readonly field: string; readonly arrow: boolean }
  | { readonly kind: 'index'; readonly base: Expr; readonly index: Expr }
  | { readonly kind: 'unary'; readonly op: UnaryOp; readonly arg: Expr }
  /** `parens`: written in parentheses where precedence needs none; for printing, without meaning. */
  | {
      readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr; readonly parens?: true;
    }
  /** `short`: written `test ?: else`; `then` is `test` again, and it is evaluated once. */
  | { readonly kind: 'conditional'; readonly test: Expr; readonly then: Expr; readonly else: Expr; readonly short?: true }
  | { readonly kind: 'assign'; readonly op: AssignOp; readonly target: Expr; readonly value: Expr }
  | { readonly kind: 'update'; readonly op: '++' | '--'; readonly prefix: boolean; readonly target: Expr }
  /** Functions, kernel macros used like functions, and calls through pointers alike. */
  | { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Argument[] }
  | { readonly kind: 'cast'; readonly type: CType; readonly arg: Expr }
  | { readonly kind: 'sizeof'; readonly of: Argument }
  /** A braced initialiser; with `type` a compound literal. */
  | { readonly kind: 'initializer'; readonly type?: CType; readonly items: readonly InitializerItem[] }
  /** GNU ({ … }): its value is that of the last expression statement. */
  | { readonly kind: 'statementExpression'; readonly body: readonly Stmt[] }
  /** Not understood: kept with its text and the reason, never dropped. */
  | { readonly kind: 'unmodelled'; readonly text: string; readonly why: string };

export interface InitializerItem {
  /** `.field = value`. */
  readonly field?: string;
  /** `[index] = value`. */
  readonly index?: Expr;
  /** `[index ... to] = value`. */
  readonly to?: Expr;
  readonly value: Expr;
}

export type Stmt = { readonly place: SourcePlace } & StmtBody;

export type StmtBody =
  /** One declarator. `joined`: written in one declaration with the declarator before it (`int a, b;`). */
  | {
      readonly kind: 'declaration'; readonly name: string; readonly type: CType; readonly init?: Expr;
      readonly joined?: boolean;
      /** Such as 'static' or '__free(kfree)', as written. */
      readonly attributes?: readonly string[];
    }
  | { readonly kind: 'expression'; readonly expr: Expr }
  | { readonly kind: 'if'; readonly test: Expr; readonly then: Stmt; readonly else?: Stmt }
  | { readonly kind: 'while'; readonly test: Expr; readonly body: Stmt }
  | { readonly kind: 'doWhile'; readonly test: Expr; readonly body: Stmt }
  | { readonly kind: 'for'; readonly init?: Stmt; readonly test?: Expr; readonly step?: Expr; readonly body: Stmt }
  /** A loop headed by a kernel iterator macro: list_for_each_entry(pos, head, member) { … }. */
  | { readonly kind: 'forEach'; readonly macro: string; readonly args: readonly Argument[]; readonly body: Stmt }
  | { readonly kind: 'switch'; readonly value: Expr; readonly body: readonly Stmt[] }
  /** A case label inside a switch body; `value` null is default; with `to` all from `value` to it. */
  | { readonly kind: 'case'; readonly value: Expr | null; readonly to?: Expr }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'return'; readonly value?: Expr }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'block'; readonly body: readonly Stmt[] }
  | { readonly kind: 'empty' }
  /** #ifdef / #if inside a function; only in models: configure() picks a side before anything runs. */
  | { readonly kind: 'ifdef'; readonly symbol: string; readonly then: readonly Stmt[]; readonly else: readonly Stmt[] }
  | { readonly kind: 'unmodelled'; readonly text: string; readonly why: string };

export interface Field {
  readonly name: string;
  readonly type: CType;
  /** Width of a bit-field; 0 ends the unit before. */
  readonly bits?: number;
  readonly place: SourcePlace;
  /** As in FunctionDef. */
  readonly ifdef?: string;
}

export interface StructDef {
  readonly name: string;
  readonly union: boolean;
  readonly fields: readonly Field[];
  readonly place: SourcePlace;
}

export interface EnumDef {
  /** '' for an anonymous enum. */
  readonly name: string;
  /** Values as C counts them: given, else one more than the one before. */
  readonly members: readonly { readonly name: string; readonly value: bigint }[];
  readonly place: SourcePlace;
  /** As in FunctionDef. */
  readonly ifdef?: string;
}

export interface GlobalDef {
  readonly name: string;
  readonly type: CType;
  readonly init?: Expr;
  readonly static: boolean;
  /** DEFINE_PER_CPU: one instance for each CPU. */
  readonly perCpu: boolean;
  /** The defining macro as written, such as DEFINE_SPINLOCK, when there is one; the printer writes it back. */
  readonly macro?: string;
  /** All arguments as written, the name among them. */
  readonly macroArgs?: readonly Argument[];
  /** Other than static, as written before the type: const, __read_mostly. */
  readonly attributes?: readonly string[];
  readonly place: SourcePlace;
}

/** A typedef; places are known where it was read or printed. */
export interface TypedefDef {
  readonly name: string;
  readonly type: CType;
  readonly place?: SourcePlace;
  /** As in FunctionDef. */
  readonly ifdef?: string;
}

export interface Param {
  readonly name: string;
  readonly type: CType;
}

export interface FunctionDef {
  readonly name: string;
  readonly returns: CType;
  readonly params: readonly Param[];
  /** In the order written: static, inline, notrace, __always_inline, __init, noinline … */
  readonly attributes: readonly string[];
  /** How many of the attributes stand before the return type; absent: all. For printing only. */
  readonly typeAt?: number;
  readonly body: readonly Stmt[];
  /** The whole definition. */
  readonly place: SourcePlace;
  /**
   * The symbol of an #ifdef around the function as written, such as CONFIG_KCOV; `!CONFIG_KCOV` for the #else side.
   * Only in models, where both sides may define the same name: configure() keeps one.
   */
  readonly ifdef?: string;
}

/** A declaration of a function that is defined elsewhere. */
export interface Prototype {
  readonly name: string;
  readonly returns: CType;
  readonly params: readonly Param[];
  readonly attributes: readonly string[];
  readonly place: SourcePlace;
  /** As in FunctionDef. */
  readonly ifdef?: string;
}

/** A macro of the file itself; `params` null for an object-like one. `body` is C text, empty when it expands to nothing. */
export interface MacroDef {
  readonly name: string;
  readonly params: readonly string[] | null;
  readonly body: string;
  /** The body as an expression, where it is one; parameters occur in it as names. Producers fill it in. */
  readonly expr?: Expr;
  readonly place: SourcePlace;
  /** As in FunctionDef. */
  readonly ifdef?: string;
}

/** What could not be understood, with its place; listed in every review. */
export interface NotModelled {
  readonly place: SourcePlace;
  readonly text: string;
  readonly why: string;
}

export interface Program {
  /** Path of the main file, such as kernel/kcov.c. */
  readonly path: string;
  /** In the order of the file, all top-level items in one list; later ones win when a name occurs twice. */
  readonly structs: readonly StructDef[];
  readonly enums: readonly EnumDef[];
  readonly typedefs: readonly TypedefDef[];
  readonly macros: readonly MacroDef[];
  readonly globals: readonly GlobalDef[];
  readonly functions: readonly FunctionDef[];
  /** Absent where nobody kept them. */
  readonly prototypes?: readonly Prototype[];
  /** Functions named by device_initcall() and the like, in order. */
  readonly initcalls: readonly string[];
  /** Names in EXPORT_SYMBOL*(). */
  readonly exports: readonly string[];
  /** Headers included, as written: <linux/kcov.h>. */
  readonly includes: readonly { readonly text: string; readonly place: SourcePlace }[];
  readonly notModelled: readonly NotModelled[];
}

/** A Program with nothing in it. */
export function emptyProgram(path: string): Program {
  return {
    path, structs: [], enums: [], typedefs: [], macros: [], globals: [], functions: [], initcalls: [], exports: [],
    includes: [], notModelled: [],
  };
}

/** Kconfig symbols without CONFIG_ and their values; a boolean symbol is present with true. */
export type Config = Readonly<Record<string, boolean | number>>;
