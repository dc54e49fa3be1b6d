/**
 * @module Lock classes as lockdep has them: a static lock is a class, per-CPU ones are one class together, and all locks of one
 * field of a struct are one class, in whichever object they are (Documentation/locking/lockdep-design.rst, Linux 6.1). Named as
 * the kernel prints them: kcov_remote_lock, kcov->lock.
 */
import type { CType } from '../ir/program.js';
import type { TypeTable } from '../ir/types.js';
import { UnknownName } from '../ir/types.js';
import { SOFTIRQ_CTRL } from '../compile/rt-lock-calls.js';
import { locate } from './address.js';
import type { World } from './draft-memory.js';
import type { HeldLock } from './held.js';

/** Structs that are locks: a name ends there. */
const LOCKS: ReadonlySet<string> = new Set(['spinlock', 'raw_spinlock', 'mutex', 'local_lock', 'rt_mutex_base']);

type Parts = Pick<World<never>, 'layout' | 'prepared' | 'scenario'>;

const cache = new WeakMap<object, Map<number, string>>();

/** Name of the class of the lock at an address. */
export function lockName<G>(world: World<G>, address: number): string {
  let known = cache.get(world.layout);
  if (!known) cache.set(world.layout, known = new Map());
  const before = known.get(address);
  if (before !== undefined) return before;
  const made = named(world as unknown as Parts, address);
  known.set(address, made);
  return made;
}

/** Name of the class that a held lock is of; nest levels are classes of their own. */
export function classOf<G>(world: World<G>, lock: HeldLock): string {
  const name = lockName(world, lock.address);
  return lock.subclass === 0 ? name : `${name}/${lock.subclass}`;
}

function named({ layout, prepared, scenario }: Parts, address: number): string {
  const location = locate(address);
  const { code } = prepared;
  if (!location) return '?';
  const name = (layout.names[location.object] ?? '?').replace(/[@#]\d+$/u, '');
  if (name === SOFTIRQ_CTRL) return 'softirq_ctrl.lock';
  const slot = code.globals.get(name);
  if (slot) return name + fieldAt(code.types, slot.type, location.offset, '.');
  const site = layout.siteOf(location.object);
  const type = site === null ? namedObject(scenario, name) : code.sites[site]?.type;
  if (!type) return location.offset === 0 ? name : `${name}->+${location.offset}`;
  const resolved = code.types.resolve(type);
  const struct = resolved.kind === 'struct' && !resolved.name.startsWith('<') && !LOCKS.has(resolved.name) ? resolved.name : name;
  return struct + fieldAt(code.types, type, location.offset, '->');
}

/** An object of the scenario, or a task. */
function namedObject(scenario: Parts['scenario'], name: string): CType {
  return { kind: 'struct', name: scenario.objects.find((object) => object.name === name)?.struct ?? 'task_struct' };
}

/** Path from the beginning of an object of a type to the lock at an offset, behind a separator; elements of an array are alike. */
function fieldAt(types: TypeTable, type: CType, offset: number, separator: string): string {
  try {
    const resolved = types.resolve(type);
    if (resolved.kind === 'array') return `[]${fieldAt(types, resolved.of, offset % Math.max(1, types.sizeOf(resolved.of)), '.')}`;
    if (resolved.kind !== 'struct' || LOCKS.has(resolved.name)) return '';
    const field = [...types.layout(resolved.name).fields.values()].findLast((f) => f.offset <= offset);
    return field ? `${separator}${field.name}${fieldAt(types, field.type, offset - field.offset, '.')}` : '';
  } catch (error) {
    if (error instanceof UnknownName) return `${separator}+${offset}`;
    throw error;
  }
}
