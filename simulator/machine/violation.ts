/** @module Violations of properties, as the machine and the contract report them. */
import type { ContextKind } from './state.js';

/** One function on a stack: what it is executing. */
export interface FrameRef {
  readonly functionIndex: number;
  /** Index of the instruction that runs, or of the call that is under way. */
  readonly pc: number;
}

/** A context on a CPU at the moment of a violation. */
export interface ContextRef {
  readonly actor: number;
  readonly kind: ContextKind;
  readonly operation: number;
  /** Outermost first; empty between operations. */
  readonly frames: readonly FrameRef[];
}

export interface Violation {
  /** Such as null-dereference, use-after-free, coverage-lost. */
  readonly property: string;
  /** One line with the names and numbers. */
  readonly detail: string;
  readonly cpu: number;
  /** The context that violates. */
  readonly at: ContextRef;
  /** Contexts it interrupted on its CPU, innermost last. */
  readonly interrupted: readonly ContextRef[];
  /** The execution cannot go on. */
  readonly fatal: boolean;
  /** Other places that it takes, such as where a lock is taken the other way round, as far as this execution passed them. */
  readonly related?: readonly Related[];
}

export interface Related {
  /** What is the case there. */
  readonly text: string;
  readonly cpu: number;
  readonly at: ContextRef;
}

/** Ends the execution of a step with a violation. */
export class FatalViolation extends Error {
  constructor(readonly property: string, readonly detail: string) {
    super(detail);
  }
}

/** Ends the execution of a step because the model does not know what comes next. */
export class NotModelledReached extends Error {}

/** Ends the execution of a step because a bound of the model was reached. */
export class BoundReached extends Error {}
