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

/** KCOV_INIT_TRACE: once, and room for the count and one PC. */
export function initResult(device: Device, words: number): number {
  if (device.state !== 'open') return EBUSY;
  return words < 2 || words > 0x7fffffff / 8 ? EINVAL : 0;
}

/** mmap(): after INIT_TRACE, not while enabled, of the whole area. */
export function mmapResult(device: Device, words: number): number {
  return device.state !== 'ready' || words !== device.words ? EINVAL : 0;
}

/** KCOV_ENABLE and KCOV_REMOTE_ENABLE, up to the handles; `busy`: the task has coverage enabled already. */
export function enableResult(device: Device, mode: number, busy: boolean): number {
  if (device.state === 'enabled') return EINVAL;
  if (device.state !== 'ready' || !device.mapped) return EINVAL;
  if (busy) return EBUSY;
  return mode === 0 || mode === 1 ? 0 : EINVAL;
}

/** KCOV_DISABLE: by the task that enabled it. */
export function disableResult(device: Device, task: string, arg: number): number {
  return arg !== 0 || device.state !== 'enabled' || device.owner !== task ? EINVAL : 0;
}
