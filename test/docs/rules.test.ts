/** @module docs/rules/ is what the rules say: BLESS=1 (npm run docs) writes it. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { rules } from '../../rules/index.js';
import { ruleMarkdown, rulesMarkdown } from '../../src/render/rule-page.js';

const FOLDER = path.resolve('docs', 'rules');
const pages = new Map([['README.md', rulesMarkdown(rules)], ...rules.map((rule): [string, string] => [`${rule.id}.md`, ruleMarkdown(rule)])]);

beforeAll(() => {
  if (process.env['BLESS'] !== '1') return;
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of pages) writeFileSync(path.join(FOLDER, name), text);
});

test('there is a page for each rule, and none besides', () => {
  expect(readdirSync(FOLDER).sort()).toEqual([...pages.keys()].sort());
});

test.each([...pages])('%s is up to date', (name, text) => {
  expect(readFileSync(path.join(FOLDER, name), 'utf8')).toBe(text);
});

test('each page shows what is asked about and what is not', () => {
  for (const [name, text] of pages) {
    if (name === 'README.md') continue;
    expect(text).toMatch(/^```diff$/mu);
    expect(text).toContain('<-- here');
    expect(text).toContain('## Is silent about');
  }
});
