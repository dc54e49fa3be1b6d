/** @module The state of kcov's contract: what user and kernel may rely on, whatever the code does. Plain data, replaced as a whole. */

import type { Dialect } from './errno.js';

/** One opened file of debugfs kcov, by the name the scenario gives it. */
export interface Device {
  readonly state: 'closed' | 'open' | 'ready' | 'enabled';
  /** Words of the area; 0 before KCOV_INIT_TRACE. */
  readonly words: number;
  /** Object that the user has mapped, by the pages inserted; null before. */
  readonly area: number | null;
  /** Pages inserted by the last mmap(). */
  readonly pages: number;
  /** A mmap() returned success. */
  readonly mapped: boolean;
  /** Pages could not be inserted: whether the device has its area nevertheless is not promised. */
  readonly halfMapped: boolean;
  /** Its file is closed and unmapped: only the task that enabled it holds it still. */
  readonly abandoned: boolean;
  /** Tracing mode while enabled, as the argument of the ioctl: 0 PCs, 1 comparisons. */
  readonly mode: number;
  /** Task that enabled it. */
  readonly owner: string | null;
  readonly remote: boolean;
  readonly remoteWords: number;
  /** Handles it is registered for, as decimal strings, the common one included. */
  readonly handles: readonly string[];
  readonly common: string;
  /** Its owner is disabling it, or exits: sections may still find it, and may not. */
  readonly leaving: boolean;
  /** Handles of a KCOV_REMOTE_ENABLE under way: sections may find them already. */
  readonly arriving: readonly string[];
  /** Goes up when an enable or a disable begins: a section belongs to one. */
  readonly generation: number;
  /** The user wrote into its area: nothing is promised about the records. */
  readonly scribbled?: true;
  /** The user changed the argument of an ioctl while it was under way. */
  readonly argumentChanged?: true;
}

export const CLOSED: Device = {
  state: 'closed', words: 0, area: null, pages: 0, mapped: false, halfMapped: false, abandoned: false, mode: 0, owner: null, remote: false, remoteWords: 0, handles: [], common: '', leaving: false, arriving: [], generation: 0,
};

/** A remote section that, by contract, is in progress. */
export interface Section {
  readonly device: string;
  /** Of the device when it was found; negative when that cannot be told. */
  readonly generation: number;
  /** Labels hit in it. */
  readonly hits: readonly number[];
  /** Records that its area surely holds. */
  readonly capacity: number;
  /** It surely began: the handle was registered all the time. */
  readonly sure: boolean;
  /** Buffer its records went to, once known. */
  readonly buffer: number | null;
  /** The label recorded last by its own context; 0 before the first. */
  readonly recorded: number;
  /** Records in it of early irq code that interrupted it. */
  readonly taken: number;
  /** irqs on when its start was called. */
  readonly irqsOn: boolean;
}

export interface Ghost {
  /** Which contract it is; never changes. */
  readonly dialect: Dialect;
  readonly devices: Readonly<Record<string, Device>>;
  /** By who is in it: a task's or an interrupt's name. */
  readonly sections: Readonly<Record<string, Section>>;
  /** For each label that was hit, the device that may get it; '' none. */
  readonly rights: Readonly<Record<number, string>>;
  /** How often each label was hit. */
  readonly hits: Readonly<Record<number, number>>;
  /** Labels that must be in a device's area, by device. */
  readonly expected: Readonly<Record<string, readonly number[]>>;
  /** What the operation under way of each context began with. */
  readonly begun: Readonly<Record<string, Begun>>;
  /** Who has an allocation that failed in the operation under way. */
  readonly failed: readonly string[];
  /** Children that were born. */
  readonly forked: readonly string[];
  /** What kcov_common_handle() is, by task; none is '0'. */
  readonly common: Readonly<Record<string, string>>;
  /** Address of the file operations of the debugfs file; 0 while there is no file. */
  readonly fileOperations: number;
  /** Calls on files that are under way, by who makes them. */
  readonly calls: Readonly<Record<string, Call>>;
  /** By reader, the count it read last; absent where nobody reads. */
  readonly seen?: Readonly<Record<string, number>>;
}

/** A call on a file under way: others may see what it does before it returns. */
export interface Call {
  readonly device: string;
  /** What its success makes of the device. */
  readonly effect: Partial<Device>;
  /** What the device may have been meanwhile: its result must fit one of these. */
  readonly met: readonly Device[];
}

export interface Begun {
  /** What the contract said at that moment: an expected result, or a device and generation. */
  readonly note: string;
  /** Records of early irq code meanwhile; left out: none. */
  readonly taken?: number;
}

export const NO_GHOST: Ghost = { dialect: 'v5.5', devices: {}, sections: {}, rights: {}, hits: {}, expected: {}, begun: {}, calls: {}, failed: [], forked: [], common: {}, fileOperations: 0 };

/** Where the user's mappings begin. */
export const MAPPED_AT = 0x2000_0000;

/** Labels of hits: values that no other computation of kcov yields. */
export const LABEL_FIRST = 0x1_0000_0000;
export const LABELS_MAX = 0x1000;
/** Of the code that runs in the middle of a context switch: nobody may record it. */
export const LABEL_IN_SWITCH = LABEL_FIRST + LABELS_MAX - 1;

export function isLabel(value: number | bigint): boolean {
  return typeof value === 'number' && value >= LABEL_FIRST && value < LABEL_FIRST + LABELS_MAX;
}
