/** @module What is put off meets the next instruction of its context: it is performed first, or takes note of what goes first. */
import { over, divides } from './awaited.js';
import type { Draft, DraftContext, DraftFrame } from './draft.js';
import { environmentOf } from './environment.js';
import { awaits, keeps, passes } from './keeps.js';
import type { Next } from './keeps.js';
import { definedRegister } from './operands.js';
import { overlap, replaced } from './orders.js';
import type { PutOff, Range } from './orders.js';
import { DivisionByZero } from './prepare.js';
import type { Prepared } from './prepare.js';

/** What is put off by the context that runs, on whichever CPU it did. */
export function ownOf<G>(draft: Draft<G>): PutOff[] {
  return draft.orders.putOff.filter((p) => p.actor === draft.actor);
}

/** The memory that an instruction accesses; null for none, and where that cannot be told. */
export function rangeOf<G>(draft: Draft<G>, context: DraftContext, at: { frame: DraftFrame; prepared: Prepared }): Range | null {
  const { instruction: i, evaluate } = at.prepared;
  if (i.op !== 'load' && i.op !== 'store' && i.op !== 'rmw') return null;
  try {
    return { address: evaluate[0]?.(at.frame.registers, environmentOf(draft, context)) ?? 0, bytes: i.type.bytes };
  } catch (error) {
    if (error instanceof DivisionByZero) return null;
    throw error;
  }
}

function nextOf<G>(draft: Draft<G>, context: DraftContext, at: { frame: DraftFrame; prepared: Prepared }): Next {
  const range = rangeOf(draft, context, at);
  const others = draft.orders.putOff.filter((p) => p.axis === 'cpus' && p.value !== null && p.cpu !== draft.cpu);
  const readsPutOff = at.prepared.instruction.op === 'load' && range !== null && others.some((p) => overlap(p, range));
  return { instruction: at.prepared.instruction, frame: at.frame, outermost: context.frames.length === 1, range, readsPutOff };
}

/** The first of what the running context has put off that is performed before its next instruction; null when none is. */
export function dueBefore<G>(draft: Draft<G>, context: DraftContext, at: { frame: DraftFrame; prepared: Prepared }): PutOff | null {
  const own = ownOf(draft);
  if (own.length === 0) return null;
  const next = nextOf(draft, context, at);
  const { instruction, unset } = at.prepared;
  const cannotWait = instruction.op === 'set' && (unset.length > 0 || divides(instruction.value));
  return own.find((p) => keeps(draft.world.prepared.code, p, next) || (cannotWait && awaits(p, instruction))) ?? null;
}

/**
 * The next instruction goes before what is put off: that it did is noted. True if the instruction itself is put off with a
 * load, since it computes with its value.
 */
export function goesFirst<G>(draft: Draft<G>, context: DraftContext, at: { frame: DraftFrame; prepared: Prepared }): boolean {
  const { instruction } = at.prepared;
  const range = rangeOf(draft, context, at);
  const owner = ownOf(draft).find((p) => instruction.op === 'set' && awaits(p, instruction));
  for (const p of ownOf(draft)) {
    const defined = definedRegister(instruction);
    const rest = p.awaited.filter(({ reg }) => reg !== defined);
    const mine = p === owner && instruction.op === 'set'
      ? [{ reg: instruction.dst, pc: at.frame.pc, value: over(instruction.value, p.awaited, { registers: at.frame.registers, environment: environmentOf(draft, context) }) }]
      : [];
    const noted = p.axis === 'cpus' && p.value !== null && instruction.op === 'load' && range !== null && !p.reads.some((r) => r.address === range.address && r.bytes === range.bytes);
    draft.orders = replaced(draft.orders, p, {
      ...p, awaited: [...rest, ...mine], passed: p.passed || passes(p, instruction), reads: noted && range ? [...p.reads, range] : p.reads,
    });
  }
  return owner !== undefined;
}

/** A register gets another value: what waited for it no longer does. */
export function overwritten<G>(draft: Draft<G>, register: number): void {
  for (const p of ownOf(draft)) draft.orders = replaced(draft.orders, p, { ...p, awaited: p.awaited.filter(({ reg }) => reg !== register) });
}

/** Before a private instruction: `rest` where something is performed first, `putOff` where it waits with a load. */
export function beforePrivate<G>(draft: Draft<G>, context: DraftContext, at: { frame: DraftFrame; prepared: Prepared }): 'rest' | 'putOff' | 'run' {
  if (draft.orders.putOff.length === 0) return 'run';
  if (dueBefore(draft, context, at)) return 'rest';
  return goesFirst(draft, context, at) ? 'putOff' : 'run';
}
