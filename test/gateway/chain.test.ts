/**
 * @module Bases that nobody has pushed, rebuilt from patches at hand: by blob ids, by patch ids, by Message-ID, in any
 * order of --with, on a tree and in a repository; and refused where an id does not come out.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobId } from '../../src/apply/blob-id.js';
import { ancestry } from '../../src/gateway/chain.js';
import { findBase } from '../../src/gateway/find-base.js';
import type { FindBaseOptions, FoundBase } from '../../src/gateway/find-base.js';
import { isSafePath, wantedOf } from '../../src/gateway/wanted.js';
import type { Submission } from '../../src/mail/submission.js';
import { formatPatch, git, history, kcovText, makefile, Sandbox, submissionOf, withoutIds } from './repository.js';

const box = new Sandbox();
const path = 'kernel/kcov.c';
/** What is upstream, then three patches at hand, then the patch under review. */
const texts = [kcovText(), kcovText({ alpha: 1 }), kcovText({ alpha: 1, beta: 2 }), kcovText({ alpha: 1, beta: 2, delta: 3 }), kcovText({ alpha: 1, beta: 2, delta: 3, zeta: 4 })];
const headers = ['/* h */\n', '/* h */\nint one;\n', '/* h */\nint one;\n', '/* h */\nint one;\nint three;\n', '/* h */\nint one;\nint three;\n'];
let mails: string[] = [];
let tree = '';

beforeAll(() => {
  const dir = box.path('author');
  const commits = history(dir, texts.map((text, i) => ({
    files: { [path]: text, 'include/linux/kcov.h': headers[i]!, Makefile: makefile('6.6') }, timeS: 1_600_000_000 + i, message: `kcov: step ${i}`,
  })));
  mails = commits.map((commit, i) => formatPatch(dir, `${commit}`, ['-1', '--thread', `--in-reply-to=<root${i}@example.org>`]).replace(/^Message-I[dD]: .*$/mu, `Message-ID: <step${i}@example.org>`));
  history(box.path('upstream'), [
    { files: { [path]: texts[0]!, 'include/linux/kcov.h': headers[0]!, Makefile: makefile('6.6') }, tag: 'v6.6', timeS: 1_500_000_000 },
    { files: { [path]: `/* later */\n${texts[0]}`, 'include/linux/kcov.h': headers[0]!, Makefile: makefile('6.7') }, tag: 'v6.7', timeS: 1_500_001_000 },
  ]);
  tree = box.path('tree');
  box.write(`tree/${path}`, texts[0]!);
  box.write('tree/include/linux/kcov.h', headers[0]!);
});
afterAll(() => box.remove());

async function others(...steps: number[]): Promise<Submission[]> {
  return Promise.all(steps.map((i) => submissionOf(mails[i]!, `step${i}.patch`)));
}

async function find(mail: string, options: FindBaseOptions): Promise<FoundBase> {
  return findBase(await submissionOf(mail), options);
}

function said(found: FoundBase): string {
  return found.steps.map((step) => step.what).join('\n');
}

describe('by blob ids', () => {
  test.each([[[1, 2, 3]], [[3, 1, 2]], [[3, 2, 1]]])('on a tree, --with in the order %j', async (order) => {
    const found = await find(mails[4]!, { tree, with: await others(...order) });
    expect(found.base?.files.get(path)).toBe(texts[3]);
    expect(found.base?.blobs.get(path)).toBe(blobId(texts[3]!));
    expect(found.base).toMatchObject({ label: 'tree and 3 patches before this', guessed: false });
    expect(found.base?.files.get('include/linux/kcov.h')).toBe(headers[3]);
    expect(said(found)).toContain('each blob id checked');
  });

  test('in a repository, from a version that is not the newest', async () => {
    const found = await find(mails[4]!, { git: box.path('upstream'), with: await others(1, 2, 3) });
    expect(found.base?.files.get(path)).toBe(texts[3]);
    expect(found.base).toMatchObject({ label: 'v6.6 and 3 patches before this', version: 'v6.6', guessed: false });
  });

  test('only the patches that are needed are put on', async () => {
    const found = await find(mails[2]!, { tree, with: await others(1, 3) });
    expect(found.base?.files.get(path)).toBe(texts[1]);
    expect(found.base?.label).toBe('tree and 1 patch before this');
  });

  test('a series at hand as one mbox', async () => {
    const mbox = formatPatch(box.path('author'), 'HEAD~4..HEAD~1');
    const found = await find(mails[4]!, { tree, with: [await submissionOf(mbox)] });
    expect(found.base?.files.get(path)).toBe(texts[3]);
  });

  test('the patch itself among --with is left out', async () => {
    const found = await find(mails[4]!, { tree, with: await others(1, 2, 3, 4) });
    expect(found.base?.files.get(path)).toBe(texts[3]);
  });

  test('a link is missing: said, nothing is put on', async () => {
    const found = await find(mails[4]!, { tree, with: await others(1, 3) });
    expect(said(found)).toContain(`no patch at hand leads from ${path} ${blobId(texts[0]!).slice(0, 12)} to ${blobId(texts[3]!).slice(0, 7)}`);
    expect(found.base?.files.get(path)).toBe(texts[0]);
    expect(found.base?.guessed).toBe(true);
  });

  test('a patch that was changed on its way gives another id: refused', async () => {
    const changed = await submissionOf(mails[2]!.replace('+\tint beta_value = 2;', '+\tint beta_value = 22;'));
    const found = await find(mails[3]!, { tree, with: [...await others(1), changed] });
    expect(said(found)).toContain(`"[PATCH] kcov: step 2" does not give the ${path} that it names`);
    expect(found.base?.files.get(path)).toBe(texts[0]);
  });

  test('patches in a circle end', async () => {
    const dir = box.path('circle');
    history(dir, [0, 1, 0].map((i, n) => ({ files: { [path]: texts[i]! }, timeS: 1_600_000_000 + n })));
    const circle = await submissionOf(formatPatch(dir, '-2'));
    const { pool } = wantedOf(await submissionOf(mails[2]!), [circle]);
    const levels = ancestry(path, blobId(texts[1]!), pool);
    expect(levels.map((level) => level.patches.length)).toEqual([0, 1, 2]);
    const found = await find(mails[2]!, { tree, with: [circle] });
    expect(found.base?.files.get(path)).toBe(texts[1]);
  });
});

describe('by name', () => {
  test('prerequisite-patch-id, without ids in the diffs: only those, in that order', async () => {
    const [one, two, three] = [1, 2, 3].map((i) => git(box.root, ['patch-id', '--stable'], mails[i]!).split(' ')[0]!);
    const mail = `${withoutIds(mails[4]!)}\nprerequisite-patch-id: ${one}\nprerequisite-patch-id: ${two}\nprerequisite-patch-id: ${three}\n`;
    const pool = wantedOf(await submissionOf(mail), await others(3, 2, 1)).pool;
    expect(pool.map((entry) => entry.patchId)).toEqual([one, two, three]);
    const bare = await Promise.all([3, 2, 1].map((i) => submissionOf(withoutIds(mails[i]!))));
    const found = await find(mail, { tree, with: bare });
    expect(found.base?.files.get(path)).toBe(texts[3]);
    expect(said(found)).toContain('the patch applies exactly');
  });

  test('Based-on', async () => {
    const mail = `${mails[2]}\nBased-on: <step1@example.org>\n`;
    const wanted = wantedOf(await submissionOf(mail), await others(3, 1));
    expect(wanted.pool[0]?.patch.messageId).toBe('step1@example.org');
    expect(wanted.lacking).toEqual([]);
  });

  test('what is named and not at hand is said', async () => {
    const mail = `${mails[2]}\nprerequisite-patch-id: ${'ab'.repeat(20)}\nBased-on: <none@example.org>\n`;
    const found = await find(mail, { tree });
    expect(found.steps[0]).toEqual({ where: 'prerequisites', what: 'not at hand: patch abababababab, the mail none@example.org; --with takes them' });
  });
});

describe('order of the ways', () => {
  test('tree before git; git when the tree is none', async () => {
    const first = await find(mails[1]!, { tree, git: box.path('upstream') });
    expect(first.base?.kind).toBe('tree');
    const second = await find(mails[1]!, { tree: box.root, git: box.path('upstream') });
    expect(second.base?.kind).toBe('git');
    expect(second.steps.map((step) => step.where)).toEqual([`--tree ${box.root}`, `git ${box.path('upstream')}`, `git ${box.path('upstream')}`]);
  });

  test('a proof goes before a tree that the ids speak against', async () => {
    box.write(`later/${path}`, `/* later */\n${texts[0]}`);
    const found = await find(mails[1]!, { tree: box.path('later'), git: box.path('upstream') });
    expect(found.base).toMatchObject({ kind: 'git', label: 'v6.6', guessed: false });
  });

  test('a tree that does not fit is better than none', async () => {
    box.write(`unlike/${path}`, texts[0]!.replaceAll('zeta', 'omega').replaceAll('alpha', 'omicron'));
    const found = await find(mails[4]!, { tree: box.path('unlike'), git: box.path('nowhere') });
    expect(found.base).toMatchObject({ kind: 'tree', guessed: true });
    expect(said(found)).toContain('the patch does not apply exactly');
  });
});

test.each([
  ['kernel/kcov.c', true], ['a b/c.h', true], ['../x', false], ['a/../../x', false], ['/etc/passwd', false], ['a//b', false], ['a\nb', false], ['.git/config', false],
  ['x/.GIT/config', false], ['', false], ['a:b', false], ['a\\b', false], ['./a', false],
])('path %j is safe: %s', (text, safe) => {
  expect(isSafePath(text)).toBe(safe);
});
