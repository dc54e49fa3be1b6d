/**
 * @module The initial state: globals as their initialisers say, then the initcalls are run, then the scenario's set-up.
 * Nothing is imagined: what the initcalls allocate is there, or the device does not exist.
 */
import type { Expr } from '../ir/program.js';
import type { CType } from '../ir/program.js';
import { UnknownName } from '../ir/types.js';
import type { Bits } from '../ir/types.js';
import { canonical } from './value.js';
import type { Actor, Operation, Scenario } from '../scenario/scenario.js';
import { addressOf } from './address.js';
import { Draft } from './draft.js';
import { beginSwitch, runPrivate, runStep } from './execute.js';
import type { Listener } from './execute.js';
import { stackFrame } from './frames.js';
import type { Machine, Result } from './machine.js';
import { budgetOf, sharesCpu } from './scheduler.js';
import { absent, IDLE_CPU } from './state.js';
import type { State } from './state.js';
import { ordersAtStart } from './orders.js';
import { initialised } from '../ir/initializers.js';
import { BoundReached } from './violation.js';
import type { Violation } from './violation.js';

/** Steps that initcalls and set-up may take together. */
const STEPS_MAX = 50_000;

export interface Start<G> {
  /** Null when the set-up could not be run to its end. */
  readonly state: State<G> | null;
  readonly violations: readonly Violation[];
  /** Why there is no state. */
  readonly why: string | null;
}

/** Runs initcalls and set-up one after the other, then puts the actors' tasks on their CPUs. */
export function start<G>(machine: Machine<G>, listener: Listener<G> | null = null): Start<G> {
  const violations: Violation[] = [];
  let state = bare(machine);
  const phases = [{ task: 'idle0', operations: initcalls<G>(machine) }, ...machine.scenario.setUp];
  for (const phase of phases) {
    const ran = runAlone(machine, state, phase, listener);
    violations.push(...ran.violations);
    if (!ran.state) return { state: null, violations, why: ran.notModelled ?? ran.bound ?? ran.violations.at(-1)?.property ?? 'the set-up ended early' };
    state = ran.state;
  }
  const placed = placeActors(machine, state, listener);
  machine.allowFailures();
  const why = placed.notModelled ?? placed.bound ?? (placed.state ? null : (placed.violations.at(-1)?.property ?? null));
  return { state: placed.state, violations: [...violations, ...placed.violations], why };
}

function initcalls<G>(machine: Machine<G>): Operation<G>[] {
  return machine.world.prepared.code.program.initcalls.map((name) => ({
    label: `initcall ${name}`, begin: () => ({ function: name, args: [] }), end: () => undefined,
  }));
}

/** All objects in place, nothing run. */
function bare<G>(machine: Machine<G>): State<G> {
  const { interner, layout, contract, scenario } = machine.world;
  const cpu = interner.cpu(IDLE_CPU);
  const empty: State<G> = {
    objects: new Array<undefined>(layout.count).fill(undefined), cpus: Array.from({ length: scenario.cpus }, () => cpu),
    contexts: scenario.actors.map((actor, index) => interner.context(absent(index, actor.kind === 'task' ? 0 : actor.times, actor.cpu))),
    ghost: interner.ghost(contract.initial), orders: interner.orders(ordersAtStart(scenario.reorderings)), scheduler: interner.scheduler(budgetOf(scenario)),
  };
  const draft = new Draft(machine.world, empty, 0);
  layout.sizes.forEach((size, index) => draft.install(index, size));
  for (const name of machine.world.prepared.code.globals.keys()) initialiseGlobal(machine, draft, name);
  return draft.finish();
}

function initialiseGlobal<G>(machine: Machine<G>, draft: Draft<G>, name: string): void {
  const { code } = machine.world.prepared;
  const slot = code.globals.get(name);
  const def = code.program.globals.findLast((g) => g.name === name);
  if (!slot || !def) return;
  const instances = slot.perCpu ? Array.from({ length: machine.scenario.cpus }, (_, i) => slot.object + 1 + i) : [slot.object];
  for (const object of instances) {
    if (def.macro === 'LIST_HEAD') writeListHead(draft, addressOf(object));
    try {
      if (def.init) writeInitialiser(machine, draft, { address: addressOf(object), type: slot.type, init: def.init });
    } catch (error) {
      // Of a type that is not known, or with more values than it has: nothing that is compiled can use it.
      if (!(error instanceof UnknownName)) throw error;
    }
  }
}

function writeListHead<G>(draft: Draft<G>, address: number): void {
  draft.write(address, { bytes: 8, signed: false }, address);
  draft.write(address + 8, { bytes: 8, signed: false }, address);
}

interface Place {
  readonly address: number;
  readonly type: CType;
  readonly init: Expr;
  /** For a bit-field where it is in its unit. */
  readonly bits?: Bits;
}

/** A pointer to a function that is not known: it is not NULL, and calling it is not modelled. */
const UNKNOWN_FUNCTION = 0x6d00_0000_0000;

function writeScalar<G>(machine: Machine<G>, draft: Draft<G>, { address, type, init, bits }: Place): void {
  const { types } = machine.world.prepared.code;
  const scalar = types.scalar(type);
  const value = constantAddress(machine, init);
  const toFunction = type.kind === 'pointer' && types.resolve(type.to).kind === 'function';
  if (bits) {
    const mask = (1n << BigInt(bits.width)) - 1n;
    const before = BigInt(draft.read(address, { bytes: scalar.bytes, signed: false }) ?? 0) & ~(mask << BigInt(bits.shift));
    draft.write(address, scalar, canonical(before | ((BigInt(value) & mask) << BigInt(bits.shift))));
  } else draft.write(address, scalar, toFunction && value === 0 && !isNull(init) ? UNKNOWN_FUNCTION : value);
}

function isNull(init: Expr): boolean {
  return (init.kind === 'name' && init.name === 'NULL') || init.kind === 'number';
}

function writeInitialiser<G>(machine: Machine<G>, draft: Draft<G>, { address, type, init, bits }: Place): void {
  const { types } = machine.world.prepared.code;
  if (init.kind === 'call' && init.callee.kind === 'name' && init.callee.name === 'LIST_HEAD_INIT') return writeListHead(draft, address);
  const t = types.resolve(type);
  if (types.isScalar(t)) {
    const value = init.kind === 'initializer' ? init.items[0]?.value : init;
    if (value) writeScalar(machine, draft, { address, type: t, init: value, ...(bits ? { bits } : {}) });
    return;
  }
  if (init.kind !== 'initializer') return;
  for (const { offset, type: part, value, bits: own } of initialised(types, t, init)) {
    writeInitialiser(machine, draft, { address: address + offset, type: part, init: value, ...(own ? { bits: own } : {}) });
  }
}

/** A constant, or the address of a global or function; 0 for what is not known, such as a module owner. */
function constantAddress<G>(machine: Machine<G>, init: Expr): number | bigint {
  if (init.kind === 'cast') return constantAddress(machine, init.arg);
  if (init.kind === 'unary' && init.op === '&' && init.arg.kind === 'name') return named(machine, init.arg.name);
  if (init.kind === 'name' && !machine.world.prepared.code.types.isConstant(init.name)) return named(machine, init.name);
  try {
    return machine.world.prepared.code.types.constant(init);
  } catch (error) {
    if (error instanceof UnknownName) return 0;
    throw error;
  }
}

function named<G>(machine: Machine<G>, name: string): number {
  try {
    return machine.world.layout.addressOf(name);
  } catch {
    return 0;
  }
}

/** Runs operations on CPU 0 with nothing else going on. */
function runAlone<G>(machine: Machine<G>, state: State<G>, phase: { task: string; operations: readonly Operation<G>[] }, listener: Listener<G> | null): Result<G> {
  const actor: Actor<G> = { name: 'set-up', letter: '?', kind: 'task', cpu: 0, task: phase.task, operations: phase.operations, times: 1 };
  const scenario: Scenario<G> = { ...machine.scenario, actors: [actor] };
  const world = { ...machine.world, scenario, ways: [], settingUp: true };
  const { interner } = machine.world;
  const cpus = state.cpus.map((cpu, i) => (i === 0 ? interner.cpu({ irqsOn: true, preemptCount: 0, stack: [0] }) : cpu));
  const draft = new Draft(world, { ...state, cpus, contexts: [interner.context(absent(0, 0, 0))] }, 0);
  const ran = machine.guard(draft, () => {
    runPrivate(draft, draft.top(), listener);
    for (let steps = 0; (draft.contexts[0]?.frames.length ?? 0) > 0; steps += 1) {
      if (steps > STEPS_MAX) throw new BoundReached(`the set-up takes more than ${STEPS_MAX} steps`);
      runStep(draft, 0, listener);
    }
    return draft.finish();
  });
  return ran.state ? { ...ran, state: { ...ran.state, cpus: state.cpus, contexts: state.contexts } } : ran;
}

/** Puts each task actor on its CPU, up to its first shared step; tasks that share one wait, and who begins is open. */
function placeActors<G>(machine: Machine<G>, state: State<G>, listener: Listener<G> | null): Result<G> {
  let result: Result<G> = { state, violations: [], notModelled: null, bound: null };
  machine.scenario.actors.forEach((actor, index) => {
    const from = result.state;
    if (actor.kind !== 'task' || !from) return;
    const cpus = from.cpus.map((cpu, i) => (i === actor.cpu ? machine.world.interner.cpu({ irqsOn: true, preemptCount: 0, stack: [index] }) : cpu));
    const draft = new Draft(machine.world, { ...from, cpus }, actor.cpu);
    const ran = machine.guard(draft, () => {
      runPrivate(draft, draft.top(), listener);
      if (sharesCpu(machine.scenario, actor)) leaveCpu(draft, listener);
      return draft.finish();
    });
    result = { ...ran, violations: [...result.violations, ...ran.violations] };
  });
  return result;
}

function standsAtSwitch<G>(draft: Draft<G>): boolean {
  const frame = draft.contexts.at(-1)?.frames.at(-1);
  return frame !== undefined && draft.world.prepared.functions[frame.functionIndex]?.[frame.pc]?.instruction.op === 'switch';
}

/** A task that shares its CPU waits at first: it was taken off before. */
function leaveCpu<G>(draft: Draft<G>, listener: Listener<G> | null): void {
  if (draft.world.switchFunction !== null && (draft.contexts[0]?.frames.length ?? 0) > 0) {
    beginSwitch(draft, draft.actor, listener);
    for (let steps = 0; !standsAtSwitch(draft); steps += 1) {
      if (steps > STEPS_MAX) throw new BoundReached(`a context switch takes more than ${STEPS_MAX} steps`);
      runStep(draft, 0, listener);
    }
    const frame = stackFrame(draft.top());
    if (frame) frame.pc += 1;
  }
  draft.park();
}
