/**
 * @module One scenario suite, several programs: every scenario of every model, as built and as read from C. What a version
 * violates is known by name.
 */
import { describe, expect, it } from 'vitest';
import { knowsRt, scenariosFor } from '../../src/analysis/search.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import type { KcovModel } from '../../simulator/kcov/model.js';
import { scenarios } from '../../simulator/scenario/index.js';
import type { KcovScenario } from '../../simulator/scenario/index.js';
import { built, lowered, search, textOf } from './programs.js';

/**
 * v5.5 counts a record after it was written: early irq code that comes in between takes the same place, and one of the two
 * is lost or torn. Fixed upstream by "kcov: update pos before writing pc in trace function", Message-ID
 * 20220523053531.1572793-1-liu3101@purdue.edu, which 6.1 and v6.12 have.
 */
const lostToEarlyIrq = (...missing: readonly string[]): string[] => missing.map((n) => `coverage-lost: ${n} records did not reach the area of A`);

const WITHOUT_PAGES = ['0', '1', '2'].map((n) => `mmap-without-pages: mmap(A) returned 0 with ${n} of 3 pages inserted`);
const UNINSERTED = [...WITHOUT_PAGES, 'warn: WARN_ONCE(1, "")'];

/** Nothing orders the entries of a section before the count: "kcov: use write memory barrier after memcpy() in kcov_move_area()", proposed in July 2025. */
const early = (...entries: readonly string[]): string[] => entries.map((n) => `published-too-early: entry ${n} in the area of A is counted before it is written`);
const EARLY_COUNT = { 'reader-beside-section': early('1 of 2', '2 of 2'), 'reader-beside-comparisons': early('1 of 1') };

const lost = (device: string): string => `coverage-lost: 1 of 1 records did not reach the area of ${device}`;
const recordedIn = (kind: string): string => `coverage-misattributed: a PC of ${kind} context is recorded in area#16`;
const MIXED = 'coverage-misattributed: a PC of one remote section is recorded in the buffer of another';

/** Bugs that a version has, by scenario. Whatever is not here is a bug of the contract, of an operation or of the machine. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'v5.5': {
    // The pages of an area are inserted by the first mmap() only: fixed upstream in December 2021.
    'mapped-twice': ['mmap-without-pages: mmap(A) returned 0 with 0 of 3 pages inserted'],
    'mapped-at-once': WITHOUT_PAGES,
    // A page that cannot be inserted is warned about, and mmap() succeeds without it: the same fix.
    'allocation-failure': UNINSERTED,
    'killed-anywhere': UNINSERTED,
    // The remote is read once more when vmalloc() fails, after its lock was dropped: fixed upstream in March 2020.
    'owner-leaves-kthread': ['use-after-free: remote#0'],
    'early-irq-in-trace': lostToEarlyIrq('1 of 1', '1 of 2', '2 of 2'),
    'early-irq-in-comparison': ['coverage-invented: 1 of 1 comparisons are recorded as something else in the area of A', ...lostToEarlyIrq('1 of 1', '1 of 2')],
    'early-irq-when-full': lostToEarlyIrq('1 of 1', '1 of 3'),
    'early-irq-while-switched': lostToEarlyIrq('1 of 1', '1 of 2'),
    'early-irq-in-section': lostToEarlyIrq('1 of 2'),
    // A count is multiplied before it is compared, and wraps: "kcov: ignore an out-of-range comparison count in write_comp_data()", 6.12.117.
    'hostile-comparisons': ['out-of-bounds: area#0: 8 bytes at -24 of 64'],
    ...EARLY_COUNT,
  },
  'v5.16': {
    'mapped-twice': ['mmap-without-pages: mmap(A) returned 0 with 0 of 3 pages inserted'],
    'mapped-at-once': WITHOUT_PAGES,
    'allocation-failure': UNINSERTED,
    'killed-anywhere': UNINSERTED,
    'early-irq-in-trace': lostToEarlyIrq('1 of 1', '1 of 2', '2 of 2'),
    'early-irq-in-comparison': ['coverage-invented: 1 of 1 comparisons are recorded as something else in the area of A', ...lostToEarlyIrq('1 of 1', '1 of 2')],
    'early-irq-when-full': lostToEarlyIrq('1 of 1', '1 of 3'),
    'early-irq-while-switched': lostToEarlyIrq('1 of 1', '1 of 2'),
    'early-irq-in-section': lostToEarlyIrq('1 of 2'),
    'early-irq-in-softirq-section': [...lostToEarlyIrq('1 of 1'), lost('B')],
    'hostile-comparisons': ['out-of-bounds: area#0: 8 bytes at -24 of 64'],
    ...EARLY_COUNT,
    'reader-beside-softirq': early('1 of 1'),
    // A task that waits for remote sections has no mode, so that a softirq in it saves nothing: "kcov: don't lose track of remote references during softirqs", v6.10.
    'softirq-in-owner': ['errno: ioctl(A, KCOV_DISABLE) returned -22, should be 0'],
    'softirq-while-enabled': ['errno: ioctl(A, KCOV_DISABLE) returned -22, should be 0'],
    'softirq-in-exit': ['errno: ioctl(B, KCOV_REMOTE_ENABLE, 3 words, 1 handle) returned -17, should be 0'],
    // in_serving_softirq() is true in what nests on a softirq: "kcov: properly check for softirq context", v6.11.
    'softirq-in-trace': [lost('B'), recordedIn('nmi')],
    'hardirq-on-softirq-section': [lost('B'), recordedIn('hardirq')],
    'interrupted-softirq-section': [lost('B'), recordedIn('hardirq')],
    'nested-interrupt-sections': [
      lost('A'), 'coverage-lost: record 1 of a section that holds 3 is refused', MIXED, 'coverage-misattributed: coverage of an earlier enable is moved to the area of A',
      'coverage-misattributed: coverage that belongs to B is moved to the area of A', 'null-dereference: NULL', 'warn: WARN_ON(in_serving_softirq() && t->kcov_softirq)',
    ],
    'sections-at-each-level': [
      lost('A'), lost('B'), 'coverage-lost: record 1 of a section that holds 2 is refused', MIXED, 'coverage-misattributed: coverage of an earlier enable is moved to the area of B',
      'coverage-misattributed: coverage that belongs to B is moved to the area of A', 'coverage-misattributed: coverage that belongs to C is moved to the area of B',
      'null-dereference: NULL', 'warn: WARN_ON(in_serving_softirq() && t->kcov_softirq)',
    ],
    // One buffer for each CPU, and two softirqs: "kcov: fix data corruption and race conditions on PREEMPT_RT", 6.12.106.
    'rt-two-softirqs': [
      lost('A'), lost('B'), lost('C'), MIXED, 'coverage-misattributed: coverage that belongs to A is moved to the area of B',
      'coverage-misattributed: coverage that belongs to B is moved to the area of A',
    ],
  },
  'v6.12': { ...EARLY_COUNT, 'reader-beside-softirq': early('1 of 1') },
};

interface Refusal {
  readonly kinds: readonly string[];
  /** A warning, or that nothing is recorded. */
  readonly shows: RegExp;
  /** Scenarios that let a version refuse, so that nothing shows. */
  readonly allowed: readonly string[];
}

/** Contexts in which a version refuses sections. */
const REFUSED: Readonly<Record<string, Refusal>> = {
  'v5.5': { kinds: ['softirq', 'hardirq', 'nmi'], shows: /^warn: WARN_ON\(!in_task\(\)\)$/u, allowed: [] },
  'v5.16': { kinds: ['hardirq', 'nmi'], shows: /^coverage-lost: /u, allowed: ['nested-interrupt-sections', 'owner-leaves-hardirq', 'sections-at-each-level'] },
  'v6.12': { kinds: ['hardirq', 'nmi'], shows: /^coverage-lost: /u, allowed: ['nested-interrupt-sections', 'owner-leaves-hardirq', 'sections-at-each-level'] },
};

function refuses(model: KcovModel, scenario: KcovScenario): boolean {
  const refusal = REFUSED[model.version];
  return refusal !== undefined && !refusal.allowed.includes(scenario.name) && scenario.sectionsIn.some((kind) => refusal.kinds.includes(kind));
}

describe.each(kcovModels.map((model) => [model.version, model] as const))('kcov of %s', (version, model) => {
  const [fromBuilder, fromText] = [built(model), lowered(textOf(model))];

  const configured = scenariosFor([fromBuilder], scenarios).filter((s) => s.rt === undefined || knowsRt(fromBuilder));

  it.each(configured.filter((s) => !refuses(model, s)).map((s) => [s.name, s] as const))('%s', (name, scenario) => {
    const searched = search(fromBuilder, scenario, model.dialect);
    expect(search(fromText, scenario, model.dialect)).toEqual(searched);
    expect(searched.violations).toEqual(KNOWN[version]?.[name] ?? []);
    expect(searched).toMatchObject({ gaveUp: null, notModelled: [] });
    expect(searched.states).toBeGreaterThan(10);
    expect(searched.states).toBeLessThan(20_000);
  });

  it.each(configured.filter((s) => refuses(model, s)).map((s) => [s.name, s] as const))('%s: refused', (_, scenario) => {
    const searched = search(fromBuilder, scenario, model.dialect);
    expect(search(fromText, scenario, model.dialect)).toEqual(searched);
    expect(searched.violations).toContainEqual(expect.stringMatching(REFUSED[version]?.shows ?? /$^/u));
  });
});

it('knows bugs of scenarios that exist', () => {
  const names = scenarios.map((s) => s.name);
  for (const known of Object.values(KNOWN)) expect(names).toEqual(expect.arrayContaining(Object.keys(known)));
  expect(new Set(names).size).toBe(names.length);
});
