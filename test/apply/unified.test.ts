import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { treeImageOf } from '../../src/apply/model-image.js';
import { applyExact, findExact } from '../../src/apply/exact.js';
import { unifiedDiff } from '../../src/apply/unified.js';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';

const image = (lines: readonly string[]): ReturnType<typeof treeImageOf> => treeImageOf('a.c', lines);

describe('unifiedDiff', () => {
  it('is empty for equal images', () => {
    expect(unifiedDiff(image(['a', 'b']), image(['a', 'b']))).toBe('');
  });

  it('shows one change with three lines of context', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8'];
    const after = ['1', '2', '3', '4', 'five', '6', '7', '8'];
    expect(unifiedDiff(image(before), image(after)))
      .toBe('--- a/a.c\n+++ b/a.c\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n');
  });

  it('takes one image to the other when applied', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd();', '}'), { maxLength: 30 });
    fc.assert(fc.property(text, text, (a, b) => {
      const out = unifiedDiff(image(a), image(b));
      if (a.join('\n') === b.join('\n')) return;
      const hunks = parseDiffText(`diff --git a/a.c b/a.c\n${out}`, { name: 'x' }).diff.files[0]?.hunks ?? [];
      let now = image(a);
      for (const hunk of hunks) {
        const at = hunk.newCount === 0 ? hunk.newStart : hunk.newStart - 1;
        now = applyExact(now, hunk, { at, patch: 1 });
      }
      expect(now.lines).toEqual(b);
    }));
  });
});

describe('findExact', () => {
  const hunkOf = (line: string): Parameters<typeof findExact>[1] => ({
    index: 1, oldStart: 1, oldCount: 1, newStart: 1, newCount: 1, section: '', truncated: false,
    lines: [{ kind: 'removed', text: line, oldLine: 1, newLine: null, inputLine: 1 }],
  });

  it('takes the place of the header, else one that is clearly the nearest', () => {
    const lines = ['x', 'a', 'b', 'c', 'a', 'd', 'e', 'f', 'g', 'h', 'i', 'z'];
    const find = (text: string, expected: number): unknown => findExact(image(lines), hunkOf(text), { expected, floor: 0, budget: { left: 1e6 } });
    expect(find('a', 4)).toEqual({ at: 4, offset: 0 });
    expect(find('z', 4)).toEqual({ at: 11, offset: 7 });
    expect(find('a', 3)).toBeNull();
    expect(find('nowhere', 3)).toBeNull();
  });
});
