/**
 * @module What ends the time for which an access is put off: the access is performed before such an instruction. For the
 * compiler these are compiler barriers (barrier(), atomics, locks, irq flags, calls that are not inlined), accesses of the same
 * location, and a marked access behind a marked one (Linux 6.12, include/linux/compiler.h, include/asm-generic/rwonce.h). For
 * CPUs these are the rules of the kernel's memory model (tools/memory-model) as far as stores with stores and loads with loads go.
 */
import type { Code, Instruction } from './code.js';
import type { DraftFrame } from './draft.js';
import { usedRegisters } from './operands.js';
import { overlap } from './orders.js';
import type { PutOff, Range } from './orders.js';

/** The instruction that comes next in a context. */
export interface Next {
  readonly instruction: Instruction;
  readonly frame: DraftFrame;
  /** The frame is that of the operation itself. */
  readonly outermost: boolean;
  /** Memory it accesses; null for what is no access. */
  readonly range: Range | null;
  /** It reads a location that another CPU has not made visible yet. */
  readonly readsPutOff: boolean;
}

/** Kinds of barriers behind which no earlier store, and no earlier load, may take place. */
const ORDERS_STORES: ReadonlySet<string> = new Set(['wmb', 'mb', 'release']);
const ORDERS_LOADS: ReadonlySet<string> = new Set(['rmb', 'mb', 'acquire', 'release']);

const inlinedIn = new WeakMap<Code, ReadonlySet<string>>();
const isInline = (attribute: string): boolean => /^(?:__)?(?:always_|attribute_)?inline\w*$/u.test(attribute);

/** Names of functions whose calls are no compiler barriers: those marked inline, and memcpy() and memset(), which compilers know. */
function inlined(code: Code): ReadonlySet<string> {
  const known = inlinedIn.get(code);
  if (known) return known;
  const marked = code.functions.filter((f) => {
    const def = code.program.functions.findLast((d) => d.name === f.name);
    return f.path === '<model>' || (def?.attributes.flatMap((a) => a.split(' ')).some(isInline) ?? false);
  });
  const made = new Set(marked.map((f) => f.name));
  inlinedIn.set(code, made);
  return made;
}

/** True if an instruction waits for the value of a load that is put off. */
export function awaits(p: PutOff, instruction: Instruction): boolean {
  if (p.awaited.length === 0) return false;
  const used = usedRegisters(instruction);
  return p.awaited.some(({ reg }) => used.includes(reg));
}

/** True if the access is performed before the instruction. */
export function keeps(code: Code, p: PutOff, next: Next): boolean {
  const { op } = next.instruction;
  // What only computes with the value is put off with the load.
  if (op !== 'set' && awaits(p, next.instruction)) return true;
  if (op === 'return' && next.outermost) return true;
  if (p.value === null && (op === 'call' || op === 'return')) return true;
  if (p.axis === 'compiler') return compilerKeeps(code, p, next);
  return p.value === null ? loadKept(p, next) : storeKept(p, next);
}

const sameLocation = (p: PutOff, { range }: Next): boolean => range === null || overlap(p, range);

function compilerKeeps(code: Code, p: PutOff, next: Next): boolean {
  const { instruction: i, frame } = next;
  switch (i.op) {
    case 'load': case 'store': return sameLocation(p, next) || (p.marked && i.marked);
    case 'set': case 'branch': case 'jump': case 'warn': return false;
    case 'call': return !inlined(code).has(i.name);
    case 'return': return !inlined(code).has(code.functions[frame.functionIndex]?.name ?? '');
    default: return true;
  }
}

function storeKept(p: PutOff, next: Next): boolean {
  const { instruction: i } = next;
  switch (i.op) {
    case 'load': return sameLocation(p, next) || next.readsPutOff;
    case 'store': return sameLocation(p, next);
    case 'rmw': return i.dst !== null || sameLocation(p, next);
    case 'barrier': return ORDERS_STORES.has(i.kind);
    default: return ordersAll(i);
  }
}

function loadKept(p: PutOff, next: Next): boolean {
  const { instruction: i } = next;
  switch (i.op) {
    case 'load': return sameLocation(p, next);
    // Loads stay before later stores.
    case 'store': case 'rmw': return true;
    case 'barrier': return ORDERS_LOADS.has(i.kind);
    default: return ordersAll(i);
  }
}

/** Locks order, and so do allocators and services, which take locks. */
function ordersAll({ op }: Instruction): boolean {
  switch (op) {
    case 'lock': case 'unlock': case 'alloc': case 'free': case 'copy': case 'service': return true;
    default: return false;
  }
}

/** True if an instruction that goes first makes a difference to whoever the axis is about. */
export function passes(p: PutOff, { op }: Instruction): boolean {
  if (p.axis === 'compiler') return op === 'load' || op === 'store';
  return p.value === null ? op === 'load' : op === 'store' || op === 'rmw';
}
