/** @module A unified diff applied to the old text gives the new text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../src/render/unified-diff.js';

/** Puts a diff of our own on a text, checking context and counts. */
function apply(before: readonly string[], diff: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const line of diff.slice(2)) {
    const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@/u.exec(line);
    if (head) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      result.push(...before.slice(at, start));
      at = start;
      expect(result.length + (head[4] === '0' ? 0 : 1)).toBe(Number(head[3]));
      continue;
    }
    if (line[0] !== '+') {
      expect(line.slice(1)).toBe(before[at]);
      at += 1;
    }
    if (line[0] !== '-') result.push(line.slice(1));
  }
  return [...result, ...before.slice(at)];
}

test('property: applying the diff gives the new text', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '\tc', '{', '}'), { maxLength: 30 });
  fc.assert(fc.property(text, text, (before, after) => {
    expect(apply(before, unifiedDiff('x.c', before, after))).toEqual(before.join() === after.join() ? before : after);
  }), { numRuns: 500 });
});

test('equal texts have no diff; a change has context and the function it is in', () => {
  const before = ['int f(void)', '{', '\ta();', '\tb();', '\tc();', '\td();', '\te();', '}'];
  expect(unifiedDiff('x.c', before, before)).toEqual([]);
  const after = before.map((line) => (line === '\te();' ? '\tz();' : line));
  expect(unifiedDiff('x.c', before, after)).toEqual(['--- a/x.c', '+++ b/x.c', '@@ -4,5 +4,5 @@ int f(void)',
    ' \tb();', ' \tc();', ' \td();', '-\te();', '+\tz();', ' }']);
});
