/**
 * @module Which registers are dead where. A context that rests before an instruction has its dead registers zeroed, so that
 * states that differ only in leftovers are one state.
 */
import type { Instruction } from '../machine/code.js';
import { definedRegister, usedRegisters } from '../machine/operands.js';

/** What deadRegisters() is asked about. */
export interface RegisterUse {
  /** How many registers the function has. */
  readonly registers: number;
  /** Registers with addresses of objects on the stack: a return frees these, a declaration reached again takes its object anew. */
  readonly stackObjects: readonly number[];
}

/** For each instruction the registers that nothing reads from there on. */
export function deadRegisters(instructions: readonly Instruction[], { registers, stackObjects }: RegisterUse): number[][] {
  const live = instructions.map(() => new Set<number>());
  const uses = instructions.map((i) => {
    if (i.op === 'return') return [...usedRegisters(i), ...stackObjects];
    return i.op === 'alloc' && stackObjects.includes(i.dst) ? [...usedRegisters(i), i.dst] : usedRegisters(i);
  });
  let changed = true;
  while (changed) {
    changed = false;
    for (let pc = instructions.length - 1; pc >= 0; pc -= 1) changed = propagate(instructions, pc, { live, uses }) || changed;
  }
  const all = Array.from({ length: registers }, (_, i) => i);
  return live.map((set) => all.filter((reg) => !set.has(reg)));
}

interface Flow {
  readonly live: readonly Set<number>[];
  readonly uses: readonly number[][];
}

function propagate(instructions: readonly Instruction[], pc: number, flow: Flow): boolean {
  const instruction = instructions[pc];
  const set = flow.live[pc];
  if (!instruction || !set) return false;
  const before = set.size;
  const defined = definedRegister(instruction);
  for (const next of successors(instruction, pc)) {
    for (const reg of flow.live[next] ?? []) if (reg !== defined) set.add(reg);
  }
  for (const reg of flow.uses[pc] ?? []) set.add(reg);
  return set.size !== before;
}

/** Where an instruction may go on in its function. */
export function successors(instruction: Instruction, pc: number): number[] {
  switch (instruction.op) {
    case 'jump': return [instruction.to];
    case 'branch': return [pc + 1, instruction.ifFalse];
    case 'return': return [];
    default: return [pc + 1];
  }
}
