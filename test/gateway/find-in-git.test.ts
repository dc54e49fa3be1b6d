/**
 * @module A base from a git repository: by base-commit, by blob ids of any length, by history, by the nearest version;
 * from bare, shallow, partial and corrupt ones; and nothing of a repository is run.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { blobId } from '../../src/apply/blob-id.js';
import { findBase } from '../../src/gateway/find-base.js';
import type { FindBaseOptions, FoundBase } from '../../src/gateway/find-base.js';
import { addCommit, formatPatch, git, history, kcovText, makefile, Sandbox, submissionOf, withoutIds } from './repository.js';

const box = new Sandbox();
const repo = box.path('linux');
const day = 86_400;
const start = 1_500_000_000;
/** Texts of kernel/kcov.c through history: v5.1, v5.2, a commit between, v5.3. */
const texts = [kcovText(), kcovText({ alpha: 1 }), kcovText({ alpha: 1, beta: 2 }), kcovText({ alpha: 1, beta: 3 })];
let commits: string[] = [];

beforeAll(() => {
  commits = history(repo, [
    { files: { Makefile: makefile('5.1'), 'kernel/kcov.c': texts[0]!, 'include/linux/kcov.h': '/* one */\n' }, tag: 'v5.1', timeS: start },
    { files: { Makefile: makefile('5.2'), 'kernel/kcov.c': texts[1]! }, tag: 'v5.2', timeS: start + 10 * day },
    { files: { 'kernel/kcov.c': texts[2]! }, timeS: start + 15 * day },
    { files: { Makefile: makefile('5.3'), 'kernel/kcov.c': texts[3]!, 'include/linux/kcov.h': '/* two */\n' }, tag: 'v5.3', timeS: start + 20 * day },
  ]);
});
afterAll(() => box.remove());
const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

/** All steps as one text. */
function said(found: FoundBase): string {
  return found.steps.map((step) => step.what).join('\n');
}

/** A patch mail made on a text of kernel/kcov.c, in a repository of its own; `sentS` is its date. */
function patchOn(name: string, text: string, options: { gamma?: number; sentS?: number; abbrev?: number } = {}): string {
  const dir = box.path(`work-${name}`);
  history(dir, [{ files: { 'kernel/kcov.c': text }, timeS: start }]);
  addCommit(dir, { files: { 'kernel/kcov.c': text.replace('gamma_value = 0', `gamma_value = ${options.gamma ?? 9}`) }, timeS: options.sentS ?? start + 16 * day });
  return formatPatch(dir, '-1', [`--abbrev=${options.abbrev ?? 12}`]);
}

/** Finds the base of a mail in a repository. */
async function find(mail: string, dir = repo, options: FindBaseOptions = {}): Promise<FoundBase> {
  return findBase(await submissionOf(mail), { git: dir, ...options });
}

describe('by base-commit', () => {
  test('the commit, with its files', async () => {
    const mail = withoutIds(patchOn('base', texts[2]!)).replace(/\n-- \n/u, `\n-- \n2.39\n\nbase-commit: ${commits[2]}\n`);
    const found = await find(mail);
    expect(found.base).toMatchObject({ kind: 'git', label: commits[2]!.slice(0, 12), version: 'v5.2', guessed: false });
    expect(found.base?.files.get('kernel/kcov.c')).toBe(texts[2]);
    expect(found.base?.files.get('include/linux/kcov.h')).toBe('/* one */\n');
  });

  test('in the cover letter', async () => {
    const dir = box.path('cover');
    history(dir, [{ files: { 'kernel/kcov.c': texts[1]! }, timeS: start }]);
    addCommit(dir, { files: { 'kernel/kcov.c': texts[1]!.replace('gamma_value = 0', 'gamma_value = 1') }, timeS: start + 1 });
    addCommit(dir, { files: { 'kernel/kcov.c': texts[1]!.replace('gamma_value = 0', 'gamma_value = 2') }, timeS: start + 2 });
    const mail = withoutIds(formatPatch(dir, '-2', ['--cover-letter'])).replace('*** BLURB HERE ***', `base-commit: ${commits[1]}`);
    const found = await find(mail);
    expect(found.base).toMatchObject({ label: 'v5.2', guessed: false });
  });

  test('one that is not there: the blob is', async () => {
    const mail = patchOn('lost', texts[2]!).replace(/\n-- \n/u, `\n-- \nbase-commit: ${'12'.repeat(20)}\n`);
    const found = await find(mail);
    expect(said(found)).toContain('base-commit 121212121212 is not there');
    expect(found.base?.files.get('kernel/kcov.c')).toBe(texts[2]);
  });
});

describe('by blob id', () => {
  test.each([7, 8, 12, 20, 39, 40])('of %i digits', async (abbrev) => {
    const found = await find(patchOn(`abbrev${abbrev}`, texts[1]!, { abbrev }));
    expect(found.base).toMatchObject({ label: 'v5.2', version: 'v5.2', guessed: false });
    expect(found.base?.blobs.get('kernel/kcov.c')).toBe(blobId(texts[1]!));
    expect(said(found)).toContain(`kernel/kcov.c is blob ${blobId(texts[1]!).slice(0, 12)}, as the patch says`);
  });

  test('that no tag has: the commit is found in history', async () => {
    const found = await find(patchOn('history', texts[2]!));
    expect(found.base).toMatchObject({ label: commits[2]!.slice(0, 12), guessed: false });
  });

  test('that only a merge has', async () => {
    const dir = box.path('merge');
    history(dir, [{ files: { 'kernel/kcov.c': kcovText() }, timeS: start }]);
    git(dir, ['checkout', '-q', '-b', 'side']);
    addCommit(dir, { files: { 'kernel/kcov.c': kcovText({ zeta: 4 }) }, timeS: start + 1 });
    git(dir, ['checkout', '-q', 'master']);
    addCommit(dir, { files: { 'kernel/kcov.c': kcovText({ alpha: 4 }) }, timeS: start + 2 });
    git(dir, ['-c', 'user.name=A', '-c', 'user.email=a@b', 'merge', '-q', '-m', 'merge', 'side']);
    const merge = git(dir, ['rev-parse', 'HEAD']).trim();
    addCommit(dir, { files: { 'kernel/kcov.c': kcovText({ alpha: 4, zeta: 5 }) }, timeS: start + 3 });
    const found = await find(patchOn('on-merge', kcovText({ alpha: 4, zeta: 4 })), dir);
    expect(found.base?.label).toBe(merge.slice(0, 12));
  });

  test('that was removed by the only commit at hand that knows it', async () => {
    const found = await find(patchOn('two files', texts[0]!));
    expect(found.base?.label).toBe('v5.1');
  });

  test('of an object that no commit has', async () => {
    const dir = box.path('loose');
    cpSync(repo, dir, { recursive: true });
    const loose = kcovText({ delta: 77 });
    git(dir, ['hash-object', '-w', '--stdin'], loose);
    const found = await find(patchOn('loose', loose), dir);
    expect(found.base).toMatchObject({ label: `blob ${blobId(loose).slice(0, 12)}`, guessed: false });
    expect(found.base?.files.get('kernel/kcov.c')).toBe(loose);
    expect(said(found)).toContain('no commit that has it was found');
  });
});

describe('a blob id that matches two objects', () => {
  /** Two texts whose ids share seven digits, found by trying: `make` gives the text of a number. */
  function collision(make: (n: number) => string): [string, string] {
    const seen = new Map<string, string>();
    for (let n = 0; n < 200_000; n++) {
      const text = make(n);
      const key = blobId(text).slice(0, 7);
      const other = seen.get(key);
      if (other !== undefined) return [other, text];
      seen.set(key, text);
    }
    throw new Error('no two ids share seven digits');
  }

  /** A repository with both and the patch on the first, its ids cut to seven digits. */
  function twoObjects(name: string, [first, second]: readonly [string, string]): { dir: string; mail: string } {
    const dir = box.path(name);
    history(dir, [{ files: { 'kernel/kcov.c': second }, timeS: start }, { files: { 'kernel/kcov.c': first }, timeS: start + 1 }]);
    const mail = patchOn(`on ${name}`, first, { abbrev: 40 });
    return { dir, mail: mail.replace(/^index ([0-9a-f]{7})[0-9a-f]*\.\.([0-9a-f]{7})[0-9a-f]*/gmu, 'index $1..$2') };
  }

  const short = (head: string, n: number): string => `void __sanitizer_cov_trace_pc(void);\nint a${head};\nint gamma_value = 0;\nint b;\nint c;\nint d;\nint e${n};\n`;

  test('the patch fits one of them', async () => {
    const pair = collision((n) => short(n % 2 === 0 ? '' : '_other', n));
    if (pair[0].includes('_other') === pair[1].includes('_other')) return expect(pair[0]).not.toBe(pair[1]);
    const { dir, mail } = twoObjects('two', pair);
    const found = await find(mail, dir);
    expect(said(found)).toContain('is the beginning of 2 blobs; the patch fits one of them');
    expect(found.base?.files.get('kernel/kcov.c')).toBe(pair[0]);
  });

  test('the result that the patch names tells them apart', async () => {
    const pair = collision((n) => short('', n));
    const { dir, mail } = twoObjects('twins', pair);
    const found = await find(mail, dir);
    expect(said(found)).toContain('is the beginning of 2 blobs; the patch fits one of them');
    expect(found.base?.files.get('kernel/kcov.c')).toBe(pair[0]);
  });

  test('nothing tells them apart: said, and the next way', async () => {
    const pair = collision((n) => short('', n));
    const { dir, mail } = twoObjects('equal', pair);
    const found = await find(mail.replace(/^(index [0-9a-f]{7}\.\.)[0-9a-f]{7}/gmu, '$10000000'), dir);
    expect(said(found)).toContain('is the beginning of 2 blobs; the patch fits 2 of them');
    expect(found.base).toMatchObject({ guessed: true });
    expect(said(found)).not.toContain('as the patch says');
  });
});

describe('the nearest version, a guess', () => {
  test('the one before the patch was sent', async () => {
    const found = await find(withoutIds(patchOn('guess', texts[1]!, { sentS: start + 11 * day })));
    expect(found.base).toMatchObject({ label: 'v5.2', guessed: true });
    expect(said(found)).toContain('a guess: v5.2 is the nearest of 3 different versions');
  });

  test('fewer lines off goes before time', async () => {
    const dir = box.path('offset');
    history(dir, [
      { files: { 'kernel/kcov.c': texts[0]! }, tag: 'v5.1', timeS: start },
      { files: { 'kernel/kcov.c': `/* more */\n\n${texts[0]}` }, tag: 'v5.2', timeS: start + 10 * day },
    ]);
    const found = await find(withoutIds(patchOn('lines', texts[0]!, { sentS: start + 10 * day + 5 })), dir);
    expect(found.base).toMatchObject({ label: 'v5.1', guessed: true });
  });

  test('the patch is in HEAD: said, and the version without it', async () => {
    const dir = box.path('merged');
    history(dir, [
      { files: { 'kernel/kcov.c': texts[0]! }, tag: 'v5.1', timeS: start },
      { files: { 'kernel/kcov.c': kcovText({ gamma: 9, zeta: 3 }) }, tag: 'v5.2', timeS: start + 10 * day },
    ]);
    const found = await find(withoutIds(patchOn('is-in', texts[0]!)), dir);
    expect(said(found)).toContain('the patch is in HEAD already');
    expect(found.base?.label).toBe('v5.1');
  });

  test('a patch that applies to none', async () => {
    const found = await find(withoutIds(patchOn('none', kcovText().replaceAll('gamma', 'omega').replaceAll('omega_value', 'gamma_value'))));
    expect(said(found)).toMatch(/applies to none of 3 versions|does not apply exactly/u);
  });
});

describe('repositories that lack something', () => {
  test('a bare one', async () => {
    git(box.root, ['clone', '-q', '--bare', repo, 'bare.git']);
    expect((await find(patchOn('bare', texts[2]!), box.path('bare.git'))).base?.label).toBe(commits[2]!.slice(0, 12));
  });

  test('a linked work tree', async () => {
    git(repo, ['worktree', 'add', '-q', '--detach', box.path('linked'), 'v5.1']);
    expect((await find(patchOn('linked', texts[1]!), box.path('linked'))).base?.label).toBe('v5.2');
  });

  test('a shallow one: said, and what is there is used', async () => {
    git(box.root, ['clone', '-q', '--depth', '1', `file://${repo}`, 'shallow']);
    const old = await find(patchOn('shallow', texts[0]!), box.path('shallow'));
    expect(said(old)).toContain('a shallow clone');
    expect(said(old)).toContain(`no blob ${blobId(texts[0]!).slice(0, 12)}`);
    const tip = await find(patchOn('tip', texts[3]!), box.path('shallow'));
    expect(tip.base).toMatchObject({ guessed: false, version: 'v5.3' });
  });

  test('a partial one: nothing is fetched', async () => {
    git(repo, ['config', 'uploadpack.allowFilter', 'true']);
    git(box.root, ['clone', '-q', '--bare', '--filter=blob:none', `file://${repo}`, 'partial.git']);
    const marker = box.path('fetched');
    const helper = box.write('upload.sh', `#!/bin/sh\ntouch ${marker}\nexit 1\n`);
    chmodSync(helper, 0o755);
    git(box.path('partial.git'), ['config', 'remote.origin.uploadpack', helper]);
    git(box.path('partial.git'), ['config', 'protocol.allow', 'always']);
    git(box.path('partial.git'), ['config', 'protocol.file.allow', 'always']);
    const found = await find(patchOn('partial', texts[1]!), box.path('partial.git'));
    expect(found.base).toBeNull();
    expect(said(found)).toContain('a partial clone');
    expect(existsSync(marker)).toBe(false);
  });

  test('an empty one, no repository, no directory', async () => {
    mkdirSync(box.path('empty'));
    git(box.path('empty'), ['init', '-q', '.']);
    expect(said(await find(patchOn('e', texts[1]!), box.path('empty')))).toContain('no HEAD and no tags of versions');
    expect(said(await find(patchOn('n', texts[1]!), box.root))).toContain('is no git repository');
    expect(said(await find(patchOn('d', texts[1]!), box.path('not-there')))).toContain('no such directory');
  });

  /** Every file of a directory, recursively. */
  function filesIn(dir: string): string[] {
    return readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name)).filter((name) => statSync(name).isFile());
  }

  test.each(['cut off', 'overwritten', 'gone'])('objects that are %s: reasons, no hanging, no throw', async (how) => {
    const dir = box.path(`corrupt ${how}`);
    git(box.root, ['clone', '-q', '--bare', '--no-hardlinks', repo, dir]);
    for (const file of filesIn(join(dir, 'objects'))) {
      chmodSync(file, 0o644);
      if (how === 'cut off') truncateSync(file, Math.floor(statSync(file).size / 2));
      else writeFileSync(file, how === 'gone' ? '' : Buffer.alloc(statSync(file).size, 0x5a));
    }
    const found = await find(patchOn(`corrupt-${how}`, texts[2]!), dir);
    expect(found.base).toBeNull();
    expect(found.steps.length).toBeGreaterThan(0);
  });

  test('one corrupt blob does not take the others with it', async () => {
    const dir = box.path('one-corrupt');
    cpSync(repo, dir, { recursive: true });
    const id = blobId(texts[3]!);
    const file = join(dir, '.git/objects', id.slice(0, 2), id.slice(2));
    chmodSync(file, 0o644);
    writeFileSync(file, 'nothing');
    const found = await find(withoutIds(patchOn('beside', texts[1]!, { sentS: start + 30 * day })), dir);
    expect(found.base?.label).toBe('v5.2');
  });

  test('one corrupt tag does not take the others with it', async () => {
    const dir = box.path('one-tag');
    cpSync(repo, dir, { recursive: true });
    const id = git(dir, ['rev-parse', 'refs/tags/v5.3']).trim();
    const file = join(dir, '.git/objects', id.slice(0, 2), id.slice(2));
    chmodSync(file, 0o644);
    writeFileSync(file, 'nothing');
    const found = await find(withoutIds(patchOn('tagless', texts[1]!, { sentS: start + 11 * day })), dir);
    expect(found.base?.label).toBe('v5.2');
  });

  test('a config that git refuses, refs that are no refs', async () => {
    const dir = box.path('config');
    cpSync(repo, dir, { recursive: true });
    writeFileSync(join(dir, '.git/config'), '[core\nbroken');
    expect(said(await find(patchOn('config', texts[1]!), dir))).toMatch(/git rev-parse: bad config/u);
    const refs = box.path('refs');
    cpSync(repo, refs, { recursive: true });
    writeFileSync(join(refs, '.git/refs/tags/v5.9'), 'not an id\n');
    expect((await find(patchOn('refs', texts[1]!), refs)).steps.length).toBeGreaterThan(0);
  });

  test('a tree of another project', async () => {
    const dir = box.path('project');
    history(dir, [{ files: { 'main.c': 'int main(void) { return 0; }\n' }, tag: 'v1.0', timeS: start }]);
    const found = await find(patchOn('project', texts[1]!), dir);
    expect(found.base).toBeNull();
    expect(said(found)).toContain('no kernel/kcov.c in HEAD and the tags of versions');
  });
});

describe('nothing of the repository is run', () => {
  test('hooks, fsmonitor, textconv, signature programs, includes', async () => {
    const dir = box.path('hostile');
    cpSync(repo, dir, { recursive: true });
    const marker = box.path('ran');
    const program = box.write('program.sh', `#!/bin/sh\ntouch ${marker}\ncat\n`);
    chmodSync(program, 0o755);
    const settings: readonly (readonly [string, string])[] = [
      ['core.fsmonitor', program], ['core.hooksPath', box.root], ['core.pager', program], ['log.showSignature', 'true'], ['gpg.program', program],
      ['diff.evil.textconv', program], ['diff.external', program], ['core.alternateRefsCommand', program], ['core.sshCommand', program],
      ['alias.log', `!${program}`], ['alias.cat-file', `!${program}`], ['pager.log', program], ['core.editor', program],
    ];
    for (const [name, value] of settings) git(dir, ['config', name, value]);
    writeFileSync(join(dir, '.git/info/attributes'), '* diff=evil\n');
    const found = await find(patchOn('hostile', texts[2]!), dir);
    expect(found.base?.label).toBe(commits[2]!.slice(0, 12));
    expect(existsSync(marker)).toBe(false);
  });

  test('GIT_ variables of the caller do not count', async () => {
    process.env['GIT_DIR'] = box.path('nowhere');
    process.env['GIT_OBJECT_DIRECTORY'] = box.path('nowhere');
    process.env['GIT_TRACE'] = box.path('trace');
    const found = await find(patchOn('env', texts[2]!));
    expect(found.base?.label).toBe(commits[2]!.slice(0, 12));
    expect(existsSync(box.path('trace'))).toBe(false);
  });

  test('replaced objects are not followed', async () => {
    const dir = box.path('replaced');
    cpSync(repo, dir, { recursive: true });
    const other = git(dir, ['hash-object', '-w', '--stdin'], kcovText({ alpha: 666 })).trim();
    git(dir, ['replace', blobId(texts[1]!), other]);
    expect((await find(patchOn('replace', texts[1]!), dir)).base?.files.get('kernel/kcov.c')).toBe(texts[1]);
  });
});

describe('limits', () => {
  test('a git that does not end is stopped', async () => {
    const slow = box.write('slow-git', '#!/bin/sh\nsleep 600\n');
    chmodSync(slow, 0o755);
    const begun = Date.now();
    const found = await find(patchOn('slow', texts[1]!), repo, { gitProgram: slow, limits: { gitMs: 200 } });
    expect(said(found)).toContain('git rev-parse: stopped after 0.2 s');
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  test('a git that writes without end is stopped', async () => {
    const loud = box.write('loud-git', '#!/bin/sh\nexec yes\n');
    chmodSync(loud, 0o755);
    expect(said(await find(patchOn('loud', texts[1]!), repo, { gitProgram: loud, limits: { gitBytes: 10_000 } }))).toContain('more output than is read');
  });

  test('no git', async () => {
    expect(said(await find(patchOn('no', texts[1]!), repo, { gitProgram: box.path('no-git') }))).toContain('git is not installed');
  });

  test('all of it has an end', async () => {
    const found = await find(patchOn('end', texts[1]!), repo, { limits: { wayMs: 0 } });
    expect(found.base).toBeNull();
    expect(said(found)).toContain('not done within 0 s');
  });

  test('nothing is left behind', async () => {
    const own = (): string[] => readdirSync(join(box.root, '..')).filter((name) => name.startsWith('kcovet-git-'));
    const before = own();
    await find(patchOn('left', texts[1]!));
    expect(own().filter((name) => !before.includes(name))).toEqual([]);
  });
});
