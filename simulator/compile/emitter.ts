/**
 * @module The state of compiling one function: registers, scopes, labels, the instructions so far. Expressions, calls and
 * statements are compiled by the functions in the files beside this one, which all write here.
 */
import type { CType, Stmt } from '../ir/program.js';
import { UnknownName } from '../ir/types.js';
import type { TypeTable } from '../ir/types.js';
import type { AllocationSite, GlobalSlot, Instruction, InstructionBody, PreemptRt, Pure } from '../machine/code.js';
import type { Program } from '../ir/program.js';

/** A compiled expression: its value without further access, and its C type. */
export interface Operand {
  readonly pure: Pure;
  readonly type: CType;
}

/** Where a local lives: in a register, or in memory because its address is taken or it is a struct. */
export type Local =
  | { readonly in: 'register'; readonly reg: number; readonly type: CType }
  | { readonly in: 'memory'; readonly reg: number; readonly type: CType }
  /** A static local: `slot` names the global it is kept as. */
  | { readonly in: 'global'; readonly slot: string; readonly type: CType };

export class Label {
  pc = -1;
}

/** What all functions of a Program share while they are compiled. */
export interface CompileContext {
  readonly program: Program;
  readonly types: TypeTable;
  readonly globals: ReadonlyMap<string, GlobalSlot>;
  readonly functionIndex: ReadonlyMap<string, number>;
  readonly sites: AllocationSite[];
  readonly withoutEffect: Set<string>;
  /** Declaration of a static local -> name of the global that it is kept as. */
  readonly statics: ReadonlyMap<Stmt, string>;
  /** Compiled for a kernel with PREEMPT_RT; null for one without. */
  readonly rt: PreemptRt | null;
}

/** Most instructions one function may have; more is not modelled. */
const INSTRUCTIONS_MAX = 20_000;

/** A block of C: its names, and what runs when it is left, in the order it was declared. */
interface Scope {
  /** The statement or expression that is the block; null for the function itself. */
  readonly owner: object | null;
  readonly names: Map<string, Local>;
  readonly cleanups: (() => void)[];
}

/** Where break or continue goes, and how many scopes are open there. */
export interface Exit {
  readonly label: Label;
  readonly depth: number;
}

type Draft = { body: InstructionBody; statement: number; text: string; shown?: CType; label?: Label };

export class Emitter {
  readonly statements: Stmt[] = [];
  readonly registerNames: string[] = [];
  readonly stackObjects: number[] = [];
  readonly labels = new Map<string, Label>();
  readonly breaks: Exit[] = [];
  readonly continues: Exit[] = [];
  /** Locals whose address is taken anywhere in the function. */
  addressTaken: ReadonlySet<string> = new Set();
  private readonly scopes: Scope[] = [{ owner: null, names: new Map(), cleanups: [] }];
  /** For a label that was placed: the cleanups its scope had then. */
  private readonly cleanupsAtLabel = new Map<string, number>();
  private readonly drafts: Draft[] = [];
  private statement = 0;
  private temporaries: number[] = [];
  private temporariesUsed = 0;
  private temporariesKept = 0;

  constructor(readonly context: CompileContext, readonly functionName: string) {}

  get types(): TypeTable {
    return this.context.types;
  }

  /** Starts a statement: temporaries of the one before are free again. */
  begin(statement: Stmt): void {
    this.statements.push(statement);
    this.statement = this.statements.length - 1;
    this.temporariesUsed = this.temporariesKept;
  }

  /** Keeps the temporaries in use over statements inside an expression; returns what to hand to releaseTemporaries(). */
  keepTemporaries(): number {
    const before = this.temporariesKept;
    this.temporariesKept = this.temporariesUsed;
    return before;
  }

  releaseTemporaries(before: number): void {
    this.temporariesUsed = Math.max(this.temporariesUsed, this.temporariesKept);
    this.temporariesKept = before;
  }

  /** Continues an earlier statement, such as the test of a loop after its body. */
  resume(index: number): void {
    this.statement = index;
  }

  get statementIndex(): number {
    return this.statement;
  }

  /** The statement that instructions are emitted for now. */
  get current(): Stmt {
    const found = this.statements[this.statement];
    if (!found) throw new Error('an instruction outside any statement');
    return found;
  }

  emit(body: InstructionBody, text = '', shown?: CType): void {
    if (this.drafts.length >= INSTRUCTIONS_MAX) throw new UnknownName(`function ${this.functionName} is too long to be modelled`);
    this.drafts.push({ body, statement: this.statement, text, shown });
  }

  /** A branch taken when `test` is zero. */
  branch(test: Pure, ifFalse: Label): void {
    this.drafts.push({ body: { op: 'branch', test, ifFalse: -1 }, statement: this.statement, text: '', label: ifFalse });
  }

  jump(to: Label): void {
    this.drafts.push({ body: { op: 'jump', to: -1 }, statement: this.statement, text: '', label: to });
  }

  place(label: Label): void {
    label.pc = this.drafts.length;
  }

  /** A register for a temporary value; valid until the next statement begins. */
  temporary(): number {
    const known = this.temporaries[this.temporariesUsed];
    const reg = known ?? this.register('');
    if (known === undefined) this.temporaries.push(reg);
    this.temporariesUsed += 1;
    return reg;
  }

  register(name: string): number {
    this.registerNames.push(name);
    return this.registerNames.length - 1;
  }

  /** How many scopes are open. */
  get depth(): number {
    return this.scopes.length;
  }

  enterScope(owner: object | null = null): void {
    this.scopes.push({ owner, names: new Map(), cleanups: [] });
  }

  /** Ends the innermost scope by running into its end: its cleanups run. */
  leaveScope(): void {
    this.unwind(this.scopes.length - 1);
    this.scopes.pop();
  }

  /** Drops scopes that were left open by something that could not be compiled. */
  dropScopes(depth: number): void {
    this.scopes.length = Math.max(1, Math.min(depth, this.scopes.length));
  }

  /** `run` emits what happens when the innermost scope is left on any way. */
  atScopeEnd(run: () => void): void {
    this.scopes[this.scopes.length - 1]?.cleanups.push(run);
  }

  /** True if leaving the scopes from `depth` on (0: all) runs anything. */
  hasCleanups(depth: number): boolean {
    return this.scopes.slice(depth).some((scope) => scope.cleanups.length > 0);
  }

  /** Emits the cleanups of the scopes from `depth` on, innermost and latest first; the scopes stay open. */
  unwind(depth: number): void {
    for (let i = this.scopes.length - 1; i >= depth; i -= 1) this.runCleanups(this.scopes[i], 0);
  }

  private runCleanups(scope: Scope | undefined, from: number): void {
    const index = this.statement;
    for (const run of scope?.cleanups.slice(from).reverse() ?? []) run();
    this.statement = index;
  }

  /** Remembers that a label stands here. */
  labelled(name: string): void {
    this.cleanupsAtLabel.set(name, this.scopes[this.scopes.length - 1]?.cleanups.length ?? 0);
  }

  /** Cleanups on the way to a label that stands in the blocks `around` it, outermost first. */
  unwindToLabel(name: string, around: ReadonlySet<object>): void {
    let kept = this.scopes.length - 1;
    while (kept > 0) {
      const owner = this.scopes[kept]?.owner;
      if (owner && around.has(owner)) break;
      kept -= 1;
    }
    this.unwind(kept + 1);
    const before = this.cleanupsAtLabel.get(name);
    if (before !== undefined) this.runCleanups(this.scopes[kept], before);
  }

  declare(name: string, local: Local): void {
    this.scopes[this.scopes.length - 1]?.names.set(name, local);
  }

  local(name: string): Local | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i -= 1) {
      const found = this.scopes[i]?.names.get(name);
      if (found) return found;
    }
    return undefined;
  }

  label(name: string): Label {
    const known = this.labels.get(name);
    if (known) return known;
    const made = new Label();
    this.labels.set(name, made);
    return made;
  }

  /** The C type that `compile` comes to, and nothing emitted. */
  dry<T>(compile: () => T): T {
    const [drafts, statements, registers, used] = [this.drafts.length, this.statements.length, this.registerNames.length, this.temporariesUsed];
    const [known, sites, stack] = [this.temporaries.length, this.context.sites.length, this.stackObjects.length];
    const [statement, depth] = [this.statement, this.scopes.length];
    try {
      return compile();
    } finally {
      this.dropScopes(depth);
      this.drafts.length = drafts;
      this.statements.length = statements;
      this.registerNames.length = registers;
      this.temporaries.length = known;
      this.context.sites.length = sites;
      this.stackObjects.length = stack;
      this.temporariesUsed = used;
      this.statement = statement;
    }
  }

  site(api: string, hint: string, type?: CType): number {
    const index = this.context.sites.length;
    this.context.sites.push({ index, api, function: this.functionName, statement: this.current, hint, type });
    return index;
  }

  /** The finished list. A jump to a label that stands nowhere, or in what was not understood, ends the execution. */
  finish(): Instruction[] {
    const end = this.drafts.length;
    if (this.drafts.some((d) => d.label && d.label.pc < 0)) this.emit({ op: 'unmodelled', why: 'a goto to a label that is not known' });
    return this.drafts.map(({ body, statement, text, shown, label }) => {
      const target = label && label.pc >= 0 ? label.pc : end;
      const settled = body.op === 'branch' ? { ...body, ifFalse: target } : body.op === 'jump' ? { ...body, to: target } : body;
      return { ...settled, statement, text, shown };
    });
  }
}
