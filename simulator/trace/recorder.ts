/**
 * @module Listens to an execution and writes it down as events, with what flowed into each. It keeps a shadow of every
 * context's stack, so that frames and sources are known although the machine copies its frames from step to step.
 */
import { printStatementHead } from '../ir/print.js';
import type { SourcePlace, Stmt } from '../ir/program.js';
import { locate } from '../machine/address.js';
import type { Location } from '../machine/address.js';
import type { Code, Instruction } from '../machine/code.js';
import type { Draft, DraftFrame } from '../machine/draft.js';
import type { Executed, Listener, UserStored } from '../machine/execute.js';
import type { Machine, Transition } from '../machine/machine.js';
import { definedRegister, usedRegisters } from '../machine/operands.js';
import { needsScheduler } from '../machine/scheduler.js';
import type { ContextKind, State } from '../machine/state.js';
import type { Value } from '../machine/value.js';
import type { Violation } from '../machine/violation.js';
import { account, accessOf, isMarked, targetOf } from './account.js';
import type { Account } from './account.js';
import type { Access, Event, EventDraft, EventFrame } from './event.js';
import { merge, ShadowFrame } from './flow.js';
import type { Sources } from './flow.js';
import { MachineFlow } from './machine-flow.js';
import { Names } from './names.js';
import type { Naming } from './names.js';
import { noteOf } from './note.js';
import { lateRemark, putOffRemark } from './remark.js';
import { addressBefore } from './operand.js';
import { Values } from './values.js';

export interface RecorderOptions {
  /** Initcalls and set-up are recorded too. */
  readonly setUp?: boolean;
  readonly naming?: Naming;
}

/** An operation that began. Events are indices, null where they are not recorded. */
export interface OperationSpan {
  readonly label: string;
  /** -1 for initcalls and set-up. */
  readonly actor: number;
  /** Name of the actor, such as "CPU0 softirq"; of the task during set-up. */
  readonly by: string;
  readonly setUp: boolean;
  readonly began: number | null;
  ended: number | null;
  /** It returned. */
  completed: boolean;
}

/** A violation and the event it was met at; null when none is recorded. */
export interface Located {
  readonly violation: Violation;
  readonly event: number | null;
}

interface Shadow {
  readonly actor: number;
  readonly kind: ContextKind;
  /** What `current` is, or was when it ran last. */
  task: string;
  readonly frames: ShadowFrame[];
  activation: number;
  span: OperationSpan | null;
  /** Sources of the arguments of the call under way, and the event of the call. */
  call: { args: readonly Sources[]; event: number } | null;
  /** Sources of the value being returned. */
  returned: Sources;
}

const NOWHERE: SourcePlace = { path: '<model>', line: 0, endLine: 0 };
/** By function, then pc: the frames of a Code, as events have them. */
const frames = new WeakMap<Code, EventFrame[][]>();
const SILENT: Account = { access: 'call', target: null, old: null, new: null, oldValue: null, newValue: null, marked: false, taken: null };

const placeOf = <G>(draft: Draft<G>, { frame, pc }: Executed): string => `${draft.cpu} ${draft.actor} ${frame.functionIndex} ${pc}`;
const known = (event: number): Sources => (event < 0 ? [] : [event]);

export class Recorder<G> implements Listener<G> {
  readonly events: EventDraft[] = [];
  readonly operations: OperationSpan[] = [];
  readonly located: Located[] = [];
  readonly names: Names;
  private readonly values: Values;
  private readonly code: Code;
  private readonly flow: MachineFlow<G>;
  private readonly shadows = new Map<number, Shadow>();
  private counted: { draft: Draft<G> | null; violations: number } = { draft: null, violations: 0 };
  /** What flows into accesses that are put off, by place. */
  private readonly late = new Map<string, Sources>();
  private step = 0;
  private readonly scheduled: boolean;
  private readonly framesOf: EventFrame[][];

  /** `from`: a recorder of the same machine, from which this one goes on. */
  constructor(private readonly machine: Machine<G>, private readonly options: RecorderOptions = {}, from?: Recorder<G>) {
    const { prepared, layout, contract } = machine.world;
    this.code = prepared.code;
    this.framesOf = frames.get(this.code) ?? [];
    frames.set(this.code, this.framesOf);
    this.scheduled = needsScheduler(machine.scenario);
    this.names = from?.names.fork() ?? new Names(layout, options.naming);
    this.flow = new MachineFlow(from?.flow);
    this.values = new Values(this.code, this.names, (value) => contract.isLabel(value));
  }

  /** A recorder that goes on from between two transitions; this one may be forked again. */
  fork(): Recorder<G> {
    const made = new Recorder(this.machine, this.options, this);
    const spans = new Map(this.operations.map((span) => [span, { ...span }]));
    made.events.push(...this.events);
    made.operations.push(...spans.values());
    made.located.push(...this.located);
    for (const [place, sources] of this.late) made.late.set(place, sources);
    for (const [actor, shadow] of this.shadows) {
      made.shadows.set(actor, { ...shadow, frames: shadow.frames.map((frame) => frame.fork()), span: (shadow.span && spans.get(shadow.span)) ?? null });
    }
    made.step = this.step;
    return made;
  }

  /** A transition is about to be made; `step` counts from 1. */
  begin(step: number, transition: Transition): void {
    this.step = step;
    if (transition.enter) this.shadowOf(transition.actor).activation += 1;
  }

  // --- the listener

  executed(draft: Draft<G>, what: Executed): void {
    if (what.late) return this.executedLate(draft, what);
    const { instruction } = what.prepared;
    const shadow = this.shadow(draft);
    const frame = shadow.frames.at(-1);
    if (!frame) return;
    frame.at(what.pc, instruction.statement);
    const made = instruction.op === 'alloc' && what.value !== null ? locate(what.value) : null;
    if (made) this.names.allocated(made.object, this.makerOf(draft, shadow));
    const met = this.fresh(draft);
    const uses = this.sources(draft, frame, what);
    const event = this.record(draft, shadow, { what, uses, forced: met.length > 0 });
    this.flowOn(draft, shadow, { what, uses, event });
    this.mark(met, event);
  }

  putOff(draft: Draft<G>, what: Executed): void {
    const { instruction } = what.prepared;
    const shadow = this.shadow(draft);
    const frame = shadow.frames.at(-1);
    if (!frame) return;
    frame.at(what.pc, instruction.statement);
    const uses = merge(...usedRegisters(instruction).map((r) => frame.get(r)));
    this.late.set(placeOf(draft, what), uses);
    const { target, marked, new: written } = account(this.code, this.values, what);
    const remark = what.late && putOffRemark(what.late, instruction.op === 'store');
    const event = this.emit(shadow, draft.cpu, { said: { ...SILENT, access: 'putOff', target, marked, new: written }, op: instruction.op, location: null, uses, remark });
    this.mark(this.fresh(draft), event);
  }

  /** An access that was put off: its frame may be gone, and what flows into it was there in its place. */
  private executedLate(draft: Draft<G>, what: Executed): void {
    const shadow = this.shadow(draft);
    const top = shadow.frames.at(-1);
    const own = top?.functionIndex === what.frame.functionIndex ? top : new ShadowFrame(what.frame.functionIndex);
    if (own !== top) shadow.frames.push(own);
    const { pc } = own;
    own.at(what.pc, what.prepared.instruction.statement);
    const met = this.fresh(draft);
    const uses = merge(this.late.get(placeOf(draft, what)) ?? [], this.flow.read(draft, what));
    const event = this.record(draft, shadow, { what, uses, forced: false });
    this.flowOn(draft, shadow, { what, uses, event });
    this.mark(met, event);
    own.pc = pc;
    if (own !== top) shadow.frames.pop();
  }

  called(draft: Draft<G>, caller: DraftFrame | null, callee: DraftFrame, args: readonly Value[]): void {
    const shadow = this.shadow(draft);
    const made = new ShadowFrame(callee.functionIndex);
    shadow.frames.push(made);
    const call = caller && shadow.call ? shadow.call : { args: [], event: this.enteredByOperation(draft, shadow) };
    shadow.call = null;
    args.forEach((_, i) => {
      const sources = call.args[i] ?? [];
      made.set(i, sources.length > 0 ? sources : known(call.event));
    });
    this.mark(this.fresh(draft), call.event);
  }

  returned(draft: Draft<G>, _from: DraftFrame, dst: number | null): void {
    const shadow = this.shadow(draft);
    shadow.frames.pop();
    if (dst !== null) shadow.frames.at(-1)?.set(dst, shadow.returned);
  }

  operationBegan(draft: Draft<G>, index: number): void {
    const setUp = this.isSetUp(draft);
    const actor = draft.world.scenario.actors[draft.actor];
    const span: OperationSpan = {
      label: actor?.operations[index]?.label ?? '', actor: setUp ? -1 : draft.actor, by: (setUp ? actor?.task : actor?.name) ?? '', setUp,
      began: this.records(draft) ? this.events.length : null, ended: null, completed: false,
    };
    this.shadow(draft).span = span;
    this.operations.push(span);
  }

  operationEnded(draft: Draft<G>): void {
    const { span } = this.shadow(draft);
    const last = this.records(draft) ? this.events.length - 1 : -1;
    if (span) {
      span.completed = true;
      span.ended = last < 0 ? null : last;
    }
    this.mark(this.fresh(draft), last);
  }

  userStored(draft: Draft<G>, index: number, { location, target, bytes, old, value }: UserStored): void {
    this.operationBegan(draft, index);
    const shadow = this.shadow(draft);
    const [before, after] = [this.values.write(old, undefined, target), this.values.write(value, undefined, target)];
    const said: Account = { access: 'write', target, old: before, new: after, oldValue: old, newValue: value, marked: true, taken: null };
    const event = this.emit(shadow, draft.cpu, { said, op: 'store', location, uses: [], text: `${target} = ${after}`, by: 'user' });
    this.flow.stored(location, bytes, { event, value });
    this.operationEnded(draft);
    shadow.span = null;
  }

  /** A transition or the set-up is over; violations without an event get one. `before`: the state the transition was made in. */
  finish(violations: readonly Violation[], before: State<G> | null): void {
    for (const violation of violations) {
      if (this.located.some((l) => l.violation === violation)) continue;
      const failed = violation.fatal && before ? this.failing(violation, before) : -1;
      this.mark([violation], failed < 0 ? this.events.length - 1 : failed);
    }
    this.counted = { draft: null, violations: 0 };
  }

  // --- who runs

  private isSetUp(draft: Draft<G>): boolean {
    return draft.world !== this.machine.world;
  }

  private records(draft: Draft<G>): boolean {
    return this.options.setUp === true || !this.isSetUp(draft);
  }

  private shadow(draft: Draft<G>): Shadow {
    const shadow = this.shadowOf(this.isSetUp(draft) ? -1 : draft.actor);
    shadow.task = draft.task;
    return shadow;
  }

  private shadowOf(actor: number): Shadow {
    const found = this.shadows.get(actor);
    if (found) return found;
    const kind = this.machine.scenario.actors[actor]?.kind ?? 'task';
    const made: Shadow = { actor, kind, task: '', frames: [], activation: kind === 'task' ? 1 : 0, span: null, call: null, returned: [] };
    this.shadows.set(actor, made);
    return made;
  }

  /** Who allocates: the file that the operation is on, as its label says (`mmap(A, …)`), else the actor by its letter. */
  private makerOf(draft: Draft<G>, shadow: Shadow): string {
    const label = shadow.span?.label ?? '';
    const letter = shadow.actor < 0 ? '' : (draft.world.scenario.actors[shadow.actor]?.letter ?? '');
    return /\(([A-Z])\b/u.exec(label)?.[1] ?? letter.toUpperCase();
  }

  // --- what flows

  private sources(draft: Draft<G>, frame: ShadowFrame, what: Executed): Sources {
    const { instruction } = what.prepared;
    const registers = usedRegisters(instruction).map((r) => frame.get(r));
    const { op } = instruction;
    const tests = op === 'set' || op === 'return' ? frame.testsOf(instruction.statement) : [];
    return merge(...registers, tests, this.flow.read(draft, what));
  }

  private flowOn(draft: Draft<G>, shadow: Shadow, done: { what: Executed; uses: Sources; event: number }): void {
    const { what, uses, event } = done;
    const { instruction } = what.prepared;
    const frame = shadow.frames.at(-1);
    this.flow.wrote(draft, what, event);
    if (instruction.op === 'branch') frame?.addTest(instruction.statement, event);
    if (instruction.op === 'call') {
      const args = instruction.args.map((pure) => merge(...usedRegisters({ ...instruction, args: [pure] }).map((r) => frame?.get(r) ?? [])));
      shadow.call = { args, event };
      return;
    }
    if (instruction.op === 'return') shadow.returned = uses.length > 0 ? uses : known(event);
    const dst = definedRegister(instruction);
    const visible = accessOf(this.code, what.frame.functionIndex, instruction) !== null;
    if (dst !== null) frame?.set(dst, visible ? known(event) : uses);
  }

  // --- events

  private record(draft: Draft<G>, shadow: Shadow, done: { what: Executed; uses: Sources; forced: boolean }): number {
    const { what, uses, forced } = done;
    const { instruction } = what.prepared;
    const access = accessOf(this.code, what.frame.functionIndex, instruction) ?? (forced ? 'call' : null);
    if (access === null || !this.records(draft)) return -1;
    const location = what.location ?? null;
    const called = instruction.op === 'call' ? instruction.name : undefined;
    const implicit = instruction.op === 'return' && this.statementOf(what.frame.functionIndex, what.pc)?.kind !== 'return';
    const said = { access, ...account(this.code, this.values, what) };
    const remark = what.late && lateRemark(what.late, instruction.op === 'store');
    return this.emit(shadow, draft.cpu, { said, op: instruction.op, location, uses, called, remark, text: implicit ? '' : undefined });
  }

  private enteredByOperation(draft: Draft<G>, shadow: Shadow): number {
    if (!this.records(draft)) return -1;
    return this.emit(shadow, draft.cpu, { said: { ...SILENT, access: 'enter' }, op: 'call', location: null, uses: [], text: '' });
  }

  private emit(shadow: Shadow, cpu: number, what: {
    said: Account; op: Instruction['op']; location: Location | null; uses: Sources; called?: string; text?: string; remark?: string; by?: Event['by'];
  }): number {
    const by = what.by ?? (this.machine.scenario.actors[shadow.actor]?.early ? 'early irq' : undefined);
    const frames = shadow.frames.map((frame) => this.frameOf(frame));
    const own = frames.at(-1);
    const index = this.events.length;
    this.events.push({
      index, step: shadow.actor < 0 ? 0 : this.step, setUp: shadow.actor < 0, cpu, actor: shadow.actor, activation: Math.max(1, shadow.activation),
      context: shadow.kind, ...this.taskOf(shadow), operation: shadow.span?.label ?? '', function: what.called ?? own?.function ?? '', place: own?.place ?? NOWHERE,
      text: what.text ?? own?.text ?? '', op: what.op, location: what.location, note: '', frames, uses: what.uses, ...(what.remark === undefined ? {} : { remark: what.remark }),
      ...(by === undefined ? {} : { by }), ...what.said,
    });
    return index;
  }

  private taskOf({ kind, task }: Shadow): { task?: string } {
    return this.scheduled && task !== '' && (kind === 'task' || kind === 'softirq') ? { task } : {};
  }

  private frameOf({ functionIndex, pc }: ShadowFrame): EventFrame {
    const known = (this.framesOf[functionIndex] ??= []);
    return (known[pc] ??= this.frameAt(functionIndex, pc));
  }

  private frameAt(functionIndex: number, pc: number): EventFrame {
    const statement = this.statementOf(functionIndex, pc);
    const text = statement ? printStatementHead(statement) : '';
    return { functionIndex, function: this.code.functions[functionIndex]?.name ?? '?', pc, place: statement?.place ?? NOWHERE, text };
  }

  private statementOf(functionIndex: number, pc: number): Stmt | undefined {
    const f = this.code.functions[functionIndex];
    return f?.statements[f.instructions[pc]?.statement ?? -1];
  }

  // --- violations

  /** Violations reported since the last call. */
  private fresh(draft: Draft<G>): readonly Violation[] {
    const from = this.counted.draft === draft ? this.counted.violations : 0;
    this.counted = { draft, violations: draft.violations.length };
    return draft.violations.slice(from);
  }

  private mark(violations: readonly Violation[], event: number): void {
    for (const violation of violations) {
      const at = event < 0 ? undefined : this.events[event];
      const note = noteOf(violation, this.names);
      // Events may be shared with another recorder.
      if (at) this.events[event] = { ...at, note: [at.note, note].filter((text) => text !== '').join('; ') };
      this.located.push({ violation, event: at ? event : null });
    }
  }

  /** The event of an instruction that ended the execution before the listener heard of it; -1 when there was none. */
  private failing(violation: Violation, before: State<G>): number {
    const shadow = this.shadows.get(violation.at.actor);
    const frame = shadow?.frames.at(-1);
    const at = violation.at.frames.at(-1);
    const instruction = at ? this.code.functions[at.functionIndex]?.instructions[at.pc] : undefined;
    if (!shadow || !frame || !at || !instruction || frame.functionIndex !== at.functionIndex) return -1;
    frame.at(at.pc, instruction.statement);
    const location = locate(addressBefore(this.machine, before, { cpu: violation.cpu, at }) ?? 0);
    const access: Access = accessOf(this.code, at.functionIndex, instruction) ?? 'call';
    const target = targetOf(this.code, at.functionIndex, instruction);
    const uses = merge(...usedRegisters(instruction).map((r) => frame.get(r)), this.flow.failing(instruction, location));
    return this.emit(shadow, violation.cpu, { said: { ...SILENT, access, target, marked: isMarked(instruction) }, op: instruction.op, location, uses });
  }
}

