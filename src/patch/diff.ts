/**
 * @module The text of a diff as data: files, hunks, lines with their numbers on both sides. Made by ./parse-diff-text.ts
 * on top of the parse-diff package, with our own validation. Nothing here knows C or mail.
 */

/** One line of a hunk. `text` has no leading marker, no newline, no CR at its end. */
export interface DiffLine {
  readonly kind: 'context' | 'added' | 'removed';
  readonly text: string;
  /** 1-based line in the pre-image; null for added lines. */
  readonly oldLine: number | null;
  /** 1-based line in the post-image; null for removed lines. */
  readonly newLine: number | null;
  /** 1-based line in the input the diff was read from. */
  readonly inputLine: number;
}

export interface Hunk {
  /** 1-based within its file. */
  readonly index: number;
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** What stands after the second @@: the function, as git found it; '' when there is none. */
  readonly section: string;
  readonly lines: readonly DiffLine[];
  /** The tail is missing: the header promises more lines than there are. */
  readonly truncated: boolean;
}

export interface FileDiff {
  /** Path in the pre-image without a/; null for a new file. */
  readonly oldPath: string | null;
  /** Path in the post-image without b/; null for a deleted file. */
  readonly newPath: string | null;
  /** The path a reader would name: newPath, else oldPath. */
  readonly path: string;
  /** Blob ids of the index line, 7 to 40 digits, or null. */
  readonly oldBlob: string | null;
  readonly newBlob: string | null;
  readonly binary: boolean;
  readonly renamed: boolean;
  readonly hunks: readonly Hunk[];
}

/** Something wrong with the input: where (file and line of the input) and what. */
export interface Problem {
  /** The input's name and 1-based line, such as "patch.mbox:120". */
  readonly where: string;
  readonly what: string;
}

export interface Diff {
  readonly files: readonly FileDiff[];
  /** The white space of the lines is not to be trusted (an archive stripped it): compare tokens only. */
  readonly whitespaceDamaged: boolean;
  /** Text that could not be seen: the input ended inside the diff. */
  readonly truncated: boolean;
}
