/**
 * @module Ids and exact application against git itself: blob ids, patch ids, and what a diff makes of a file.
 */
import { mkdirSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { blobId, sameBlob } from '../../src/apply/blob-id.js';
import { applyFileExactly, revertFileExactly } from '../../src/apply/exact-file.js';
import { checkSeries, isInBase } from '../../src/apply/series-check.js';
import { patchId } from '../../src/gateway/patch-id.js';
import { readTrailers } from '../../src/gateway/trailers.js';
import { addCommit, formatPatch, git, history, kcovText, Sandbox, submissionOf } from './repository.js';

const box = new Sandbox();
afterAll(() => box.remove());

describe('blob ids', () => {
  test.each(['', 'a', 'a\n', 'a\r\n', '\u00e9\n', 'x'.repeat(100_000), 'no newline\nat the end'])('%j', (text) => {
    const file = box.write('blob', text);
    expect(blobId(text)).toBe(git(box.root, ['hash-object', '--no-filters', file]).trim());
  });

  test('abbreviations', () => {
    const id = blobId('x');
    expect(sameBlob(id, id.slice(0, 7))).toBe(true);
    expect(sameBlob(id.slice(0, 9).toUpperCase(), id)).toBe(true);
    expect(sameBlob(id, id.slice(0, 6))).toBe(false);
    expect(sameBlob(id, `${id.slice(0, 8)}${id[8] === '0' ? '1' : '0'}`)).toBe(false);
  });
});

describe('patch ids are those of git patch-id --stable', () => {
  const one = kcovText();
  const cases: readonly [string, Record<string, string>, Record<string, string | null>][] = [
    ['one file', { a: one }, { a: kcovText({ beta: 1 }) }],
    ['three files', { a: one, b: one, 'd/c': one }, { a: kcovText({ beta: 1 }), b: kcovText({ alpha: 2, zeta: 9 }), 'd/c': `${one}x\n` }],
    ['a new file', { a: one }, { b: 'x\ny\n' }],
    ['a deleted file', { a: one, b: 'x\n' }, { b: null }],
    ['no newline at the end', { a: 'x\ny' }, { a: 'x\nz' }],
    ['white space', { a: 'x\n y\n' }, { a: 'x\n\ty  z\n' }],
    ['lines like headers', { a: 'x\n' }, { a: 'x\n-- y\n++ z\ndiff --git\n' }],
    ['an empty file', { a: 'x\n' }, { b: '' }],
  ];
  test.each(cases)('%s', async (name, before, after) => {
    const dir = box.path(`patch-id ${name}`);
    history(dir, [{ files: before, timeS: 1_500_000_000 }]);
    for (const [path, text] of Object.entries(after)) if (text === null) rmSync(`${dir}/${path}`);
    addCommit(dir, { files: Object.fromEntries(Object.entries(after).filter(([, text]) => text !== null)) as Record<string, string>, timeS: 1_500_000_001 });
    const text = formatPatch(dir, '-1', ['--no-renames']);
    const [id] = git(dir, ['patch-id', '--stable'], text).split(' ');
    const submission = await submissionOf(text);
    expect(patchId(text.split('\n'))).toBe(id);
    if (submission.patches[0]) expect(patchId(submission.patches[0].bodyLines)).toBe(id);
  });

  test('no diff, no id', () => {
    expect(patchId(['just', 'talk'])).toBeNull();
    expect(patchId([])).toBeNull();
  });

  test('never throws', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('diff --git a/x b/x', '--- a/x', '+++ b/x', '@@ -1 +1 @@', '@@ -1,99999999 +1 @@', '-a', '+b', ' c', 'index 1..2'));
    fc.assert(fc.property(fc.array(line), (lines) => {
      expect(patchId(lines) ?? '0'.repeat(40)).toMatch(/^[0-9a-f]{40}$/u);
    }));
  });
});

test('trailers, as git, b4 and people write them', () => {
  const read = readTrailers([
    'text\nbase-commit: 0123456789abcdef0123456789abcdef01234567\nprerequisite-patch-id: 1111111111111111111111111111111111111111\n',
    '> Based-on: <20240101.1-2@example.org>\nDepends-on: https://lore.kernel.org/all/a%2Fb@example.org/\nprerequisite-message-id: <m@x> (v2)\nbase-commit: 0123456789abcdef0123456789abcdef01234567',
    'base-commit: tip/master\nbase-commit: 0000000000000000000000000000000000000000\nprerequisite-patch-id: 12\nBased-on: nothing\nBase-Commit: ABCDEF0123',
  ]);
  expect(read).toEqual({
    baseCommits: ['0123456789abcdef0123456789abcdef01234567', 'abcdef0123'],
    patchIds: ['1'.repeat(40)],
    messageIds: ['20240101.1-2@example.org', 'a/b@example.org', 'm@x'],
  });
});

describe('exact application gives what git has', () => {
  const lines = fc.array(fc.constantFrom('a;', 'b;', '\tc;', '}', '', 'd; /* x */', 'int e;', 'f();'), { minLength: 0, maxLength: 30 });
  const file = fc.tuple(lines, fc.boolean()).map(([some, newline]) => some.join('\n') + (newline && some.length > 0 ? '\n' : ''));

  test('of random files, forth and back', async () => {
    const dir = box.path('random');
    mkdirSync(dir, { recursive: true });
    git(dir, ['init', '-q', '.']);
    let applied = 0;
    await fc.assert(fc.asyncProperty(file, file, async (before, after) => {
      fc.pre(before !== after);
      box.write('random/x.c', before);
      const [x, y] = ['x.c', box.write('random/y.c', after)].map((name) => git(dir, ['hash-object', '-w', '--no-filters', name]).trim());
      const text = git(dir, ['diff', '--no-color', x!, y!]).replaceAll(x!, 'x.c').replaceAll(y!, 'x.c').replace(/^index .*$/mu, `index ${x}..${y} 100644`);
      const diff = (await submissionOf(text)).patches[0]?.diff.files[0];
      if (!diff || diff.hunks.length === 0) return;
      const on = applyFileExactly(before, diff);
      // A hunk of empty lines alone names no place.
      if (on.kind === 'refused') return;
      applied += 1;
      expect(on).toEqual({ kind: 'applied', text: after, offset: 0 });
      const off = revertFileExactly(after, diff);
      if (off.kind === 'applied') expect(off.text).toBe(before);
    }), { numRuns: 60, seed: 3 });
    expect(applied).toBeGreaterThan(30);
  });
});

describe('a series on a base', () => {
  const path = 'kernel/kcov.c';
  const steps = [kcovText(), kcovText({ alpha: 1 }), kcovText({ alpha: 1, delta: 2 })];

  async function series(): Promise<Awaited<ReturnType<typeof submissionOf>>> {
    const dir = box.path('series');
    rmSync(dir, { recursive: true, force: true });
    history(dir, steps.map((text, i) => ({ files: { [path]: text }, timeS: 1_500_000_000 + i })));
    return submissionOf(formatPatch(dir, '-2'));
  }

  test('verified when every id before and after agrees', async () => {
    const { patches } = await series();
    const check = checkSeries(new Map([[path, steps[0]!]]), patches);
    expect(check).toMatchObject({ exact: true, offset: 0 });
    expect([...check.verified]).toEqual([path]);
    expect(check.texts.get(path)).toBe(steps[2]);
    expect(check.files.map((one) => [one.before, one.after, one.placed])).toEqual([['same', 'same', 'exact'], ['same', 'same', 'exact']]);
  });

  test('not verified on another text, although it applies', async () => {
    const { patches } = await series();
    const check = checkSeries(new Map([[path, `/* more */\n${steps[0]}`]]), patches);
    expect(check).toMatchObject({ exact: true, offset: 2 });
    expect(check.verified.size).toBe(0);
  });

  test('not verified when one line of the patch was changed on its way', async () => {
    const { patches } = await series();
    const text = JSON.stringify(patches).replaceAll('alpha_value = 1', 'alpha_value = 11');
    const check = checkSeries(new Map([[path, steps[0]!]]), JSON.parse(text) as typeof patches);
    expect(check.files[0]).toMatchObject({ before: 'same', after: 'differs' });
    expect(check.verified.size).toBe(0);
  });

  test('is in the base: whole, not in part', async () => {
    const { patches } = await series();
    expect(isInBase(new Map([[path, steps[2]!]]), patches)).toBe(true);
    expect(isInBase(new Map([[path, steps[1]!]]), patches)).toBe(false);
    expect(isInBase(new Map([[path, steps[0]!]]), patches)).toBe(false);
    expect(isInBase(new Map(), patches)).toBe(false);
  });
});

