/**
 * @module Whether two Programs come out of the set-up of a scenario in the same state, where both run it. Objects of the two are
 * told apart by name, pointers by what they point to: the numbers of objects and functions differ with what a patch adds.
 */
import { functionAt, locate } from '../../simulator/machine/address.js';
import type { Code } from '../../simulator/machine/code.js';
import { start } from '../../simulator/machine/initial.js';
import type { Layout } from '../../simulator/machine/layout.js';
import { Machine } from '../../simulator/machine/machine.js';
import type { MemoryObject, State } from '../../simulator/machine/state.js';
import type { Value } from '../../simulator/machine/value.js';
import { LockCollector } from '../../simulator/explore/lockdep.js';
import { factKey } from '../../simulator/explore/lock-facts.js';
import { LockGraph } from '../../simulator/explore/lock-graph.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { contractOf } from './contract-of.js';

/** Where a set-up led, in terms that do not depend on the Code. */
interface Outcome {
  /** Of each object that is there, by name. */
  readonly objects: ReadonlyMap<string, string>;
  /** All else: the contract's state, what lockdep learnt. */
  readonly rest: string;
}

/** Null where the set-up violates something or comes to no end: then it has to be looked at. */
function outcomeOf(code: Code, scenario: KcovScenario): Outcome | null {
  const machine = new Machine(code, scenario, contractOf(code));
  const facts: string[] = [];
  const { state, violations } = start(machine, new LockCollector<Ghost>(new LockGraph(), (fact) => facts.push(factKey(fact))));
  if (!state || violations.length > 0) return null;
  const named = new Named(code, machine.world.layout);
  return { objects: named.objects(state), rest: JSON.stringify([named.ghost(state.ghost.value), state.scheduler.value, state.orders.value, facts.sort()]) };
}

class Named {
  constructor(private readonly code: Code, private readonly layout: Layout) {}

  objects({ objects }: State<Ghost>): Map<string, string> {
    const made = new Map<string, string>();
    objects.forEach((object, index) => {
      if (object) made.set(this.name(index), this.content(object));
    });
    return made;
  }

  /** The contract's state, whose objects and addresses have these names (simulator/kcov/ghost.ts). */
  ghost(ghost: Ghost): string {
    return JSON.stringify(ghost, (key, value: unknown) => {
      if ((key === 'area' || key === 'buffer') && typeof value === 'number') return this.name(value);
      return key === 'fileOperations' && typeof value === 'number' ? this.value(value) : typeof value === 'bigint' ? String(value) : value;
    });
  }

  private name(object: number): string {
    return this.layout.names[object] ?? `object ${object}`;
  }

  private content({ freed, size, cells }: MemoryObject): string {
    return freed ? `freed ${size}` : `${size}: ${cells.map((cell) => this.value(cell)).join(' ')}`;
  }

  private value(value: Value): string {
    const at = locate(value);
    if (at && at.object < this.layout.count) return `&${this.name(at.object)}+${at.offset}`;
    const index = functionAt(value);
    return index === null ? String(value) : `&${this.code.functions[index]?.name ?? index}`;
  }
}

/** True if the set-up of a scenario leads to the same state on two Codes, without a violation on either. */
export function sameSetUp(pre: Code, post: Code, scenario: KcovScenario): boolean {
  const [was, is] = [outcomeOf(pre, scenario), outcomeOf(post, scenario)];
  if (!was || !is || was.rest !== is.rest || was.objects.size !== is.objects.size) return false;
  return [...was.objects].every(([name, content]) => is.objects.get(name) === content);
}
