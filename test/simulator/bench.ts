/**
 * @module A bench for the engine: C text to Code through the real front end, linked with the kernel environment, and run
 * with a contract that asks nothing. What it reports is what the machine itself reports.
 */
import { compile } from '../../simulator/compile/compile.js';
import { explore } from '../../simulator/explore/explore.js';
import type { Exploration, ExploreOptions } from '../../simulator/explore/explore.js';
import { link } from '../../simulator/ir/link.js';
import type { Program } from '../../simulator/ir/program.js';
import { environment } from '../../simulator/kernel/environment.js';
import type { Code, PreemptRt } from '../../simulator/machine/code.js';
import { Draft } from '../../simulator/machine/draft.js';
import { start } from '../../simulator/machine/initial.js';
import { Machine } from '../../simulator/machine/machine.js';
import type { State } from '../../simulator/machine/state.js';
import type { Value } from '../../simulator/machine/value.js';
import type { Contract } from '../../simulator/machine/view.js';
import type { Actor, Operation, Scenario } from '../../simulator/scenario/scenario.js';
import { loadFrontEnd } from '../../src/c/front-end.js';

/** What operations returned, in order, as text. */
export type Returned = readonly string[];

/** A contract that asks nothing: services succeed with 0, or fail with -ENOMEM where a choice says so. */
export const silentContract: Contract<Returned> = {
  initial: [],
  labelStored: () => undefined,
  isLabel: () => false,
  service: (_view, _name, _args, failing) => (failing ? -12 : 0),
  allocationFailed: () => undefined,
  entered: () => undefined,
  left: () => undefined,
  quiescent: () => undefined,
};

/** An operation that calls `name` and keeps what it returns in the ghost. */
export function calls(name: string, ...args: readonly (number | bigint)[]): Operation<Returned> {
  return {
    label: `${name}()`,
    begin: () => ({ function: name, args }),
    end: (view, result) => view.setGhost([...view.ghost, String(result)]),
  };
}

/** An operation that calls `name` and forgets what it returns, so that it adds nothing to the state. */
export function runs(name: string): Operation<Returned> {
  return { label: `${name}()`, begin: () => ({ function: name, args: [] }), end: () => undefined };
}

const LETTERS = 'abcdefghijklmnop';

/** A scenario of `actors`; names and letters are made up. */
export function scenarioOf(
  actors: readonly Pick<Actor<Returned>, 'kind' | 'cpu' | 'operations' | 'early'>[], more: Partial<Scenario<Returned>> = {},
): Scenario<Returned> {
  const before = (i: number): number => actors.slice(0, i).filter((a) => a.kind === 'task' && a.cpu === actors[i]?.cpu).length;
  const taskOf = (i: number): string => `t${actors[i]?.cpu ?? 0}${before(i) > 0 ? `-${before(i)}` : ''}`;
  const others = actors.flatMap((a, i) => (a.kind === 'task' && before(i) > 0 ? [taskOf(i)] : []));
  return {
    name: 'bench', checks: 'the machine', cpus: 1 + Math.max(0, ...actors.map((a) => a.cpu)), tasks: ['t0', 't1', ...others], objects: [],
    setUp: [], allocationsFail: false, constants: {},
    actors: actors.map((a, i) => ({
      times: 1, ...a, name: `CPU${a.cpu} ${a.kind}${i}`, letter: LETTERS[i] ?? '?', ...(a.kind === 'task' ? { task: taskOf(i) } : {}),
    })),
    ...more,
  };
}

/** What one run without interruption came to. */
export interface Outcome {
  /** What the function returned, null when it did not return. */
  readonly result: Value | null;
  /** Properties violated, in order. */
  readonly violations: readonly string[];
  readonly details: readonly string[];
  readonly notModelled: string | null;
  readonly bound: string | null;
  /** Shared steps taken. */
  readonly steps: number;
  /** The value of a scalar global after the run. */
  readonly global: (name: string) => Value | null;
}

export interface Bench {
  readonly program: (text: string) => Program;
  readonly code: (text: string, constants?: Readonly<Record<string, bigint>>, hashBuckets?: number, rt?: PreemptRt) => Code;
  /** Compiles `text` and calls `name` in a task on CPU 0, nothing else going on. */
  readonly run: (text: string, name: string, ...args: readonly (number | bigint)[]) => Outcome;
}

/** The global's value in a state; of a per-CPU variable that of CPU 0. */
export function globalIn(machine: Machine<Returned>, state: State<Returned>, name: string): Value | null {
  const { code } = machine.world.prepared;
  const slot = code.globals.get(name);
  if (!slot) throw new Error(`no global ${name}`);
  return new Draft(machine.world, state, 0).read(machine.world.layout.addressOf(slot.perCpu ? `${name}@0` : name), code.types.scalar(slot.type));
}

/** Calls a function of `code` in a task, step by step, the first choice always. */
export function runCode(code: Code, operation: Operation<Returned>, stepsMax = 5_000): Outcome {
  const machine = new Machine(code, scenarioOf([{ kind: 'task', cpu: 0, operations: [operation] }], { cpus: 2 }), silentContract);
  const began = start(machine);
  const violations = [...began.violations];
  const ended = began.state !== null || violations.some((v) => v.fatal);
  let [state, notModelled, bound] = [began.state, ended ? null : began.why, null as string | null];
  let steps = 0;
  for (let last = state; state && steps < stepsMax; steps += 1) {
    const move = machine.transitions(state).find((t) => !t.enter);
    if (!move) break;
    const result = machine.apply(state, move);
    violations.push(...result.violations);
    ({ notModelled, bound } = result);
    last = state;
    state = result.state;
    if (!state) [state, steps] = [last, stepsMax];
  }
  const end = state;
  const returned = end?.ghost.value[0];
  return {
    result: returned === undefined ? null : canonicalText(returned), violations: violations.map((v) => v.property),
    details: violations.map((v) => v.detail), notModelled, bound, steps,
    global: (name) => (end ? globalIn(machine, end, name) : null),
  };
}

function canonicalText(text: string): Value {
  const value = BigInt(text);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Searches a scenario of functions without parameters: what each actor calls. */
export function search(code: Code, scenario: Scenario<Returned>, options: number | ExploreOptions = 100_000): Exploration {
  return explore(code, scenario, silentContract, typeof options === 'number' ? { statesMax: options } : options);
}

/** Loads the C front end once. */
export async function loadBench(): Promise<Bench> {
  const frontEnd = await loadFrontEnd();
  const program = (text: string): Program => link(environment, frontEnd.lower('bench.c', text, {}));
  const code: Bench['code'] = (text, constants = {}, hashBuckets = 2, rt = undefined) =>
    compile(program(text), { constants: new Map([['nr_cpu_ids', 2n], ...Object.entries(constants)]), hashBuckets, rt });
  return { program, code, run: (text, name, ...args) => runCode(code(text), calls(name, ...args)) };
}
