/** @module What user and kernel do with kcov, as operations of scenarios. Each calls what the Program registered or exports, and keeps the contract's state. */
export { close, disable, enable, initTrace, mmap, modeNumber, open, PAGE_WORDS, remoteEnable, unknownIoctl } from './file-operations.js';
export type { Mode, RemoteArguments } from './file-operations.js';
export { changeHandles, scribble } from './hostile-operations.js';
export { compare, compareSwitch, hit } from './hit-operations.js';
export { ownCommand } from './own-commands.js';
export { readArea } from './reader-operations.js';
export { commonHandle, remoteStart, remoteStop, SCALED_AREA_WORDS, usbHandle } from './section-operations.js';
export type { StartOptions } from './section-operations.js';
export { bottomHalves, exec, exit, fork, mayFork, readCommonHandle, whenForked } from './task-operations.js';
