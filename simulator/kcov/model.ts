/**
 * @module What a TypeScript kcov model is: the files of one kernel version that kcov consists of, each a Program that can
 * be printed as C, patched and run. It states what the functions do and in which order, with the kernel's identifiers;
 * comments, message texts and formatting are not part of it.
 */
import type { Program } from '../ir/program.js';
import type { Dialect } from './errno.js';

/** A change that releases made after the version was tagged, and that the model has. */
export interface LaterChange {
  /** Stable release that has it first, such as 6.12.9. */
  readonly since: string;
  /** Subject of the commit. */
  readonly commit: string;
  /** Paths of the files of the model that it changes. */
  readonly of: readonly string[];
  /** What is different from the version as tagged, in a sentence. */
  readonly what: string;
}

export interface KcovModel {
  /** Kernel version as tagged, such as v5.5. */
  readonly version: string;
  /** First twelve digits of the blob id of the kernel/kcov.c it states. */
  readonly blob: string;
  /** What it promises to its callers. */
  readonly dialect: Dialect;
  /** Where it states a later release than the tag: what changed since, oldest first; absent when it is the tag's. */
  readonly differences?: readonly LaterChange[];
  /** The headers with kcov's part of them, kernel/kcov.c last, as link() wants them; placed as printProgram() prints them. */
  readonly files: readonly Program[];
}
