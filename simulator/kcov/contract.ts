/**
 * @module kcov's contract as an abstract machine beside the Program: whose coverage may go where, what must not be lost,
 * which results calls have, and what must be as before when a call returns. It knows nothing of the code: only what
 * user and kernel may rely on (Documentation/dev-tools/kcov.rst; kernel/kcov.c of v5.5 for results).
 */
import type { Location } from '../machine/address.js';
import { locate } from '../machine/address.js';
import type { Value } from '../machine/value.js';
import { U64 } from '../machine/value.js';
import type { Contract, View } from '../machine/view.js';
import { CLOSED, isLabel, NO_GHOST } from './ghost.js';
import type { Device, Ghost, Section } from './ghost.js';

export type KcovView = View<Ghost>;

/** Who the running context is: the task, or the interrupt by its label in the scenario. */
export function who(view: KcovView): string {
  return view.kind === 'task' ? view.task : `${view.kind}@${view.actor}`;
}

export function device(view: KcovView, name: string): Device {
  return view.ghost.devices[name] ?? CLOSED;
}

export function setDevice(view: KcovView, name: string, change: Partial<Device>): void {
  view.setGhost({ ...view.ghost, devices: { ...view.ghost.devices, [name]: { ...device(view, name), ...change } } });
}

export function setSection(view: KcovView, section: Section | null): void {
  const others = Object.fromEntries(Object.entries(view.ghost.sections).filter(([name]) => name !== who(view)));
  view.setGhost({ ...view.ghost, sections: section ? { ...others, [who(view)]: section } : others });
}

/** Words of an area that hold records, by its own count; null when the area is not there. */
function records(view: KcovView, owner: Device): Value[] | null {
  if (owner.area === null) return null;
  const base = areaAddress(view, owner.area);
  const count = view.read(base, U64);
  if (count === null) return null;
  const words = Math.min(Number(count) * (owner.mode === 1 ? 4 : 1), owner.words - 1);
  return Array.from({ length: Math.max(0, words) }, (_, i) => view.read(base + 8 * (i + 1), U64) ?? 0);
}

function areaAddress(view: KcovView, object: number): number {
  return view.addressOfObject(object);
}

/** Room left in an area, in records; 0 when it is not there. */
export function room(view: KcovView, owner: Device): number {
  if (owner.area === null) return 0;
  const count = Number(view.read(areaAddress(view, owner.area), U64) ?? owner.words);
  const each = owner.mode === 1 ? 4 : 1;
  return Math.max(0, Math.floor((owner.words - 1) / each) - count);
}

/** Reports those of the labels that are not among the device's records. */
export function checkDelivered(view: KcovView, name: string, labels: readonly number[]): void {
  const found = records(view, device(view, name));
  if (!found) return;
  const missing = labels.filter((label) => !found.includes(label)).length;
  if (missing > 0) view.report('coverage-lost', `${missing} of ${labels.length} records did not reach the area of ${name}`);
}

/** The device that may get coverage of the running context now: its section's, or the one its task enabled. */
export function rightful(view: KcovView): string {
  const section = view.ghost.sections[who(view)];
  if (section) return section.device;
  if (view.kind !== 'task') return '';
  const own = Object.entries(view.ghost.devices).find(([, d]) => d.state === 'enabled' && !d.remote && d.owner === view.task);
  return own?.[0] ?? '';
}

function recordedIn(view: KcovView, location: Location, label: number): void {
  const right = view.ghost.rights[label] ?? '';
  const place = view.nameOf(location.object);
  const userOf = Object.entries(view.ghost.devices).find(([, d]) => d.area === location.object)?.[0];
  if (right === '') return view.report('coverage-misattributed', `a PC of ${view.kind} context is recorded in ${userOf ? `the area of ${userOf}` : place}`);
  const section = view.ghost.sections[who(view)];
  if (!section) {
    if (userOf !== right) view.report('coverage-misattributed', `a PC of the task is recorded in ${userOf ? `the area of ${userOf}` : place}`);
    return;
  }
  if (userOf !== undefined) return view.report('coverage-misattributed', `a PC of a remote section is recorded in the area of ${userOf} directly`);
  const shared = Object.entries(view.ghost.sections).find(([name, other]) => name !== who(view) && other.buffer === location.object);
  if (shared) view.report('coverage-misattributed', `a PC of one remote section is recorded in the buffer of another`);
  if (section.buffer === null) setSection(view, { ...section, buffer: location.object });
}

function movedTo(view: KcovView, location: Location, label: number): void {
  const userOf = Object.entries(view.ghost.devices).find(([, d]) => d.area === location.object)?.[0];
  const right = view.ghost.rights[label] ?? '';
  if (userOf !== undefined && right !== '' && right !== userOf) view.report('coverage-misattributed', `coverage that belongs to ${right} is moved to the area of ${userOf}`);
}

function service(view: KcovView, name: string, args: readonly Value[], failing: boolean): Value {
  if (name === 'vm_insert_page') return insertPage(view, args, failing);
  if (name.startsWith('debugfs_create_file')) view.setGhost({ ...view.ghost, fileOperations: Number(args[4] ?? 0) });
  return 0;
}

function insertPage(view: KcovView, args: readonly Value[], failing: boolean): Value {
  if (failing) return -12;
  const name = Object.keys(view.ghost.devices).find((n) => view.addressOf(`vma:${n}`) === args[0]);
  const page = locate(args[2] ?? 0);
  if (name !== undefined && page) setDevice(view, name, { area: page.object, pages: device(view, name).pages + 1 });
  return 0;
}

export const kcovContract: Contract<Ghost> = {
  initial: NO_GHOST,
  isLabel,
  labelStored(view, location, label) {
    if (view.operation.startsWith('hit')) recordedIn(view, location, label);
    else movedTo(view, location, label);
  },
  service,
  allocationFailed: (view) => view.setGhost({ ...view.ghost, failed: [...new Set([...view.ghost.failed, who(view)])].sort() }),
  entered: () => undefined,
  left: (view) => setSection(view, null),
  quiescent(view) {
    for (const [name, labels] of Object.entries(view.ghost.expected)) {
      if (device(view, name).state !== 'closed') checkDelivered(view, name, labels);
    }
    for (const leaked of view.unreachable()) view.report('leak', leaked);
  },
};
