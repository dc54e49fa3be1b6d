/**
 * @module Accesses to memory on a path: the checks of the machine's Draft, and cells as variables. Each continuation gets
 * a path on which the address is known; a path whose access is bad ends.
 */
import { locate, NULL_SPAN, OBJECT_SPAN } from '../machine/address.js';
import type { Location } from '../machine/address.js';
import { isWithinCells, readCells, writeCells } from '../machine/cells.js';
import { OBJECT_MAX, ZERO_SIZE } from '../machine/draft-memory.js';
import { convert, U32, U64, UNINITIALISED } from '../machine/value.js';
import type { Scalar, Value } from '../machine/value.js';
import { cellName, FREED, lifeName, LIVE, UNMADE } from './model.js';
import type { Model } from './model.js';
import type { Path } from './path.js';
import { apply, constant, equal, mapped } from './term.js';
import type { Term } from './term.js';
import { valuesOf } from './values.js';

type Then = (path: Path, location: Location) => Path[];

/** Goes on where `bytes` at the address are live memory. */
export function access<G>(model: Model<G>, path: Path, { address, bytes }: { address: Term; bytes: number }, then: Then): Path[] {
  return path.split(address).flatMap((one) => inObject(model, one, bytes, then));
}

function inObject<G>(model: Model<G>, { path, value }: { path: Path; value: Value }, bytes: number, then: Then): Path[] {
  if (typeof value === 'number' && value >= 0 && value < NULL_SPAN) return [path.end('null-dereference')];
  const location = locate(value);
  if (!location || location.offset >= OBJECT_SPAN / 2 || location.object >= model.layout.count) return [path.end('an address that is no object')];
  const within = (live: Path): Path[] => {
    const size = model.sizes.get(location.object) ?? 0;
    return location.offset + bytes > size ? [live.end('out-of-bounds')] : then(live, location);
  };
  if (model.layout.siteOf(location.object) === null) return within(path);
  return path.fork(equal(path.read(lifeName(location.object)), constant(LIVE)), within, (dead) => [dead.end('use-after-free')]);
}

/** Goes on where a scalar at the address can be accessed. */
export function scalarAt<G>(model: Model<G>, path: Path, { address, type }: { address: Term; type: Scalar }, then: Then): Path[] {
  return access(model, path, { address, bytes: type.bytes }, (on, location) =>
    (isWithinCells(location.offset, type.bytes) ? then(on, location) : [on.end('an access that is not aligned')]));
}

const isWide = (value: Value): boolean => value !== UNINITIALISED && value >= 0x1_0000_0000;

function mayBe(path: Path, term: Term, test: (value: Value) => boolean): boolean {
  return [...valuesOf(term, path.domain)].some(test);
}

function cell(path: Path, object: number, index: number): Term {
  return index < 0 ? constant(0) : path.read(cellName(object, index));
}

/** What memory holds, UNINITIALISED where nobody wrote. */
export function peek(path: Path, { object, offset }: Location, type: Scalar): Term {
  const index = offset >> 2;
  const before = cell(path, object, index - 1);
  const reachesIn = mayBe(path, before, isWide);
  const next = type.bytes === 8 ? cell(path, object, index + 1) : constant(0);
  const within = 4 + (offset & 3);
  return apply(null, [cell(path, object, index), next, reachesIn ? before : constant(0)], ([own, following, first]) =>
    readCells([first ?? 0, own ?? 0, following ?? 0], within, type));
}

/** As peek(), but what nobody wrote counts as 0. */
export function load(path: Path, location: Location, type: Scalar): Term {
  return initialised(path, peek(path, location, type));
}

/** A term whose value counts as 0 where it is UNINITIALISED. */
export function initialised(path: Path, term: Term): Term {
  if (!mayBe(path, term, (value) => value === UNINITIALISED)) return term;
  return mapped(term, (value) => (value === UNINITIALISED ? 0 : value));
}

/** Goes on where no half of a 64-bit value is overwritten or copied alone. */
function whole(path: Path, cells: readonly Term[], then: (path: Path) => Path[]): Path[] {
  let on = path;
  for (const one of cells) if (mayBe(on, one, isWide)) on = on.rely(mapped(one, (value) => (isWide(value) ? 0 : 1)));
  return on.ended === null ? then(on) : [on];
}

/** Writes a scalar, and goes on. */
export function store(path: Path, { location, type, value }: { location: Location; type: Scalar; value: Term }, then: (path: Path) => Path[]): Path[] {
  const { object, offset } = location;
  const index = offset >> 2;
  return whole(path, [cell(path, object, index - 1), cell(path, object, type.bytes === 8 ? index + 1 : index)], (on) => {
    if (type.bytes === 8) {
      on.write(cellName(object, index), mapped(value, (v) => convert(v, U64)));
      on.write(cellName(object, index + 1), constant(0));
    } else if (type.bytes === 4) on.write(cellName(object, index), mapped(value, (v) => convert(v, U32)));
    else {
      on.write(cellName(object, index), apply(null, [cell(on, object, index), value], ([old, v]) => {
        const cells: Value[] = [old ?? 0];
        writeCells(cells, offset & 3, type, v ?? 0);
        return cells[0] ?? 0;
      }));
    }
    return then(on);
  });
}

/** Copies whole cells, as copyCells() does. */
export function copy<G>(model: Model<G>, path: Path, { to, from, bytes }: { to: Term; from: Term; bytes: number }, then: (path: Path) => Path[]): Path[] {
  if (bytes === 0) return then(path);
  return access(model, path, { address: to, bytes }, (first, target) => access(model, first, { address: from, bytes }, (on, source) => {
    if (((target.offset | source.offset) & 3) !== 0) return [on.end('a copy that is not aligned')];
    const count = (bytes + 3) >> 2;
    const edges = [target, source].flatMap(({ object, offset }) => [cell(on, object, (offset >> 2) - 1), cell(on, object, (offset >> 2) + count - 1)]);
    return whole(on, edges, (halves) => {
      const cells = Array.from({ length: count }, (_, i) => cell(halves, source.object, (source.offset >> 2) + i));
      cells.forEach((value, i) => halves.write(cellName(target.object, (target.offset >> 2) + i), value));
      return then(halves);
    });
  }));
}

interface Allocation {
  readonly site: number;
  readonly size: number;
  readonly zero: boolean;
}

/** Takes the first object of a pool that may be had; goes on with its index, or null where the size is never given out. */
export function allocate<G>(model: Model<G>, path: Path, { site, size, zero }: Allocation, then: (path: Path, object: number | null) => Path[]): Path[] {
  if (!Number.isSafeInteger(size) || size > OBJECT_MAX) return then(path, null);
  const onStack = model.prepared.code.sites[site]?.api === 'stack';
  const free = onStack ? [UNMADE, FREED] : [UNMADE];
  const first = model.layout.poolOf(site);
  const end = model.layout.poolOf(site + 1);
  const expected = Math.min(end, first + model.madeAtFirst(site) + model.bounds.objectsMax);
  const take = (from: Path, object: number): Path[] => {
    if (object >= end) return [from.end('more objects than one statement may allocate')];
    if (object >= expected) return [from.rely(constant(0))];
    const isFree = mapped(from.read(lifeName(object)), (value) => (free.includes(Number(value)) ? 1 : 0));
    return from.fork(isFree, (on) => {
      model.made(object, size);
      on.write(lifeName(object), constant(LIVE));
      for (let i = 0; i < Math.ceil(size / 4); i += 1) on.write(cellName(object, i), constant(zero ? 0 : UNINITIALISED));
      return then(on, object);
    }, (taken) => take(taken, object + 1));
  };
  return take(path, first);
}

/** Frees as the machine does, and goes on where that is no violation. */
export function free<G>(model: Model<G>, path: Path, { address, api }: { address: Term; api: string }, then: (path: Path) => Path[]): Path[] {
  return path.split(address).flatMap(({ path: on, value }) => {
    if (value === 0 || value === ZERO_SIZE) return then(on);
    const location = locate(value);
    const site = location && location.object < model.layout.count ? model.layout.siteOf(location.object) : null;
    if (!location || site === null || location.offset !== 0) return [on.end('invalid-free')];
    const made = model.prepared.code.sites[site]?.api ?? '';
    const wrong = (made === 'stack' && api !== 'stack') || (api !== 'stack' && api !== 'kvfree' && made.startsWith('v') !== api.startsWith('v'));
    const release = (live: Path): Path[] => {
      if (wrong) return [live.end('invalid-free')];
      live.write(lifeName(location.object), constant(FREED));
      const cells = api === 'stack' ? Math.ceil((model.sizes.get(location.object) ?? 0) / 4) : 0;
      for (let i = 0; i < cells; i += 1) live.write(cellName(location.object, i), constant(0));
      return then(live);
    };
    return on.fork(equal(on.read(lifeName(location.object)), constant(LIVE)), release, (dead) => [dead.end('double-free')]);
  });
}
