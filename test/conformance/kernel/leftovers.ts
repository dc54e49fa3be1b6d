/** @module What a sequence leaves behind in kcov's own variables: a kernel in which something is left is not the one that the next sequence expects. */
import type { CType } from '../../../simulator/ir/program.js';
import { locate } from '../../../simulator/machine/address.js';
import type { Code } from '../../../simulator/machine/code.js';
import { ownerOfFlags } from '../../../simulator/machine/irq-flags.js';
import type { State } from '../../../simulator/machine/state.js';
import type { Value } from '../../../simulator/machine/value.js';
import { CPUS } from './directions.js';

/** A list's head, or several. */
const isList = (type: CType): boolean => (type.kind === 'array' ? isList(type.of) : type.kind === 'struct' && type.name === 'list_head');

/** The objects of kcov's variables: those that are heads of lists, or the others. */
function variablesOf(code: Code, lists: boolean): number[] {
  const some = [...code.globals.values()].filter(({ type }) => isList(type) === lists);
  return some.flatMap(({ object, perCpu }) => (perCpu ? Array.from({ length: CPUS }, (_, cpu) => object + 1 + cpu) : [object]));
}

const cellsOf = <G>(state: State<G> | null, object: number): readonly Value[] => state?.objects[object]?.cells ?? [];

/** What variables hold but for lists, which buffers are kept in, and saved flags, which are stale where nobody is in a section. */
export function heldIn<G>(code: Code, state: State<G> | null): string {
  return variablesOf(code, false).map((object) => cellsOf(state, object).map((word) => (ownerOfFlags(word) === null ? String(word) : '0')).join()).join(';');
}

/** Whether a buffer on a list is freed, or a variable has it, too. */
export function isListSpoilt<G>(code: Code, state: State<G> | null): boolean {
  const heads = new Set(variablesOf(code, true));
  const pointedTo = (object: number): number[] => cellsOf(state, object).flatMap((word) => locate(word)?.object ?? []);
  const others = new Set(variablesOf(code, false).flatMap(pointedTo));
  const kept = new Set([...heads].flatMap(pointedTo).filter((object) => !heads.has(object)));
  for (const object of kept) for (const next of pointedTo(object)) if (!heads.has(next)) kept.add(next);
  return [...kept].some((object) => others.has(object) || state?.objects[object]?.freed === true);
}
