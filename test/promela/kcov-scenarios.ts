/**
 * @module Scenarios of the v5.5 model with a contract that keeps nothing: a device set up by the machine, then calls that are
 * the same in every state. Handles are common ones, which are small numbers.
 */
import { compile } from '../../simulator/compile/compile.js';
import { kcovV55 } from '../../simulator/kcov/index.js';
import { SCALED_AREA_WORDS } from '../../simulator/kcov/operations.js';
import { U32, U64 } from '../../simulator/machine/value.js';
import type { Code } from '../../simulator/machine/code.js';
import type { View } from '../../simulator/machine/view.js';
import { PAGE_BYTES } from '../../simulator/scenario/kcov-scenario.js';
import type { Operation, Scenario } from '../../simulator/scenario/scenario.js';
import { built } from '../conformance/programs.js';
import { scenarioOf } from '../simulator/bench.js';
import type { Returned } from '../simulator/bench.js';

type Call = Operation<Returned>;
type Arguments = (view: View<Returned>) => readonly (number | bigint)[];

/** The common handle that the device is registered for. */
export const HANDLE = 3;

const WORDS = 4;

let compiled: Code | null = null;

/** The v5.5 model, with sizes scaled down. */
export function kcovCode(): Code {
  const constants = new Map(Object.entries({ CONFIG_KCOV_IRQ_AREA_SIZE: SCALED_AREA_WORDS, PAGE_SIZE: PAGE_BYTES, nr_cpu_ids: 2 }).map(([name, value]) => [name, BigInt(value)]));
  return (compiled ??= compile(built(kcovV55), { constants, hashBuckets: 2 }));
}

function make(name: string, args: Arguments): Call {
  return { label: `${name}()`, begin: (view) => ({ function: name, args: args(view) }), end: () => undefined };
}

/** A call with fixed arguments. `pc`: what is recorded as its return address. */
export function call(name: string, args: readonly number[] = [], pc = 0): Call {
  return { label: `${name}()`, returnAddress: pc, begin: () => ({ function: name, args }), end: () => undefined };
}

export const hit = (pc: number): Call => call('__sanitizer_cov_trace_pc', [], pc);
export const section = (...inside: readonly Call[]): Call[] => [call('kcov_remote_start', [HANDLE]), ...inside, call('kcov_remote_stop')];

const ioctl = (command: string, arg: Arguments): Call => make('kcov_ioctl', (view) => [view.addressOf('file:A'), view.constant(command) ?? 0, ...arg(view)]);

function write(view: View<Returned>, object: string, [struct, field]: readonly [string, string], value: number): void {
  const offset = view.offsetOf(struct, field);
  if (offset === null) throw new Error(`no ${struct}.${field}`);
  view.write(view.addressOf(object) + offset, field.startsWith('vm_') || field === 'common_handle' ? U64 : U32, value);
}

const START = 0x2000_0000;

const ready: readonly Call[] = [
  make('kcov_open', (view) => [view.addressOf('inode'), view.addressOf('file:A')]),
  ioctl('KCOV_INIT_TRACE', () => [WORDS]),
  make('kcov_mmap', (view) => {
    write(view, 'vma:A', ['vm_area_struct', 'vm_start'], START);
    write(view, 'vma:A', ['vm_area_struct', 'vm_end'], START + WORDS * 8);
    write(view, 'vma:A', ['vm_area_struct', 'vm_file'], view.addressOf('file:A'));
    return [view.addressOf('file:A'), view.addressOf('vma:A')];
  }),
];

/** The device traces its task. */
export const traced: readonly Call[] = [...ready, ioctl('KCOV_ENABLE', () => [0])];

/** The device waits for sections of HANDLE. */
export const remote: readonly Call[] = [...ready, ioctl('KCOV_REMOTE_ENABLE', (view) => {
  write(view, 'arg:A', ['kcov_remote_arg', 'area_size'], WORDS);
  write(view, 'arg:A', ['kcov_remote_arg', 'common_handle'], HANDLE);
  return [view.addressOf('arg:A')];
})];

const DISABLE = ioctl('KCOV_DISABLE', () => [0]);

/** Disables the device; a call that is the same in every state, since the addresses of its arguments are. */
export function disabling(scenario: Scenario<Returned>, addressOf: (name: string) => number, command: number): Call {
  return call('kcov_ioctl', [addressOf('file:A'), command, 0], scenario.actors.length * 0);
}

/** A scenario of `actors` behind a set-up of task `t0`. */
export function kcovScenarioOf(name: string, setUp: readonly Call[], actors: Parameters<typeof scenarioOf>[0], more: Partial<Scenario<Returned>> = {}): Scenario<Returned> {
  return scenarioOf(actors, {
    name, checks: 'kcov of v5.5', tasks: ['t0', 't1'], setUp: [{ task: 't0', operations: setUp }],
    objects: [{ name: 'inode', bytes: 64 }, { name: 'file:A', struct: 'file' }, { name: 'vma:A', struct: 'vm_area_struct' }, { name: 'arg:A', bytes: 56 }],
    ...more,
  });
}

export { DISABLE };
