/**
 * @module Memory of one object, little-endian, in cells of four bytes. A cell holds its 32 bits unsigned; a 64-bit value of
 * 2^32 and more stands whole in the first of its two cells (so that a pointer is one number), and the second then holds 0.
 * Halves and bytes of a value can be read and written all the same; only UNINITIALISED has no parts.
 */
import { canonical, convert, U32, U64, UNINITIALISED } from './value.js';
import type { Scalar, Value } from './value.js';

const TWO_32 = 0x1_0000_0000;

/** True for a 64-bit value that reaches into the next cell. */
function isWide(cell: Value | undefined): cell is Value {
  return cell !== undefined && cell !== UNINITIALISED && cell >= TWO_32;
}

const low = (wide: Value): number => Number(BigInt(wide) & 0xffffffffn);
const high = (wide: Value): number => Number(BigInt(wide) >> 32n);

/** The 32 bits of a cell. */
function word(cells: readonly Value[], index: number): Value {
  const before = cells[index - 1];
  if (isWide(before)) return high(before);
  const cell = cells[index] ?? 0;
  return isWide(cell) ? low(cell) : cell;
}

/** True when `bytes` at `offset` lie in one cell, or are two whole ones: other accesses are not modelled. */
export function isWithinCells(offset: number, bytes: number): boolean {
  return bytes <= 4 ? (offset & 3) + bytes <= 4 : (offset & 3) === 0;
}

/** The value at `offset` bytes; UNINITIALISED when any part of it is. */
export function readCells(cells: readonly Value[], offset: number, type: Scalar): Value {
  const index = offset >> 2;
  const first = type.bytes === 8 && isWide(cells[index]) ? (cells[index] ?? 0) : word(cells, index);
  if (type.bytes === 8) {
    if (isWide(first)) return convert(first, type);
    const second = word(cells, index + 1);
    if (first === UNINITIALISED || second === UNINITIALISED) return UNINITIALISED;
    return convert(second === 0 ? first : canonical((BigInt(second) << 32n) | BigInt(first)), type);
  }
  if (first === UNINITIALISED) return UNINITIALISED;
  const shift = (offset & 3) * 8;
  return convert(shift === 0 ? first : Math.floor(Number(first) / 2 ** shift), type);
}

/** Makes cell `index` independent of its neighbours. */
function split(cells: Value[], index: number): void {
  const before = cells[index - 1];
  if (isWide(before)) {
    cells[index] = high(before);
    cells[index - 1] = low(before);
  }
  const own = cells[index];
  if (isWide(own)) {
    cells[index + 1] = high(own);
    cells[index] = low(own);
  }
}

/** Writes `value` at `offset` bytes, leaving all other bytes as they are. */
export function writeCells(cells: Value[], offset: number, type: Scalar, value: Value): void {
  const index = offset >> 2;
  split(cells, index);
  if (type.bytes === 8) {
    split(cells, index + 1);
    cells[index] = convert(value, U64);
    cells[index + 1] = 0;
    return;
  }
  cells[index] = type.bytes === 4 ? convert(value, U32) : merged(cells[index] ?? 0, offset, { type, value });
}

/** A cell with one or two of its bytes replaced; what was never written counts as 0 then. */
function merged(cell: Value, offset: number, { type, value }: { type: Scalar; value: Value }): Value {
  if (value === UNINITIALISED) return value;
  const shift = BigInt((offset & 3) * 8);
  const bits = BigInt(type.bytes * 8);
  const mask = ((1n << bits) - 1n) << shift;
  const old = cell === UNINITIALISED ? 0n : BigInt(cell);
  return Number((old & ~mask) | (BigInt.asUintN(Number(bits), BigInt(value)) << shift));
}

/** Copies `bytes` whole cells from one object to another, uninitialised ones too. */
export function copyCells(to: { cells: Value[]; offset: number }, from: { cells: readonly Value[]; offset: number }, bytes: number): void {
  const [target, source, count] = [to.offset >> 2, from.offset >> 2, (bytes + 3) >> 2];
  const taken = [...from.cells];
  split(taken, source);
  split(taken, source + count);
  split(to.cells, target);
  split(to.cells, target + count);
  for (let i = 0; i < count; i += 1) to.cells[target + i] = taken[source + i] ?? 0;
}
