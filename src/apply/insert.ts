/**
 * @module Hunks whose old side has no code at all: a new file, or code put between comments at the top level, behind the
 * item that the section heading names.
 */
import type { HunkSides } from './hunk-sides.js';
import type { Image, LineOrigin } from './image.js';
import type { PlaceContext, Placing } from './place.js';
import { sectionWindow } from './section.js';
import { softStream } from './soft.js';
import { diffOrigin } from './splice.js';
import { itemAt } from './structure.js';
import { verbatim } from './verbatim.js';

/** Places a hunk without code in its old side; null when it has some or its place cannot be told. */
export function insertWithoutCode(image: Image, sides: HunkSides, context: PlaceContext): Placing | null {
  const stream = softStream(sides.old.tokens, { prints: context.prints, declarations: false, fragment: true });
  if (stream.core.length > 0) return null;
  if (image.lines.length === 0 && sides.old.tokens.length === 0) {
    return { kind: 'placed', image: inserted(image, sides, { line: 0, patch: context.patch }), placed: 'exact', note: '' };
  }
  const read = context.reader.read(image);
  const window = sectionWindow(read, sides.hunk, context.patch);
  if (!window || window.low < 0 || !isTopLevel(sides)) return null;
  const item = itemAt(read.structure, window.low);
  const line = read.tokens[item?.last ?? -1]?.line;
  if (line === undefined) return null;
  const at = inserted(image, sides, { line: line + 1, patch: context.patch });
  return { kind: 'placed', image: at, placed: 'fuzzy', note: `no code in its context: put behind ${window.name}` };
}

/** Comments and closing braces at the left edge stand between functions. */
function isTopLevel(sides: HunkSides): boolean {
  return sides.hunk.lines.some((line) => line.kind === 'context' && /^(\}|\/\*| \*)/.test(line.text))
    && sides.hunk.lines.every((line) => line.kind !== 'context' || !/^\t/.test(line.text));
}

function inserted(image: Image, sides: HunkSides, where: { line: number; patch: number }): Image {
  const lines: string[] = [];
  const origins: LineOrigin[] = [];
  sides.hunk.lines.forEach((line, i) => {
    if (line.kind !== 'added') return;
    const text = verbatim(sides, i);
    if (text === null) return;
    lines.push(text);
    origins.push(diffOrigin(line, { patch: where.patch, hunk: sides.hunk.index }, true));
  });
  return {
    path: image.path,
    lines: [...image.lines.slice(0, where.line), ...lines, ...image.lines.slice(where.line)],
    origins: [...image.origins.slice(0, where.line), ...origins, ...image.origins.slice(where.line)],
  };
}
