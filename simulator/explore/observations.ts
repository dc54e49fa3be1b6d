/**
 * @module What a level-0 search saw at every instruction: in which contexts it ran, with irqs and preemption on or off,
 * which way branches went, and who touched which memory. Rules ask these. Claims of absence hold within the bounds of
 * the scenarios searched, and only because nothing is reduced at level 0.
 */
import type { Code } from '../machine/code.js';
import type { Executed, Listener } from '../machine/execute.js';
import type { Draft } from '../machine/draft.js';
import type { Layout } from '../machine/layout.js';
import type { ContextKind } from '../machine/state.js';
import { atomicCount } from '../kernel/preempt-count.js';
import type { FrameRef } from '../machine/violation.js';

const KINDS: readonly ContextKind[] = ['task', 'softirq', 'hardirq', 'nmi'];

/** Accesses to one cell: by context kind and irqs on/off, one bit each, and the CPUs as bits. */
interface CellUse {
  seen: number;
  cpus: number;
  /** Indices of functions that accessed it. */
  readonly functions: Set<number>;
}

/** Bits: kind * 4 + (irqs off ? 1 : 0) + (preempt_count != 0 ? 2 : 0). */
function bit(kind: ContextKind, irqsOn: boolean, preemptible: boolean): number {
  return 1 << (KINDS.indexOf(kind) * 4 + (irqsOn ? 0 : 1) + (preemptible ? 0 : 2));
}

/** What was seen, as plain data: structuredClone() of it is as good as it. By function index, then pc, where it is arrays of arrays. */
export interface Seen {
  readonly results: Map<string, Set<string>>;
  readonly endings: Set<string>;
  readonly seen: readonly Uint16Array[];
  readonly taken: readonly Uint8Array[];
  readonly notTaken: readonly Uint8Array[];
  /** Per "variable+offset", objects of one site together. */
  readonly cells: Map<number, CellUse>;
  readonly stacks: Map<string, readonly FrameRef[]>;
  readonly touchedBy: Map<number, Set<number>>;
}

function nothingSeen(code: Code): Seen {
  return {
    results: new Map(), endings: new Set(), cells: new Map(), stacks: new Map(), touchedBy: new Map(),
    seen: code.functions.map((f) => new Uint16Array(f.instructions.length)),
    taken: code.functions.map((f) => new Uint8Array(f.instructions.length)),
    notTaken: code.functions.map((f) => new Uint8Array(f.instructions.length)),
  };
}

export class Observations {
  /** False during initcalls and set-up, whose accesses nobody can race with. */
  concurrent = false;
  /** Results of operations over all executions, by actor, position and label; the set-up's among them. */
  readonly results: Seen['results'];
  /** What users see at the ends of executions. */
  readonly endings: Seen['endings'];
  private readonly seen: Seen['seen'];
  private readonly taken: Seen['taken'];
  private readonly notTaken: Seen['notTaken'];
  private readonly cells: Seen['cells'];
  private readonly stacks: Seen['stacks'];
  private readonly touchedBy: Seen['touchedBy'];

  /** `data` is of another search with a Code compiled of the same Program. */
  constructor(readonly code: Code, readonly data: Seen = nothingSeen(code)) {
    ({ results: this.results, endings: this.endings, seen: this.seen, taken: this.taken, notTaken: this.notTaken } = data);
    ({ cells: this.cells, stacks: this.stacks, touchedBy: this.touchedBy } = data);
  }

  listener<G>(layout: Layout): Listener<G> {
    return {
      executed: (draft, what) => this.executed(draft, what, layout),
      operationEnded: (draft, index, result) => {
        const actor = draft.world.scenario.actors[draft.actor];
        const key = `${actor?.name ?? ''} ${index} ${actor?.operations[index]?.label ?? ''}`;
        const known = this.results.get(key);
        if (known) known.add(String(result));
        else this.results.set(key, new Set([String(result)]));
      },
    };
  }

  private executed<G>(draft: Draft<G>, what: Executed, layout: Layout): void {
    const { frame, pc } = what;
    const kind = draft.kind;
    const seen = this.seen[frame.functionIndex];
    const { instruction } = what.prepared;
    const count = draft.count - (instruction.op === 'preempt' ? instruction.delta : 0);
    const mark = bit(kind, draft.irqsOn, atomicCount(count, false) === 0);
    if (instruction.op === 'contract' && kind !== 'task') this.noteStack(draft, frame.functionIndex, pc, kind);
    if (seen) seen[pc] = (seen[pc] ?? 0) | mark;
    if (what.taken !== null) {
      const counts = (what.taken ? this.taken : this.notTaken)[frame.functionIndex];
      if (counts) counts[pc] = (counts[pc] ?? 0) | (1 << KINDS.indexOf(kind));
    }
    if (this.concurrent && what.location) this.touched(draft, what, layout, mark);
  }

  private touched<G>(draft: Draft<G>, what: Executed, layout: Layout, mark: number): void {
    if (!what.location) return;
    const key = what.location.object * 65536 + what.location.offset;
    let use = this.cells.get(key);
    if (!use) {
      use = { seen: 0, cpus: 0, functions: new Set() };
      this.cells.set(key, use);
    }

    use.seen |= mark;
    use.cpus |= 1 << draft.cpu;
    use.functions.add(what.frame.functionIndex);
    const instruction = what.frame.functionIndex * 65536 + what.pc;
    const touched = this.touchedBy.get(instruction);
    if (touched) touched.add(key);
    else this.touchedBy.set(instruction, new Set([key]));
  }

  private noteStack<G>(draft: Draft<G>, functionIndex: number, pc: number, kind: ContextKind): void {
    const key = `${functionIndex} ${pc} ${kind}`;
    if (this.stacks.has(key)) return;
    const frames = draft.contexts.at(-1)?.frames ?? [];
    this.stacks.set(key, frames.map((f, i) => ({ functionIndex: f.functionIndex, pc: i === frames.length - 1 ? f.pc : f.pc - 1 })));
  }

  /** All that was seen, as text: equal for equal observations. */
  digest(): string {
    const sets = <K, V>(map: ReadonlyMap<K, ReadonlySet<V>>): unknown => [...map].map(([key, set]) => [String(key), [...set].map(String).sort()]).sort();
    const uses = [...this.cells].map(([key, { seen, cpus, functions }]) => [String(key), seen, cpus, [...functions].sort()]).sort();
    return JSON.stringify([
      this.seen.map((a) => [...a]), this.taken.map((a) => [...a]), this.notTaken.map((a) => [...a]), uses, sets(this.touchedBy), sets(this.results), [...this.endings].sort(),
      [...this.stacks.keys()].sort(),
    ]);
  }

  /** The first stack on which a call with a contract was made in an interrupt of a kind, outermost first; null if never. */
  stackOf(functionIndex: number, pc: number, kind: ContextKind): readonly FrameRef[] | null {
    return this.stacks.get(`${functionIndex} ${pc} ${kind}`) ?? null;
  }

  /** Contexts in which an instruction ran, in order of nesting. */
  contexts(functionIndex: number, pc: number): ContextKind[] {
    const mask = this.seen[functionIndex]?.[pc] ?? 0;
    return KINDS.filter((_, i) => ((mask >> (i * 4)) & 15) !== 0);
  }

  /** True if the instruction ran, and always with irqs off. */
  alwaysIrqsOff(functionIndex: number, pc: number): boolean {
    const mask = this.seen[functionIndex]?.[pc] ?? 0;
    return mask !== 0 && (mask & 0x5555) === 0;
  }

  /** True if the instruction ran, and always where the scheduler cannot take the CPU: preempt_count not 0 or irqs off. */
  alwaysNotPreemptible(functionIndex: number, pc: number): boolean {
    const mask = this.seen[functionIndex]?.[pc] ?? 0;
    return mask !== 0 && (mask & 0x1111) === 0;
  }

  /** True if the instruction ran, and always with irqs on and preempt_count 0. */
  alwaysPreemptible(functionIndex: number, pc: number): boolean {
    const mask = this.seen[functionIndex]?.[pc] ?? 0;
    return mask !== 0 && (mask & ~0x1111) === 0;
  }

  /** Contexts in which a branch's condition was true, and was false. */
  outcomes(functionIndex: number, pc: number): { true: ContextKind[]; false: ContextKind[] } {
    const kinds = (mask: number): ContextKind[] => KINDS.filter((_, i) => (mask & (1 << i)) !== 0);
    return { true: kinds(this.taken[functionIndex]?.[pc] ?? 0), false: kinds(this.notTaken[functionIndex]?.[pc] ?? 0) };
  }

  /** How all the memory that an instruction touched was used while others could run. */
  uses(functionIndex: number, pc: number): { contexts: ContextKind[]; alwaysIrqsOff: boolean; cpus: number; functions: number[] }[] {
    const keys = this.touchedBy.get(functionIndex * 65536 + pc) ?? new Set<number>();
    return [...keys].map((key) => {
      const use = this.cells.get(key);
      const mask = use?.seen ?? 0;
      const cpus = [...Array(8).keys()].filter((i) => ((use?.cpus ?? 0) & (1 << i)) !== 0).length;
      return {
        contexts: KINDS.filter((_, i) => ((mask >> (i * 4)) & 15) !== 0), alwaysIrqsOff: (mask & 0x5555) === 0, cpus,
        functions: [...(use?.functions ?? [])].sort((a, b) => a - b),
      };
    });
  }
}
