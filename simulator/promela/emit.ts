/**
 * @module A scenario as a Promela model whose graph of states is that of explore() at level 0: one process for each actor,
 * one statement for each step of the machine, no C in it. A step that ends the execution is a transition to the state it
 * was made in, since explore() counts it and no state behind it. Assertions state what the model takes for granted; pan
 * must find none of them violated, or its numbers mean nothing.
 */
import type { Contract } from '../machine/view.js';
import type { Value } from '../machine/value.js';
import { Analysis } from './analysis.js';
import { Codes } from './codes.js';
import { Model } from './model.js';
import type { Source } from './model.js';
import { isRegister } from './places.js';
import { printModel } from './print.js';
import { blindView, Refused } from './refused.js';

export type Emitted = { readonly promela: string } | { readonly refused: string };

export interface EmitOptions {
  /** Values looked at for one variable; a counter that goes further violates an assertion of the model. */
  readonly valuesMax?: number;
}

/** Emits a scenario whose operations are fixed calls, with a contract that keeps nothing. */
export function emitPromela<G>(source: Source<G>, options: EmitOptions = {}): Emitted {
  try {
    askContract(source.contract);
    const analysis = new Analysis(new Model(source, options.valuesMax ?? 24));
    const codes = new Codes(allValues(analysis));
    if ([...allValues(analysis)].some((value) => source.contract.isLabel(value))) throw new Refused('the contract tells values apart');
    return { promela: printModel(analysis, codes) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

/** The contract must have nothing to say when interrupts come and go and when allocations fail. */
function askContract<G>(contract: Contract<G>): void {
  const view = blindView<G>('the contract');
  contract.entered(view);
  contract.left(view);
  contract.allocationFailed(view);
}

function* allValues<G>({ model, places }: Analysis<G>): Generator<Value> {
  for (const name of model.names) yield* model.valuesFor(name, '');
  for (const place of places.values()) for (const [name, values] of place.known) if (isRegister(name)) yield* values;
}
