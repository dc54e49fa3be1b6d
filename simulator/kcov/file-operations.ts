/**
 * @module Calls on a kcov file: open, ioctls, mmap, close. Each knows the result that the device's state demands, wrong
 * arguments included.
 */
import { U32, U64 } from '../machine/value.js';
import type { Value } from '../machine/value.js';
import { device, setDevice, who } from './contract.js';
import type { KcovView } from './contract.js';
import { disableResult, ENOTTY, handlesResult, HANDLES_MAX, EINVAL, RULES } from './errno.js';
import { CLOSED, MAPPED_AT } from './ghost.js';
import type { Device } from './ghost.js';
import { file, onFile } from './operation.js';
import type { FileCall, Step } from './operation.js';

/** Words of a page in the model, where a scenario says nothing else. */
export const PAGE_WORDS = 2;

/** Words of a page in the Code that runs. */
const pageWords = (view: KcovView): number => Number(view.constant('PAGE_SIZE') ?? PAGE_WORDS * 8) / 8;

/** What the calls of this kernel return. */
const rules = (view: KcovView): (typeof RULES)['v5.5'] => RULES[view.ghost.dialect];

/** open() of the debugfs file; nothing if the device is open already. */
export function open(name: string): Step {
  return onFile(name, {
    label: `open(${name})`, deed: { does: 'open', device: name }, field: 'open', args: (view) => [view.addressOf('inode'), file(view, name)],
    expect: () => 0, done: () => ({ ...CLOSED, state: 'open' }),
  });
}

/** The last reference to the file goes: every descriptor closed, every mapping gone. */
export function close(name: string): Step {
  return onFile(name, {
    label: `munmap, close(${name})`, deed: { does: 'close', device: name }, field: 'release', args: (view) => [view.addressOf('inode'), file(view, name)],
    expect: () => 0,
    done: (_, d) => (d.state === 'enabled' ? { abandoned: true } : CLOSED),
    succeeded: (view) => {
      const slot = view.offsetOf('file', 'private_data');
      if (slot !== null) view.write(file(view, name) + slot, U64, 0);
    },
  });
}

interface Ioctl extends Pick<FileCall, 'deed' | 'begins' | 'expect' | 'allow' | 'excluded' | 'done' | 'succeeded' | 'ends'> {
  readonly arg: (view: KcovView) => Value;
  /** The argument as people say it, '' when there is none. */
  readonly shown: string;
}

function ioctl(name: string, command: string, call: Ioctl): Step {
  const label = `ioctl(${name}, ${command}${call.shown === '' ? '' : `, ${call.shown}`})`;
  const args = (view: KcovView): Value[] => [file(view, name), view.constant(command) ?? 0, call.arg(view)];
  return onFile(name, { label, field: 'unlocked_ioctl', ...call, args });
}

/** KCOV_INIT_TRACE. */
export function initTrace(name: string, words: number): Step {
  return ioctl(name, 'KCOV_INIT_TRACE', {
    deed: { does: 'init', device: name, words },
    arg: () => words, shown: `${words} words`, expect: (view, d) => rules(view).init(d, words),
    excluded: (d) => d.state !== 'open', done: () => ({ state: 'ready', words }),
  });
}

/** mmap() of `words` words; `page`: the offset into the file, in pages. */
export function mmap(name: string, words: number, page = 0): Step {
  return onFile(name, {
    label: `mmap(${name}, ${words} words${page === 0 ? '' : `, at page ${page}`})`, deed: { does: 'mmap', device: name, words, page }, field: 'mmap', expect: (view, d) => rules(view).mmap(d, words, page),
    done: () => ({ mapped: true }),
    succeeded(view, d) {
      const wanted = words / pageWords(view);
      if (d.pages < wanted) view.report('mmap-without-pages', `mmap(${name}) returned 0 with ${d.pages} of ${wanted} pages inserted`);
    },
    args(view) {
      // Pages of two calls at once are counted together.
      const atOnce = Object.entries(view.ghost.calls).some(([by, call]) => by !== who(view) && call.device === name && call.effect.mapped === true);
      if (!atOnce) setDevice(view, name, { pages: 0 });
      const vma = view.addressOf(`vma:${name}`);
      const set = (field: string, value: number): void => {
        const offset = view.offsetOf('vm_area_struct', field);
        if (offset !== null) view.write(vma + offset, U64, value);
      };
      set('vm_start', MAPPED_AT);
      set('vm_end', MAPPED_AT + words * 8);
      set('vm_pgoff', page);
      set('vm_file', file(view, name));
      return [file(view, name), vma];
    },
  });
}

/** The task traces already, or collects for a section. */
function busy(view: KcovView): boolean {
  return Object.values(view.ghost.devices).some((d) => d.state === 'enabled' && d.owner === view.task) || view.ghost.sections[who(view)] !== undefined;
}

/** What a device traces: an argument of KCOV_ENABLE, or any number that is none. */
export type Mode = 'KCOV_TRACE_PC' | 'KCOV_TRACE_CMP' | number;

/** The number of a mode, include/uapi/linux/kcov.h. */
export function modeNumber(mode: Mode): number {
  return typeof mode === 'number' ? mode : mode === 'KCOV_TRACE_PC' ? 0 : 1;
}

/** An enable begins: what sections find from here on belongs to it. */
function beginGeneration(name: string, handles: readonly string[]): (view: KcovView) => void {
  return (view) => {
    const d = device(view, name);
    if (d.state === 'ready') setDevice(view, name, { generation: d.generation + 1, arriving: handles });
  };
}

/** Some task has enabled the device and is not disabling it. */
const isTaken = (d: Device): boolean => d.state === 'enabled' && !d.leaving;

/** The device if a mmap() that ran out of memory left it its area. */
const perhapsMapped = (d: Device): Device => ({ ...d, mapped: d.mapped || d.halfMapped });

/** KCOV_ENABLE. */
export function enable(name: string, mode: Mode = 'KCOV_TRACE_PC'): Step {
  const arg = modeNumber(mode);
  return ioctl(name, 'KCOV_ENABLE', {
    deed: { does: 'enable', device: name, arg },
    arg: () => arg, shown: String(mode), expect: (view, d) => rules(view).enable(d, arg, busy(view)),
    allow: (view, d) => rules(view).enable(perhapsMapped(d), arg, busy(view)), excluded: isTaken, begins: beginGeneration(name, []),
    done: (view) => ({ state: 'enabled', mode: arg, owner: view.task, remote: false }),
  });
}

/** Contract state of a device that nobody has enabled any more. */
export const DISABLED = { state: 'ready', owner: null, remote: false, leaving: false, handles: [], common: '' } as const;

/** From here on nothing is owed to sections of what the task has enabled. */
export function endGeneration(view: KcovView): void {
  for (const [name, d] of Object.entries(view.ghost.devices)) {
    if (d.state === 'enabled' && d.owner === view.task) setDevice(view, name, { generation: d.generation + 1, leaving: true });
  }
}

/** Forgets the common handle of the running task. */
export function forgetCommon(view: KcovView): void {
  const others = Object.entries(view.ghost.common).filter(([name]) => name !== view.task);
  view.setGhost({ ...view.ghost, common: Object.fromEntries(others) });
}

/** KCOV_DISABLE; an argument other than 0 is wrong. */
export function disable(name: string, arg = 0): Step {
  return ioctl(name, 'KCOV_DISABLE', {
    deed: { does: 'disable', device: name, arg },
    arg: () => arg, shown: arg === 0 ? '' : String(arg), expect: (view, d) => disableResult(d, view.task, arg),
    begins: (view) => {
      if (disableResult(device(view, name), view.task, arg) === 0) endGeneration(view);
    },
    done: () => DISABLED, succeeded: forgetCommon,
  });
}

export interface RemoteArguments {
  readonly areaWords: number;
  readonly handles: readonly bigint[];
  readonly common?: bigint;
  readonly mode?: Mode;
  /** What num_handles says, if not the number of handles. */
  readonly count?: number;
}

function writeRemoteArgument(view: KcovView, name: string, remote: RemoteArguments): Value {
  const base = view.addressOf(`arg:${name}`);
  const set = (field: string, type: typeof U32, value: Value, index = 0): void => {
    const offset = view.offsetOf('kcov_remote_arg', field);
    if (offset !== null) view.write(base + offset + index * 8, type, value);
  };
  set('trace_mode', U32, modeNumber(remote.mode ?? 'KCOV_TRACE_PC'));
  set('area_size', U32, remote.areaWords);
  set('num_handles', U32, remote.count ?? remote.handles.length);
  set('common_handle', U64, word(remote.common ?? 0n));
  remote.handles.forEach((handle, i) => set('handles', U64, word(handle), i));
  return base;
}

/** A 64-bit value as memory holds it: a number where it fits. */
export function word(value: bigint): Value {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function remoteResult(view: KcovView, d: Device, remote: RemoteArguments): number {
  if ((remote.count ?? 0) > HANDLES_MAX) return EINVAL;
  const first = rules(view).enable(d, modeNumber(remote.mode ?? 'KCOV_TRACE_PC'), busy(view));
  const taken = Object.values(view.ghost.devices).flatMap((other) => other.handles);
  return first === 0 ? handlesResult(remote.handles, remote.common, taken) : first;
}

/** KCOV_REMOTE_ENABLE. */
export function remoteEnable(name: string, remote: RemoteArguments): Step {
  const all = [...remote.handles, ...(remote.common === undefined ? [] : [remote.common])].map(String);
  const common = remote.common === undefined ? '' : String(remote.common);
  return ioctl(name, 'KCOV_REMOTE_ENABLE', {
    deed: { does: 'remote', device: name, remote },
    arg: (view) => writeRemoteArgument(view, name, remote),
    shown: `${remote.areaWords} words, ${remote.count ?? all.length} handle${all.length === 1 ? '' : 's'}`,
    expect: (view, d) => remoteResult(view, d, remote), allow: (view, d) => (d.argumentChanged ? EINVAL : remoteResult(view, perhapsMapped(d), remote)),
    excluded: isTaken, begins: beginGeneration(name, all),
    done: (view, d) => ({
      state: 'enabled', mode: modeNumber(remote.mode ?? 'KCOV_TRACE_PC'), owner: view.task, remote: true, remoteWords: remote.areaWords, handles: d.argumentChanged ? [] : all, common,
    }),
    succeeded(view) {
      if (common !== '') view.setGhost({ ...view.ghost, common: { ...view.ghost.common, [view.task]: common } });
    },
    ends: (view) => setDevice(view, name, { arriving: [] }),
  });
}

/** An ioctl kcov does not know. */
export function unknownIoctl(name: string): Step {
  return onFile(name, {
    label: `ioctl(${name}, unknown)`, deed: { does: 'unknown', device: name }, field: 'unlocked_ioctl', args: (view) => [file(view, name), 0x1234, 0], expect: () => ENOTTY, done: () => ({}),
  });
}
