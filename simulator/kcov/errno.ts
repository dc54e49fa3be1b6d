/**
 * @module Which result each call on a kcov file must have, by the device's state and by the dialect of the kernel:
 * kernel/kcov.c of v5.5 and v6.12, Documentation/dev-tools/kcov.rst. Numbers are negative errno values.
 */
import type { Device } from './ghost.js';

export const ENOMEM = -12;
export const EFAULT = -14;
export const EBUSY = -16;
export const EEXIST = -17;
export const EINVAL = -22;
export const ENOTTY = -25;

/** Handles that one KCOV_REMOTE_ENABLE may name, the common one apart: include/uapi/linux/kcov.h. */
export const HANDLES_MAX = 0x100;

const SUBSYSTEM_SHIFT = 56n;
const SUBSYSTEM_USB = 1n;
const INSTANCE_MASK = 0xffff_ffffn;
const RESERVED_MASK = 0x00ff_ffff_0000_0000n;

/**
 * What kcov of a version promises to its callers, named after the first version that kcovet knows with it. v5.18 gave a
 * device its area in KCOV_INIT_TRACE ("kcov: properly handle subsequent mmap calls"); before, the first mmap() did.
 */
export type Dialect = 'v5.5' | 'v5.18';

/** Results in which dialects differ. */
interface Rules {
  /** KCOV_INIT_TRACE of so many words. */
  readonly init: (device: Device, words: number) => number;
  /** mmap() of so many words from a page of the file on. */
  readonly mmap: (device: Device, words: number, page: number) => number;
  /** KCOV_ENABLE and KCOV_REMOTE_ENABLE, up to the handles; `busy`: the task has coverage enabled already. */
  readonly enable: (device: Device, mode: number, busy: boolean) => number;
}

/** Room for the count and one PC, in a size that an int holds in bytes. */
const isSize = (words: number): boolean => words >= 2 && words <= Math.floor(0x7fffffff / 8);

/** The whole area from its beginning. */
const isWhole = (device: Device, words: number, page: number): boolean => page === 0 && words === device.words;

/** Of a device that is free, for a task that is not `busy`. */
function enableFree(mode: number, busy: boolean): number {
  if (busy) return EBUSY;
  return mode === 0 || mode === 1 ? 0 : EINVAL;
}

/** The rules of each dialect. */
export const RULES: Readonly<Record<Dialect, Rules>> = {
  'v5.5': {
    init: (device, words) => (device.state !== 'open' ? EBUSY : isSize(words) ? 0 : EINVAL),
    // Not while enabled.
    mmap: (device, words, page) => (device.state === 'ready' && isWhole(device, words, page) ? 0 : EINVAL),
    enable: (device, mode, busy) => (device.state === 'ready' && device.mapped ? enableFree(mode, busy) : EINVAL),
  },
  'v5.18': {
    // The size is looked at before the state: the area is allocated without the lock.
    init: (device, words) => (!isSize(words) ? EINVAL : device.state === 'open' ? 0 : EBUSY),
    // Whenever there is an area.
    mmap: (device, words, page) => (device.words > 0 && isWhole(device, words, page) ? 0 : EINVAL),
    enable: (device, mode, busy) => (device.state === 'ready' ? enableFree(mode, busy) : EINVAL),
  },
};

/** KCOV_DISABLE: by the task that enabled it, without an argument. */
export function disableResult(device: Device, task: string, arg: number): number {
  return arg !== 0 || device.state !== 'enabled' || device.owner !== task ? EINVAL : 0;
}

/** A handle in the list must name an instance of a subsystem, the common handle must name none; neither has other bits. */
function isValid(handle: bigint, common: boolean): boolean {
  const subsystem = handle >> SUBSYSTEM_SHIFT;
  if ((handle & RESERVED_MASK) !== 0n) return false;
  return common ? subsystem === 0n && (handle & INSTANCE_MASK) !== 0n : subsystem === SUBSYSTEM_USB;
}

/** The handles of KCOV_REMOTE_ENABLE, one after the other, then the common one; `taken`: as decimal strings. */
export function handlesResult(handles: readonly bigint[], common: bigint | undefined, taken: readonly string[]): number {
  const seen = new Set(taken);
  const wanted = [...handles.map((handle) => ({ handle, common: false })), ...(common === undefined || common === 0n ? [] : [{ handle: common, common: true }])];
  for (const one of wanted) {
    if (!isValid(one.handle, one.common)) return EINVAL;
    if (seen.has(String(one.handle))) return EEXIST;
    seen.add(String(one.handle));
  }
  return 0;
}
