/** @module What an executed instruction says in a trace: which kind of event it is, what it accesses, the values before and after. */
import type { Code, Instruction } from '../machine/code.js';
import type { Executed } from '../machine/execute.js';
import type { Access, Event } from './event.js';
import type { Values } from './values.js';

/** The parts of an event that follow from the instruction and its outcome alone. */
export type Account = Pick<Event, 'access' | 'target' | 'old' | 'new' | 'oldValue' | 'newValue' | 'marked' | 'taken'>;

/** The kind of event of an instruction; null for those that are none: jumps, temporaries, checks that found nothing. */
export function accessOf(code: Code, functionIndex: number, instruction: Instruction): Access | null {
  switch (instruction.op) {
    case 'load': return 'read';
    case 'store': return 'write';
    case 'rmw': return 'rmw';
    case 'lock': case 'unlock': return 'lock';
    case 'irq': case 'alloc': case 'free': case 'copy': case 'service': return 'call';
    case 'call': return 'enter';
    case 'return': return 'leave';
    case 'branch': return 'branch';
    case 'set': return code.functions[functionIndex]?.registerNames[instruction.dst] ? 'local' : null;
    case 'jump': case 'preempt': case 'hold': case 'isHeld': case 'barrier': case 'contract': case 'unmodelled': case 'warn': case 'switch': return null;
  }
}

/** READ_ONCE(), WRITE_ONCE(), atomics. */
export function isMarked(instruction: Instruction): boolean {
  return instruction.op === 'rmw' || ((instruction.op === 'load' || instruction.op === 'store') && instruction.marked);
}

/** What an instruction accesses, as C; null where it is no access to name. */
export function targetOf(code: Code, functionIndex: number, instruction: Instruction): string | null {
  switch (instruction.op) {
    case 'load': case 'store': case 'rmw': case 'lock': case 'unlock': return instruction.text || null;
    case 'set': return code.functions[functionIndex]?.registerNames[instruction.dst] || null;
    case 'irq': return 'irqs';
    default: return null;
  }
}

const onOff = (value: unknown): string => (value === 0 ? 'off' : 'on');

/** The account of one executed instruction. */
export function account(code: Code, values: Values, what: Executed): Omit<Account, 'access'> {
  const { instruction } = what.prepared;
  const { functionIndex } = what.frame;
  const base = {
    target: targetOf(code, functionIndex, instruction), old: null, new: null, oldValue: what.old, newValue: null,
    marked: isMarked(instruction), taken: what.taken,
  };
  const { old, value } = what;
  const write = (v: typeof value): string | null => (v === null ? null : values.write(v, instruction.shown, instruction.text));
  switch (instruction.op) {
    case 'load': return { ...base, old: write(old) };
    case 'store': case 'rmw': return { ...base, old: write(old), new: write(value), newValue: value };
    case 'set': return { ...base, new: write(value), newValue: value };
    case 'irq': return { ...base, old: onOff(old), new: onOff(value), newValue: value };
    case 'alloc': case 'free': return { ...base, new: value === null ? null : values.pointer(value), newValue: value };
    case 'return': return { ...base, new: instruction.value === null ? null : write(value), newValue: instruction.value === null ? null : value };
    case 'service': return { ...base, new: write(value), newValue: value };
    default: return base;
  }
}
