/** @module Line numbers in a series: what an earlier patch shows is quoted from that patch, so it keeps its number there. */
import { expect, test } from 'vitest';
import { imageOf } from '../../src/apply/model-image.js';
import { renumber } from '../../src/apply/renumber.js';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';

test('lines of the tree move, lines of an earlier patch of the series do not', () => {
  const { diff } = parseDiffText('--- a/f.c\n+++ b/f.c\n@@ -1,1 +1,3 @@\n a\n+b\n+c\n', { name: 'second' });
  const [file] = diff.files;
  if (!file) throw new Error('no file');
  const image = imageOf('f.c', ['a', 'tree', 'first']);
  const origins = image.origins.map((origin, i) => (i === 2 ? { ...origin, image: 'diff' as const, line: 3, patch: 1, hunk: 1, added: true } : { ...origin, image: 'tree' as const, line: i + 1 }));
  expect(renumber({ ...image, origins }, file, { applied: new Set([1]) }).origins.map((o) => o.line)).toEqual([1, 4, 3]);
});
