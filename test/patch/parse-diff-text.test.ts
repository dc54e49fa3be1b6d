import { describe, expect, it } from 'vitest';
import { parseDiffText } from '../../src/patch/parse-diff-text.js';
import { inventedBody, inventedDiff, inventedShape } from './invented-diff.js';
import { shapeOf, tokensOf } from './shape.js';

const read = (text: string) => parseDiffText(text, { name: 'x.diff' });
const lineOf = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;

describe('a clean diff', () => {
  it('gives files, hunks, numbers on both sides and lines of the input', () => {
    const { diff, problems } = read(inventedDiff);
    expect(problems).toEqual([]);
    expect(shapeOf(diff)).toEqual(inventedShape);
    expect(diff).toMatchObject({ whitespaceDamaged: false, truncated: false });
    const [file] = diff.files;
    expect(file).toMatchObject({ oldBlob: '1a2b3c4d5e6f', newBlob: '6f5e4d3c2b1a', binary: false, renamed: false });
    expect(diff.files[1]).toMatchObject({ oldBlob: '0123456', newBlob: '789abcd' });
    expect(file!.hunks[0]!.section).toContain('static bool cov_wanted(');
    const removed = file!.hunks[0]!.lines.find((line) => line.kind === 'removed');
    expect(removed).toEqual({ kind: 'removed', text: '\tif (!in_task())', oldLine: 15, newLine: null, inputLine: lineOf(inventedDiff, '-\tif (!in_task())') });
    const last = file!.hunks[1]!.lines.at(-1)!;
    expect([last.oldLine, last.newLine]).toEqual([45, 48]);
  });

  it('is the same with CRLF, and with blank context lines trimmed', () => {
    const clean = read(inventedDiff);
    expect(read(inventedDiff.replaceAll('\n', '\r\n'))).toEqual(clean);
    expect(read(inventedDiff.replaceAll('\n \n', '\n\n'))).toEqual(clean);
  });

  it('ends a patch at the signature line', () => {
    const { diff, problems } = read(inventedBody);
    expect(problems).toEqual([]);
    expect(shapeOf(diff)).toEqual(inventedShape);
  });
});

describe('what the diff package does not check', () => {
  it('makes no file of a lone --- a/x in a message', () => {
    const { diff } = read(`The line\n--- a/phantom.c\nis only talk.\n\n${inventedDiff}`);
    expect(shapeOf(diff)).toEqual(inventedShape);
  });

  it('names a hunk whose tail is missing and keeps the rest', () => {
    const cut = inventedDiff.slice(0, inventedDiff.indexOf(' \tspin_unlock_irqrestore'));
    const rest = inventedDiff.slice(inventedDiff.indexOf('diff --git a/include'));
    const { diff, problems } = read(cut + rest);
    expect(diff.files.map((file) => file.hunks.map((hunk) => hunk.truncated))).toEqual([[false, true], [false]]);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.where).toBe(`x.diff:${lineOf(inventedDiff, '@@ -40,6')}`);
    expect(problems[0]!.what).toContain('6 old and 7 new lines, 5 and 6 are here');
  });

  it('names a diff that ends inside a hunk', () => {
    const { diff } = read(inventedDiff.slice(0, inventedDiff.indexOf('+	bool')));
    expect(diff.truncated).toBe(true);
  });

  it('keeps lines beyond the promised count and says so', () => {
    const { diff, problems } = read(inventedDiff.replace('+\tt->cov_section = true;\n', '+\tt->cov_section = true;\n+\tbarrier();\n'));
    expect(tokensOf(diff)).toContain('+barrier();');
    expect(tokensOf(diff)).toContain(' spin_unlock_irqrestore(&device->lock, flags);');
    expect(problems).toEqual([expect.objectContaining({ what: expect.stringContaining('there are more lines than that') })]);
  });

  it('joins a line that a mail client wrapped', () => {
    const text = inventedDiff.replace('device->mode, device->sequence', 'device->mode,\ndevice->sequence');
    const { diff, problems } = read(text);
    expect(tokensOf(diff)).toEqual(tokensOf(read(inventedDiff).diff));
    expect(problems).toEqual([{ where: `x.diff:${lineOf(text, 'device->sequence')}`, what: expect.stringContaining('wrapped') }]);
  });

  it('reads a wrapped hunk header', () => {
    const { diff } = read(inventedDiff.replace('enum cov_mode wanted, ', 'enum cov_mode\nwanted, '));
    expect(diff.files[0]!.hunks[0]!.section).toContain('enum cov_mode wanted, unsigned lon');
    expect(tokensOf(diff)).toEqual(tokensOf(read(inventedDiff).diff));
  });

  it('does not count "\\ No newline at end of file"', () => {
    const { diff, problems } = read(`--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+three\n\\ No newline at end of file\n`);
    expect(problems).toEqual([]);
    expect(tokensOf(diff)).toEqual([' one', '-two', '+three']);
  });

  it('names a file that comes twice', () => {
    const { diff, problems } = read(inventedDiff + inventedDiff);
    expect(diff.files).toHaveLength(4);
    expect(problems.map((problem) => problem.what)).toEqual([
      expect.stringContaining('kernel/cov.c is in this diff already, at line 1'),
      expect.stringContaining('include/linux/sched.h is in this diff already'),
    ]);
  });

  it('leaves out hunks without a file, with their line', () => {
    const { diff, problems } = read(inventedDiff.slice(inventedDiff.indexOf('@@')).replace(/diff --git[^]*/, ''));
    expect(diff.files).toEqual([]);
    expect(problems[0]).toEqual({ where: 'x.diff:1', what: expect.stringContaining('without a file header') });
  });

  it('names hunks that do not ascend: a file header was cut', () => {
    const { problems } = read(inventedDiff.replace('@@ -40,6 +42,7 @@', '@@ -4,6 +4,7 @@'));
    expect(problems.map((problem) => problem.what).join()).toContain('is a file header missing here?');
  });

  it('keeps a removed line that looks like a file header', () => {
    const { diff, problems } = read('--- a/q.sql\n+++ b/q.sql\n@@ -1,3 +1,3 @@\n x\n--- a/old note\n+++ b/new note\n y\n');
    expect(problems).toEqual([]);
    expect(tokensOf(diff)).toEqual([' x', '--- a/old note', '+++ b/new note', ' y']);
  });
});

describe('files without hunks and odd names', () => {
  const git = (names: string, ...lines: string[]) => read([`diff --git ${names}`, ...lines, ''].join('\n')).diff.files[0];

  it('reads renames, modes, new, deleted and binary files', () => {
    expect(git('a/x b/y', 'similarity index 100%', 'rename from x', 'rename to y')).toMatchObject({ oldPath: 'x', newPath: 'y', renamed: true });
    expect(git('a/x b/x', 'old mode 100644', 'new mode 100755')).toMatchObject({ path: 'x', hunks: [] });
    expect(git('a/x b/x', 'new file mode 100644', 'index 0000000..e69de29')).toMatchObject({ oldPath: null, newPath: 'x', oldBlob: null, newBlob: 'e69de29' });
    expect(git('a/x b/x', 'deleted file mode 100644')).toMatchObject({ oldPath: 'x', newPath: null, path: 'x' });
    expect(git('a/x b/x', 'index 1111111..2222222 100644', 'Binary files a/x and b/x differ')).toMatchObject({ binary: true });
    expect(git('a/x b/x', 'index 1111111..2222222', 'GIT binary patch', 'literal 3', 'Kc-', '')).toMatchObject({ binary: true });
  });

  it('decodes quoted paths and paths with blanks', () => {
    expect(git('"a/\\303\\244.c" "b/\\303\\244.c"', 'old mode 1')).toMatchObject({ path: 'ä.c' });
    expect(git('a/one two.c b/one two.c', 'old mode 1')).toMatchObject({ path: 'one two.c' });
  });

  it('reads diff -u of two trees and of a saved original', () => {
    const hunk = '@@ -1 +1 @@\n-a\n+b\n';
    const tree = `diff -ru linux.orig/kernel/cov.c linux/kernel/cov.c\n--- linux.orig/kernel/cov.c\t2019-12-01 10:00:00.000000000 +0100\n+++ linux/kernel/cov.c\t2019-12-02 10:00:00.000000000 +0100\n${hunk}`;
    expect(read(tree).diff.files).toMatchObject([{ path: 'kernel/cov.c', hunks: [{ oldCount: 1, newCount: 1 }] }]);
    expect(read(`--- kernel/cov.c.orig\n+++ kernel/cov.c\n${hunk}`).diff.files).toMatchObject([{ path: 'kernel/cov.c' }]);
    expect(read(`Index: kernel/cov.c\n${'='.repeat(67)}\n--- kernel/cov.c (revision 1)\n+++ kernel/cov.c (working copy)\n${hunk}`).diff.files).toMatchObject([{ hunks: [{}] }]);
  });
});

describe('white space that an archive or a client changed', () => {
  const stripped = inventedDiff.replaceAll(/^([ +-]?)[ \t]+/gm, (_, mark: string) => mark.trim());

  it('reads context that lost its blank and marks the diff', () => {
    const { diff } = read(stripped);
    expect(diff.whitespaceDamaged).toBe(true);
    expect(tokensOf(diff)).toEqual(tokensOf(read(inventedDiff).diff));
    expect(diff.files[0]!.hunks[1]!.lines.at(-1)).toMatchObject({ oldLine: 45, newLine: 48 });
  });

  it('drops empty lines that were put between', () => {
    const { diff } = read(stripped.replaceAll('\n', '\n\n').replace(/(@@[^\n]*)\n\n/g, '$1\n'));
    expect(tokensOf(diff).filter((line) => line !== ' ')).toEqual(tokensOf(read(inventedDiff).diff).filter((line) => line !== ' '));
  });

  it('marks tabs that were written as blanks', () => {
    expect(read(inventedDiff.replaceAll('\t', '        ')).diff.whitespaceDamaged).toBe(true);
  });
});
