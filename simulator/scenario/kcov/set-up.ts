/** @module Beginnings that many scenarios share: a task that traces itself, a device that waits for remote sections. */
import { disable, enable, initTrace, mmap, open, remoteEnable, usbHandle } from '../../kcov/operations.js';
import type { Mode, RemoteArguments } from '../../kcov/operations.js';
import type { Ghost } from '../../kcov/ghost.js';
import { AREA_WORDS } from '../kcov-scenario.js';
import type { Operation, SetUp } from '../scenario.js';

/** Handle that device A is registered for where it is a remote one; B has another. */
export const HANDLE_A = usbHandle(1);
export const HANDLE_B = usbHandle(2);
export const HANDLE_C = usbHandle(3);
/** Nobody registers this one. */
export const HANDLE_UNKNOWN = usbHandle(5);
/** What a task without a common handle has for one. */
export const NO_HANDLE = 0n;

/** open, INIT_TRACE, mmap. */
export function ready(device: string, words = AREA_WORDS): Operation<Ghost>[] {
  return [open(device), initTrace(device, words), mmap(device, words)];
}

/** A task that has coverage of its own code enabled. */
export function traced(taskName: string, device: string, how: { words?: number; mode?: Mode } = {}): SetUp<Ghost> {
  const { words = AREA_WORDS, mode = 'KCOV_TRACE_PC' } = how;
  const what = mode === 'KCOV_TRACE_PC' ? '' : 'comparisons of ';
  return { task: taskName, operations: [...ready(device, words), enable(device, mode)], says: `${device} traces ${what}its ${taskName} (${words} words)` };
}

/** A task that waits for coverage from remote sections of a handle; `enabledBefore` times enabled and disabled already. */
export function remote(taskName: string, device: string, how: Partial<RemoteArguments> & { handle: bigint; words?: number; enabledBefore?: number }): SetUp<Ghost> {
  const words = how.words ?? AREA_WORDS;
  const again = Array.from({ length: how.enabledBefore ?? 0 }, () => [enable(device), disable(device)]).flat();
  const args: RemoteArguments = { areaWords: how.areaWords ?? 4, handles: [how.handle], mode: how.mode ?? 'KCOV_TRACE_PC' };
  const times = how.enabledBefore === undefined ? '' : how.enabledBefore === 1 ? ', enabled once before' : `, enabled ${how.enabledBefore} times before`;
  const says = `${device} waits for sections (${words} words, ${args.areaWords} for each section${times})`;
  return { task: taskName, operations: [...ready(device, words), ...again, remoteEnable(device, args)], says };
}
