/** @module Memory of user space that one call of a function reads a second time: what it reads then may be another value. */
import { Layout } from '../../simulator/machine/layout.js';
import type { Code, FunctionCode, Instruction } from '../../simulator/machine/code.js';
import type { Stmt } from '../../simulator/ir/program.js';
import type { ScenarioResult, Subject } from './subject.js';

export interface DoubleRead {
  readonly function: string;
  /** What is read, as C: of the second read. */
  readonly text: string;
  readonly first: Stmt;
  readonly second: Stmt;
  /** The local that the first read went to; null where it went to none. */
  readonly local: string | null;
}

/** vmalloc_user() is for memory that remap_vmalloc_range() or vm_insert_page() gives to user space (mm/vmalloc.c). */
const SHARED_WITH_USERS = 'vmalloc_user';

/** All of them, in all executions searched of one side; each pair of statements once. */
export function doubleReads(subject: Subject, side: 'pre' | 'post'): DoubleRead[] {
  const found = new Map<string, DoubleRead>();
  for (const result of subject.results) {
    for (const read of readsIn(result, side)) found.set(`${read.function} ${read.first.place.line} ${read.second.place.line} ${read.text}`, read);
  }
  return [...found.values()];
}

function readsIn(result: ScenarioResult, side: 'pre' | 'post'): DoubleRead[] {
  const searched = result[side];
  if (!searched) return [];
  const { code, exploration: { observations: { data } } } = searched;
  const layout = new Layout(code, result.scenario);
  const isShared = (cell: number): boolean => {
    const site = layout.siteOf(Math.floor(cell / CELLS));
    return site !== null && code.sites[site]?.api === SHARED_WITH_USERS;
  };
  const cellsOf = (f: FunctionCode, pc: number): number[] => [...(data.touchedBy.get(f.index * CELLS + pc) ?? [])].filter(isShared);
  return code.functions.flatMap((f) => pairsIn(f, (pc) => cellsOf(f, pc)).map(([first, second]) => described(code, f, { first, second })));
}

/** As simulator/explore/observations.ts numbers what it saw: object and offset, function and pc. */
const CELLS = 65536;

/** Two loads of one cell of which the second may follow the first, and nothing in between writes to it. */
function pairsIn(f: FunctionCode, cellsOf: (pc: number) => readonly number[]): [number, number][] {
  const touching = f.instructions.flatMap((i, pc) => (i.op === 'load' || i.op === 'store' || i.op === 'rmw' ? [{ pc, op: i.op, cells: cellsOf(pc) }] : []));
  const loads = touching.filter(({ op, cells }) => op === 'load' && cells.length > 0);
  return loads.flatMap((first) => {
    const again = loads.filter((second) => second.pc !== first.pc && second.cells.some((cell) => first.cells.includes(cell)));
    const written = new Set(touching.filter(({ op, cells }) => op !== 'load' && cells.some((cell) => first.cells.includes(cell))).map(({ pc }) => pc));
    const behind = again.length === 0 ? new Set<number>() : reachedFrom(f, first.pc, written);
    return again.filter(({ pc }) => behind.has(pc)).map((second): [number, number] => [first.pc, second.pc]);
  });
}

/** Positions that may follow one, going forward, without passing others. */
function reachedFrom(f: FunctionCode, from: number, barred: ReadonlySet<number>): Set<number> {
  const found = new Set<number>();
  const open = [from];
  for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
    for (const next of nextOf(f.instructions[pc], pc)) {
      // Backwards is another turn of a loop, in which reading again may be the point.
      if (next <= pc || found.has(next) || barred.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

function nextOf(instruction: Instruction | undefined, pc: number): number[] {
  switch (instruction?.op) {
    case undefined: case 'return': return [];
    case 'jump': return [instruction.to];
    case 'branch': return [pc + 1, instruction.ifFalse];
    default: return [pc + 1];
  }
}

function described(code: Code, f: FunctionCode, { first, second }: { first: number; second: number }): DoubleRead {
  const at = (pc: number): Stmt => {
    const statement = f.statements[f.instructions[pc]?.statement ?? 0];
    if (!statement) throw new Error(`an instruction of ${f.name} in ${code.functions.length} functions has no statement`);
    return statement;
  };
  return { function: f.name, text: f.instructions[second]?.text ?? '', first: at(first), second: at(second), local: localOf(f, first) };
}

/** The named register that a loaded value goes to, unchanged or in part of a computation, within its statement. */
function localOf(f: FunctionCode, pc: number): string | null {
  const { statement } = f.instructions[pc] ?? {};
  for (let at = pc; f.instructions[at]?.statement === statement && at < f.instructions.length; at += 1) {
    const instruction = f.instructions[at];
    const name = (instruction?.op === 'load' || instruction?.op === 'set') ? f.registerNames[instruction.dst] : '';
    if (name) return name;
  }
  return null;
}
