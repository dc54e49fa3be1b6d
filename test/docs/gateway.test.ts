/** @module docs/gateway.md: its files are read as they stand, its reply is the one that is made; `BLESS=1` writes that. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { outboxSchema } from '../../src/lists/outbox-config.js';
import { parsePolicy } from '../../src/lists/policy.js';
import { readWatchConfig, sourceKinds } from '../../src/lists/watch-config.js';
import { kcovet } from '../cli/fake-io.js';

const FILE = 'docs/gateway.md';
const page = readFileSync(FILE, 'utf8');
const yaml = [...page.matchAll(/```yaml\n([\s\S]*?)```/gu)].map((match) => match[1] ?? '');

test('its policy is one', () => {
  expect(parsePolicy(yaml.find((one) => one.includes('stop:')) ?? 'x')).toMatchObject({ ok: true, config: { stop: false, caps: { list: 10 } } });
});

test('its sources are read as they stand, and the table has each kind', () => {
  const read = readWatchConfig(yaml.find((one) => one.startsWith('sources:')) ?? '', 'watch.yml');
  expect(read.ok ? [] : read.problems).toEqual([]);
  const kinds = read.ok ? read.config.sources.map(({ kind }) => kind) : [];
  const named = [...page.matchAll(/^\| `([\w-]+)` \|/gmu)].map((match) => match[1] ?? '');
  expect(new Set(kinds).size).toBe(4);
  for (const kind of sourceKinds) expect(named).toContain(kind);
});

test('what it shows of watch.yml can stand there', () => {
  const shown = yaml.filter((one) => one.includes('outbox:'));
  expect(shown).toHaveLength(3);
  for (const one of shown) {
    const read = readWatchConfig(`sources: [{name: a, kind: mirror, path: b, lists: [c@d.org]}]\n${one}`, 'watch.yml');
    expect(read.ok ? '' : read.problems.join('\n')).toBe('');
    expect(outboxSchema.safeParse((parse(one) as { outbox: unknown }).outbox).success).toBe(true);
  }
});

test('its Patchwork can stand in watch.yml', () => {
  const shown = yaml.find((one) => one.startsWith('patchwork:')) ?? '';
  const read = readWatchConfig(`sources: [{name: a, kind: mirror, path: b, lists: [c@d.org]}]\n${shown}`, 'watch.yml');
  expect(read).toMatchObject({ ok: true, config: { patchwork: { context: 'kcovet' } } });
  expect(page).toContain('KCOVET_PATCHWORK_TOKEN');
});

test('its commands are there', async () => {
  const names = [...page.matchAll(/^kcovet outbox (\w+)/gmu)].map((match) => match[1] ?? '');
  expect(names).toHaveLength(7);
  const { stdout } = await kcovet(['help', 'outbox']);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'mu'));
});

test('its reply is that of the review', () => {
  const reply = readFileSync('test/reviews/irq-coverage-v2/review.mail.txt', 'utf8').trimEnd();
  const text = page.replace(/(<!-- reply -->\n```\n)[\s\S]*?(```\n<!-- \/reply -->)/u, (_, before: string, after: string) => `${before}${reply}\n${after}`);
  if (process.env['BLESS'] === '1') writeFileSync(FILE, text);
  expect(page.includes(`${reply}\n`)).toBe(true);
});
