/** @module The list of scenarios: names, sentences, actors. What they find is in test/conformance. */
import { describe, expect, it } from 'vitest';
import { needsScheduler } from '../../../simulator/machine/scheduler.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import { interrupt, kcovScenario, task } from '../../../simulator/scenario/kcov-scenario.js';

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (name, scenario) => {
  it('says in a sentence what it checks', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/u);
    expect(scenario.checks).toMatch(/^[A-Z][^.]+\.$/u);
  });

  it('tells its actors apart, and bounds what the scheduler does where there is something to schedule', () => {
    const { actors } = scenario;
    expect(new Set(actors.map((a) => a.letter)).size).toBe(actors.length);
    expect(new Set(actors.map((a) => a.name)).size).toBe(actors.length);
    expect(needsScheduler(scenario)).toBe(scenario.preemptions !== undefined);
    for (const actor of actors) expect(actor.cpu).toBeLessThan(scenario.cpus);
  });

  it('names the contexts of its sections', () => {
    const kinds = scenario.actors.filter((a) => a.kind !== 'task' && a.operations.some((o) => o.label.startsWith('kcov_remote_start'))).map((a) => a.kind);
    expect([...scenario.sectionsIn].sort()).toEqual([...new Set(kinds)].sort());
  });

  it('labels each hit once, so that records can be told apart', () => {
    const all = [...scenario.setUp.flatMap((s) => s.operations), ...scenario.actors.flatMap((a) => a.operations)];
    const labels = all.flatMap((o) => (o.returnAddress === undefined ? [] : [o.returnAddress]));
    expect(new Set(labels).size).toBe(labels.length);
  });
});

describe('the list of scenarios', () => {
  it('has no name twice', () => {
    expect(new Set(scenarios.map((s) => s.name)).size).toBe(scenarios.length);
  });

  it('has sections in a task, a softirq and a hardirq', () => {
    expect(new Set(scenarios.flatMap((s) => s.sectionsIn))).toEqual(new Set(['softirq', 'hardirq']));
    expect(scenarios.some((s) => s.actors.some((a) => a.kind === 'task' && a.operations.some((o) => o.label.startsWith('kcov_remote_start'))))).toBe(true);
  });
});

describe('kcovScenario', () => {
  it('collects tasks of set-up, actors and children once each, and scales its constants', () => {
    const scenario = kcovScenario({
      name: 'x', checks: 'X.', cpus: 2, devices: ['A'], tasks: ['child', 'owner'], setUp: [{ task: 'owner', operations: [] }],
      actors: [task('owner', []), task('other', [], { cpu: 1 }), interrupt('nmi', []), interrupt('nmi', [], { cpu: 1 })],
    });
    expect(scenario.tasks).toEqual(['owner', 'other', 'child']);
    expect(scenario.constants).toEqual({ PAGE_SIZE: 16, nr_cpu_ids: 2 });
    expect(scenario.objects.map((o) => o.name)).toEqual(['inode', 'file:A', 'vma:A', 'arg:A']);
    expect(scenario.actors.map((a) => `${a.letter} ${a.name}`)).toEqual(['t CPU0 owner', 'u CPU1 other', 'n CPU0 NMI', 'N CPU1 NMI']);
  });
});
