/** @module docs/operating.md and what it installs: every setting and metric is named, and the files for containers and systemd fit the commands. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultConfig, readServeConfig } from '../../src/config.js';
import { serveSchema, VARIABLES } from '../../src/settings.js';
import { kcovet } from '../cli/fake-io.js';

const read = (file: string): string => readFileSync(file, 'utf8');
const page = read('docs/operating.md');
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => read(`src/${name}`)).join('\n');

test('every variable and every setting is in the table', () => {
  for (const [variable, setting] of Object.entries(VARIABLES)) {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${variable}\``)) ?? '';
    expect(row, variable).toContain(`\`${setting}\``);
  }
  for (const setting of Object.keys(serveSchema.shape)) expect(page, setting).toMatch(new RegExp(`\`${setting}[\`.]`, 'u'));
});

test('its metrics are those that there are', () => {
  const named = [...page.matchAll(/`(kcovet_\w+)`/gu)].map((match) => match[1] ?? '');
  const made = [...sources.matchAll(/'(kcovet_(?:\w+_(?:total|seconds|info)|jobs|versions))'/gu)].map((match) => match[1] ?? '');
  expect([...new Set(named)].sort()).toEqual([...new Set(made)].sort());
});

test('its commands are there', async () => {
  const { stdout } = await kcovet(['help', 'store']);
  for (const [, command = ''] of page.matchAll(/^kcovet store (\w+)/gmu)) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'mu'));
  const { stdout: help } = await kcovet(['help', 'serve']);
  for (const option of ['--demo', '--no-workers', '--config', '--env']) expect(help).toContain(option);
});

test('the image has what the package has, and what it copies is there', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const docker = read('Dockerfile');
  const copied = [...docker.matchAll(/^COPY (?!--from)(.+) \S+$/gmu)].flatMap((match) => (match[1] ?? '').split(' '));
  for (const path of copied) expect(existsSync(path), path).toBe(true);
  const taken = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  for (const path of copied) expect(taken).toContain(path.split('/')[0]);
  for (const path of files.filter((one) => one !== 'README.md')) expect(docker, path).toMatch(new RegExp(`COPY .*\\b${path.replace(/\/\*.*$/u, '')}\\b`, 'u'));
});

test('compose.yml and the units call commands that there are, with settings that there are', async () => {
  const { services } = parse(read('compose.yml'), { merge: true }) as { services: Record<string, { command?: string[]; environment?: Record<string, unknown> }> };
  expect(Object.keys(services)).toEqual(['app', 'worker', 'redis', 'postgres']);
  for (const name of ['app', 'worker']) {
    const { command = [], environment = {} } = services[name] ?? {};
    for (const variable of Object.keys(environment)) expect(Object.keys(VARIABLES)).toContain(variable);
    const { status, stdout } = await kcovet(['help', command[0] ?? '']);
    expect(status).toBe(0);
    for (const option of command.slice(1)) expect(stdout).toContain(option);
  }
  expect(services['redis']?.command).toContain('noeviction');
  for (const unit of ['kcovet.service', 'kcovet-worker@.service']) {
    const text = read(`deploy/${unit}`);
    expect((await kcovet(['help', /^ExecStart=\/usr\/bin\/env (?:\w+=\S+ )*kcovet (\w+)$/mu.exec(text)?.[1] ?? 'none'])).status).toBe(0);
    const set = [...text.matchAll(/^(?:Environment=|ExecStart=\S+ (?=\w+=))(.+?)(?: kcovet .*)?$/gmu)].flatMap((match) => (match[1] ?? '').split(' ')).map((one) => one.split('=')[0] ?? '');
    for (const variable of set.filter((one) => one !== 'NODE_ENV')) expect(Object.keys(VARIABLES)).toContain(variable);
  }
});

/** What a worker is started with, by its unit and by what is in the file of settings, as env(1) makes it. */
function settingsOf(instance: string, file: Readonly<Record<string, string>>): Record<string, string> {
  const [, given = ''] = /^ExecStart=\/usr\/bin\/env (.*) kcovet worker$/mu.exec(read('deploy/kcovet-worker@.service')) ?? [];
  const told = execFileSync('/usr/bin/env', [...given.replaceAll('%i', instance).split(' '), process.execPath, '-p', 'JSON.stringify(process.env)'], { env: { ...file }, encoding: 'utf8' });
  return JSON.parse(told) as Record<string, string>;
}

test('workers on one machine have folders and ports of their own, and none that of the server, whatever the file of settings says', () => {
  const shared = { DATABASE_URL: 'postgres://kcovet@127.0.0.1/kcovet', REDIS_URL: 'redis://127.0.0.1:6379', KCOVET_DATA: '/var/lib/kcovet', KCOVET_WORKER_PORT: '9000' };
  const configs = ['1', '2', '9', '10', '99'].map((instance) => {
    const parsed = readServeConfig(settingsOf(instance, shared));
    return parsed.ok ? parsed.config : expect.fail(parsed.problems.join('; '));
  });
  expect(new Set(configs.map(({ data }) => data)).size).toBe(configs.length);
  expect(configs.map(({ workerPort }) => workerPort)).toEqual([3001, 3002, 3009, 30_010, 30_099]);
  expect(configs.map(({ workerPort }) => workerPort)).not.toContain(defaultConfig.port);
  expect(readServeConfig(settingsOf('one', shared))).toEqual({ ok: false, problems: [expect.stringContaining('KCOVET_WORKER_PORT')] });
});

const noVerify = spawnSync('systemd-analyze', ['--version']).status === 0 ? '' : 'systemd-analyze is not installed';

test.skipIf(noVerify !== '')(`systemd has nothing to say against the units${noVerify === '' ? '' : ` (skipped: ${noVerify})`}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'kcovet-units-'));
  try {
    for (const unit of ['kcovet.service', 'kcovet-worker@.service']) cpSync(`deploy/${unit}`, join(dir, unit));
    const verified = (...units: readonly string[]): string => {
      const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units.map((unit) => join(dir, unit))], { encoding: 'utf8' });
      // What is said of other units of this machine is not about ours.
      return `${stdout}${stderr}`.split('\n').filter((line) => line.includes('kcovet')).join('\n');
    };
    expect(verified('kcovet.service', 'kcovet-worker@1.service', 'kcovet-worker@2.service')).toBe('');
    writeFileSync(join(dir, 'kcovet-broken.service'), read('deploy/kcovet.service').replace('ProtectClock=yes', 'ProtectClocks=yes'));
    expect(verified('kcovet-broken.service')).toContain('ProtectClocks');
  } finally {
    rmSync(dir, { recursive: true });
  }
});
