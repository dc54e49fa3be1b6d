/** @module What makes mutants: an operator finds the places of a file at which it can change something, and says how. */
import type { Edit, Source } from './source.js';

/** What an operator changes: a row of the table in docs/mutants.md. */
export type Kind =
  | 'barrier' | 'lock' | 'irq flags' | 'field' | 'check' | 'reference' | 'order of stores' | 'marked access' | 'constant' | 'errno' | 'list'
  | 'call' | 'wider lock' | 'across unlock' | 'path' | 'loop' | 'argument' | 'variable' | 'late read' | 'name' | 'order' | 'function' | 'layout' | 'spelling';

/** One place at which an operator can be used. */
export interface Site {
  readonly function: string;
  /** 1-based line of the file before the change. */
  readonly line: number;
  readonly edits: readonly Edit[];
}

export interface Operator {
  /** In kebab-case: what it does. */
  readonly id: string;
  readonly kind: Kind;
  /** One sentence for the table. */
  readonly does: string;
  /** False: it means the same afterwards, and nothing may be asked. */
  readonly semantic: boolean;
  /** Used for the first time in the final run that docs/mutants.md shows. Rules are mended after such a run, so the next one needs new ones. */
  readonly held?: true;
  readonly sites: (source: Source) => readonly Site[];
}

type Given = Omit<Operator, 'semantic'>;

export const semantic = (given: Given): Operator => ({ ...given, semantic: true });
export const neutral = (given: Given): Operator => ({ ...given, semantic: false });
