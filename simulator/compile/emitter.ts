/**
 * @module The state of compiling one function: registers, scopes, labels, the instructions so far. Expressions, calls and
 * statements are compiled by the functions in the files beside this one, which all write here.
 */
import type { CType, Stmt } from '../ir/program.js';
import { UnknownName } from '../ir/types.js';
import type { TypeTable } from '../ir/types.js';
import type { AllocationSite, GlobalSlot, Instruction, InstructionBody, Pure } from '../machine/code.js';
import type { Program } from '../ir/program.js';

/** A compiled expression: its value without further access, and its C type. */
export interface Operand {
  readonly pure: Pure;
  readonly type: CType;
}

/** Where a local lives: in a register, or in memory because its address is taken or it is a struct. */
export type Local =
  | { readonly in: 'register'; readonly reg: number; readonly type: CType }
  | { readonly in: 'memory'; readonly reg: number; readonly type: CType };

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
}

/** Most instructions one function may have; more is not modelled. */
const INSTRUCTIONS_MAX = 20_000;

type Draft = { body: InstructionBody; statement: number; text: string; shown?: CType; label?: Label };

export class Emitter {
  readonly statements: Stmt[] = [];
  readonly registerNames: string[] = [];
  readonly stackObjects: number[] = [];
  readonly labels = new Map<string, Label>();
  readonly breaks: Label[] = [];
  readonly continues: Label[] = [];
  /** Locals whose address is taken anywhere in the function. */
  addressTaken: ReadonlySet<string> = new Set();
  private readonly scopes: Map<string, Local>[] = [new Map()];
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

  enterScope(): void {
    this.scopes.push(new Map());
  }

  leaveScope(): void {
    this.scopes.pop();
  }

  declare(name: string, local: Local): void {
    this.scopes[this.scopes.length - 1]?.set(name, local);
  }

  local(name: string): Local | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i -= 1) {
      const found = this.scopes[i]?.get(name);
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

  site(api: string, hint: string): number {
    const index = this.context.sites.length;
    this.context.sites.push({ index, api, function: this.functionName, statement: this.current, hint });
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
