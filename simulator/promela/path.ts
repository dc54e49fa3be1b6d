/**
 * @module One way through a step: which values the variables must have for it, and what it changes. Paths are split where
 * an instruction's effect depends on values, so that on each one every address and every branch is known.
 */
import { Refused } from './refused.js';
import { constant, equal, isOneOf, not, variable } from './term.js';
import type { Term } from './term.js';
import { folded, narrowing, valuesOf } from './values.js';
import type { Domain, Values } from './values.js';
import type { Value } from '../machine/value.js';

/** Values that one address or size may have at one instruction. */
const CASES_MAX = 400;

export interface PathFrame {
  readonly functionIndex: number;
  pc: number;
  readonly registers: Term[];
}

/** A condition of a path, true where it is taken. */
export interface Condition {
  readonly term: Term;
  /** Values of the variables where the conditions before it hold. */
  readonly domain: Domain;
}

export interface Case {
  readonly path: Path;
  readonly value: Value;
}

export class Path {
  readonly frames: PathFrame[] = [];
  /** Index of the operation under way. */
  operation = 0;
  /** What the context added to preempt_count since its entry. */
  delta = 0;
  /** Why the execution ends in this step; null while it goes on. */
  ended: string | null = null;
  /** The interrupt is over: the context is gone. */
  returned = false;
  /** Instructions run in this step. */
  length = 0;
  /** The access of the shared instruction as C text. */
  access = '';
  readonly changes = new Map<string, Term>();
  readonly conditions: Condition[] = [];
  /** What must hold where the path is taken for the model to be right. */
  readonly assertions: Condition[] = [];
  private readonly narrowed = new Map<string, Values>();

  constructor(private readonly base: Domain) {}

  readonly domain: Domain = (name) => this.narrowed.get(name) ?? this.base(name);

  /** A copy that goes its own way. */
  copy(): Path {
    const made = new Path(this.base);
    for (const frame of this.frames) made.frames.push({ ...frame, registers: [...frame.registers] });
    for (const [name, term] of this.changes) made.changes.set(name, term);
    for (const [name, values] of this.narrowed) made.narrowed.set(name, values);
    made.conditions.push(...this.conditions);
    made.assertions.push(...this.assertions);
    return Object.assign(made, { operation: this.operation, delta: this.delta, ended: this.ended, returned: this.returned, length: this.length, access: this.access });
  }

  end(why: string): Path {
    this.ended = why;
    return this;
  }

  get top(): PathFrame | undefined {
    return this.frames[this.frames.length - 1];
  }

  /** Value of a variable at this point of the step. */
  read(name: string): Term {
    return this.changes.get(name) ?? folded(variable(name), this.domain);
  }

  write(name: string, term: Term): void {
    this.changes.set(name, folded(term, this.domain));
  }

  /** The part of the path on which the term is true or false; null where there is none. */
  assume(term: Term, truth = true): Path | null {
    if (term.k === 'op' && term.symbol === '!' && term.args[0]) return this.assume(term.args[0], !truth);
    const left = narrowing(term, truth, this.domain);
    if (!left) return null;
    const made = this.copy();
    if (narrowing(term, !truth, this.domain) === null) return made;
    made.conditions.push({ term: truth ? term : not(term), domain: this.copy().domain });
    for (const [name, values] of left) made.narrowed.set(name, values);
    return made;
  }

  /** Takes it that the term is true: no condition of the path, but an assertion of the model where it is taken. */
  rely(term: Term): Path {
    const made = this.known(term);
    const on = made ?? this.copy().end('taken not to occur');
    if (narrowing(term, false, this.domain) !== null) on.assertions.push({ term: made ? term : constant(0), domain: this.copy().domain });
    return on;
  }

  /** The path where a term is true of which the model's other guards see to it; null where it cannot be. */
  known(term: Term): Path | null {
    const made = this.assume(term);
    made?.conditions.splice(this.conditions.length);
    return made;
  }

  /** One path for each value that the term may have. */
  split(term: Term): Case[] {
    const whole = folded(term, this.domain);
    if (whole.k === 'const') return [{ path: this, value: whole.value }];
    const open = whole.variables.filter((v) => this.domain(v).size > 1).sort((a, b) => this.domain(a).size - this.domain(b).size);
    const [name = ''] = open;
    if (open.length > 1) {
      return [...this.domain(name)].flatMap((value) => this.assume(equal(variable(name), constant(value)))?.split(whole) ?? []);
    }
    const groups = new Map<Value, Set<Value>>();
    for (const value of this.domain(name)) {
      const [result] = valuesOf(whole, (asked) => (asked === name ? new Set([value]) : this.domain(asked)));
      if (result === undefined) continue;
      const group = groups.get(result) ?? new Set();
      groups.set(result, group.add(value));
    }
    if (groups.size > CASES_MAX) throw new Refused('an address with too many values');
    return [...groups].flatMap(([value, group]) => {
      const path = this.assume(isOneOf(variable(name), group));
      return path ? [{ path, value }] : [];
    });
  }

  /** Goes on with `then` where the term is true and with `other` where it is false. */
  fork(term: Term, then: (path: Path) => Path[], other: (path: Path) => Path[]): Path[] {
    const [yes, no] = [this.assume(term), this.assume(term, false)];
    return [...(yes ? then(yes) : []), ...(no ? other(no) : [])];
  }
}
