/**
 * @module What all searches of the patched image together saw of an instruction. Absence holds for these scenarios and
 * bounds, and nothing was reduced away.
 */
import type { Observations } from '../../simulator/explore/observations.js';
import type { Code, Instruction } from '../../simulator/machine/code.js';
import type { ContextKind } from '../../simulator/machine/state.js';
import type { FrameRef } from '../../simulator/machine/violation.js';
import type { Stmt } from '../../simulator/ir/program.js';
import { mayRun } from './footprint.js';
import { isUnseen } from './incidents.js';
import type { Subject } from './subject.js';

const KINDS: readonly ContextKind[] = ['task', 'softirq', 'hardirq', 'nmi'];

/** Instructions of one function of one compiled Program, with what was observed of that Program. */
interface Seen {
  readonly code: Code;
  readonly functionIndex: number;
  readonly observations: Observations;
}

/** Nothing where a scenario that was not searched may run the function: then nothing can be said of all executions. */
function seenIn(subject: Subject, name: string, side: 'pre' | 'post'): Seen[] {
  if (subject.results.some((r) => r.unaffected && mayRun(subject.pre.program, r, name))) return [];
  return subject.results.flatMap((result) => {
    const searched = result[side];
    const f = searched?.code.functionsByName.get(name);
    return searched && f ? [{ code: searched.code, functionIndex: f.index, observations: searched.exploration.observations }] : [];
  });
}

/** Which instruction of which statement is asked about. */
export interface Query {
  readonly function: string;
  readonly statement: Stmt;
  readonly instruction: (instruction: Instruction) => boolean;
}

function pcs(seen: Seen, query: Query): number[] {
  const f = seen.code.functions[seen.functionIndex];
  const same = (s: Stmt | undefined): boolean => s !== undefined && s.place.path === query.statement.place.path && s.place.line === query.statement.place.line && s.kind === query.statement.kind;
  return (f?.instructions ?? []).flatMap((i, pc) => (same(f?.statements[i.statement]) && query.instruction(i) ? [pc] : []));
}

function each<T>(subject: Subject, query: Query, ask: (seen: Seen, pc: number) => T): T[] {
  return seenIn(subject, query.function, 'post').flatMap((seen) => pcs(seen, query).map((pc) => ask(seen, pc)));
}

/** Contexts in which it ran; [] when it never ran. */
export function ranIn(subject: Subject, query: Query): ContextKind[] {
  const found = new Set(each(subject, query, (seen, pc) => seen.observations.contexts(seen.functionIndex, pc)).flat());
  return KINDS.filter((k) => found.has(k));
}

/** True if it ran, and never where `holds` was false. */
function always(subject: Subject, query: Query, holds: (seen: Seen, pc: number) => boolean): boolean {
  const ran = each(subject, query, (seen, pc) => (seen.observations.contexts(seen.functionIndex, pc).length > 0 ? holds(seen, pc) : null)).filter((v) => v !== null);
  return ran.length > 0 && ran.every((v) => v);
}

export function alwaysIrqsOff(subject: Subject, query: Query): boolean {
  return always(subject, query, (seen, pc) => seen.observations.alwaysIrqsOff(seen.functionIndex, pc));
}

export function alwaysNotPreemptible(subject: Subject, query: Query): boolean {
  return always(subject, query, (seen, pc) => seen.observations.alwaysNotPreemptible(seen.functionIndex, pc));
}

export function alwaysPreemptible(subject: Subject, query: Query): boolean {
  return always(subject, query, (seen, pc) => seen.observations.alwaysPreemptible(seen.functionIndex, pc));
}

/** Contexts in which the last branch of a condition was true, and was false. */
export function outcomes(subject: Subject, query: Query): { true: ContextKind[]; false: ContextKind[] } {
  const all = each(subject, query, (seen, pc) => seen.observations.outcomes(seen.functionIndex, pc));
  return { true: KINDS.filter((k) => all.some((o) => o.true.includes(k))), false: KINDS.filter((k) => all.some((o) => o.false.includes(k))) };
}

/** True if the memory was touched while others could run, and only ever by one CPU with irqs off or in one context. */
export function nobodyElseTouches(subject: Subject, query: Query): boolean {
  const uses = each(subject, query, (seen, pc) => seen.observations.uses(seen.functionIndex, pc)).flat();
  return uses.length > 0 && uses.every((use) => use.cpus <= 1 && (use.alwaysIrqsOff || use.contexts.length === 1) && !use.contexts.includes('nmi'));
}

/** A call with a contract that interrupts made. */
export interface CallInInterrupt {
  readonly call: string;
  readonly kind: ContextKind;
  readonly frames: readonly FrameRef[];
  readonly code: Code;
  readonly scenario: string;
}

/** All calls with a contract that were made in interrupts, the first stack of each. */
export function callsInInterrupts(subject: Subject, side: 'pre' | 'post'): CallInInterrupt[] {
  return subject.results.flatMap((result) => {
    const searched = result[side];
    if (!searched) return [];
    const { code, exploration } = searched;
    return code.functions.flatMap((f) => f.instructions.flatMap((i, pc) => {
      if (i.op !== 'contract') return [];
      return KINDS.flatMap((kind) => {
        const frames = exploration.observations.stackOf(f.index, pc, kind);
        const unseen = frames?.some((frame) => {
          const at = code.functions[frame.functionIndex];
          return isUnseen(subject, at?.name ?? '', at?.statements[at.instructions[frame.pc]?.statement ?? 0]?.place.line ?? 0);
        }) ?? false;
        return frames && !unseen ? [{ call: i.call.replace('(may sleep)', ''), kind, frames, code, scenario: result.scenario.name }] : [];
      });
    }));
  });
}

/** What a function was entered under in some execution of a scenario. */
export interface Entered {
  readonly scenario: string;
  readonly contexts: readonly ContextKind[];
  /** Some time with interrupts on, and some time where the scheduler may take the CPU. */
  readonly irqsOn: boolean;
  readonly preemptible: boolean;
}

/** How a function is entered in each scenario of some results that enters it; not on PREEMPT_RT, where locks are others. */
export function enteredIn(results: Subject['results'], name: string): Entered[] {
  return results.flatMap(({ scenario, pre, post, unaffected }): Entered[] => {
    const searched = unaffected ? pre : post;
    const f = scenario.rt === undefined ? searched?.code.functionsByName.get(name) : undefined;
    if (!searched || !f) return [];
    const { observations } = searched.exploration;
    const contexts = observations.contexts(f.index, 0);
    if (contexts.length === 0) return [];
    return [{ scenario: scenario.name, contexts, irqsOn: !observations.alwaysIrqsOff(f.index, 0), preemptible: !observations.alwaysNotPreemptible(f.index, 0) }];
  });
}

/** A read or write of memory that a function makes. */
export interface Access {
  readonly op: 'load' | 'store';
  /** As C text. */
  readonly text: string;
  /** With READ_ONCE() or WRITE_ONCE(), or what is as good. */
  readonly marked: boolean;
  /** 1-based, of the statement. */
  readonly line: number;
}

/** All accesses of a function in the order of its instructions; [] when it is in no Program that was searched. */
export function accessesOf(subject: Subject, side: 'pre' | 'post', name: string): Access[] {
  const [seen] = seenIn(subject, name, side);
  const f = seen?.code.functions[seen.functionIndex];
  return (f?.instructions ?? []).flatMap((i): Access[] => (i.op === 'load' || i.op === 'store' ? [{ op: i.op, text: i.text, marked: i.marked, line: f?.statements[i.statement]?.place.line ?? 0 }] : []));
}

/** Who else touched the memory of an instruction while others could run, in words; null when nobody did. */
export function usersOf(subject: Subject, query: Query): string | null {
  const uses = each(subject, query, (seen, pc) => seen.observations.uses(seen.functionIndex, pc)).flat();
  const kinds = new Set(uses.filter((use) => use.contexts.length > 1).flatMap((use) => use.contexts.filter((kind) => kind !== 'task')));
  if (kinds.size > 0) return 'Interrupts';
  return uses.some((use) => use.cpus > 1) ? 'Other CPUs' : null;
}
