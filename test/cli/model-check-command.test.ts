/** @module `kcovet model check` on trees made of the models' own print: what it says and how it ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovV55, kcovV612 } from '../../simulator/kcov/index.js';
import type { KcovModel } from '../../simulator/kcov/index.js';
import { kcovet } from './fake-io.js';

let root = '';

function tree(name: string, model: KcovModel, change: (text: string, file: string) => string | null = (text) => text): string {
  const dir = path.join(root, name);
  for (const file of model.files) {
    const text = change(`${printProgram(file).lines.join('\n')}\n`, file.path);
    if (text === null) continue;
    mkdirSync(path.dirname(path.join(dir, file.path)), { recursive: true });
    writeFileSync(path.join(dir, file.path), text);
  }
  return dir;
}

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'kcovet-model-check-'));
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('kcovet model check', () => {
  it('finds the model that agrees', async () => {
    const { status, stdout, stderr } = await kcovet(['model', 'check', '--tree', tree('same', kcovV612)]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/is what the model of v6\.12 says: \d{3} statements and declarations agree\.\n/u);
    expect(stdout).toContain('6.12.117');
    expect(Math.max(...stdout.split('\n').slice(1).map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('takes v5.5 for a tree of v5.5', async () => {
    const { status, stdout } = await kcovet(['model', 'check', '--tree', tree('old', kcovV55)]);
    expect(status).toBe(0);
    expect(stdout).toContain('the model of v5.5');
    expect(stdout).not.toContain('releases changed');
  });

  it('shows what differs, with the lines of both', async () => {
    const dir = tree('changed', kcovV612, (text) => text.replace('\tt->kcov_sequence = sequence;\n', ''));
    const { status, stdout, stderr } = await kcovet(['model', 'check', '--tree', dir, '--version', 'v6.12']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^--- model v6\.12 kernel\/kcov\.c\n\+\+\+ tree kernel\/kcov\.c\n@@ function kcov_start: model v6\.12 line \d+, not in tree @@\n-\tt->kcov_sequence = sequence;\n$/u);
    expect(stderr).toContain(': 1 difference from the model of v6.12');
  });

  it('holds a tree against the version that is named', async () => {
    const { status, stdout } = await kcovet(['model', 'check', '--tree', tree('other', kcovV612), '--version', '5.5']);
    expect(status).toBe(1);
    expect(stdout).toContain('+\tt->kcov = kcov;');
  });

  it('says which headers are not there', async () => {
    const dir = tree('sparse', kcovV612, (text, file) => (file.endsWith('sched.h') ? null : text));
    const { status, stderr } = await kcovet(['model', 'check', '--tree', dir]);
    expect(status).toBe(0);
    expect(stderr).toContain('no include/linux/sched.h: it is not compared');
  });

  it('writes no control characters of a tree', async () => {
    const dir = tree('hostile', kcovV612, (text, file) => (file.endsWith('kcov.c') ? `${text}\nint evil = "\u001b[31m";\n` : text));
    const { status, stdout } = await kcovet(['model', 'check', '--tree', dir]);
    expect(status).toBe(1);
    expect(stdout).toContain('evil');
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    [['--tree', '/nonexistent'], 'no kernel/kcov.c in it: give a kernel tree'],
    [[], "required option '--tree <dir>' not specified: try kcovet model check --help"],
    [['--tree', '.', '--version', 'v1'], 'no model of that version: use v5.5, v5.16 or v6.12'],
  ])('%j is refused', async (args, reason) => {
    const { status, stdout, stderr } = await kcovet(['model', 'check', ...args]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('kcovet model', () => {
  it('prints the model of v6.12', async () => {
    const { status, stdout } = await kcovet(['model', '--version', 'v6.12']);
    expect(status).toBe(0);
    expect(stdout).toContain('static __always_inline bool in_softirq_really(void)');
  });
});
