/** @module docs/operating.md and what it installs: every setting and metric is named, and the files for containers and systemd fit the commands. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
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
    expect((await kcovet(['help', /^ExecStart=\/usr\/bin\/env kcovet (\w+)$/mu.exec(text)?.[1] ?? 'none'])).status).toBe(0);
    const set = [...text.matchAll(/^Environment=(.+)$/gmu)].flatMap((match) => (match[1] ?? '').split(' ')).map((one) => one.split('=')[0] ?? '');
    for (const variable of set.filter((one) => one !== 'NODE_ENV')) expect(Object.keys(VARIABLES)).toContain(variable);
  }
});
