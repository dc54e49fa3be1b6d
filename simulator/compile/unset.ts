/**
 * @module Locals that are read before anything was written to them. A declaration without a value writes UNINITIALISED; where
 * that may still stand when an instruction reads the register, the machine looks. Flags that nobody saved are found so.
 */
import type { Instruction } from '../machine/code.js';
import { definedRegister, usedRegisters } from '../machine/operands.js';
import { UNINITIALISED } from '../machine/value.js';
import { successors } from './liveness.js';

/** For each instruction the registers it reads that may hold UNINITIALISED. */
export function unsetRegisters(instructions: readonly Instruction[]): number[][] {
  const before = instructions.map(() => new Set<number>());
  let changed = true;
  while (changed) {
    changed = false;
    instructions.forEach((instruction, pc) => {
      const after = flow(instruction, before[pc] ?? new Set());
      for (const next of successors(instruction, pc)) changed = merge(before[next], after) || changed;
    });
  }
  return instructions.map((instruction, pc) => usedRegisters(instruction).filter((reg) => before[pc]?.has(reg)));
}

function flow(instruction: Instruction, before: ReadonlySet<number>): Set<number> {
  const after = new Set(before);
  const defined = definedRegister(instruction);
  if (defined === null) return after;
  const unset = instruction.op === 'set' && instruction.value.k === 'const' && instruction.value.value === UNINITIALISED;
  if (unset) after.add(defined);
  else after.delete(defined);
  return after;
}

function merge(into: Set<number> | undefined, from: ReadonlySet<number>): boolean {
  const size = into?.size ?? 0;
  for (const reg of from) into?.add(reg);
  return (into?.size ?? 0) !== size;
}
