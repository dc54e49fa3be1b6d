/**
 * @module A base that was found outside: the files of kcov as a tree, a git mirror or GitHub has them. Plain data, so that
 * a review stays a pure function of submission and base; src/gateway finds it.
 */

/** One step of finding the base, for the review: what was tried and what came of it. */
export interface BaseStep {
  /** Such as "--tree linux", "git linux.git", "github torvalds/linux". */
  readonly where: string;
  readonly what: string;
}

export interface BaseInput {
  readonly kind: 'tree' | 'git' | 'github';
  /** Such as "v6.1.192", a commit's first 12 digits, or the directory. */
  readonly label: string;
  /** What the Makefile of the base says, such as "v6.1.192" or "v6.12-rc3"; null or left out when it is not known. */
  readonly version?: string | null;
  /** Text by kernel path: kernel/kcov.c, include/linux/kcov.h, include/uapi/linux/kcov.h, include/linux/sched.h, and files the patch touches. */
  readonly files: ReadonlyMap<string, string>;
  /** Full blob ids where they are known. */
  readonly blobs: ReadonlyMap<string, string>;
  readonly steps: readonly BaseStep[];
  /** Nothing of the patch names this base: it is the nearest that fits. */
  readonly guessed: boolean;
}
