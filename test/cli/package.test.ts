/** @module The package as installed in a clone: bin, executable bit, npx, the demonstration from what is published, a reader that goes away. Needs a build. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { packageVersion } from '../../src/cli/version.js';
import type { Review } from '../../src/review/review.js';
import { submissionsSchema } from '../../src/web/api-schema.js';

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

/** Where a server that was just started says its pages are. */
async function pagesOf(server: ChildProcess): Promise<string> {
  let said = '';
  for await (const part of server.stdout ?? []) {
    said += String(part);
    const [, pages] = /open (http:\S+)/u.exec(said) ?? [];
    if (pages !== undefined) return pages;
  }
  return expect.fail(`it ended: ${said}`);
}

describe.skipIf(!built)(built ? 'built' : 'skipped: dist/ is not there: run npm run build', () => {
  test('the file is executable and runs by itself', async () => {
    accessSync(bin, constants.X_OK);
    expect((await run(bin, ['--version'])).stdout).toBe(`${packageVersion()}\n`);
  });

  test('npx kcovet works in the clone, without a network', async () => {
    const { stdout } = await run('npx', ['--offline', '--no-install', 'kcovet', '--version'], { cwd: root });
    expect(stdout).toBe(`${packageVersion()}\n`);
  });

  test('what is published is enough for serve --demo: its page, a review, its API', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kcovet-package-'));
    let demo: ChildProcess | undefined;
    try {
      const [packed] = JSON.parse((await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, maxBuffer: 1 << 26 })).stdout) as [{ files: { path: string }[] }];
      for (const { path } of packed.files) cpSync(join(root, path), join(folder, path));
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      const { NODE_OPTIONS: _, ...env } = process.env;
      demo = spawn(process.execPath, [join(folder, 'dist/src/main.js'), 'serve', '--demo'], { env: { ...env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
      const pages = await pagesOf(demo);
      const text = async (path: string): Promise<string> => {
        const answer = await fetch(new URL(path, pages));
        return answer.ok ? await answer.text() : `${answer.status}`;
      };
      // The first example is reviewed first.
      const list = async (): Promise<z.infer<typeof submissionsSchema>['submissions']> => submissionsSchema.parse(JSON.parse(await text('/api/reviews'))).submissions;
      await expect.poll(async () => (await list()).filter(({ newest }) => newest.state === 'reviewed').length, { timeout: 240_000, interval: 500 }).toBeGreaterThan(0);
      const [done] = (await list()).filter(({ newest }) => newest.state === 'reviewed');
      const { id, newest } = done ?? expect.fail('no review');
      const front = await text('/');
      expect(front).toContain(`href="/s/${id}`);
      const review = JSON.parse(await text(newest.review)) as Review;
      expect(review).toMatchObject({ schema: 'kcovet/review@1', tool: { version: packageVersion() }, verdict: newest.verdict });
      const page = await text(`/s/${id}/${newest.number}`);
      for (const finding of review.findings.filter(({ asked }) => asked)) expect(page).toContain(`/s/${id}/${newest.number}/f/${finding.id}`);
      // What its pages load is in the package, too.
      for (const [, path = ''] of front.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/gu)) expect([path, (await text(path)).length > 100]).toEqual([path, true]);
      const ended = once(demo, 'exit');
      demo.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      demo?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
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
