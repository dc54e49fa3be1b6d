/** @module `kcovet watch` as a command: what it says of a configuration, of its sources, and how it ends. */
import { existsSync, mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mailOf, writeEpoch } from '../gateway/public-inbox/mirror.js';
import { Sandbox } from '../gateway/repository.js';
import { noSqlite } from '../store/sqlite.js';
import { kcovet } from './fake-io.js';

let sandbox: Sandbox;
beforeEach(() => { sandbox = new Sandbox(); });
afterEach(() => sandbox.remove());
const config = (source: string, more = ''): string => sandbox.write('watch.yml', `sources:\n  - name: one\n    lists: [list@example.org]\n    ${source}\n${more}`);

test('its help has a configuration to start with, examples and exit status', async () => {
  const { status, stdout } = await kcovet(['help', 'watch']);
  expect([status, ['sources:', '--once', 'Exit status'].filter((word) => !stdout.includes(word))]).toEqual([0, []]);
});

test.each([
  [() => sandbox.path('none.yml'), /none\.yml: no such file: kcovet help watch has one/u],
  [() => config('kind: nntp'), /watch\.yml:4: sources\.kind: give mirror.*see kcovet help watch/u],
])('what is wrong with a configuration is one line for each', async (path, line) => {
  const { status, stderr } = await kcovet(['watch', path(), '--once']);
  expect([status, stderr]).toEqual([2, expect.stringMatching(line)]);
});

describe.skipIf(noSqlite)(`with a store${noSqlite ? ` (skipped: ${noSqlite})` : ''}`, () => {
  test('--once reads what is new, says so, and goes on there the next time', async () => {
    writeEpoch(sandbox.path('list'), 0, [{ mail: mailOf('1@x') }, { mail: mailOf('2@x', { subject: 'about kcov' }) }]);
    const path = config('kind: mirror\n    path: list', 'since: 10.years\n');
    const first = await kcovet(['watch', path, '--once', '--outbox', sandbox.path('drafts')]);
    expect([first.status, first.stdout]).toEqual([0, 'one: 2 mails read, 1 kept, 0 skipped\n']);
    expect((await kcovet(['watch', path, '--once'])).stdout).toBe('one: 0 mails read, 0 kept, 0 skipped\n');
    expect(existsSync(sandbox.path('kcovet-data', 'kcovet.sqlite'))).toBe(true);
  });

  test('an mbox on standard input', async () => {
    const mbox = `From mboxrd@z Thu Jan  1 00:00:00 1970\n${mailOf('1@x', { subject: 'kcov' })}\n`;
    const { status, stdout } = await kcovet(['watch', config('kind: mbox\n    path: "-"'), '--once'], { stdin: [Buffer.from(mbox)] });
    expect([status, stdout]).toEqual([0, 'one: 1 mails read, 1 kept, 0 skipped\n']);
  });

  test('a source that cannot be read ends in 2 with --once, the reason is in the log', async () => {
    const { status, stderr } = await kcovet(['watch', config('kind: mirror\n    path: list'), '--once']);
    expect([status, stderr.split('\n').filter((line) => line.includes('cannot be read on'))]).toEqual([2, [expect.stringContaining('no public-inbox v2 mirror: it has no git/0.git')]]);
    expect((await kcovet(['watch', config('kind: mirror\n    path: list'), '--once', '--since', 'soon'])).stderr).toContain('since: soon: give a time such as');
  });

  test('a second watch on the same data is refused, and one after the first is not', async () => {
    mkdirSync(sandbox.path('box', 'new'), { recursive: true });
    mkdirSync(sandbox.path('box', 'cur'));
    const path = config('kind: maildir\n    path: box');
    let end = (): void => undefined;
    const told = new Promise<void>((resolve) => { end = resolve; });
    let begun = (): void => undefined;
    const read = new Promise<void>((resolve) => { begun = resolve; });
    const first = kcovet(['watch', path], { untilStopped: () => told, onOutput: (text) => { if (text.includes('"what":"read"')) begun(); } });
    await read;
    const second = await kcovet(['watch', path, '--once']);
    expect([second.status, second.stderr]).toEqual([2, expect.stringMatching(/kcovet\.sqlite: another process works on this store \(process \d+ on [\w.-]+\): end it first\n$/u)]);
    end();
    expect((await first).status).toBe(0);
    expect((await kcovet(['watch', path, '--once'])).status).toBe(0);
  });

  test('without --once it goes on until it is told to end', async () => {
    mkdirSync(sandbox.path('box', 'new'), { recursive: true });
    mkdirSync(sandbox.path('box', 'cur'));
    let end = (): void => undefined;
    const told = new Promise<void>((resolve) => { end = resolve; });
    const { status } = await kcovet(['watch', config('kind: maildir\n    path: box')], { untilStopped: () => told, onOutput: (text) => { if (text.includes('"what":"read"')) end(); } });
    expect(status).toBe(0);
  });
});
