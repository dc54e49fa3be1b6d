/**
 * @module An image read for alignment: its tokens, shape and soft streams, computed once for each image.
 */
import type { Image } from './image.js';
import type { SoftStream } from './soft.js';
import { softStream } from './soft.js';
import type { Item, Structure } from './structure.js';
import { itemAt, structureOf } from './structure.js';
import type { Token } from './tokens.js';
import { isWord, tokenise } from './tokens.js';
import { beginsStatement } from './soft.js';
import { declarationEnd, declaratorsOf } from './declarators.js';

export interface ReadImage {
  readonly image: Image;
  readonly tokens: readonly Token[];
  readonly structure: Structure;
  /** Declarations are core tokens. */
  readonly plain: SoftStream;
  /** Local declarations are soft. */
  readonly undeclared: SoftStream;
  /** Text was cut at TOKENS_MAX. */
  readonly gaveUp: boolean;
}

/** Reads an image; remembers the last one, since most hunks that fail leave it as it is. */
export class ImageReader {
  private last: ReadImage | null = null;

  constructor(private readonly prints: ReadonlySet<string>) {}

  read(image: Image): ReadImage {
    if (this.last?.image === image) return this.last;
    const { tokens, gaveUp } = tokenise(image.lines);
    const options = { prints: this.prints, fragment: false };
    let undeclared: SoftStream | null = null;
    this.last = {
      image, tokens, gaveUp,
      structure: structureOf(tokens),
      plain: softStream(tokens, { ...options, declarations: false }),
      // Asked for only where the hunk fits nowhere as it is.
      get undeclared() {
        return (undeclared ??= softStream(tokens, { ...options, declarations: true }));
      },
    };
    return this.last;
  }
}

/** Names of one function. */
export interface FunctionNames {
  /** Its locals and parameters. */
  readonly locals: ReadonlySet<string>;
  /** Names that a local cannot be given: all that are no members, except those that only added lines use. */
  readonly all: ReadonlySet<string>;
}

const namesOf = new WeakMap<Item, FunctionNames>();

/**
 * The names of the function that a token lies in; null outside functions. Lines that a patch added have the real file's
 * names already, so with `image` a name that only they use is free, unless they declare it.
 */
export function functionNames(structure: Structure, token: number, image?: Image): FunctionNames | null {
  const item = itemAt(structure, token);
  if (!item || item.function === null) return null;
  const known = namesOf.get(item);
  if (known) return known;
  const names = { locals: localsOf(structure, item), all: new Set<string>() };
  for (let i = item.first; i <= item.last; i++) {
    const text = structure.tokens[i]?.text ?? '';
    if (!isWord(text) || isMember(structure.tokens, i)) continue;
    if (names.locals.has(text) || !image?.origins[structure.tokens[i]?.line ?? 0]?.added) names.all.add(text);
  }
  namesOf.set(item, names);
  return names;
}

/** Whether the token is no variable's name by what stands before it: a field, a tag or a label. */
export function isMember(tokens: readonly Token[], i: number): boolean {
  return /^(\.|->|struct|union|enum|goto)$/.test(tokens[i - 1]?.text ?? '');
}

function localsOf(structure: Structure, item: Item): Set<string> {
  const { tokens } = structure;
  const locals = new Set<string>();
  for (let i = item.first; i < item.open; i++) {
    if (isWord(tokens[i]?.text ?? '') && /^[,)[]$/.test(tokens[i + 1]?.text ?? '') && tokens[i]?.text !== 'void') {
      locals.add(tokens[i]?.text ?? '');
    }
  }
  for (let i = item.open + 1; i < item.last; i++) {
    if (!beginsStatement(tokens, i)) continue;
    const end = declarationEnd(tokens, i);
    if (end < 0) continue;
    for (const one of declaratorsOf(tokens, i, end)) locals.add(one.name);
    i = end;
  }
  locals.delete(item.function ?? '');
  return locals;
}
