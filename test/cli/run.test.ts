/** @module The command line as a whole: help, usage, bad input; each failure is one line that says what to do. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseBounds, parseCount, nearestName } from '../../src/cli/arguments.js';
import { INPUT_BYTES_MAX } from '../../src/cli/read-input.js';
import { packageVersion } from '../../src/cli/version.js';
import { kcovet } from './fake-io.js';

const directory = mkdtempSync(join(tmpdir(), 'kcovet-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A file with these bytes. */
function fileOf(name: string, bytes: string | Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, bytes);
  return file;
}

const oneLine = /^kcovet: [^\n]+: [^\n]+\n$/u;

describe('help', () => {
  test('teaches: commands, examples, exit status', async () => {
    const { status, stdout } = await kcovet(['--help']);
    expect(status).toBe(0);
    for (const command of ['review', 'replay', 'rules', 'explain', 'scenarios', 'model']) expect(stdout).toContain(`  ${command} `);
    const review = await kcovet(['help', 'review']);
    expect(review.status).toBe(0);
    expect(review.stdout).toContain('b4 am -o - MESSAGE-ID | kcovet review -');
    expect(review.stdout).toContain('Exit status: 0 reviewed');
  });

  test('fits in 81 columns', async () => {
    for (const args of [['--help'], ['help', 'review'], ['help', 'replay'], ['help', 'model']]) {
      const { stdout } = await kcovet(args);
      expect(stdout.split('\n').filter((line) => line.length > 81)).toEqual([]);
    }
  });

  test('version is the one of package.json', async () => {
    expect(await kcovet(['--version'])).toEqual({ status: 0, stdout: `${packageVersion()}\n`, stderr: '' });
    expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/u);
  });
});

describe('usage', () => {
  test.each([
    [['reveiw', 'x'], 'Did you mean review?'], [['review'], "missing required argument 'file'"],
    [['review', 'x', '--format', 'pdf'], 'Allowed choices are text, mail, json'],
    [['review', 'x', '--fromat', 'text'], 'Did you mean --format?'],
    [['review', 'x', '--states', '0'], 'Give a number from 1'], [['review', 'x', '--bounds', 'nmi'], 'no KEY=N'],
    [['review', 'x', '--bounds', 'cpu=1'], 'the bounds are softirq, hardirq, early, nmi'], [['review', 'x', '--bounds', 'nmi=99'], 'nmi is at most'],
    [['review', 'x', 'y'], 'too many arguments'], [['explain'], "missing required argument 'rule'"],
    [['model', '--version', 'v1.0'], 'no model of that version'],
  ])('%j is status 2 and one line', async (args, words) => {
    const { status, stdout, stderr } = await kcovet(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain(words);
  });

  test('no command shows the help on standard error', async () => {
    const { status, stdout, stderr } = await kcovet([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Usage: kcovet');
  });
});

describe('bad input', () => {
  const sparse = fileOf('huge.mbox', '');
  truncateSync(sparse, INPUT_BYTES_MAX + 1);

  test.each([
    ['a missing file', join(directory, 'missing'), 'no such file'], ['a directory', directory, 'is a directory'],
    ['an empty file', fileOf('empty', ''), 'is empty'], ['binary', fileOf('binary', new Uint8Array([1, 0, 2])), 'is binary'],
    ['a huge file', sparse, 'more than 64 MB'], ['prose', fileOf('prose', 'Hello,\nno patch here.\n'), 'patch'],
  ])('%s is status 2 and one line', async (_, file, words) => {
    for (const command of [['review', file], ['replay', 's', file], ['model', '--apply', file]]) {
      const { status, stdout, stderr } = await kcovet(command);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(oneLine);
      expect(stderr).toContain(words);
    }
  });

  test('standard input is bounded, and a terminal is not read', async () => {
    const chunk = new Uint8Array(16 * 1024 * 1024).fill(97);
    const { status, stderr } = await kcovet(['review', '-'], { stdin: Array<Uint8Array>(5).fill(chunk) });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^kcovet: standard input: more than 64 MB: [^\n]*\n$/u);
    expect((await kcovet(['review', '-'], { terminal: true })).stderr).toContain('is a terminal');
    expect((await kcovet(['review', '-'], { stdin: [] })).stderr).toContain('is empty');
  });

  test('a file name cannot write to the terminal', async () => {
    expect((await kcovet(['review', 'x\x1b[2J\ny'])).stderr).toBe('kcovet: x\\x1b[2J\\x0ay: no such file: check the name, or use - for standard input\n');
  });
});

describe('arguments', () => {
  test.each([['1', 1], ['400k', 400_000], ['2M', 2_000_000], ['1,000', 1000], ['0', null], ['-1', null], ['9999999999', null], ['x', null]])(
    'count %s is %s', (text, value) => expect(parseCount(text)).toBe(value));

  test('bounds', () => {
    expect(parseBounds('nmi=0, softirq=2')).toEqual({ nmi: 0, softirq: 2 });
    expect(parseBounds('nmi=1,nmi=2')).toContain('twice');
    expect(parseBounds('')).toContain('KEY=N');
    expect(parseBounds('__proto__=1')).toContain('KEY=N');
  });

  test('the nearest name', () => {
    expect(nearestName('lost-task-feild', ['torn-group', 'lost-task-field'])).toBe('lost-task-field');
    expect(nearestName('zzz', ['torn-group'])).toBeNull();
  });
});
