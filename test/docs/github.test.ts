/** @module docs/github.md and app.yml: what they name is there. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseCommand } from '../../src/service/commands/parse-command.js';
import { parseAssumption } from '../../src/service/assumptions.js';
import { parseConfig } from '../../src/service/repository-config.js';
import { kcovet } from '../cli/fake-io.js';

const page = readFileSync('docs/github.md', 'utf8');

describe('docs/github.md', () => {
  test('its configuration is one, with what is commented out too', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/u.exec(page) ?? [];
    expect(parseConfig(yaml)).toMatchObject({ ok: true });
    expect(parseConfig(yaml.replace(/^# (?=\w+: \S+$)/gmu, ''))).toMatchObject({ ok: true, config: { sarif: true, tree: 'linux' } });
  });

  test('its commands are understood', () => {
    const commands = [...page.matchAll(/^\| `(\/kcovet [^`]+)` \|/gmu)].map((match) => match[1] ?? '');
    expect(commands).toHaveLength(7);
    for (const command of commands) expect(parseCommand(command)).not.toMatchObject({ kind: 'unknown' });
    for (const text of ['nmi=0', 'KCOV_ENABLE_COMPARISONS=n', 'irqs off in kcov_start', 'kcov->lock held in kcov_start']) expect(parseAssumption(text)).toMatchObject({ ok: true });
  });

  test('its variables are those of the command', async () => {
    const { stdout } = await kcovet(['help', 'serve']);
    for (const [, name = ''] of page.matchAll(/`([A-Z]+(?:_[A-Z]+)+|HOST|PORT)`/gu)) if (!name.startsWith('KCOV_')) expect(stdout).toContain(name);
  });
});

test('app.yml names the events that the App listens to', () => {
  const { default_events: events } = parse(readFileSync('app.yml', 'utf8')) as { default_events: string[] };
  const app = readFileSync('src/app.ts', 'utf8');
  const heard = new Set([...app.matchAll(/'(\w+)\.\w+'|app\.on\('(\w+)'/gu)].map((match) => match[1] ?? match[2] ?? ''));
  // Those of installations come to every App.
  expect([...heard].filter((name) => !name.startsWith('installation')).sort()).toEqual([...events].sort());
});
