/** @module Operands of instructions evaluated from outside the interpreter, for traces. */
import { Draft } from '../machine/draft.js';
import { environmentOf } from '../machine/environment.js';
import type { Machine } from '../machine/machine.js';
import type { Prepared } from '../machine/prepare.js';
import { runningOn } from '../machine/state.js';
import type { State } from '../machine/state.js';
import type { Value } from '../machine/value.js';
import type { FrameRef } from '../machine/violation.js';

/** The operands of an instruction, in the order of operands(). */
export function operandValues<G>(draft: Draft<G>, prepared: Prepared, registers: readonly Value[]): Value[] {
  const environment = environmentOf(draft, null);
  return prepared.evaluate.map((evaluate) => evaluate(registers, environment));
}

/** The address that the instruction at `at` accesses when its CPU makes a step; null when the CPU does not stand there. */
export function addressBefore<G>(machine: Machine<G>, state: State<G>, { cpu, at }: { cpu: number; at: FrameRef }): Value | null {
  const frame = runningOn(state, cpu)?.frames.at(-1);
  if (!frame || frame.functionIndex !== at.functionIndex || frame.pc !== at.pc) return null;
  const prepared = machine.world.prepared.functions[frame.functionIndex]?.[frame.pc];
  if (!prepared || !('address' in prepared.instruction)) return null;
  return operandValues(new Draft(machine.world, state, cpu), prepared, frame.registers)[0] ?? null;
}
