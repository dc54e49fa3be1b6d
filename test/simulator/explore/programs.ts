/** @module Small Programs of our own for the tests of schedules, replays and traces, and a Contract that asks nothing. */
import { compile } from '../../../simulator/compile/compile.js';
import {
  call, defined, enumeration, enumType, file, fn, global, if_, int, name, named, not, pointer, ref, ret, set, sizeOf, struct, structType,
  unsignedInt, unsignedLong,
} from '../../../simulator/ir/build.js';
import type { Item, Term } from '../../../simulator/ir/build.js';
import { link } from '../../../simulator/ir/link.js';
import { environment } from '../../../simulator/kernel/environment.js';
import type { Code } from '../../../simulator/machine/code.js';
import type { Contract } from '../../../simulator/machine/view.js';
import type { Actor, Operation, Scenario } from '../../../simulator/scenario/scenario.js';

/** State of the contract in these tests: what a service was asked for. */
export type Ghost = readonly string[];

/** Nothing is checked; values from 0x70000000 are labels of hits. */
export const permissive: Contract<Ghost> = {
  initial: [],
  labelStored: () => undefined,
  isLabel: (value) => value >= 0x7000_0000 && value < 0x7fff_ffff,
  service: () => 0,
  allocationFailed: () => undefined,
  entered: () => undefined,
  left: () => undefined,
  quiescent: () => undefined,
};

/** A call of a function; its result `wrong` is reported as a violation. */
export function operation(label: string, name: string, args: readonly number[] = [], wrong?: number): Operation<Ghost> {
  return {
    label, begin: () => ({ function: name, args }),
    end: (view, result) => {
      if (wrong !== undefined && result === wrong) view.report('wrong-result', `${label} returned ${wrong}`);
    },
  };
}

export function actor(letter: string, kind: Actor<Ghost>['kind'], operations: readonly Operation<Ghost>[], more: Partial<Actor<Ghost>> = {}): Actor<Ghost> {
  return { name: `CPU0 ${kind}`, letter, kind, cpu: 0, operations, times: 1, ...(kind === 'task' ? { task: 'T' } : {}), ...more };
}

export function scenario(name: string, actors: readonly Actor<Ghost>[], more: Partial<Scenario<Ghost>> = {}): Scenario<Ghost> {
  return { name, checks: '', cpus: 1, tasks: ['T'], objects: [], setUp: [], actors, allocationsFail: false, constants: {}, ...more };
}

export function code(items: readonly Item[]): Code {
  return compile(link(environment, file('test.c', items)), { constants: new Map(), hashBuckets: 2 });
}

const box = pointer(structType('box'));

const types: readonly Item[] = [
  enumeration('box_mode', { BOX_MODE_OFF: 0, BOX_MODE_FULL: 1 }),
  struct('box', { mode: enumType('box_mode'), size: unsignedInt, area: pointer(unsignedLong) }),
  defined('DEFINE_SPINLOCK', 'lock', { type: named('spinlock_t'), args: ['lock'], static: true }),
  global('the_box', structType('box')),
];

/** A task sets mode and then size; look() gives 1 when it sees the first without the second. */
export const torn: readonly Item[] = [
  ...types,
  fn('fill', { takes: { b: box }, body: ({ b }) => [
    set(b.to('mode'), 'BOX_MODE_FULL'),
    set(b.to('size'), 4),
  ] }),
  fn('prepare', { returns: int, locals: { n: [int, 3] }, body: ({ n }) => [
    set(n, n.plus(1)),
    call('fill', ref('the_box')),
    ret(n),
  ] }),
  fn('size_of', { returns: unsignedInt, takes: { b: box }, body: ({ b }) => [
    ret(call('READ_ONCE', b.to('size'))),
  ] }),
  fn('look', { returns: int, locals: { mode: unsignedInt, size: unsignedInt }, body: ({ mode, size }) => [
    set(mode, call('READ_ONCE', b_('mode'))),
    set(size, call('size_of', ref('the_box'))),
    ret(mode.eq('BOX_MODE_FULL').and(size.eq(0))),
  ] }),
];

function b_(field: string): Term {
  return name('the_box').dot(field);
}

/** make() allocates an area, drop() frees it and forgets it later; hit() writes into it. */
export const dangling: readonly Item[] = [
  ...types,
  fn('make', { returns: int, locals: { area: pointer(unsignedLong) }, body: ({ area }) => [
    set(area, call('kmalloc', sizeOf(unsignedLong).times(4), 'GFP_KERNEL')),
    if_(not(area), ret(-12)),
    set(b_('area'), area),
    ret(0),
  ] }),
  fn('drop', { body: () => [
    call('kfree', b_('area')),
    set(b_('area'), 'NULL'),
  ] }),
  fn('hit', { locals: { area: pointer(unsignedLong) }, body: ({ area }) => [
    set(area, call('READ_ONCE', b_('area'))),
    if_(area, set(area.at(1), 0x70000001)),
  ] }),
];

/** Both ways of taking two locks. */
export const crossing: readonly Item[] = [
  ...types,
  defined('DEFINE_SPINLOCK', 'other', { type: named('spinlock_t'), args: ['other'], static: true }),
  fn('forth', { body: () => [call('spin_lock', ref('lock')), call('spin_lock', ref('other')), call('spin_unlock', ref('other')), call('spin_unlock', ref('lock'))] }),
  fn('back', { body: () => [call('spin_lock', ref('other')), call('spin_lock', ref('lock')), call('spin_unlock', ref('lock')), call('spin_unlock', ref('other'))] }),
];
