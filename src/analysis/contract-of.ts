/**
 * @module The contract a compiled Program is held to. It belongs to the Program as its code does: every search and every
 * replay of one must use the same, so it is kept beside the Code and asked for here.
 */
import { contractFor, kcovContract } from '../../simulator/kcov/contract.js';
import type { Dialect } from '../../simulator/kcov/errno.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { Code } from '../../simulator/machine/code.js';
import type { Contract } from '../../simulator/machine/view.js';

const contracts = new WeakMap<Code, Contract<Ghost>>();

/** Holds a Program to the contract of a dialect from now on. */
export function holdTo(code: Code, dialect: Dialect): void {
  contracts.set(code, contractFor(dialect));
}

/** The contract of a Program; that of v5.5 for one that was never held to any. */
export function contractOf(code: Code): Contract<Ghost> {
  return contracts.get(code) ?? kcovContract;
}

/** The same Code, held to another contract; the one it was made of keeps its own. */
export function holdToContract(code: Code, contract: Contract<Ghost>): Code {
  const other = { ...code };
  contracts.set(other, contract);
  return other;
}
