/** @module One actor of a scenario as a process: what is the same for all its contexts. */
import { atomicCount } from '../kernel/preempt-count.js';
import type { Pure } from '../machine/code.js';
import { convert, canonical, U64 } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import type { ContextKind } from '../machine/state.js';
import type { Operation } from '../scenario/scenario.js';
import { irqsName, preemptName } from './model.js';
import type { Model } from './model.js';
import type { Path } from './path.js';
import { blindView, Refused } from './refused.js';
import { constant, mapped, not, termOf } from './term.js';
import type { Term } from './term.js';
import { folded } from './values.js';

/** A call that an operation makes, whatever the state. */
export interface FixedCall {
  readonly functionIndex: number;
  readonly args: readonly Value[];
  readonly returnAddress: number;
}

export class Actor {
  readonly kind: ContextKind;
  readonly cpu: number;
  readonly name: string;
  /** Null for an operation that has nothing to do. */
  readonly calls: readonly (FixedCall | null)[];
  /** What a lock that sleeps holds when this takes it. */
  readonly owner: number;
  private readonly current: number;

  constructor(model: Model<unknown>, readonly index: number) {
    const actor = model.scenario.actors[index];
    if (!actor) throw new Error(`no actor ${index}`);
    this.kind = actor.kind;
    this.cpu = actor.cpu;
    this.name = actor.name;
    this.current = model.currentOn(actor.cpu);
    this.owner = model.ownerOn(actor.cpu);
    this.calls = actor.operations.map((operation) => fixedCall(model, operation));
  }

  /** An operand of the instruction at which the path stands. */
  term(path: Path, pure: Pure): Term {
    const [irqs, preemptCount] = [path.read(irqsName(this.cpu)), path.read(preemptName(this.cpu))];
    return folded(termOf(pure, {
      registers: path.top?.registers ?? [],
      environment: {
        current: constant(this.current), cpu: constant(this.cpu), preemptCount, atomicCount: mapped(preemptCount, (count) => atomicCount(Number(count), false)),
        owner: constant(this.owner),
        irqsDisabled: not(irqs), returnAddress: constant(this.calls[path.operation]?.returnAddress ?? 0),
      },
    }), path.domain);
  }
}

function fixedCall(model: Model<unknown>, operation: Operation<unknown>): FixedCall | null {
  const invocation = operation.begin(blindView(operation.label));
  operation.end(blindView(operation.label), 0);
  if (!invocation) return null;
  const target = model.prepared.code.functionsByName.get(invocation.function);
  if (!target) throw new Refused(`${invocation.function}() is not in the Program`);
  const args = invocation.args.map((arg, i) => convert(canonical(BigInt(arg)), target.paramScalars[i] ?? U64));
  return { functionIndex: target.index, args, returnAddress: operation.returnAddress ?? 0 };
}
