/** @module Sequences made from the simulator's own scenarios: evenly many orders of each. What cannot be said is counted with its reason. */
import type { Code } from '../../../simulator/machine/code.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import type { KcovScenario } from '../../../simulator/scenario/kcov-scenario.js';
import { Orders } from './orders.js';
import { objectionTo, sequenceText } from './sequence.js';
import type { Sequence } from './sequence.js';
import { asideOf, CannotBeSaid, waysOf } from './strands.js';

export interface FromScenarios {
  readonly sequences: readonly Sequence[];
  /** How many orders there are of which these are some. */
  readonly orders: number;
  /** Names of the scenarios that are in it. */
  readonly said: readonly string[];
  /** Names of those that are not, by reason. */
  readonly leftOut: ReadonlyMap<string, readonly string[]>;
  /** Names of those that are said without something, by what. */
  readonly without: ReadonlyMap<string, readonly string[]>;
}

/** Numbers from 0 on, at most so many, evenly chosen below `count`. */
const evenly = (count: number, most: number): number[] => Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor((i * count) / Math.min(count, most)));

/** At most `most` sequences of one scenario, out of all its ways and orders. Throws CannotBeSaid. */
export function sequencesOfScenario(code: Code, scenario: KcovScenario, most: number): { sequences: Sequence[]; orders: number } {
  const all = waysOf(code, scenario).map((way) => new Orders(way));
  const orders = all.reduce((sum, one) => sum + one.count, 0);
  const sequences = evenly(orders, most).map((index) => {
    let [i, rest] = [0, index];
    for (let one = all[i]; one && rest >= one.count; one = all[i]) {
      rest -= one.count;
      i += 1;
    }
    const sequence = all[i]?.sequence(rest) ?? [];
    const objection = objectionTo(sequence);
    if (objection !== null) throw new Error(`${scenario.name}: ${objection}\n${sequenceText(sequence)}`);
    return sequence;
  });
  return { sequences: [...new Map(sequences.map((one) => [sequenceText(one), one])).values()], orders };
}

function note(map: Map<string, string[]>, reason: string, name: string): void {
  map.set(reason, [...(map.get(reason) ?? []), name]);
}

/** All scenarios, at most `most` sequences of each. */
export function fromScenarios(code: Code, most: number): FromScenarios {
  const [sequences, said]: [Sequence[], string[]] = [[], []];
  const [leftOut, without] = [new Map<string, string[]>(), new Map<string, string[]>()];
  let orders = 0;
  for (const scenario of scenarios) {
    try {
      const made = sequencesOfScenario(code, scenario, most);
      sequences.push(...made.sequences);
      orders += made.orders;
      said.push(scenario.name);
      for (const reason of asideOf(scenario)) note(without, reason, scenario.name);
    } catch (error) {
      if (!(error instanceof CannotBeSaid)) throw error;
      note(leftOut, error.message, scenario.name);
    }
  }
  return { sequences, orders, said, leftOut, without };
}

const listed = (map: ReadonlyMap<string, readonly string[]>): string => [...map].map(([reason, names]) => `${reason} ${names.length}`).join(', ');

/** "78 of 86 scenarios in 900 sequences of 4000; left out: PREEMPT_RT 3; without allocations that fail 3". */
export function scenariosText({ sequences, orders, said, leftOut, without }: FromScenarios): string {
  const parts = [`${said.length} of ${scenarios.length} scenarios in ${sequences.length} sequences of ${orders}`];
  if (leftOut.size > 0) parts.push(`left out: ${listed(leftOut)}`);
  if (without.size > 0) parts.push(`said without ${listed(without)}`);
  return parts.join('; ');
}
