/**
 * @module Which result each call on a kcov file must have, by the device's state: kernel/kcov.c of v5.5 and
 * Documentation/dev-tools/kcov.rst. Numbers are negative errno values.
 */
import type { Device } from './ghost.js';

export const ENOMEM = -12;
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

/** KCOV_INIT_TRACE: once, and room for the count and one PC, in a size that an int holds in bytes. */
export function initResult(device: Device, words: number): number {
  if (device.state !== 'open') return EBUSY;
  return words < 2 || words > Math.floor(0x7fffffff / 8) ? EINVAL : 0;
}

/** mmap(): after INIT_TRACE, not while enabled, of the whole area from its beginning. */
export function mmapResult(device: Device, words: number, pageOffset = 0): number {
  return device.state !== 'ready' || pageOffset !== 0 || words !== device.words ? EINVAL : 0;
}

/** KCOV_ENABLE and KCOV_REMOTE_ENABLE, up to the handles; `busy`: the task has coverage enabled already. */
export function enableResult(device: Device, mode: number, busy: boolean): number {
  if (device.state !== 'ready' || !device.mapped) return EINVAL;
  if (busy) return EBUSY;
  return mode === 0 || mode === 1 ? 0 : EINVAL;
}

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
