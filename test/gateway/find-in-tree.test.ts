/**
 * @module A base from a work tree: proved by ids, sparse, of another project, broken, or with the patch in it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobId } from '../../src/apply/blob-id.js';
import { findBase } from '../../src/gateway/find-base.js';
import type { FoundBase } from '../../src/gateway/find-base.js';
import type { Submission } from '../../src/mail/submission.js';
import { formatPatch, history, kcovText, makefile, Sandbox, submissionOf, withoutIds } from './repository.js';

const box = new Sandbox();
const before = kcovText();
const after = kcovText({ gamma: 7 });
let text = '';
let patch: Submission;

beforeAll(async () => {
  history(box.path('r'), [
    { files: { 'kernel/kcov.c': before }, timeS: 1_500_000_000 },
    { files: { 'kernel/kcov.c': after }, timeS: 1_500_000_100 },
  ]);
  text = formatPatch(box.path('r'), '-1');
  patch = await submissionOf(text);
});
afterAll(() => box.remove());

/** A tree with these files. */
function tree(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(box.path(name), { recursive: true });
  for (const [path, content] of Object.entries(files)) box.write(`${name}/${path}`, content);
  return box.path(name);
}

/** All steps as one text. */
function said(found: FoundBase): string {
  return found.steps.map((step) => `${step.where}: ${step.what}`).join('\n');
}

test('a whole tree: version, files, ids', async () => {
  const dir = tree('whole', {
    Makefile: makefile('6.1.176'), 'kernel/kcov.c': before, 'include/linux/kcov.h': '/* h */\n', 'include/uapi/linux/kcov.h': '/* u */\n', 'include/linux/sched.h': '/* s */\n',
  });
  const found = await findBase(patch, { tree: dir });
  expect(found.base).toMatchObject({ kind: 'tree', label: 'v6.1.176', version: 'v6.1.176', guessed: false });
  expect(found.base?.files.get('kernel/kcov.c')).toBe(before);
  expect([...(found.base?.files.keys() ?? [])].sort()).toEqual(['include/linux/kcov.h', 'include/linux/sched.h', 'include/uapi/linux/kcov.h', 'kernel/kcov.c']);
  expect(found.base?.blobs.get('kernel/kcov.c')).toBe(blobId(before));
  expect(said(found)).toContain(`kernel/kcov.c is blob ${blobId(before).slice(0, 12)}, as the patch says`);
  expect(found.base?.steps).toEqual(found.steps);
});

test('nothing but kernel/kcov.c: what is lacking is said', async () => {
  const found = await findBase(patch, { tree: tree('sparse', { 'kernel/kcov.c': before }) });
  expect(found.base).toMatchObject({ label: 'sparse', version: null, guessed: false });
  expect(said(found)).toMatch(/no Makefile that states a version; without include\/linux\/kcov\.h, include\/uapi\/linux\/kcov\.h, include\/linux\/sched\.h/u);
});

test('another version that the patch applies to: used, the ids are said to differ', async () => {
  const other = kcovText({ zeta: 5 });
  const found = await findBase(patch, { tree: tree('other', { 'kernel/kcov.c': other }) });
  expect(found.base?.guessed).toBe(true);
  expect(said(found)).toContain(`kernel/kcov.c is blob ${blobId(other).slice(0, 12)}, the patch was made on ${blobId(before).slice(0, 7)}`);
  expect(said(found)).toContain('the patch applies exactly');
});

test('a patch without ids: the tree the user named is no guess', async () => {
  const found = await findBase(await submissionOf(withoutIds(text)), { tree: tree('plain', { 'kernel/kcov.c': before }) });
  expect(found.base?.guessed).toBe(false);
  expect(said(found)).toContain('the patch applies exactly');
});

test('the patch is in the tree already', async () => {
  const found = await findBase(patch, { tree: tree('applied', { 'kernel/kcov.c': after }) });
  expect(found.alreadyApplied).toBe(true);
  expect(said(found)).toContain('the patch is in it already');
});

test('a line away from where a second one would fit: the reverse is tried first', async () => {
  const line = '\tbarrier();\n';
  const block = '\ta = 1;\n\tb = 2;\n\tc = 3;\n';
  const file = (first: string, second: string): string => `void __sanitizer_cov_trace_pc(void)\n{\n${block}${first}${block}\tmid();\n${block}${second}${block}}\n`;
  history(box.path('twice'), [
    { files: { 'kernel/kcov.c': file('', '') }, timeS: 1_500_000_000 }, { files: { 'kernel/kcov.c': file(line, '') }, timeS: 1_500_000_100 },
  ]);
  const twice = await submissionOf(withoutIds(formatPatch(box.path('twice'), '-1')));
  const found = await findBase(twice, { tree: tree('once', { 'kernel/kcov.c': file(line, '') }) });
  expect(found.alreadyApplied).toBe(true);
});

describe('no base, with the reason', () => {
  const files: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['another project', { 'src/main.c': 'int main(void) { return 0; }\n' }, /no kernel\/kcov\.c there/u],
    ['another kcov.c', { 'kernel/kcov.c': 'int kcov_open(void) { return 0; }\n' }, /is not Linux's: it has no __sanitizer_cov_trace_pc/u],
    ['a merge conflict', { 'kernel/kcov.c': `${before}<<<<<<< HEAD\nint a;\n=======\nint b;\n>>>>>>> topic\n` }, /kernel\/kcov\.c:\d+: a merge conflict is left/u],
    ['a conflict in a header', { 'kernel/kcov.c': before, 'include/linux/kcov.h': '<<<<<<< a\n=======\n>>>>>>> b\n' }, /include\/linux\/kcov\.h:1: a merge conflict/u],
    ['no C', { 'kernel/kcov.c': `${before}int f(void) {{{ (\n` }, /is not C throughout/u],
    ['a statement that is none', { 'kernel/kcov.c': `${before}int f(void) { return = ; }\n` }, /is not C throughout/u],
    ['binary', { 'kernel/kcov.c': `${before}\0` }, /kernel\/kcov\.c: binary/u],
  ];
  test.each(files)('%s', async (name, content, reason) => {
    const found = await findBase(patch, { tree: tree(`bad ${name}`, content) });
    expect(found.base).toBeNull();
    expect(said(found)).toMatch(reason);
  });

  test('no directory, a file, an empty name', async () => {
    expect(said(await findBase(patch, { tree: box.path('nowhere') }))).toContain('no such file or directory');
    expect(said(await findBase(patch, { tree: box.write('a-file', 'x') }))).toContain('is no directory');
    expect((await findBase(patch, { tree: '\0' })).base).toBeNull();
  });

  test('too large', async () => {
    const found = await findBase(patch, { tree: tree('large', { 'kernel/kcov.c': before }), limits: { fileBytes: 100 } });
    expect(said(found)).toContain('more than 100 are not read');
    expect(found.base).toBeNull();
  });

  test('a FIFO does not hang', async () => {
    const dir = tree('fifo', { 'kernel/x': '' });
    execFileSync('mkfifo', [`${dir}/kernel/kcov.c`]);
    const found = await findBase(patch, { tree: dir });
    expect(said(found)).toContain('kernel/kcov.c: not a plain file');
  });
});

test('paths of the patch do not lead out of the tree', async () => {
  const secret = box.write('secret.c', 'int secret;\n');
  const evil = text.replaceAll('kernel/kcov.c', '../secret.c');
  const found = await findBase(await submissionOf(evil), { tree: tree('inner', { 'kernel/kcov.c': before }) });
  expect([...(found.base?.files.values() ?? [])].join('')).not.toContain('secret');
  const dir = tree('linked', { 'kernel/kcov.c': before });
  symlinkSync(secret, `${dir}/kernel/other.c`);
  const linked = await findBase(await submissionOf(text.replaceAll('kernel/kcov.c', 'kernel/other.c')), { tree: dir });
  expect(linked.base?.files.has('kernel/other.c')).toBe(false);
  expect(said(linked)).toContain('kernel/other.c: a symbolic link that leads out of the tree');
});

test('files that the patch touches are read', async () => {
  const dir = tree('driver', { 'kernel/kcov.c': before, 'drivers/usb/core/hcd.c': 'int hcd;\n' });
  const found = await findBase(await submissionOf(text.replaceAll('kernel/kcov.c', 'drivers/usb/core/hcd.c')), { tree: dir });
  expect(found.base?.files.get('drivers/usb/core/hcd.c')).toBe('int hcd;\n');
});

test('bytes that are no UTF-8 keep their id', async () => {
  const dir = tree('latin1', { 'kernel/x': '' });
  const bytes = Buffer.from(`${before}/* \u00e9 */\n`, 'latin1');
  writeFileSync(`${dir}/kernel/kcov.c`, bytes);
  const found = await findBase(patch, { tree: dir });
  expect(found.base?.blobs.get('kernel/kcov.c')).toBe(blobId(bytes));
});

test('no options, no steps', async () => {
  expect(await findBase(patch, {})).toEqual({ base: null, steps: [], alreadyApplied: false });
});
