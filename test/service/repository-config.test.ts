/** @module `.github/kcovet.yml`: defaults, what is wanted, and errors with line and way out. */
import { describe, expect, test } from 'vitest';
import { baseOptionsOf, parseConfig, wantsBranch, wantsComment, wantsPaths, type RepositoryConfig } from '../../src/service/repository-config.js';
import { matchesGlob } from '../../src/service/glob.js';

function config(text: string): RepositoryConfig {
  const read = parseConfig(text);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
}

describe('what it says', () => {
  test.each(['', '# nothing but a comment\n', '---\n'])('%j: the defaults', (text) => {
    expect(config(text)).toEqual({ paths: ['**'], branches: ['**'], comment: ['high', 'medium', 'low', 'note'], conclusion: 'neutral', sarif: false });
    expect(baseOptionsOf(config(text))).toEqual({ root: '' });
  });

  test('everything', () => {
    const all = config('paths: ["kernel/**", "!kernel/trace/"]\nbranches:\n  - main\n  - for-*\ncomment: [high, medium]\nconclusion: failure\ntree: src/linux\nbase: torvalds/linux@v6.12\nsarif: true\n');
    expect(wantsPaths(all, ['README', 'kernel/kcov.c'])).toBe(true);
    expect(wantsPaths(all, ['README', 'kernel/trace/a.c'])).toBe(false);
    expect([wantsBranch(all, 'main'), wantsBranch(all, 'for-6.14'), wantsBranch(all, 'topic')]).toEqual([true, true, false]);
    expect([wantsComment(all, 'high'), wantsComment(all, 'low')]).toEqual([true, false]);
    expect(baseOptionsOf(all)).toEqual({ root: 'src/linux', elsewhere: { owner: 'torvalds', repo: 'linux', ref: 'v6.12' } });
    expect([all.conclusion, all.sarif]).toEqual(['failure', true]);
  });
});

test.each([
  ['conclusion: neutral\nseverity: high\n', '.github/kcovet.yml:2: no such key: severity: the keys are paths, branches, comment, conclusion, tree, base, sarif'],
  ['\nconclusion: red\n', '.github/kcovet.yml:2: conclusion: give neutral or failure'],
  ['branches: main\n', '.github/kcovet.yml:1: branches: give a list of patterns, such as ["main", "for-*"]'],
  ['comment:\n  - high\n  - grave\n', '.github/kcovet.yml:3: comment: give severities: high, medium, low, note'],
  ['tree: ../linux\n', '.github/kcovet.yml:1: tree: give the folder that is the root of the kernel, such as linux, without a slash at its ends'],
  ['tree: a/../b\n', 'tree: give the folder'], ['tree: /linux\n', 'tree: give the folder'],
  ['base: linux\n', '.github/kcovet.yml:1: base: give OWNER/REPO or OWNER/REPO@REF'],
  ['sarif: 1\n', '.github/kcovet.yml:1: sarif: give true or false'],
  ['- a\n- b\n', '.github/kcovet.yml:1: give keys with their values, such as "conclusion: neutral"'],
  ['just text', '.github/kcovet.yml:1: give keys with their values'],
  ['a: [1\nb: 2\n', '.github/kcovet.yml:2: is no YAML: '],
  ['conclusion: neutral\nconclusion: failure\n', '.github/kcovet.yml:2: is no YAML: Map keys must be unique'],
  [`x: ${'y'.repeat(70_000)}`, '.github/kcovet.yml: more than 64 kB'],
])('%j: what is wrong, where, and the way out', (text, problem) => {
  const read = parseConfig(text);
  expect(read.ok ? '' : read.problems[0]).toContain(problem);
});

test('aliases that grow without end are refused', () => {
  const layers = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`).join('\n');
  expect(parseConfig(`a0: &a0 [x]\n${layers}\n`).ok).toBe(false);
});

test.each([
  ['**', 'a/b.c', true], ['*', 'a/b.c', false], ['kernel/*', 'kernel/kcov.c', true], ['kernel/*', 'kernel/a/b.c', false],
  ['kernel/**', 'kernel/a/b.c', true], ['kernel/**', 'kernel', true], ['**/kcov.?', 'include/linux/kcov.h', true], ['**/kcov.?', 'kcov.h', true],
  ['a/**/z', 'a/z', true], ['a/**/z', 'a/b/c/z', true], ['a/**/z', 'a/b/c', false], ['drivers/', 'drivers/usb/x.c', true],
  ['for-*', 'for-next', true], ['for-*', 'for-next/x', false], ['a.c', 'abc', false], ['(a+)+$', 'aaaa', false],
])('the pattern %s for %s: %s', (pattern, path, fits) => {
  expect(matchesGlob(pattern, path)).toBe(fits);
});

test('a pattern that would be slow is not', () => {
  expect(matchesGlob('*a'.repeat(90), `${'a'.repeat(2_000)}b`)).toBe(false);
  expect(matchesGlob('**/'.repeat(60), `${'a/'.repeat(500)}b`)).toBe(true);
});
