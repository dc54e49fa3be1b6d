/**
 * @module Two orders that a kernel does not have by itself, each a bounded axis of a scenario. An access that is **put off**
 * is performed behind accesses that follow it in the program: by the compiler, which moves unmarked accesses between
 * compiler barriers, so that interrupts on the same CPU see it too; or by the CPU, where other CPUs see two stores, or two
 * loads of its own take place, the other way round. This file is what is put off, as data; ./keeps.ts says what ends it.
 */
import type { Pure } from './code.js';
import type { Value } from './value.js';

export type Axis = 'compiler' | 'cpus';

/** How many accesses may be put off in one execution, by axis. */
export type Reorderings = Readonly<Record<Axis, number>>;

/** A register that gets its value when a load that was put off is performed. */
export interface Awaited {
  readonly reg: number;
  /** Over the loaded value, which is its register 0. */
  readonly value: Pure;
  /** The instruction that computes it; that of the load itself among them. */
  readonly pc: number;
}

/** Bytes of memory. */
export interface Range {
  readonly address: Value;
  readonly bytes: number;
}

/** An access that is put off. Its operands were evaluated in its place in the program. */
export interface PutOff extends Range {
  readonly axis: Axis;
  readonly cpu: number;
  readonly actor: number;
  readonly functionIndex: number;
  readonly pc: number;
  readonly marked: boolean;
  /** What is stored; null for a load. */
  readonly value: Value | null;
  /** For a load: who waits for it. */
  readonly awaited: readonly Awaited[];
  /** Another access went first: it may be performed at any time. */
  readonly passed: boolean;
  /** For a store put off by the CPU: what its context read since. Nobody may write there before the store is visible. */
  readonly reads: readonly Range[];
}

export interface Orders {
  readonly left: Reorderings;
  /** In the order of the program, for each context. */
  readonly putOff: readonly PutOff[];
}

/** True where anything is put off, or may be. */
export function isOpen({ left, putOff }: Orders): boolean {
  return putOff.length > 0 || left.compiler > 0 || left.cpus > 0;
}

/** Nothing is put off, and nothing may be. */
export const NO_ORDERS: Orders = { left: { compiler: 0, cpus: 0 }, putOff: [] };

/** The orders that an execution of a scenario begins with. */
export function ordersAtStart(reorderings: Reorderings | undefined): Orders {
  return { left: { compiler: reorderings?.compiler ?? 0, cpus: reorderings?.cpus ?? 0 }, putOff: [] };
}

/** Orders with one entry replaced, or dropped where `by` is null. */
export function replaced(orders: Orders, entry: PutOff, by: PutOff | null): Orders {
  return { ...orders, putOff: orders.putOff.flatMap((p) => (p !== entry ? [p] : by ? [by] : [])) };
}

/** True for ranges with a byte in common. */
export function overlap(a: Range, b: Range): boolean {
  const [x, y] = [Number(a.address), Number(b.address)];
  return x < y + b.bytes && y < x + a.bytes;
}

/** True if another CPU has read there since it put off a store: a write waits until that store is visible. */
export function mustWait(orders: Orders, cpu: number, range: Range): boolean {
  return orders.putOff.some((p) => p.cpu !== cpu && p.reads.some((read) => overlap(read, range)));
}

/** True while the CPU has put something off: no interrupt comes between, since its own CPU sees accesses in order. */
export function keepsInterruptsOut(orders: Orders, cpu: number): boolean {
  return orders.putOff.some((p) => p.axis === 'cpus' && p.cpu === cpu);
}

/** One text for equal orders. */
export function ordersKey(orders: Orders): string {
  return JSON.stringify(orders, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));
}
