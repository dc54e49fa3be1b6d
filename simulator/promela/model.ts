/**
 * @module What the emitter knows of a scenario: its initial state as the machine makes it, and for each variable of the
 * Promela model the values found so far. Variables are named by what they are: `cell:7:2` is the third cell of object 7.
 */
import type { Code } from '../machine/code.js';
import { ownerOf, taskOf } from '../machine/locks.js';
import { needsScheduler } from '../machine/scheduler.js';
import { start } from '../machine/initial.js';
import type { Layout } from '../machine/layout.js';
import { Machine } from '../machine/machine.js';
import { prepare } from '../machine/prepare.js';
import type { PreparedCode } from '../machine/prepare.js';
import type { State } from '../machine/state.js';
import type { Value } from '../machine/value.js';
import type { Contract } from '../machine/view.js';
import type { Scenario } from '../scenario/scenario.js';
import { Refused } from './refused.js';
import type { Values } from './values.js';

/** What is to be emitted. */
export interface Source<G> {
  readonly code: Code;
  readonly scenario: Scenario<G>;
  readonly contract: Contract<G>;
}

/**
 * What is taken not to be exceeded. It keeps the model small where the analysis cannot tell what does not happen; a model
 * that exceeds it violates an assertion of its own.
 */
export interface EmitBounds {
  /** Values of one variable, above the first one and below. */
  readonly valuesMax: number;
  /** Objects that one statement allocates after the set-up. */
  readonly objectsMax: number;
  /** Sums may wrap, or come to any other large number. */
  readonly largeNumbers: boolean;
}

/** Where an object of a pool is in its life; objects of no pool are always LIVE. */
export const UNMADE = 0;
export const LIVE = 1;
export const FREED = 2;

export const cellName = (object: number, index: number): string => `cell:${object}:${index}`;
export const lifeName = (object: number): string => `life:${object}`;
export const irqsName = (cpu: number): string => `irqs:${cpu}`;
/** 1 while the task of the CPU has bottom halves off. */
export const bottomHalvesName = (cpu: number): string => `bh:${cpu}`;
export const preemptName = (cpu: number): string => `preempt:${cpu}`;
export const activeName = (actor: number): string => `active:${actor}`;
export const budgetName = (actor: number): string => `left:${actor}`;
export const entryIrqsName = (actor: number): string => `entry:${actor}`;

export class Model<G> {
  readonly prepared: PreparedCode;
  readonly layout: Layout;
  readonly scenario: Scenario<G>;
  readonly initial: State<G>;
  /** Values that a variable has at first. */
  readonly first = new Map<string, Value>();
  /** Bytes of each object that there is or that may be made. */
  readonly sizes = new Map<number, number>();
  private readonly values = new Map<string, Set<Value>>();
  private readonly readers = new Map<string, Set<string>>();

  /** Throws Refused where the set-up does not come to its end. */
  constructor(source: Source<G>, readonly bounds: EmitBounds) {
    if (needsScheduler(source.scenario)) throw new Refused('tasks are scheduled');
    const machine = new Machine(source.code, source.scenario, source.contract);
    const began = start(machine);
    if (!began.state) throw new Refused(`the set-up cannot be run: ${began.why ?? 'unknown'}`);
    this.prepared = prepare(source.code);
    this.layout = machine.world.layout;
    this.scenario = source.scenario;
    this.initial = began.state;
    this.initial.objects.forEach((object, index) => {
      if (index >= this.layout.firstPool) this.begin(lifeName(index), object ? (object.freed ? FREED : LIVE) : UNMADE);
      if (!object) return;
      this.sizes.set(index, object.size);
      object.cells.forEach((value, i) => this.begin(cellName(index, i), value));
    });
    this.initial.cpus.forEach((cpu, index) => {
      this.begin(irqsName(index), cpu.irqsOn ? 1 : 0);
      this.begin(preemptName(index), cpu.preemptCount);
      this.begin(bottomHalvesName(index), (cpu.preemptCount & 0xff00) === 0 ? 0 : 1);
    });
    source.scenario.actors.forEach((actor, index) => {
      this.begin(activeName(index), 0);
      this.begin(budgetName(index), this.initial.contexts[index]?.left ?? 0);
      this.begin(entryIrqsName(index), 0);
    });
  }

  private begin(name: string, value: Value): void {
    this.first.set(name, value);
    this.values.set(name, new Set([value]));
  }

  /** Values of a variable that is no register; what was never begun holds 0. `reader` is told apart by its key. */
  valuesFor(name: string, reader: string): Values {
    const readers = this.readers.get(name);
    if (readers) readers.add(reader);
    else this.readers.set(name, new Set([reader]));
    let known = this.values.get(name);
    if (!known) this.values.set(name, known = new Set([0]));
    return known;
  }

  /** Names of all variables that were heard of. */
  get names(): string[] {
    return [...this.values.keys()];
  }

  /** Adds a value; the keys of those who have asked for the variable, nobody where it was known. */
  grow(name: string, value: Value): ReadonlySet<string> {
    const known = this.values.get(name) ?? new Set<Value>([0]);
    this.values.set(name, known);
    if (known.has(value) || !this.hasRoom(name, known, value)) return new Set();
    known.add(value);
    return this.readers.get(name) ?? new Set();
  }

  /** True where a variable that has these values may have another; preempt_count has few, and all are needed. */
  hasRoom(name: string, known: Values, value: Value): boolean {
    if (known.size < this.bounds.valuesMax || name.startsWith('preempt:')) return true;
    // Counted up and down apart, so that what only goes up in the analysis leaves room for what comes down.
    const [first = 0] = known;
    return [...known].filter((other) => other > first === value > first).length < this.bounds.valuesMax;
  }

  /** The object gets a size when it is made; it must be the same each time. */
  made(object: number, size: number): void {
    const known = this.sizes.get(object);
    if (known !== undefined && known !== size) throw new Refused(`objects ${this.layout.names[object] ?? '?'} of ${known} and of ${size} bytes`);
    this.sizes.set(object, size);
  }

  /** Objects of a site that the set-up made. */
  madeAtFirst(site: number): number {
    const [first, end] = [this.layout.poolOf(site), this.layout.poolOf(site + 1)];
    return this.initial.objects.slice(first, end).filter((object) => object !== undefined).length;
  }

  /** What a lock that sleeps holds when it is taken on a CPU. */
  ownerOn(cpu: number): number {
    return ownerOf(this.scenario, this.initial.cpus[cpu]?.stack[0], cpu);
  }

  /** Address of the task that is `current` on a CPU. */
  currentOn(cpu: number): number {
    return this.layout.addressOf(taskOf(this.scenario, this.initial.cpus[cpu]?.stack[0], cpu));
  }
}
