/** @module The model of v6.12: what it has, and that it does in every scenario what Debian's file does, where that is at hand. */
import { describe, expect, it } from 'vitest';
import { configure } from '../../../simulator/ir/configure.js';
import { link } from '../../../simulator/ir/link.js';
import type { Program } from '../../../simulator/ir/program.js';
import { TypeTable } from '../../../simulator/ir/types.js';
import { kcovV55, kcovV612 } from '../../../simulator/kcov/index.js';
import { environment } from '../../../simulator/kernel/environment.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import type { KcovScenario } from '../../../simulator/scenario/index.js';
import { debianSources } from '../../analysis/debian-sources.js';
import { built, lowered, search, textOf } from '../../conformance/programs.js';
import type { Searched } from '../../conformance/programs.js';

const linked = link(environment, ...kcovV612.files);
const kcov = kcovV612.files.find((f) => f.path === 'kernel/kcov.c') ?? linked;
const names = (p: Program): string[] => p.functions.map((f) => f.name);

describe('the model of v6.12', () => {
  it('has what v5.5 had and what came since', () => {
    const before = names(kcovV55.files.find((f) => f.path === 'kernel/kcov.c') ?? linked);
    expect(names(kcov)).toEqual(expect.arrayContaining(before));
    expect(names(kcov).filter((name) => !before.includes(name))).toEqual([
      'in_softirq_really', 'kcov_mode_enabled', 'kcov_remote_softirq_start', 'kcov_remote_softirq_stop', 'selftest',
    ]);
    expect(kcov.exports).toHaveLength(13);
    expect(kcov.initcalls).toEqual(['kcov_init']);
  });

  it('has the self test and comparisons only where they are configured', () => {
    expect(names(configure(kcov, {}))).not.toContain('selftest');
    expect(names(configure(kcov, { KCOV_SELFTEST: true }))).toContain('selftest');
    expect(names(configure(kcov, {})).filter((n) => /cmp|switch/u.test(n))).toEqual([]);
    expect(names(configure(kcov, { KCOV_ENABLE_COMPARISONS: true })).filter((n) => /cmp|switch/u.test(n))).toHaveLength(9);
  });

  it('keeps the ioctl numbers that user space uses', () => {
    const types = new TypeTable(configure(linked, { KCOV: true }));
    const value = (name: string): bigint => BigInt(types.constant({ kind: 'name', name }));
    expect(['KCOV_INIT_TRACE', 'KCOV_ENABLE', 'KCOV_DISABLE', 'KCOV_REMOTE_ENABLE'].map(value))
      .toEqual([0x80086301n, 0x6364n, 0x6365n, 0x40186366n]);
  });

  it('has what a section in a softirq saves in the task', () => {
    const fields = configure(linked, { KCOV: true }).structs.find((s) => s.name === 'task_struct')?.fields.map((f) => f.name) ?? [];
    expect(fields.filter((f) => f.startsWith('kcov_s'))).toEqual([
      'kcov_size', 'kcov_sequence', 'kcov_softirq', 'kcov_saved_mode', 'kcov_saved_size', 'kcov_saved_area', 'kcov_saved_kcov',
      'kcov_saved_sequence',
    ]);
  });

  it('lists what releases changed, each once, oldest first, of files it has', () => {
    const list = kcovV612.differences ?? [];
    const third = list.map(({ since }) => Number(since.split('.')[2]));
    expect(list.length).toBeGreaterThan(0);
    expect(list.every(({ since }) => /^6\.12\.\d+$/u.test(since))).toBe(true);
    expect(third).toEqual([...new Set(third)].sort((a, b) => a - b));
    for (const { of } of list) expect(kcovV612.files.map((f) => f.path)).toEqual(expect.arrayContaining([...of]));
    expect(kcovV55.differences).toBeUndefined();
  });
});

/** Debian's kcov with the model's part of sched.h, which is read whole for no scenario; a reason when it is not at hand. */
function debian(version: string): Program | string {
  const sources = debianSources(version);
  if (typeof sources === 'string') return sources;
  const sched = textOf(kcovV612).get('include/linux/sched.h') ?? '';
  return lowered(new Map([['include/linux/sched.h', sched], ...[...sources].filter(([path]) => !path.endsWith('sched.h'))]));
}

const model = built(kcovV612);
const searched = new Map<KcovScenario, Searched>();

/** What the model does in a scenario, searched once. */
function onModel(scenario: KcovScenario): Searched {
  const known = searched.get(scenario) ?? search(model, scenario, kcovV612.dialect);
  searched.set(scenario, known);
  return known;
}

/** What a release has and the model has no more: 6.1.192 lacks "kcov: ignore an out-of-range comparison count in write_comp_data()", which 6.12.117 has. */
const OWN_BUGS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = { '6.1': { 'hostile-comparisons': ['out-of-bounds: area#0: 8 bytes at -24 of 64'] } };

describe.each(['6.12', '6.1'])('every scenario on Debian\'s linux-source-%s', (version) => {
  const real = debian(version);
  if (typeof real === 'string') console.warn(`skipped: ${real}`); // eslint-disable-line no-console -- a skip says its reason
  const program = typeof real === 'string' ? linked : real;

  it.skipIf(typeof real === 'string').each(scenarios.map((s) => [s.name, s] as const))('%s is as on the model', (_, scenario) => {
    const onFile = search(program, scenario, 'v5.18');
    const own = OWN_BUGS[version]?.[scenario.name];
    if (own) expect(onFile.violations).toEqual(own);
    else expect(onFile).toEqual(onModel(scenario));
    expect(onFile).toMatchObject({ gaveUp: null, notModelled: [] });
  });
});
