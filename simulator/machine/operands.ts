/** @module What an instruction reads and writes, as data: registers and Pure operands. */
import type { Instruction, Pure } from './code.js';

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
    case 'lock': case 'unlock': case 'hold': case 'isHeld': case 'free': return [instruction.address];
    case 'irq': return instruction.value ? [instruction.value] : [];
    case 'alloc': return [instruction.size];
    case 'switch': return [instruction.next];
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
