/** @module Footprints: all that a scenario runs is in its own, and what changes in it affects the scenario. */
import { beforeAll, describe, expect, test } from 'vitest';
import { contractOf } from '../../src/analysis/contract-of.js';
import { affects, footprintOf } from '../../src/analysis/footprint.js';
import { sameSetUp } from '../../src/analysis/same-set-up.js';
import { Compiled } from '../../src/analysis/search.js';
import { loadFrontEnd } from '../../src/c/front-end.js';
import type { FrontEnd } from '../../src/c/front-end.js';
import { explore } from '../../simulator/explore/explore.js';
import { configure } from '../../simulator/ir/configure.js';
import { link } from '../../simulator/ir/link.js';
import type { Config, Program } from '../../simulator/ir/program.js';
import { kcovModels } from '../../simulator/kcov/index.js';
import { environment } from '../../simulator/kernel/environment.js';
import { scenarios } from '../../simulator/scenario/index.js';
import { edited, modelFiles } from '../rules/example.js';
import type { Edit } from '../rules/example.js';

const CONFIG: Config = { KCOV: true, KCOV_ENABLE_COMPARISONS: true, SMP: true };
/** Enough to come everywhere in most scenarios. */
const STATES = 1_500;

describe.each(kcovModels.map((model) => [model.version, model] as const))('on %s', (_, model) => {
  const program = link(environment, ...model.files.map((file) => configure(file, CONFIG)));
  const compiled = new Compiled(program, []);

  test('every function that a scenario runs is in its footprint', () => {
    for (const scenario of scenarios.filter((s) => s.rt === undefined || model.version !== 'v5.5')) {
      const footprint = footprintOf(program, scenario);
      if (!footprint) continue;
      const code = compiled.codeFor(scenario);
      const { observations } = explore(code, scenario, contractOf(code), { statesMax: STATES });
      const ran = code.functions.filter((f) => f.instructions.some((__, pc) => observations.contexts(f.index, pc).length > 0));
      expect(ran.filter((f) => !footprint.has(`function ${f.name}`)).map((f) => f.name), scenario.name).toEqual([]);
      const ofActors = footprintOf(program, scenario, 'actors');
      const touching = new Set([...observations.data.cells.values()].flatMap((use) => [...use.functions].map((index) => code.functions[index]?.name ?? '')));
      expect([...touching].filter((name) => !ofActors?.has(`function ${name}`)), `${scenario.name}, after its set-up`).toEqual([]);
    }
  });
});

describe('what an edit affects', () => {
  let frontEnd: FrontEnd;
  beforeAll(async () => { frontEnd = await loadFrontEnd(); });

  const lowered = (files: ReadonlyMap<string, string>): Program => link(environment, ...[...files].map(([path, text]) => frontEnd.lower(path, text, CONFIG)));

  function affected(...edits: Edit[]): (name: string) => boolean {
    const [pre, post] = [lowered(modelFiles()), lowered(edited(modelFiles(), edits))];
    return (name) => {
      const scenario = scenarios.find((s) => s.name === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      return affects({ pre, post, touched: new Set() }, scenario);
    };
  }

  test('a function: those that may come to it', () => {
    const by = affected({ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size + 1;\n' });
    expect(['section-in-kthread', 'softirq-in-trace', 'device-lifecycle', 'mapped-twice', 'interrupted-trace'].map(by)).toEqual([true, true, false, false, false]);
  });

  test('a file operation: those that do it, although all register it', () => {
    const by = affected({ find: '\tfilep->private_data = kcov;\n', replace: '\tfilep->private_data = kcov;\n\tbarrier();\n' });
    expect(['device-lifecycle', 'mapped-twice'].map(by)).toEqual([true, true]);
    const mapping = affected({ find: '\t\tkcov->area = area;\n', replace: '\t\tWRITE_ONCE(kcov->area, area);\n' });
    expect(['device-lifecycle', 'mapped-twice'].map(mapping)).toEqual([true, true]);
  });

  test('a type, a constant, a variable: those that run what uses it', () => {
    const type = affected({ find: 'struct kcov_remote {\n', replace: 'struct kcov_remote {\n\tint unused;\n' });
    expect(type('section-in-kthread')).toBe(true);
    const constant = affected({ find: '#define KCOV_WORDS_PER_CMP 4\n', replace: '#define KCOV_WORDS_PER_CMP 5\n' });
    expect(['comparisons', 'interrupted-trace'].map(constant)).toEqual([true, false]);
  });

  test('nothing: none; places and comments make no difference', () => {
    const by = affected({ find: '\tsize = remote->kcov->remote_size;\n', replace: '\n\t/* Of the device. */\n\tsize = remote->kcov->remote_size;\n' });
    expect(scenarios.filter((s) => by(s.name)).map((s) => s.name)).toEqual([]);
  });

  test('where an operation does not say what it calls, everything', () => {
    const by = affected({ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size + 1;\n' });
    expect(by('hostile-count')).toBe(true);
  });

  /** Of the actors alone, and whether the set-up leads to the same state. */
  function afterSetUp(...edits: Edit[]): (name: string) => { actors: boolean; same: boolean } {
    const [pre, post] = [lowered(modelFiles()), lowered(edited(modelFiles(), edits))];
    const [was, is] = [new Compiled(pre, []), new Compiled(post, [])];
    return (name) => {
      const scenario = scenarios.find((s) => s.name === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      return { actors: affects({ pre, post, touched: new Set() }, scenario, 'actors'), same: sameSetUp(was.codeFor(scenario), is.codeFor(scenario), scenario) };
    };
  }

  test('a call of the set-up, written otherwise: what comes behind it is not affected', () => {
    const by = afterSetUp({ find: '\tfilep->private_data = kcov;\n', replace: '\tint unused = 0;\n\n\tif (unused)\n\t\tkcov_put(kcov);\n\tfilep->private_data = kcov;\n' });
    expect(by('interrupted-trace')).toEqual({ actors: false, same: true });
    expect(by('device-lifecycle').actors).toBe(true);
  });

  test('a variable, a function and an allocation more: names stay what they were', () => {
    const by = afterSetUp(
      { find: 'static int kcov_open(', replace: 'static int kcov_extra;\n\nstatic struct kcov *kcov_new(void)\n{\n\treturn kzalloc(sizeof(struct kcov), GFP_KERNEL);\n}\n\nstatic int kcov_open(' },
      { find: '\tkcov = kzalloc(sizeof(*kcov), GFP_KERNEL);\n', replace: '\tkcov = kcov_new();\n' },
    );
    const { actors, same } = by('interrupted-trace');
    // A variable that is only on one side, and the name of what it allocated, are differences enough to look.
    expect({ actors, same }).toEqual({ actors: false, same: false });
  });

  test.each([
    ['another value is left in memory', '\tfilep->private_data = kcov;\n', '\tkcov->sequence = 7;\n\tfilep->private_data = kcov;\n'],
    ['another reference is left', '\tfilep->private_data = kcov;\n', '\tkcov_get(kcov);\n\tfilep->private_data = kcov;\n'],
    ['memory is left behind', '\tfilep->private_data = kcov;\n', '\tif (!kmalloc(8, GFP_KERNEL))\n\t\treturn -ENOMEM;\n\tfilep->private_data = kcov;\n'],
    ['a lock is taken inside another', '\tfilep->private_data = kcov;\n', '\tspin_lock(&kcov->lock);\n\tspin_lock_irq(&kcov_remote_lock);\n\tspin_unlock_irq(&kcov_remote_lock);\n\tspin_unlock(&kcov->lock);\n\tfilep->private_data = kcov;\n'],
  ])('%s by the set-up: affected', (_, find, replace) => {
    expect(afterSetUp({ find, replace })('interrupted-trace')).toEqual({ actors: false, same: false });
  });
});
