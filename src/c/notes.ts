/**
 * @module What the pre-pass took out of the text or wrote over, by offset, for the lowering to put back.
 */

/** A word that stands between the words of a declaration, with its arguments. */
export interface AttributeNote {
  readonly start: number;
  readonly end: number;
  /** As written, white space collapsed: `__free(kfree)`. */
  readonly text: string;
}

/** A part that is not parsed. */
export interface CutNote {
  readonly start: number;
  readonly end: number;
  readonly why: string;
}

export interface Notes {
  /** Sorted by offset. */
  readonly attributes: AttributeNote[];
  /** Identifier at an offset -> the name it stands for. */
  readonly names: Map<number, string>;
  /** Placeholder of a type argument -> the type as written. */
  readonly types: Map<number, string>;
  /** `int` that stands for a typeof: its offset -> what is in its parentheses; '' for __auto_type. */
  readonly typeofs: Map<number, string>;
  /** Placeholder of an argument that is a statement -> the statement as written. */
  readonly statements: Map<number, string>;
  /** Offsets of `||` that stand for the `...` of a range. */
  readonly ranges: Set<number>;
  /** `while` at an offset -> the iterator macro it stands for, and whether its arguments are made up. */
  readonly loops: Map<number, { readonly macro: string; readonly bare: boolean }>;
  /** Offsets of `;` that were not written. */
  readonly semicolons: Set<number>;
  /** Defining macro in a function body at an offset -> storage words before it. */
  readonly storage: Map<number, string>;
  /** Placeholder (a word or a `;`) -> what it hides. */
  readonly cuts: Map<number, CutNote>;
}

export function emptyNotes(): Notes {
  return {
    attributes: [], names: new Map(), types: new Map(), typeofs: new Map(), statements: new Map(), ranges: new Set(), loops: new Map(), semicolons: new Set(), storage: new Map(),
    cuts: new Map(),
  };
}

/** The attributes that begin in [start, end), in order. */
export function attributesIn(notes: Notes, start: number, end: number): AttributeNote[] {
  let low = 0;
  let high = notes.attributes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((notes.attributes[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const found: AttributeNote[] = [];
  for (let i = low; (notes.attributes[i]?.start ?? end) < end; i++) {
    const note = notes.attributes[i];
    if (note) found.push(note);
  }
  return found;
}
