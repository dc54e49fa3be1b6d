/**
 * @module Which registers are dead where. A context that rests before an instruction has its dead registers zeroed, so that
 * states that differ only in leftovers are one state.
 */
import type { Instruction, Pure } from '../machine/code.js';

/** For each instruction the registers that nothing reads from there on. */
export function deadRegisters(instructions: readonly Instruction[], registers: number): number[][] {
  const live = instructions.map(() => new Set<number>());
  const uses = instructions.map(usedRegisters);
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

function successors(instruction: Instruction, pc: number): number[] {
  switch (instruction.op) {
    case 'jump': return [instruction.to];
    case 'branch': return [pc + 1, instruction.ifFalse];
    case 'return': return [];
    default: return [pc + 1];
  }
}

/** The register an instruction writes, null when none. */
export function definedRegister(instruction: Instruction): number | null {
  return 'dst' in instruction ? (instruction.dst ?? null) : null;
}

/** The Pure expressions an instruction evaluates. */
export function operands(instruction: Instruction): Pure[] {
  switch (instruction.op) {
    case 'load': return [instruction.address];
    case 'store': return [instruction.address, instruction.value];
    case 'rmw': return [instruction.address, instruction.operand, ...(instruction.compare ? [instruction.compare] : [])];
    case 'set': return [instruction.value];
    case 'branch': case 'warn': return [instruction.test];
    case 'call': case 'service': return [...instruction.args];
    case 'return': return instruction.value ? [instruction.value] : [];
    case 'lock': case 'unlock': case 'free': return [instruction.address];
    case 'irq': return instruction.value ? [instruction.value] : [];
    case 'alloc': return [instruction.size];
    case 'copy': return [instruction.to, instruction.from, instruction.bytes];
    case 'jump': case 'preempt': case 'barrier': case 'contract': case 'unmodelled': return [];
  }
}

/** Registers an instruction reads. */
export function usedRegisters(instruction: Instruction): number[] {
  const found = new Set<number>();
  for (const pure of operands(instruction)) collect(pure, found);
  return [...found];
}

function collect(pure: Pure, into: Set<number>): void {
  switch (pure.k) {
    case 'reg':
      into.add(pure.reg);
      return;
    case 'binary':
      collect(pure.a, into);
      collect(pure.b, into);
      return;
    case 'unary': case 'convert':
      collect(pure.a, into);
      return;
    case 'choose':
      collect(pure.test, into);
      collect(pure.then, into);
      collect(pure.else, into);
      return;
    default: return;
  }
}
