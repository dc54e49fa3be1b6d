/**
 * @module Images as they begin: the printed model, or the text of a real file.
 */
import type { Image } from './image.js';

/** An image of the printed model: lines without newlines; no line knows its number in the real file. */
export function imageOf(path: string, lines: readonly string[]): Image {
  return {
    path, lines: [...lines],
    origins: lines.map(() => ({ image: 'model', line: null, patch: null, hunk: null, added: false, inputLine: null })),
  };
}

/** An image of a real file: lines without newlines, numbered from 1. */
export function treeImageOf(path: string, lines: readonly string[]): Image {
  return {
    path, lines: [...lines],
    origins: lines.map((_, i) => ({ image: 'tree', line: i + 1, patch: null, hunk: null, added: false, inputLine: null })),
  };
}
