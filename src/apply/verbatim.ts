/**
 * @module The text of a hunk's own lines as they go into an image: comments are kept where the patch adds them whole,
 * and blanked where a part of them is elsewhere, so that the image stays readable for a C parser.
 */
import type { HunkSides } from './hunk-sides.js';
import type { CommentSpan } from './tokens.js';

/** Text of the hunk's line `index` (new side); null when nothing but part of a comment stands there. */
export function verbatim(sides: HunkSides, index: number): string | null {
  const text = sides.hunk.lines[index]?.text ?? '';
  let result = text;
  for (const span of partsOf(sides).get(index) ?? []) {
    const from = span.fromLine === index ? span.fromCol : 0;
    const to = span.toLine === index ? span.toCol : text.length;
    result = result.slice(0, from) + ' '.repeat(to - from) + result.slice(to);
  }
  return result.trim() === '' && text.trim() !== '' ? null : result.trimEnd();
}

const partsByLine = new WeakMap<HunkSides, Map<number, CommentSpan[]>>();

/** Comments that are not added whole, by the lines they cover. */
function partsOf(sides: HunkSides): Map<number, CommentSpan[]> {
  const known = partsByLine.get(sides);
  if (known) return known;
  const parts = new Map<number, CommentSpan[]>();
  for (const span of sides.fresh.comments) {
    if (isWhole(sides, span)) continue;
    for (let i = span.fromLine; i <= span.toLine; i++) {
      const here = parts.get(i);
      if (here) here.push(span);
      else parts.set(i, [span]);
    }
  }
  partsByLine.set(sides, parts);
  return parts;
}

/** Whether every line of the comment is added and it is closed. */
function isWhole(sides: HunkSides, span: CommentSpan): boolean {
  const { lines } = sides.hunk;
  if ((lines[span.fromLine]?.text ?? '').startsWith('//', span.fromCol)) return true;
  if (!(lines[span.fromLine]?.text ?? '').startsWith('/*', span.fromCol)) return false;
  if (!(lines[span.toLine]?.text ?? '').slice(0, span.toCol).endsWith('*/')) return false;
  for (let i = span.fromLine; i <= span.toLine; i++) {
    const fate = sides.fates[i];
    if (fate !== 'added' && fate !== 'removed') return false;
  }
  return true;
}
