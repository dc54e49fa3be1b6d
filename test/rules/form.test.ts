/** @module The form of rules: one file each, all fields filled in, nothing that knows a single patch. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { interruptSections } from '../../rules/examples/interrupt-sections.js';
import { rules } from '../../rules/index.js';
import { readSubmission } from '../../src/mail/read-submission.js';
import { caseNames, readCase } from '../reviews/case.js';
import { addedIdentifiers } from '../renaming.js';

const FOLDER = path.resolve('rules');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'index.ts').sort();
const sourceOf = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

test('the index lists each rule once, and each file is a rule of its name', () => {
  expect(rules.map((rule) => `${rule.id}.ts`).sort()).toEqual(files);
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
});

test('README.md names every rule', () => {
  const readme = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
  expect(rules.map((rule) => rule.id).filter((id) => !readme.includes(`\`${id}\``))).toEqual([]);
});

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ id, rule }) => {
  test('is a noun phrase in kebab-case, in a file of fewer than 190 lines', () => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/u);
    expect(sourceOf(`${id}.ts`).split('\n').length).toBeLessThan(190);
    expect(sourceOf(`${id}.ts`)).toMatch(/^\/\*\*(?:\n \*)? @module /u);
  });

  test('has every field, as sentences', () => {
    for (const text of [rule.summary, rule.why, rule.gaps, rule.origin]) {
      expect(text.trim()).toBe(text);
      expect(text).toMatch(/[.?)]$|[a-z()]$/u);
      expect(text.length).toBeGreaterThan(12);
    }
    expect(rule.summary).toMatch(/^[A-Z][^\n]{10,110}\.$/u);
    expect(rule.why).toMatch(/\.$/u);
    expect(['counterexample', 'observation', 'static']).toContain(rule.evidence);
  });

  test('has examples with names', () => {
    expect(rule.fires.length).toBeGreaterThan(0);
    expect(rule.silent.length).toBeGreaterThan(0);
    const names = [...rule.fires, ...rule.silent].map((e) => e.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length < 10)).toEqual([]);
  });

  test('marks its own lines only, in what fires only', () => {
    const marks = (edits: typeof rule.fires): string[] => edits.flatMap((e) => e.edits.flatMap(({ replace }) => [...replace.matchAll(/\/\/~ ?([a-z-]+)/gu)].map((m) => m[1] ?? '')));
    expect(marks(rule.silent)).toEqual([]);
    expect(new Set(marks(rule.fires))).toEqual(new Set([id]));
    for (const example of rule.fires) expect(marks([example]).length, example.name).toBeGreaterThan(0);
  });

  test('knows no name that one patch or one example adds', async () => {
    const patches = ['irq-coverage.mbox', 'two-step.mbox', 'lost-unlock.diff', 'cleanup.mbox'];
    const names: string[] = [...new Set(interruptSections.flatMap(({ replace }) => replace.match(/\bkcov_(?:host|saved|dying|bury)\w*|KCOV_HOST\w*/gu) ?? []))];
    for (const patch of patches) names.push(...addedIdentifiers(await readSubmission(patch, readFileSync(path.resolve('examples', patch)))));
    const own = code(sourceOf(`${id}.ts`));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => name.includes('_') && new RegExp(`\\b${name}\\b`, 'u').test(own))).toEqual([]);
  });
});

/** A rule's source without its examples and its origin. */
function code(source: string): string {
  return source.replace(/\n {2}fires: \[[\s\S]*?\n {2}(?=check\b)/u, '\n  ').replace(/\n {2}origin: .*/u, '');
}

test('every rule is in an example that fires, and every golden names rules that exist', () => {
  const golden = caseNames().flatMap((name) => readCase(name).mustAsk.map((must) => must.rule));
  expect(golden.filter((id) => !rules.some((rule) => rule.id === id))).toEqual([]);
  expect(rules.filter((rule) => rule.fires.length === 0 && !golden.includes(rule.id)).map((rule) => rule.id)).toEqual([]);
});
