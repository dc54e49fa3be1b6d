/**
 * @module The contract can fail: each property and each errno is reported by some scenario when the model is broken, and
 * nothing is when it is only written differently.
 */
import { describe, expect, it } from 'vitest';
import type { Program } from '../../../simulator/ir/program.js';
import { kcovV55 } from '../../../simulator/kcov/index.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import type { KcovScenario } from '../../../simulator/scenario/index.js';
import { lowered, search, textOf } from '../../conformance/programs.js';
import { KNOWN_GAPS, MUTANTS, NEUTRAL } from './contract-mutants.js';
import type { Edit } from './contract-mutants.js';

const PATH = 'kernel/kcov.c';
const texts = textOf(kcovV55);
const original = texts.get(PATH) ?? '';
/** Those that v5.5 allows. */
const allowed = scenarios.filter((s) => s.sectionsIn.length === 0);

/** Where the text of a function's definition begins and ends. */
function definition(name: string): [from: number, to: number] {
  const head = new RegExp(`^[a-z][^;{}]*\\b${name}\\([^;{}]*\\)\\n\\{`, 'mu').exec(original);
  if (!head) throw new Error(`no function ${name}`);
  return [head.index, original.indexOf('\n}\n', head.index)];
}

/** The model with one function edited: the first occurrence of `old` in it. */
function edited([name, old, fresh]: Edit): Program {
  const [from, to] = definition(name);
  const body = original.slice(from, to);
  if (!body.includes(old)) throw new Error(`${name}() has no ${old}`);
  return lowered(new Map([...texts, [PATH, original.slice(0, from) + body.replace(old, () => fresh) + original.slice(to)]]));
}

const base = lowered(texts);
const inBase = new Map<string, readonly string[]>();

/** Violations of a scenario on the model as it is. */
function known(scenario: KcovScenario): readonly string[] {
  const found = inBase.get(scenario.name) ?? search(base, scenario).violations;
  inBase.set(scenario.name, found);
  return found;
}

/** What a scenario reports on a program and not on the model. */
function news(program: Program, scenario: KcovScenario): string[] {
  return search(program, scenario).violations.filter((violation) => !known(scenario).includes(violation));
}

describe('a broken model', () => {
  it.each(MUTANTS.map(([name, old, fresh, scenario, property]) => ({ name, old, fresh, scenario, property })))('$name: $old > $fresh: $property', ({ name, old, fresh, scenario, property }) => {
    const chosen = allowed.find((s) => s.name === scenario);
    expect(chosen, `scenario ${scenario}`).toBeDefined();
    const found = chosen ? news(edited([name, old, fresh]), chosen) : [];
    expect(found.map((violation) => violation.split(':')[0])).toContain(property);
  });

  it('shows every property that a scenario can report', () => {
    expect([...new Set(MUTANTS.map((m) => m[4]))].sort()).toEqual([
      'common-handle', 'coverage-invented', 'coverage-lost', 'coverage-misattributed', 'deadlock', 'double-free', 'errno', 'invalid-free', 'irqs-left-off', 'irqs-left-on',
      'leak', 'lock-held-at-return', 'mmap-without-pages', 'null-dereference', 'out-of-bounds', 'preempt-unbalanced', 'refcount', 'sleep-in-atomic', 'uninitialised-read', 'unlock-not-held',
      'use-after-free', 'warn', 'wild-access',
    ]);
  });

  it('is not noticed in these ways only', () => {
    for (const [name, old, fresh, why] of KNOWN_GAPS) {
      const program = edited([name, old, fresh]);
      expect(allowed.flatMap((scenario) => news(program, scenario)), `${name}: ${why}`).toEqual([]);
    }
  });
});

describe('an errno of the model', () => {
  /**
   * Nothing reaches these: a configuration without comparisons; DISABLE behind a WARN_ON() that does not come true; an
   * area_size of 32 bits above LONG_MAX / 8; a fault of the user's memory; an argument that changes between two fetches.
   */
  const UNREACHED = ['kcov_get_mode: ENOTSUPP', 'kcov_ioctl_locked: EINVAL', 'kcov_ioctl_locked: EINVAL', 'kcov_ioctl: EFAULT', 'kcov_ioctl: EINVAL'];

  it('is known to the contract wherever it is returned', () => {
    const places = kcovV55.files.flatMap((file) => (file.path === PATH ? file.functions.map((f) => f.name) : [])).flatMap((name) => {
      const [from, to] = definition(name);
      return [...original.slice(from, to).matchAll(/-(E[A-Z]{3,})\b/gu)].map((match) => ({ name, errno: match[1] ?? '', at: from + match.index }));
    });
    expect(places.length).toBeGreaterThan(20);
    const missed = places.filter(({ at, errno }) => {
      const text = `${original.slice(0, at)}-EIO${original.slice(at + 1 + errno.length)}`;
      const program = lowered(new Map([...texts, [PATH, text]]));
      return !allowed.some((scenario) => news(program, scenario).some((v) => v.startsWith('errno')));
    });
    expect(missed.map(({ name, errno }) => `${name}: ${errno}`)).toEqual(UNREACHED);
  });
});

describe('a model written differently', () => {
  it.each(NEUTRAL.map(([name, old, fresh]) => ({ name, old, fresh })))('$name: $fresh', ({ name, old, fresh }) => {
    const program = edited([name, old, fresh]);
    for (const scenario of allowed) expect(search(program, scenario), scenario.name).toMatchObject({ violations: known(scenario), gaveUp: null, notModelled: [] });
  });
});
