/** @module The package as installed in a clone: bin, executable bit, npx, a reader that goes away. Needs a build. */
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { packageVersion } from '../../src/cli/version.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const built = existsSync(bin);
const run = promisify(execFile);

test('package.json names the built file, and everything published exists', () => {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { bin: Record<string, string>; license: string };
  expect(manifest.bin).toEqual({ kcovet: 'dist/src/main.js' });
  expect(manifest.license).toBe('GPL-2.0-only');
  for (const file of ['README.md', 'LICENSE', 'ARCHITECTURE.md', 'app.yml', '.ci/run', 'schema/review.schema.json']) {
    expect(existsSync(root + file), file).toBe(true);
  }
  expect(readFileSync(`${root}src/main.ts`, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  accessSync(`${root}.ci/run`, constants.X_OK);
});

describe.skipIf(!built)(built ? 'built' : 'skipped: dist/ is not there: run npm run build', () => {
  test('the file is executable and runs by itself', async () => {
    accessSync(bin, constants.X_OK);
    expect((await run(bin, ['--version'])).stdout).toBe(`${packageVersion()}\n`);
  });

  test('npx kcovet works in the clone, without a network', async () => {
    const { stdout } = await run('npx', ['--offline', '--no-install', 'kcovet', '--version'], { cwd: root });
    expect(stdout).toBe(`${packageVersion()}\n`);
  });

  test('a reader that goes away ends it quietly', async () => {
    const child = spawn(process.execPath, [bin, 'model'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
    child.stdout.destroy();
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
