/**
 * @module Which linear forms of loaded values a Program computes: `scale * v + offset`, v being what a load gave. A may
 * analysis: parameters have what any caller gives, results what any return gives. What is not linear, and pointers, are opaque; their sum with a linear form keeps the form. Used to find values
 * that a hostile user would write; nothing that must hold rests on it.
 */
import type { Code, FunctionCode, Instruction, Pure } from './code.js';
import { definedRegister } from './operands.js';
import { UNINITIALISED } from './value.js';

/** Forms of one register or expression at most; more count as opaque. */
const FORMS_MAX = 12;
/** Rounds over all functions until nothing changes. */
const ROUNDS_MAX = 12;

/** `scale * v + offset` modulo 2^bits, and something opaque where `based`. Without a load: a constant, or opaque. */
export interface Form {
  /** Number of the load; -1 where none is in it. */
  readonly load: number;
  readonly scale: bigint;
  readonly offset: bigint;
  readonly bits: 32 | 64;
  readonly based: boolean;
}

/** A form of a load and what becomes of it: part of an address, or compared. */
export interface Use {
  readonly form: Form;
  readonly as: 'address' | 'comparison';
}

type Forms = ReadonlyMap<string, Form>;

const OPAQUE: Form = { load: -1, scale: 0n, offset: 0n, bits: 64, based: true };

const keyOf = (f: Form): string => `${f.load} ${f.scale} ${f.offset} ${f.bits} ${f.based ? 1 : 0}`;

function setOf(forms: readonly Form[]): Forms {
  const found = new Map(forms.map((f) => (f.load < 0 && f.based ? OPAQUE : f)).map((f) => [keyOf(f), f]));
  return found.size <= FORMS_MAX ? found : new Map([...[...found].slice(0, FORMS_MAX - 1), [keyOf(OPAQUE), OPAQUE]]);
}

const isConstant = (f: Form): boolean => f.load < 0 && !f.based;

function within(f: Form, bits: 32 | 64): Form {
  const least = bits < f.bits ? bits : f.bits;
  return { ...f, scale: BigInt.asIntN(least, f.scale), offset: BigInt.asIntN(least, f.offset), bits: least };
}

function times(f: Form, by: bigint): Form {
  return { ...f, scale: f.scale * by, offset: f.based ? 0n : f.offset * by };
}

/** The sum; of two loaded values each with the other opaque. */
function sum(a: Form, b: Form): Form[] {
  const based = a.based || b.based;
  const bits = a.bits < b.bits && !isConstant(a) ? a.bits : isConstant(b) ? a.bits : b.bits;
  if (a.load < 0 || b.load < 0) return [{ load: Math.max(a.load, b.load), scale: a.scale + b.scale, offset: a.offset + b.offset, bits, based }];
  return [a, b].map((f) => ({ ...f, based: true }));
}

function product(a: Form, b: Form): Form {
  if (isConstant(b)) return times(a, b.offset);
  return isConstant(a) ? times(b, a.offset) : OPAQUE;
}

function shifted(a: Form, b: Form): Form {
  return isConstant(b) && b.offset >= 0n && b.offset < 64n ? times(a, 1n << b.offset) : OPAQUE;
}

function combined(op: string, a: Form, b: Form): Form[] {
  switch (op) {
    case '+': return sum(a, b);
    case '-': return sum(a, times(b, -1n));
    case '*': return [product(a, b)];
    case '<<': return [shifted(a, b)];
    default: return [OPAQUE];
  }
}

/** What each register may hold at one instruction. */
type Registers = readonly Forms[];

const NOTHING: Forms = new Map();

/** Constants one register may hold beside each other before they count as opaque, as the counters of loops do. */
const CONSTANTS_MAX = 3;

/** What both may hold; the first itself where the second adds nothing. */
function union(a: Forms, b: Forms): Forms {
  const isKnown = (key: string, f: Form): boolean => a.has(key) || (f.load < 0 && a.has(keyOf(OPAQUE)));
  const added = a.size >= FORMS_MAX ? [] : [...b].filter(([key, form]) => !isKnown(key, form));
  if (added.length === 0) return a;
  const made = [...a, ...added];
  const constants = made.filter(([, f]) => f.load < 0);
  const opaque = constants.length > CONSTANTS_MAX || constants.some(([, f]) => f.based);
  return new Map(opaque ? [[keyOf(OPAQUE), OPAQUE] as const, ...made.filter(([, f]) => f.load >= 0)] : made);
}

function joined(a: Registers | undefined, b: Registers): Registers {
  if (!a) return b;
  const made = a.map((forms, i) => union(forms, b[i] ?? NOTHING));
  return made.some((forms, i) => forms !== a[i]) ? made : a;
}

/** Where control goes behind an instruction. */
function next(i: Instruction, pc: number): number[] {
  switch (i.op) {
    case 'jump': return [i.to];
    case 'branch': return [pc + 1, i.ifFalse];
    case 'return': case 'unmodelled': return [];
    default: return [pc + 1];
  }
}

/** The analysis of one Code: registers follow control inside a function; between functions all calls are one. */
class Analysis {
  private readonly params: Forms[][];
  private readonly returns: Forms[];
  private readonly loads = new Map<Instruction, number>();
  private changed = true;

  constructor(private readonly code: Code) {
    this.params = code.functions.map((f) => Array.from({ length: f.params }, () => setOf([OPAQUE])));
    this.returns = code.functions.map(() => NOTHING);
  }

  run(): Use[] {
    let states: ReadonlyMap<number, Registers>[] = [];
    for (let round = 0; this.changed && round < ROUNDS_MAX; round += 1) {
      this.changed = false;
      states = this.code.functions.map((f) => this.through(f));
    }
    return this.code.functions.flatMap((f, n) => f.instructions.flatMap((i, pc) => {
      const registers = states[n]?.get(pc);
      return registers ? usesOf(i, registers) : [];
    }));
  }

  /** What the registers of a function may hold before each instruction that can be reached. */
  private through(f: FunctionCode): Map<number, Registers> {
    const before = new Map<number, Registers>([[0, Array.from({ length: f.registers }, (_, i) => this.params[f.index]?.[i] ?? NOTHING)]]);
    const open = [0];
    while (open.length > 0) {
      const pc = open.shift() ?? 0;
      const [i, registers] = [f.instructions[pc], before.get(pc)];
      if (!i || !registers) continue;
      const after = this.behind(f, i, registers);
      for (const to of next(i, pc)) {
        const known = before.get(to);
        const now = joined(known, after);
        if (now === known) continue;
        before.set(to, now);
        open.push(to);
      }
    }
    return before;
  }

  private behind(f: FunctionCode, i: Instruction, registers: Registers): Registers {
    if (i.op === 'return' && i.value) this.returns[f.index] = this.grown(this.returns[f.index] ?? NOTHING, formsOf(registers, i.value));
    if (i.op === 'call') this.pass(i, registers);
    const dst = definedRegister(i);
    if (dst === null) return registers;
    return registers.map((forms, n) => (n === dst ? this.result(i, registers) : forms));
  }

  private result(i: Instruction, registers: Registers): Forms {
    switch (i.op) {
      case 'set': return formsOf(registers, i.value);
      case 'load': return setOf([this.loaded(i)]);
      case 'call': return this.returns[this.code.functionsByName.get(i.name)?.index ?? -1] ?? setOf([OPAQUE]);
      default: return setOf([OPAQUE]);
    }
  }

  private pass(i: Instruction & { op: 'call' }, registers: Registers): void {
    const params = this.params[this.code.functionsByName.get(i.name)?.index ?? -1];
    i.args.forEach((arg, n) => {
      const known = params?.[n];
      if (params && known) params[n] = this.grown(known, formsOf(registers, arg));
    });
  }

  private grown(known: Forms, more: Forms): Forms {
    const made = union(known, more);
    if (made !== known) this.changed = true;
    return made;
  }

  /** A number of four or eight bytes; pointers lead elsewhere, and are no index. */
  private loaded(i: Instruction & { op: 'load' }): Form {
    if (i.shown?.kind === 'pointer' || i.type.bytes < 4) return OPAQUE;
    const load = this.loads.get(i) ?? this.loads.size;
    this.loads.set(i, load);
    return { load, scale: 1n, offset: 0n, bits: i.type.bytes === 8 ? 64 : 32, based: false };
  }
}

function formsOf(registers: Registers, pure: Pure): Forms {
  switch (pure.k) {
    case 'const': return pure.value === UNINITIALISED ? NOTHING : setOf([{ load: -1, scale: 0n, offset: BigInt(pure.value), bits: 64, based: false }]);
    case 'reg': return registers[pure.reg] ?? NOTHING;
    case 'environment': return setOf([OPAQUE]);
    case 'choose': return setOf([...formsOf(registers, pure.then).values(), ...formsOf(registers, pure.else).values()]);
    case 'convert': return narrowed([...formsOf(registers, pure.a).values()], pure.type.bytes);
    case 'unary': {
      const forms = [...formsOf(registers, pure.a).values()];
      return pure.op === '-' || pure.op === '+' ? narrowed(forms.map((a) => times(a, pure.op === '-' ? -1n : 1n)), pure.type.bytes) : setOf([OPAQUE]);
    }
    case 'binary': {
      const [left, right] = [[...formsOf(registers, pure.a).values()], [...formsOf(registers, pure.b).values()]];
      return narrowed(left.flatMap((a) => right.flatMap((b) => combined(pure.op, a, b))), pure.type.bytes);
    }
  }
}

function narrowed(forms: readonly Form[], bytes: number): Forms {
  return bytes < 4 ? setOf([OPAQUE]) : setOf(forms.map((f) => within(f, bytes === 8 ? 64 : 32)));
}

function usesOf(i: Instruction, registers: Registers): Use[] {
  const ofLoads = (pure: Pure): Form[] => [...formsOf(registers, pure).values()].filter((form) => form.load >= 0 && form.scale !== 0n);
  const addresses = i.op === 'load' || i.op === 'store' || i.op === 'rmw' ? [i.address] : i.op === 'copy' ? [i.to, i.from] : [];
  const tests = i.op === 'branch' ? comparedIn(i.test) : i.op === 'set' ? comparedIn(i.value) : [];
  return [
    ...addresses.flatMap(ofLoads).map((form) => ({ form, as: 'address' as const })),
    ...tests.flatMap(ofLoads).map((form) => ({ form, as: 'comparison' as const })),
  ];
}

/** Both sides of every comparison in an expression. */
function comparedIn(pure: Pure): Pure[] {
  switch (pure.k) {
    case 'binary': return [...(/^[<>]=?$/u.test(pure.op) ? [pure.a, pure.b] : []), ...comparedIn(pure.a), ...comparedIn(pure.b)];
    case 'unary': case 'convert': return comparedIn(pure.a);
    case 'choose': return [pure.test, pure.then, pure.else].flatMap(comparedIn);
    default: return [];
  }
}

/** Forms of all loads that are part of an address somewhere: in addresses, and in comparisons, which are to bound them. */
export function indexForms(code: Code): Form[] {
  const uses = new Analysis(code).run();
  const indices = new Set(uses.filter((u) => u.as === 'address' && u.form.based).map((u) => u.form.load));
  const wanted = uses.filter((u) => indices.has(u.form.load) && (u.as === 'comparison' || u.form.based)).map(({ form }) => form);
  return [...new Map(wanted.map((f) => [`${f.scale} ${f.offset} ${f.bits}`, f])).values()];
}
