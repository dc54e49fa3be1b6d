/**
 * @module What a TypeScript kcov model is: the files of one kernel version that kcov consists of, each a Program that can
 * be printed as C, patched and run. It states what the functions do and in which order, with the kernel's identifiers;
 * comments, message texts and formatting are not part of it.
 */
import type { Program } from '../ir/program.js';

export interface KcovModel {
  /** Kernel version as tagged, such as v5.5. */
  readonly version: string;
  /** First twelve digits of the blob id of kernel/kcov.c in that version. */
  readonly blob: string;
  /** The headers with kcov's part of them, kernel/kcov.c last, as link() wants them; placed as printProgram() prints them. */
  readonly files: readonly Program[];
}
