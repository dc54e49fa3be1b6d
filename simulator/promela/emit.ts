/**
 * @module A scenario as a Promela model whose graph of states is that of explore() at level 0: one process for each actor,
 * one statement for each step of the machine, no C in it. A step that ends the execution is a transition to the state it
 * was made in, since explore() counts it and no state behind it. Assertions state what the model takes for granted; pan
 * must find none of them violated, or its numbers mean nothing.
 */
import type { Contract } from '../machine/view.js';
import { Analysis } from './analysis.js';
import { Model } from './model.js';
import type { EmitBounds, Source } from './model.js';
import { printModel } from './print.js';
import { blindView, Refused } from './refused.js';

export type Emitted = { readonly promela: string } | { readonly refused: string };

/** What is enough for most scenarios, and what to try next where an assertion of the model is violated. */
export const EMIT_BOUNDS: readonly EmitBounds[] = [
  { valuesMax: 10, objectsMax: 2, largeNumbers: false }, { valuesMax: 40, objectsMax: 8, largeNumbers: false },
  { valuesMax: 12, objectsMax: 8, largeNumbers: true }, { valuesMax: 300, objectsMax: 8, largeNumbers: true },
];

const [USUAL = { valuesMax: 10, objectsMax: 2, largeNumbers: false }] = EMIT_BOUNDS;

/** Emits a scenario whose operations are fixed calls, with a contract that keeps nothing. */
export function emitPromela<G>(source: Source<G>, bounds: EmitBounds = USUAL): Emitted {
  try {
    askContract(source.contract);
    const analysis = new Analysis(new Model(source, bounds));
    if ([...analysis.values(new Set())].some((value) => source.contract.isLabel(value))) throw new Refused('the contract tells values apart');
    return { promela: printModel(analysis) };
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
