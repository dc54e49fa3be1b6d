/**
 * @module Scenarios of the v5.5 model with a contract that keeps nothing: a device set up by the machine, then calls that are
 * the same in every state. Handles are common ones, which are small numbers.
 */
import { compile } from '../../simulator/compile/compile.js';
import { kcovV55 } from '../../simulator/kcov/index.js';
import { SCALED_AREA_WORDS } from '../../simulator/kcov/operations.js';
import type { Code } from '../../simulator/machine/code.js';
import { Layout } from '../../simulator/machine/layout.js';
import { U32, U64 } from '../../simulator/machine/value.js';
import type { Value } from '../../simulator/machine/value.js';
import type { View } from '../../simulator/machine/view.js';
import { PAGE_BYTES } from '../../simulator/scenario/kcov-scenario.js';
import type { Operation, Scenario } from '../../simulator/scenario/scenario.js';
import { built } from '../conformance/programs.js';
import { runs, scenarioOf } from '../simulator/bench.js';
import type { Returned } from '../simulator/bench.js';

type Call = Operation<Returned>;
type SetUpView = View<Returned>;

/** The common handle that the device is registered for. */
const HANDLE = 3;
const WORDS = 4;
const START = 0x2000_0000;

const CONSTANTS = { CONFIG_KCOV_IRQ_AREA_SIZE: SCALED_AREA_WORDS, PAGE_SIZE: PAGE_BYTES, nr_cpu_ids: 2 };

/** The v5.5 model, with sizes scaled down. */
export function kcovCode(): Code {
  return compile(built(kcovV55), { constants: new Map(Object.entries(CONSTANTS).map(([name, value]) => [name, BigInt(value)])), hashBuckets: 2 });
}

/** A call in the set-up, which may look at the state. */
function prepares(name: string, args: (view: SetUpView) => readonly Value[]): Call {
  return { label: `${name}()`, begin: (view) => ({ function: name, args: args(view) }), end: () => undefined };
}

/** A call with fixed arguments. `pc`: what is recorded as its return address. */
function call(name: string, args: readonly Value[], pc = 0): Call {
  return { label: `${name}()`, returnAddress: pc, begin: () => ({ function: name, args }), end: () => undefined };
}

const hit = (pc: number): Call => call('__sanitizer_cov_trace_pc', [], pc);
const section = (...inside: readonly Call[]): Call[] => [call('kcov_remote_start', [HANDLE]), ...inside, runs('kcov_remote_stop')];

const ioctl = (command: string, arg: (view: SetUpView) => Value): Call =>
  prepares('kcov_ioctl', (view) => [view.addressOf('file:A'), view.constant(command) ?? 0, arg(view)]);

function write(view: SetUpView, object: string, values: Readonly<Record<string, Readonly<Record<string, Value>>>>): void {
  for (const [struct, fields] of Object.entries(values)) {
    for (const [field, value] of Object.entries(fields)) {
      const offset = view.offsetOf(struct, field);
      if (offset === null) throw new Error(`no ${struct}.${field}`);
      view.write(view.addressOf(object) + offset, field === 'area_size' ? U32 : U64, value);
    }
  }
}

const ready: readonly Call[] = [
  prepares('kcov_open', (view) => [view.addressOf('inode'), view.addressOf('file:A')]),
  ioctl('KCOV_INIT_TRACE', () => WORDS),
  prepares('kcov_mmap', (view) => {
    write(view, 'vma:A', { vm_area_struct: { vm_start: START, vm_end: START + WORDS * 8, vm_file: view.addressOf('file:A') } });
    return [view.addressOf('file:A'), view.addressOf('vma:A')];
  }),
];

/** The device traces its task. */
const traced: readonly Call[] = [...ready, ioctl('KCOV_ENABLE', () => 0)];

/** The device waits for sections of HANDLE. */
const remote: readonly Call[] = [...ready, ioctl('KCOV_REMOTE_ENABLE', (view) => {
  write(view, 'arg:A', { kcov_remote_arg: { area_size: WORDS, common_handle: HANDLE } });
  return view.addressOf('arg:A');
})];

type Actors = Parameters<typeof scenarioOf>[0];

function scenario(name: string, setUp: readonly Call[], actors: Actors, more: Partial<Scenario<Returned>> = {}): Scenario<Returned> {
  return scenarioOf(actors, {
    name, checks: 'kcov of v5.5', cpus: 2, tasks: ['t0', 't1'], setUp: [{ task: 't0', operations: setUp }],
    objects: [{ name: 'inode', bytes: 64 }, { name: 'file:A', struct: 'file' }, { name: 'vma:A', struct: 'vm_area_struct' }, { name: 'arg:A', bytes: 56 }],
    ...more,
  });
}

/** KCOV_DISABLE as a call with fixed arguments: where the file is does not change. */
function disable(code: Code): Call {
  const command = code.types.constant({ kind: 'name', name: 'KCOV_DISABLE' });
  return call('kcov_ioctl', [new Layout(code, scenario('', [], [])).addressOf('file:A'), command, 0]);
}

/** Scenarios of the model; each is emitted and searched. */
export function kcovScenarios(code: Code): Scenario<Returned>[] {
  return [
    scenario('interrupted-trace', traced, [
      { kind: 'task', cpu: 0, operations: [hit(1), hit(2)] }, { kind: 'softirq', cpu: 0, operations: [hit(3)] },
      { kind: 'nmi', cpu: 0, operations: [hit(4)] },
    ]),
    scenario('trace-off-and-nmi', traced, [{ kind: 'task', cpu: 0, operations: [hit(1), disable(code)] }, { kind: 'nmi', cpu: 0, operations: [hit(2)] }]),
    scenario('section-and-nmi', remote, [{ kind: 'task', cpu: 1, operations: section(hit(1)) }, { kind: 'nmi', cpu: 1, operations: [hit(2)] }]),
    scenario('section-while-owner-disables', remote, [
      { kind: 'task', cpu: 1, operations: section(hit(1)) }, { kind: 'task', cpu: 0, operations: [disable(code)] },
    ]),
    scenario('section-without-memory', remote, [{ kind: 'task', cpu: 1, operations: section() }, { kind: 'hardirq', cpu: 1, operations: [hit(2)] }], { allocationsFail: true }),
  ];
}
