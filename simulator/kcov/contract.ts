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
import { EFAULT, ENOMEM } from './errno.js';
import type { Dialect } from './errno.js';
import { CLOSED, isLabel, LABEL_FIRST, MAPPED_AT, NO_GHOST } from './ghost.js';
import type { Device, Ghost, Section } from './ghost.js';

export type KcovView = View<Ghost>;

/** Who the running context is: the task, or the interrupt by its label in the scenario. */
export function who(view: KcovView): string {
  return view.kind === 'task' ? view.task : `${view.kind}@${view.actor}`;
}

/** Who the running context is taken for: early irq code counts as what it interrupted, and collects with it. */
export function takenFor(view: KcovView): string {
  const { kind, actor } = view.apparent;
  return kind === 'task' ? view.task : `${kind}@${actor}`;
}

const isEarly = (view: KcovView): boolean => view.apparent.actor !== view.actor;

export function device(view: KcovView, name: string): Device {
  return view.ghost.devices[name] ?? CLOSED;
}

export function setDevice(view: KcovView, name: string, change: Partial<Device>): void {
  view.setGhost({ ...view.ghost, devices: { ...view.ghost.devices, [name]: { ...device(view, name), ...change } } });
}

export function setSection(view: KcovView, section: Section | null, whose = who(view)): void {
  const others = Object.fromEntries(Object.entries(view.ghost.sections).filter(([name]) => name !== whose));
  view.setGhost({ ...view.ghost, sections: section ? { ...others, [whose]: section } : others });
}

/** Remembers how many records the running reader was told of. */
export function setSeen(view: KcovView, count: number): void {
  view.setGhost({ ...view.ghost, seen: { ...view.ghost.seen, [who(view)]: count } });
}

/** Words of a record: a PC, or type, two operands and a PC. */
export const wordsOf = (owner: Device): number => (owner.mode === 1 ? 4 : 1);

/**
 * The records of a device's area by its own count, as many as fit; null when the area is not there. Those that another context
 * is still writing are left out: whether a reader may be told of them is asked by readers (./reader-operations.ts).
 */
function records(view: KcovView, owner: Device): Value[][] | null {
  if (owner.area === null) return null;
  const base = view.addressOfObject(owner.area);
  const count = view.read(base, U64);
  if (count === null) return null;
  const each = wordsOf(owner);
  const fitting = Math.min(Number(count), Math.floor((owner.words - 1) / each));
  const all = Array.from({ length: Math.max(0, fitting) }, (_, record) => Array.from({ length: each }, (__, i) => base + 8 * (1 + record * each + i)));
  return all.filter((words) => !words.some((word) => view.isPutOff(word, U64))).map((words) => words.map((word) => view.read(word, U64) ?? 0));
}

/** Room left in an area, in records; 0 when it is not there. */
export function room(view: KcovView, owner: Device): number {
  if (owner.area === null) return 0;
  const count = Number(view.read(view.addressOfObject(owner.area), U64) ?? owner.words);
  return Math.max(0, Math.floor((owner.words - 1) / wordsOf(owner)) - count);
}

/** The label of a record: its last word. */
const labelOf = (record: readonly Value[]): number => Number(record.at(-1) ?? 0);

/** Reports those of the labels that are not among the device's records, and records that no hit made. */
export function checkDelivered(view: KcovView, name: string, labels: readonly number[]): void {
  const owner = device(view, name);
  const found = records(view, owner);
  if (!found || labels.length === 0 || owner.scribbled) return;
  const present = found.map(labelOf);
  const missing = labels.filter((label) => !present.includes(label)).length;
  if (missing > 0) view.report('coverage-lost', `${missing} of ${labels.length} records did not reach the area of ${name}`);
  const extra = present.filter((label, i) => present.slice(0, i).filter((l) => l === label).length >= (view.ghost.hits[label] ?? 0)).length;
  if (extra > 0) view.report('coverage-invented', `${extra} of ${present.length} records in the area of ${name} are of nothing that ran`);
}

/** What a record of a comparison must hold. */
export interface Comparison {
  readonly type: number;
  readonly operands: readonly [Value, Value];
}

/** Reports comparisons of a label whose records in the device's area hold something else. */
export function checkComparison(view: KcovView, name: string, expected: { label: number; records: readonly Comparison[] }): void {
  if (device(view, name).scribbled) return;
  const found = records(view, device(view, name))?.filter((record) => labelOf(record) === expected.label) ?? [];
  const wrong = expected.records.filter(({ type, operands }) => !found.some(([t, a, b]) => t === type && a === operands[0] && b === operands[1])).length;
  if (found.length > 0 && wrong > 0) view.report('coverage-invented', `${wrong} of ${expected.records.length} comparisons are recorded as something else in the area of ${name}`);
}

/** Remembers that instrumented code ran, and who may get what it records. */
export function noteHit(view: KcovView, label: number, what: { right: string; records: number }): void {
  const { ghost } = view;
  const times = (ghost.hits[label] ?? 0) + what.records;
  view.setGhost({ ...ghost, rights: { ...ghost.rights, [label]: what.right }, hits: { ...ghost.hits, [label]: times } });
}

/** In place of a device: which one has the right cannot be told. */
const UNKNOWN = '?';

/** The device that may get coverage of the running context now: its section's, or the one its task enabled. `mode`: what it records. */
export function rightful(view: KcovView, mode: number): string {
  const section = view.ghost.sections[takenFor(view)];
  if (section) return device(view, section.device).mode === mode ? section.device : '';
  if (view.apparent.kind === 'task') {
    const own = Object.entries(view.ghost.devices).find(([, d]) => d.state === 'enabled' && !d.remote && d.owner === view.task && d.mode === mode);
    if (own) return own[0];
  }
  // Early irq code in a call that may just be switching coverage on.
  return isEarly(view) && view.ghost.begun[takenFor(view)] !== undefined ? UNKNOWN : '';
}

/** Early irq code took room that what it interrupted might have had. */
function noteTaken(view: KcovView): void {
  const whose = takenFor(view);
  const section = view.ghost.sections[whose];
  if (section) setSection(view, { ...section, taken: section.taken + 1 }, whose);
  const begun = view.ghost.begun[whose];
  if (begun) view.setGhost({ ...view.ghost, begun: { ...view.ghost.begun, [whose]: { ...begun, taken: (begun.taken ?? 0) + 1 } } });
}

function recordedIn(view: KcovView, location: Location, label: number): void {
  const right = view.ghost.rights[label] ?? '';
  const place = view.nameOf(location.object);
  const userOf = Object.entries(view.ghost.devices).find(([, d]) => d.area === location.object)?.[0];
  if (isEarly(view)) noteTaken(view);
  if (right === UNKNOWN) return;
  if (right === '') return view.report('coverage-misattributed', `a PC of ${isEarly(view) ? 'early irq' : view.kind} context is recorded in ${userOf ? `the area of ${userOf}` : place}`);
  const whose = takenFor(view);
  const section = view.ghost.sections[whose];
  if (!section) {
    // Where no page of its area could be inserted, which area it is cannot be told.
    if (userOf !== right && device(view, right).area !== null) view.report('coverage-misattributed', `a PC of the task is recorded in ${userOf ? `the area of ${userOf}` : place}`);
    return;
  }
  const recorded = isEarly(view) ? section.recorded : label;
  setSection(view, { ...section, recorded, buffer: section.buffer ?? (userOf === undefined ? location.object : null) }, whose);
  if (userOf !== undefined) return view.report('coverage-misattributed', `a PC of a remote section is recorded in the area of ${userOf} directly`);
  const shared = Object.entries(view.ghost.sections).find(([name, other]) => name !== whose && other.buffer === location.object);
  if (shared) view.report('coverage-misattributed', `a PC of one remote section is recorded in the buffer of another`);
}

function movedTo(view: KcovView, location: Location, label: number): void {
  const userOf = Object.entries(view.ghost.devices).find(([, d]) => d.area === location.object)?.[0];
  const right = view.ghost.rights[label] ?? '';
  if (userOf === undefined || right === '' || right === UNKNOWN) return;
  if (right !== userOf) return view.report('coverage-misattributed', `coverage that belongs to ${right} is moved to the area of ${userOf}`);
  const section = view.ghost.sections[who(view)];
  const owner = device(view, userOf);
  if (section && section.generation >= 0 && !owner.leaving && owner.generation !== section.generation) view.report('coverage-misattributed', `coverage of an earlier enable is moved to the area of ${userOf}`);
}

function service(view: KcovView, name: string, args: readonly Value[], failing: boolean): Value {
  if (name === 'vm_insert_page') return insertPage(view, args, failing);
  if (name.startsWith('debugfs_create_file')) view.setGhost({ ...view.ghost, fileOperations: Number(args[4] ?? 0) });
  return 0;
}

function fieldOf(view: KcovView, vma: Value | undefined, field: string, unknown: number): number {
  const offset = view.offsetOf('vm_area_struct', field);
  return offset === null ? unknown : Number(view.read(Number(vma ?? 0) + offset, U64) ?? unknown);
}

function insertPage(view: KcovView, args: readonly Value[], failing: boolean): Value {
  const name = Object.keys(view.ghost.devices).find((n) => view.addressOf(`vma:${n}`) === args[0]);
  if (failing) {
    outOfMemory(view);
    if (name !== undefined) setDevice(view, name, { halfMapped: true });
    return ENOMEM;
  }
  // Not a page of the mapping: vm_insert_page(), mm/memory.c, 5.5 to 6.12.
  const at = Number(args[1] ?? 0);
  if (at < fieldOf(view, args[0], 'vm_start', 0) || at >= fieldOf(view, args[0], 'vm_end', Infinity)) return EFAULT;
  const page = locate(args[2] ?? 0);
  // A page of the area counts where it belongs.
  const own = page?.offset === at - MAPPED_AT;
  if (name !== undefined && page) setDevice(view, name, { area: page.object, pages: device(view, name).pages + (own ? 1 : 0) });
  return 0;
}

/** The operation under way may say -ENOMEM. */
function outOfMemory(view: KcovView): void {
  view.setGhost({ ...view.ghost, failed: [...new Set([...view.ghost.failed, who(view)])].sort() });
}

/** The areas as their users see them: labels of records in order, by device. */
function visible(view: KcovView): string {
  const names = Object.keys(view.ghost.devices).sort();
  return names.map((name) => `${name}: ${JSON.stringify((records(view, device(view, name)) ?? []).map((r) => r.map((v) => (isLabel(v) ? `PC${Number(v) - LABEL_FIRST}` : String(v)))))}`).join('; ');
}

/** The contract of v5.5. */
export const kcovContract: Contract<Ghost> = {
  initial: NO_GHOST,
  isLabel,
  labelStored(view, location, label) {
    if (view.operation.startsWith('hit')) recordedIn(view, location, label);
    else movedTo(view, location, label);
  },
  service,
  allocationFailed: outOfMemory,
  entered: () => undefined,
  left: (view) => setSection(view, null),
  outcome: visible,
  quiescent(view) {
    for (const [name, labels] of Object.entries(view.ghost.expected)) {
      if (device(view, name).state !== 'closed') checkDelivered(view, name, labels);
    }
    for (const leaked of view.unreachable()) view.report('leak', leaked);
  },
};

/** The contract of another dialect; kcovContract itself for that of v5.5. */
export function contractFor(dialect: Dialect): Contract<Ghost> {
  return dialect === NO_GHOST.dialect ? kcovContract : { ...kcovContract, initial: { ...NO_GHOST, dialect } };
}
