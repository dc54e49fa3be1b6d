/** @module Reading mirrors that git made on the spot: what is found, where it goes on, and what it gets round. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MirrorCounts } from '../../../src/gateway/public-inbox/mirror-event.js';
import { LIMITS } from '../../../src/gateway/limits.js';
import { git, Sandbox } from '../repository.js';
import { DAY_S, diffOf, mailOf, Reader, writeEpoch } from './mirror.js';
import type { Arrival } from './mirror.js';

let sandbox: Sandbox;
let dir: string;
beforeEach(() => {
  sandbox = new Sandbox();
  dir = sandbox.path('list');
});
afterEach(() => sandbox.remove());

const patch = (id: string): Arrival => ({ mail: mailOf(id, { subject: '[PATCH] one line', body: diffOf('kernel/kcov.c') }) });
const other = (id: string, headers = ''): Arrival => ({ mail: mailOf(id, { headers }) });
const kinds = (events: readonly { kind: string }[]): string[] => events.map(({ kind }) => kind).filter((kind) => kind !== 'passed');

/** Reads with the counts at the end. */
async function counted(reader: Reader, more: Parameters<Reader['read']>[0] = {}): Promise<{ ids: readonly string[]; kinds: string[]; events: Awaited<ReturnType<Reader['read']>>['events']; counts: MirrorCounts | null }> {
  let counts: MirrorCounts | null = null;
  const { ids, events } = await reader.read({ ...more, progress: (now) => (counts = structuredClone(now) as MirrorCounts) });
  return { ids, events, kinds: kinds(events), counts };
}

test('two epochs, then what is new in them, then a new one; each mail once, answers to what was found too', async () => {
  const first = [other('1@x'), patch('2@x'), other('3@x', 'In-Reply-To: <2@x>\n')];
  writeEpoch(dir, 0, first);
  writeEpoch(dir, 1, [other('4@x', 'In-Reply-To: <1@x>\n'), patch('5@x')]);
  const reader = new Reader(dir);
  const { ids, counts } = await counted(reader);
  expect(ids).toEqual(['2@x', '3@x', '5@x']);
  expect(counts).toMatchObject({ mails: 5, found: 3, passed: 2, deleted: 0 });
  expect(await counted(reader)).toMatchObject({ ids: [], kinds: [], counts: null });
  writeEpoch(dir, 1, [other('4@x', 'In-Reply-To: <1@x>\n'), patch('5@x'), patch('6@x')]);
  writeEpoch(dir, 10, [patch('8@x')]);
  writeEpoch(dir, 2, [patch('7@x')]);
  expect(await counted(reader)).toMatchObject({ ids: ['6@x', '7@x', '8@x'], kinds: ['mail', 'mail', 'mail'], counts: { mails: 3 } });
});

test('the bytes are those of the mirror, NULs and 8-bit headers too; without Message-ID the blob stands for it', async () => {
  const odd = Buffer.concat([Buffer.from('Subject: kcov Gr'), Buffer.from([0xfc, 0xdf, 0x65, 0]), Buffer.from('\n\nbody\0\0end')]);
  const [commit] = writeEpoch(dir, 0, [{ mail: odd }]);
  const { events } = await new Reader(dir).read();
  const blob = git(join(dir, 'git', '0.git'), ['rev-parse', `${commit}:m`]).trim();
  expect(events[0]).toMatchObject({ kind: 'mail', mail: { messageId: `blob:${blob}`, cause: 'subject', epoch: 0, commit } });
  expect(events[0]?.kind === 'mail' && events[0].mail.raw.equals(odd)).toBe(true);
});

test('a deleted mail is skipped and counted', async () => {
  writeEpoch(dir, 0, [patch('1@x'), { ...patch('2@x'), file: 'd' }, patch('3@x')]);
  expect(await counted(new Reader(dir))).toMatchObject({ ids: ['1@x', '3@x'], kinds: ['mail', 'mail'], counts: { mails: 3, deleted: 1 } });
});

test.each([false, true])('a purge that rewrites history gives no mail twice and loses none (old objects gone: %s)', async (gone) => {
  const all = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? patch(`${i}@x`) : other(`${i}@x`)));
  const before = writeEpoch(dir, 0, all);
  const reader = new Reader(dir);
  expect((await reader.read()).ids).toEqual(['0@x', '2@x', '4@x', '6@x']);
  if (gone) rmSync(join(dir, 'git', '0.git'), { recursive: true });
  const after = writeEpoch(dir, 0, [...all.slice(0, 3), ...all.slice(4), patch('new@x')]);
  expect([after[2] === before[2], after.includes(before[7] ?? '')]).toEqual([true, false]);
  const again = await counted(reader);
  expect(again).toMatchObject({ ids: ['new@x'], kinds: ['rewritten', 'mail'], counts: { repeated: gone ? 4 : 2 } });
  expect(reader.cursor.seen[0]).toBe(after.at(-1));
  expect((await counted(reader)).kinds).toEqual([]);
});

test('a restart in the middle goes on after the last mail that was kept', async () => {
  writeEpoch(dir, 0, Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? patch(`${i}@x`) : other(`${i}@x`))));
  writeEpoch(dir, 1, [patch('last@x')]);
  const reader = new Reader(dir);
  const ids: string[] = [];
  for (;;) {
    const { ids: some } = await reader.read({ isKnown: () => false }, 4);
    ids.push(...some);
    if (some.length < 4) break;
  }
  expect(ids).toEqual([...Array.from({ length: 14 }, (_, i) => `${i * 3}@x`), 'last@x']);
});

test('since: only mails that came later, whatever dates are around them, and after a rewrite too', async () => {
  const at = (days: number, one: Arrival): Arrival => ({ ...one, timeS: DAY_S + days * 86_400 });
  const all = [at(0, patch('old@x')), at(9, patch('1@x')), at(-8000, patch('oldest@x')), at(26_000, patch('2099@x')), at(10, patch('2@x'))];
  writeEpoch(dir, 0, [at(1, patch('older@x'))]);
  writeEpoch(dir, 1, all);
  const reader = new Reader(dir, DAY_S + 8 * 86_400);
  expect((await reader.read()).ids).toEqual(['1@x', '2099@x', '2@x']);
  expect((await counted(reader)).kinds).toEqual([]);
  rmSync(join(dir, 'git', '1.git'), { recursive: true });
  writeEpoch(dir, 1, [...all.slice(1), at(11, patch('3@x'))]);
  expect((await reader.read()).ids).toEqual(['3@x']);
});

test('a mail over the limit is let go with its reason, headers without end too, and the next one is read', async () => {
  writeEpoch(dir, 0, [
    { mail: mailOf('1@x', { body: `${diffOf('kernel/kcov.c')}${'x'.repeat(300_000)}` }) },
    { mail: mailOf('2@x', { subject: 'kcov', headers: `References:${' <a@b>\n'.repeat(5_000)}` }) }, patch('3@x'),
  ]);
  const { ids, events, counts } = await counted(new Reader(dir), { mailLimits: { mailBytes: 100_000, headerBytes: 20_000 } });
  expect(ids).toEqual(['3@x']);
  expect(events.flatMap((event) => (event.kind === 'skipped' ? event.reason : []))).toEqual(['too large', 'headers too long']);
  expect(counts).toMatchObject({ mails: 3, skipped: { 'too large': 1, 'headers too long': 1, unreadable: 0 } });
});

test('the same Message-ID again is counted, not handed out', async () => {
  writeEpoch(dir, 0, [patch('1@x'), { mail: mailOf('1@x', { subject: 'kcov, forged' }) }]);
  expect(await counted(new Reader(dir))).toMatchObject({ ids: ['1@x'], counts: { found: 1, repeated: 1 } });
});

/** The file of an object: git keeps those of a small epoch loose. */
function fileOf(epoch: number, name: string): string {
  const at = join(dir, 'git', `${epoch}.git`);
  const id = git(at, ['rev-parse', name]).trim();
  const file = join(at, 'objects', id.slice(0, 2), id.slice(2));
  chmodSync(file, 0o644);
  return file;
}

test('mails that git cannot read are skipped, each for itself; those between them are read', async () => {
  const commits = writeEpoch(dir, 0, ['1@x', '2@x', '3@x', '4@x', '5@x'].map(patch));
  writeFileSync(fileOf(0, `${commits[1]}:m`), 'junk');
  rmSync(fileOf(0, `${commits[3]}:m`));
  const reader = new Reader(dir);
  const { ids, events, counts } = await counted(reader);
  expect(ids).toEqual(['1@x', '3@x', '5@x']);
  expect(events.flatMap((event) => (event.kind === 'skipped' ? [[event.commit, event.reason]] : []))).toEqual([[commits[1], 'unreadable'], [commits[3], 'unreadable']]);
  expect(counts).toMatchObject({ mails: 5, found: 3, repeated: 0, skipped: { unreadable: 2 } });
  expect((await counted(reader)).kinds).toEqual([]);
});

test('a truncated pack stops its epoch only, until it is whole again', async () => {
  writeEpoch(dir, 0, ['1@x', '2@x'].map(patch));
  writeEpoch(dir, 1, [patch('3@x')]);
  const at = join(dir, 'git', '0.git');
  git(at, ['repack', '-adq']);
  const pack = join(at, 'objects', 'pack', readdirSync(join(at, 'objects', 'pack')).find((name) => name.endsWith('.pack')) ?? '');
  const whole = readFileSync(pack);
  chmodSync(pack, 0o644);
  truncateSync(pack, whole.length >> 1);
  const reader = new Reader(dir);
  const { ids, events } = await counted(reader);
  expect(ids).toEqual(['3@x']);
  expect(events[0]).toEqual({ kind: 'stopped', epoch: 0, reason: expect.stringMatching(/^git /u) as string });
  writeFileSync(pack, whole);
  expect(await counted(reader)).toMatchObject({ ids: ['1@x', '2@x'], kinds: ['mail', 'mail'] });
});

/** A git whose cat-file or rev-list does something else while the file `on` is there. */
function faultyGit(command: string, instead: string): { program: string; on: string } {
  const on = sandbox.write('fault', '');
  const program = sandbox.write('git-with-fault', `#!/bin/sh\ncase " $* " in *" ${command} "*) if [ -e ${on} ]; then ${instead}; fi;; esac\nexec git "$@"\n`);
  chmodSync(program, 0o755);
  return { program, on };
}

test('a git that is killed once is asked again; one that is killed each time stops the epoch, and nothing is lost', async () => {
  writeEpoch(dir, 0, ['1@x', '2@x'].map(patch));
  const reader = new Reader(dir);
  const always = faultyGit('--batch', 'kill -9 $$');
  const { events } = await reader.read({ program: always.program });
  expect(events).toEqual([{ kind: 'stopped', epoch: 0, reason: 'git cat-file: ended by SIGKILL' }]);
  const once = faultyGit('--batch', `rm ${always.on}; kill -9 $$`);
  expect(await counted(reader, { program: once.program })).toMatchObject({ ids: ['1@x', '2@x'], kinds: ['mail', 'mail'], counts: { skipped: { unreadable: 0 } } });
  expect(existsSync(once.on)).toBe(false);
});

test('a git that hangs, says something else or is not there stops the epoch with the reason', async () => {
  writeEpoch(dir, 0, [patch('1@x')]);
  const reasons: unknown[] = [];
  const stopped = async (program: string, searchMs = LIMITS.searchMs): Promise<void> => {
    const { events } = await new Reader(dir).read({ program, gitLimits: { ...LIMITS, searchMs } });
    reasons.push(...events.flatMap((event) => (event.kind === 'stopped' ? event.reason : event.kind)));
  };
  await stopped(faultyGit('rev-list', 'exec sleep 60').program, 200);
  await stopped(faultyGit('rev-list', 'exit 3').program);
  await stopped(sandbox.path('no-git'));
  expect(reasons).toEqual(['git rev-list: no output within 0.2 s', 'git rev-list: exit status 3', 'git is not installed, or the directory is gone']);
});

test('no mirror, an epoch that is no repository, and one without mails', async () => {
  expect((await new Reader(sandbox.path('nothing')).read()).events).toEqual([{ kind: 'stopped', epoch: null, reason: 'no public-inbox v2 mirror: it has no git/0.git' }]);
  writeEpoch(dir, 1, [patch('1@x')]);
  mkdirSync(join(dir, 'git', '0.git'));
  mkdirSync(join(dir, 'git', '2.git'));
  git(join(dir, 'git', '2.git'), ['init', '-q', '--bare']);
  const { ids, events } = await counted(new Reader(dir));
  expect(ids).toEqual(['1@x']);
  expect(events[0]).toEqual({ kind: 'stopped', epoch: 0, reason: 'is no git repository' });
});
