/**
 * @module Renaming locals of one function of an image, and the questions that the search modulo renaming asks.
 */
import type { Image } from './image.js';
import type { Edit } from './edits.js';
import { applyEdits } from './edits.js';
import type { Renamable, Renames } from './match.js';
import type { ReadImage } from './read-image.js';
import { functionNames, isMember } from './read-image.js';
import type { SoftStream } from './soft.js';
import { itemAt } from './structure.js';

/** Locals and free names at the core tokens of a stream. */
export function renamable(read: ReadImage, stream: SoftStream): Renamable {
  return {
    isLocal: (offset) => {
      const token = stream.core[offset] ?? -1;
      const text = read.tokens[token]?.text ?? '';
      return !isMember(read.tokens, token) && (functionNames(read.structure, token, read.image)?.locals.has(text) ?? false);
    },
    isFree: (offset, name) =>
      !(functionNames(read.structure, stream.core[offset] ?? -1, read.image)?.all.has(name) ?? true),
    functionOf: (offset) => itemAt(read.structure, stream.core[offset] ?? -1)?.first ?? -1,
  };
}

/** The image with locals renamed, each function by one of its tokens; null when a new name is in use there. */
export function renameIn(read: ReadImage, renames: Renames): Image | null {
  const edits: Edit[] = [];
  for (const [token, names] of renames) {
    const own = renameLocals(read, token, names);
    if (!own) return null;
    edits.push(...own);
  }
  return applyEdits(read.image, read.tokens, edits);
}

function renameLocals(read: ReadImage, token: number, renames: ReadonlyMap<string, string>): Edit[] | null {
  const item = itemAt(read.structure, token);
  const names = functionNames(read.structure, token, read.image);
  if (!item || !names) return null;
  for (const name of renames.values()) if (names.all.has(name)) return null;
  const edits: Edit[] = [];
  for (let i = item.first; i <= item.last; i++) {
    const text = renames.get(read.tokens[i]?.text ?? '');
    if (text !== undefined && !isMember(read.tokens, i)) edits.push({ kind: 'replace', token: i, text });
  }
  return edits;
}
