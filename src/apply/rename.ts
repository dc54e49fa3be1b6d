/**
 * @module Renaming locals of one function of an image, and the questions that the search modulo renaming asks.
 */
import type { Image } from './image.js';
import type { Edit } from './edits.js';
import { applyEdits } from './edits.js';
import type { Renamable } from './match.js';
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
      return !isMember(read.tokens, token) && (functionNames(read.structure, token)?.locals.has(text) ?? false);
    },
    isFree: (offset, name) => !(functionNames(read.structure, stream.core[offset] ?? -1)?.all.has(name) ?? true),
  };
}

/** The image with locals of the function around `token` renamed; null when a new name is in use there. */
export function renameLocals(read: ReadImage, token: number, renames: ReadonlyMap<string, string>): Image | null {
  const item = itemAt(read.structure, token);
  const names = functionNames(read.structure, token);
  if (!item || !names) return null;
  for (const name of renames.values()) if (names.all.has(name)) return null;
  const edits: Edit[] = [];
  for (let i = item.first; i <= item.last; i++) {
    const text = renames.get(read.tokens[i]?.text ?? '');
    const tag = /^(struct|union|enum|goto)$/.test(read.tokens[i - 1]?.text ?? '');
    if (text !== undefined && !tag && !isMember(read.tokens, i)) edits.push({ kind: 'replace', token: i, text });
  }
  return applyEdits(read.image, read.tokens, edits);
}
