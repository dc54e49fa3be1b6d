import { expect, it } from 'vitest';
import { readDiffstat, unseenChanges } from '../../src/patch/diffstat.js';
import { splitLines } from '../../src/patch/input-line.js';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';
import { inventedDiff, inventedMessage } from './invented-diff.js';

const stats = (text: string) => readDiffstat(splitLines(text));
const { files } = parseDiffText(inventedDiff, { name: 'x' }).diff;

it('reads paths and counts, also with blanks collapsed', () => {
  const want = [
    { path: 'include/linux/sched.h', changes: 2 },
    { path: 'kernel/cov.c', changes: 5 },
  ];
  expect(stats(inventedMessage)).toMatchObject(want);
  expect(stats(inventedMessage.replace(/ +/g, ' ').replace(/^ /gm, ''))).toMatchObject(want);
});

it('finds nothing unseen in a whole diff, shortened paths included', () => {
  expect(unseenChanges(stats(inventedMessage), files)).toEqual([]);
  expect(unseenChanges(stats(' .../linux/sched.h | 2 ++\n 1 file changed, 2 insertions(+)\n'), files)).toEqual([]);
});

it('names what a cut diff lacks', () => {
  expect(unseenChanges(stats(inventedMessage), files.slice(0, 1))).toMatchObject([{ path: 'include/linux/sched.h', promised: 2, seen: 0 }]);
  const shown = [{ ...files[0]!, hunks: files[0]!.hunks.slice(0, 1) }, files[1]!];
  expect(unseenChanges(stats(inventedMessage), shown)).toMatchObject([{ path: 'kernel/cov.c', promised: 5, seen: 4 }]);
});

it('takes no table in prose for a diffstat', () => {
  expect(stats('a | 1\nb | 2\n\nno sum\n')).toEqual([]);
});
