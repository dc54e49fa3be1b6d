/**
 * @module What user and kernel do with kcov, as operations of scenarios: open, ioctl, mmap, close, fork, exit, remote
 * sections, hits. Each calls what the Program's file operations or exported functions are, and keeps the contract's state.
 */
import type { Invocation, Operation } from '../scenario/scenario.js';
import { U32, U64 } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import { checkDelivered, device, rightful, room, setDevice, setSection, who } from './contract.js';
import type { KcovView } from './contract.js';
import { disableResult, EEXIST, EINVAL, enableResult, ENOMEM, initResult, mmapResult } from './errno.js';
import { CLOSED, LABEL_FIRST } from './ghost.js';
import type { Device, Ghost } from './ghost.js';

type Step = Operation<Ghost>;

/** Handles as kcov_remote_handle() makes them: subsystem in the top byte (include/uapi/linux/kcov.h). */
export const usbHandle = (instance: number): bigint => (1n << 56n) | BigInt(instance);
export const commonHandle = (instance: number): bigint => BigInt(instance);

/** Words that every Kconfig size of a buffer has in the model, and so the least a section in an interrupt may count on. */
export const SCALED_AREA_WORDS = 4;

/** Words of a page in the model. */
export const PAGE_WORDS = 2;

/** Remembers what an operation began with, and checks irqs and preemption when it returns. */
function framed(label: string, step: { note?: (view: KcovView) => string; begin: (view: KcovView) => Invocation | null; end: (view: KcovView, result: Value, note: string) => void; keepsIrqs?: boolean; returnAddress?: number }): Step {
  return {
    label, returnAddress: step.returnAddress,
    begin(view) {
      const invocation = step.begin(view);
      if (!invocation) return null;
      const begun = { irqsOn: view.irqsOn, preemptCount: view.preemptCount, note: step.note?.(view) ?? '' };
      const failed = view.ghost.failed.filter((name) => name !== who(view));
      view.setGhost({ ...view.ghost, failed, begun: { ...view.ghost.begun, [who(view)]: begun } });
      return invocation;
    },
    end(view, result) {
      const { [who(view)]: begun, ...others } = view.ghost.begun;
      view.setGhost({ ...view.ghost, begun: others });
      if (!begun) return;
      if (view.preemptCount !== begun.preemptCount) view.report('preempt-unbalanced', `preempt_count was ${begun.preemptCount.toString(16)} at the call of ${label}, is ${view.preemptCount.toString(16)} at its return`);
      if (step.keepsIrqs !== false && view.irqsOn !== begun.irqsOn) {
        view.report(view.irqsOn ? 'irqs-left-on' : 'irqs-left-off', `interrupts were ${begun.irqsOn ? 'on' : 'off'} at the call of ${label}, are ${view.irqsOn ? 'on' : 'off'} at its return`);
      }
      step.end(view, result, begun.note);
    },
  };
}

function fileOperation(view: KcovView, field: string): string | null {
  const { fileOperations } = view.ghost;
  const offset = view.offsetOf('file_operations', field);
  if (fileOperations === 0 || offset === null) return null;
  return view.functionAt(view.read(fileOperations + offset, U64) ?? 0);
}

/** A result must be what the contract said when the call began, or says now that it is over; or out of memory. */
function checkResult(view: KcovView, label: string, result: Value, allowed: readonly number[]): void {
  if (allowed.includes(Number(result)) || Number(result) === ENOMEM) return;
  view.report('errno', `${label} returned ${result}, should be ${[...new Set(allowed)].join(' or ')}`);
}

function onFile(name: string, how: { label: string; field: string; begins?: (view: KcovView) => void; args: (view: KcovView) => Value[]; expect: (view: KcovView, d: Device) => number; done: (view: KcovView, d: Device) => Partial<Device> }): Step {
  const expect = (view: KcovView): string => String(how.expect(view, device(view, name)));
  return framed(how.label, {
    note: expect,
    begin(view) {
      const target = device(view, name).state === 'closed' && how.field !== 'open' ? null : fileOperation(view, how.field);
      if (target !== null) how.begins?.(view);
      return target === null ? null : { function: target, args: how.args(view) };
    },
    end(view, result, note) {
      checkResult(view, how.label, result, [Number(note), Number(expect(view))]);
      if (Number(result) === 0) setDevice(view, name, how.done(view, device(view, name)));
    },
  });
}

const file = (view: KcovView, name: string): number => view.addressOf(`file:${name}`);

export function open(name: string): Step {
  return onFile(name, {
    label: `open(${name})`, field: 'open', args: (view) => [view.addressOf('inode'), file(view, name)],
    expect: () => 0, done: () => ({ ...CLOSED, state: 'open' }),
  });
}

/** The last reference to the file goes: every descriptor closed, every mapping gone. */
export function close(name: string): Step {
  return onFile(name, {
    label: `munmap, close(${name})`, field: 'release', args: (view) => [view.addressOf('inode'), file(view, name)],
    expect: () => 0,
    done: (view, d) => {
      const slot = view.offsetOf('file', 'private_data');
      if (slot !== null) view.write(file(view, name) + slot, U64, 0);
      return d.state === 'enabled' ? { mapped: false, area: d.area } : CLOSED;
    },
  });
}

function ioctl(name: string, command: string, how: { begins?: (view: KcovView) => void; arg: (view: KcovView) => Value; shown: string; expect: (view: KcovView, d: Device) => number; done: (view: KcovView, d: Device) => Partial<Device> }): Step {
  const label = `ioctl(${name}, ${command}${how.shown === '' ? '' : `, ${how.shown}`})`;
  return onFile(name, {
    label, field: 'unlocked_ioctl', begins: how.begins, expect: how.expect, done: how.done,
    args: (view) => [file(view, name), view.constant(command) ?? 0, how.arg(view)],
  });
}

export function initTrace(name: string, words: number): Step {
  return ioctl(name, 'KCOV_INIT_TRACE', {
    arg: () => words, shown: `${words} words`, expect: (_, d) => initResult(d, words), done: () => ({ state: 'ready', words }),
  });
}

export function mmap(name: string, words: number): Step {
  const START = 0x2000_0000;
  return onFile(name, {
    label: `mmap(${name}, ${words} words)`, field: 'mmap', expect: (_, d) => mmapResult(d, words),
    done(view, d) {
      if (d.pages * PAGE_WORDS < words) view.report('mmap-without-pages', `mmap(${name}) returned 0 with ${d.pages} of ${words / PAGE_WORDS} pages inserted`);
      return { mapped: true };
    },
    args(view) {
      setDevice(view, name, { pages: 0 });
      const vma = view.addressOf(`vma:${name}`);
      const set = (field: string, value: number): void => {
        const offset = view.offsetOf('vm_area_struct', field);
        if (offset !== null) view.write(vma + offset, U64, value);
      };
      set('vm_start', START);
      set('vm_end', START + words * 8);
      set('vm_pgoff', 0);
      set('vm_file', file(view, name));
      return [file(view, name), vma];
    },
  });
}

function busy(view: KcovView): boolean {
  return Object.values(view.ghost.devices).some((d) => d.state === 'enabled' && d.owner === view.task) || view.ghost.sections[who(view)] !== undefined;
}

export type Mode = 'KCOV_TRACE_PC' | 'KCOV_TRACE_CMP';
const modeNumber = (mode: Mode): number => (mode === 'KCOV_TRACE_PC' ? 0 : 1);

export function enable(name: string, mode: Mode = 'KCOV_TRACE_PC'): Step {
  const arg = modeNumber(mode);
  return ioctl(name, 'KCOV_ENABLE', {
    arg: () => arg, shown: mode, expect: (view, d) => enableResult(d, arg, busy(view)),
    done: (view, d) => ({ state: 'enabled', mode: arg, owner: view.task, remote: false, generation: d.generation + 1 }),
  });
}

/** From here on nothing is owed to sections of what the task has enabled. */
function endGeneration(view: KcovView): void {
  for (const [name, d] of Object.entries(view.ghost.devices)) {
    if (d.state === 'enabled' && d.owner === view.task) setDevice(view, name, { generation: d.generation + 1, leaving: true });
  }
}

export function disable(name: string): Step {
  return ioctl(name, 'KCOV_DISABLE', {
    arg: () => 0, shown: '', expect: (view, d) => disableResult(d, view.task, 0), begins: endGeneration,
    done: () => ({ state: 'ready', owner: null, remote: false, leaving: false, handles: [], common: '' }),
  });
}

export interface RemoteArguments {
  readonly areaWords: number;
  readonly handles: readonly bigint[];
  readonly common?: bigint;
  readonly mode?: Mode;
}

function writeRemoteArgument(view: KcovView, name: string, remote: RemoteArguments): Value {
  const base = view.addressOf(`arg:${name}`);
  const set = (field: string, type: typeof U32, value: Value, index = 0): void => {
    const offset = view.offsetOf('kcov_remote_arg', field);
    if (offset !== null) view.write(base + offset + index * 8, type, value);
  };
  set('trace_mode', U32, modeNumber(remote.mode ?? 'KCOV_TRACE_PC'));
  set('area_size', U32, remote.areaWords);
  set('num_handles', U32, remote.handles.length);
  set('common_handle', U64, Number(remote.common ?? 0n));
  remote.handles.forEach((handle, i) => set('handles', U64, handle, i));
  return base;
}

function remoteResult(view: KcovView, d: Device, remote: RemoteArguments): number {
  const first = enableResult(d, modeNumber(remote.mode ?? 'KCOV_TRACE_PC'), busy(view));
  if (first !== 0) return first;
  const taken = Object.values(view.ghost.devices).flatMap((other) => other.handles);
  const wanted = [...remote.handles, ...(remote.common === undefined ? [] : [remote.common])];
  if (remote.handles.some((h) => h >> 56n !== 1n || (h & 0xffffff00000000n) !== 0n)) return EINVAL;
  return wanted.some((h) => taken.includes(String(h))) ? EEXIST : 0;
}

export function remoteEnable(name: string, remote: RemoteArguments): Step {
  const all = [...remote.handles, ...(remote.common === undefined ? [] : [remote.common])].map(String);
  return ioctl(name, 'KCOV_REMOTE_ENABLE', {
    arg: (view) => writeRemoteArgument(view, name, remote), shown: `${remote.areaWords} words, ${all.length} handle${all.length === 1 ? '' : 's'}`,
    expect: (view, d) => remoteResult(view, d, remote),
    done: (view, d) => ({
      state: 'enabled', mode: modeNumber(remote.mode ?? 'KCOV_TRACE_PC'), owner: view.task, remote: true, remoteWords: remote.areaWords,
      handles: all, common: remote.common === undefined ? '' : String(remote.common), generation: d.generation + 1,
    }),
  });
}

/** An ioctl kcov does not know. */
export function unknownIoctl(name: string): Step {
  return onFile(name, {
    label: `ioctl(${name}, unknown)`, field: 'unlocked_ioctl', args: (view) => [file(view, name), 0x1234, 0], expect: () => -25, done: () => ({}),
  });
}

/** Instrumented code runs: one PC, told apart by `label`. */
export function hit(label: number): Step {
  return framed('hit', {
    returnAddress: LABEL_FIRST + label,
    begin(view) {
      const right = rightful(view);
      view.setGhost({ ...view.ghost, rights: { ...view.ghost.rights, [LABEL_FIRST + label]: right } });
      return { function: '__sanitizer_cov_trace_pc', args: [] };
    },
    note: (view) => {
      const right = rightful(view);
      return right !== '' && !view.ghost.sections[who(view)] && room(view, device(view, right)) > 0 ? right : '';
    },
    end(view, _, direct) {
      const section = view.ghost.sections[who(view)];
      if (section) setSection(view, { ...section, hits: [...section.hits, LABEL_FIRST + label] });
      else if (direct !== '') expectIn(view, direct, LABEL_FIRST + label);
    },
  });
}

function expectIn(view: KcovView, name: string, label: number): void {
  if (device(view, name).mode !== 0) return;
  const labels = [...(view.ghost.expected[name] ?? []), label];
  view.setGhost({ ...view.ghost, expected: { ...view.ghost.expected, [name]: labels } });
  checkDelivered(view, name, [label]);
}

/** A comparison of the given width in instrumented code. */
export function compare(label: number, bytes: 1 | 2 | 4 | 8): Step {
  return framed(`hit cmp${bytes}`, {
    returnAddress: LABEL_FIRST + label,
    begin(view) {
      view.setGhost({ ...view.ghost, rights: { ...view.ghost.rights, [LABEL_FIRST + label]: rightful(view) } });
      return { function: `__sanitizer_cov_trace_cmp${bytes}`, args: [1, 2] };
    },
    end: () => undefined,
  });
}

function registered(view: KcovView, handle: bigint): string {
  const found = Object.entries(view.ghost.devices).find(([, d]) => d.state === 'enabled' && d.remote && d.handles.includes(String(handle)));
  return found ? `${found[0]}/${found[1].generation}/${found[1].leaving ? 'leaving' : ''}` : '';
}

export interface StartOptions {
  /** The kernel may refuse: an interrupt that nests on a section of another interrupt. */
  readonly mayRefuse?: boolean;
}

/** kcov_remote_start(handle): from here to remoteStop() the context collects for the handle's device. */
export function remoteStart(handle: bigint, options: StartOptions = {}): Step {
  return framed('kcov_remote_start()', {
    note: (view) => `${registered(view, handle)} ${view.irqsOn ? 1 : 0}`,
    begin: () => ({ function: 'kcov_remote_start', args: [handle > 0xffff_ffffn ? handle : Number(handle)] }),
    end(view, _, note) {
      const [before, irqs] = note.split(' ');
      const now = registered(view, handle);
      const either = before === undefined || before === '' ? now : before;
      if (either === '' || view.ghost.sections[who(view)]) return;
      const [name, generation] = either.split('/');
      const owner = device(view, name ?? '');
      const nested = Object.keys(view.ghost.sections).some((other) => other.includes('@'));
      const words = view.kind === 'task' ? owner.remoteWords : Math.min(owner.remoteWords, SCALED_AREA_WORDS);
      const each = owner.mode === 1 ? 4 : 1;
      setSection(view, {
        device: name ?? '', generation: Number(generation), hits: [], capacity: Math.floor((words - 1) / each), buffer: null,
        sure: before === now && !owner.leaving && !nested && !options.mayRefuse && !view.ghost.failed.includes(who(view)), irqsOn: irqs === '1',
      });
    },
  });
}

/** kcov_remote_stop(): what was collected goes to the device, unless it was disabled meanwhile or is full. */
export function remoteStop(): Step {
  return framed('kcov_remote_stop()', {
    keepsIrqs: false,
    note: (view) => {
      const section = view.ghost.sections[who(view)];
      return `${section ? room(view, device(view, section.device)) : 0} ${view.irqsOn ? 1 : 0}`;
    },
    begin(view) {
      const section = view.ghost.sections[who(view)];
      if (section) setSection(view, { ...section, buffer: null });
      return { function: 'kcov_remote_stop', args: [] };
    },
    end(view, _, note) {
      const section = view.ghost.sections[who(view)];
      setSection(view, null);
      const irqsOn = section ? section.irqsOn : note.endsWith('1');
      if (view.irqsOn !== irqsOn) {
        view.report(view.irqsOn ? 'irqs-left-on' : 'irqs-left-off', `interrupts were ${irqsOn ? 'on' : 'off'} before the section, are ${view.irqsOn ? 'on' : 'off'} after it`);
      }
      if (!section?.sure) return;
      const owner = device(view, section.device);
      if (owner.generation !== section.generation || owner.state !== 'enabled') return;
      const kept = section.hits.slice(0, Math.min(section.capacity, parseInt(note, 10)));
      if (kept.length > 0 && room(view, owner) >= 0) checkDelivered(view, section.device, kept);
    },
  });
}

/** fork(): the child's task_struct is a copy of the parent's, then kcov_task_init(child) runs with `current` the parent. */
export function fork(child: string): Step {
  return framed(`fork(${child})`, {
    begin(view) {
      const [from, to] = [view.addressOf(view.task), view.addressOf(child)];
      const size = view.objectAt(from)?.size ?? 0;
      for (let offset = 0; offset + 4 <= size; offset += 4) view.copyCell(from + offset, to + offset);
      return { function: 'kcov_task_init', args: [to] };
    },
    end: () => undefined,
  });
}

/** The running task exits: kcov_task_exit(current). */
export function exit(): Step {
  return framed('exit', {
    begin(view) {
      endGeneration(view);
      return { function: 'kcov_task_exit', args: [view.addressOf(view.task)] };
    },
    end(view) {
      for (const [name, d] of Object.entries(view.ghost.devices)) {
        if (d.state !== 'enabled' || d.owner !== view.task) continue;
        setDevice(view, name, { state: 'ready', owner: null, remote: false, leaving: false, handles: [], common: '' });
      }
    },
  });
}
