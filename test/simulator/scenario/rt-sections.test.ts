/** @module The scenarios of PREEMPT_RT can fail: on a model that turns irqs off instead of taking its local lock, and on one that saves per CPU. */
import { describe, expect, it } from 'vitest';
import { kcovV55, kcovV612 } from '../../../simulator/kcov/index.js';
import { rtSectionInTrace, rtTwoSections, rtTwoSectionsSerial } from '../../../simulator/scenario/kcov/rt-sections.js';
import { knowsRt } from '../../../src/analysis/search.js';
import { built, lowered, search, textOf } from '../../conformance/programs.js';

const PATH = 'kernel/kcov.c';
const texts = textOf(kcovV612);
const original = texts.get(PATH) ?? '';

/** Properties that the three scenarios report, in their order, on the model with kernel/kcov.c edited. */
function reported(edit: (text: string) => string): string[][] {
  const text = edit(original);
  expect(text).not.toBe(original);
  const program = lowered(new Map([...texts, [PATH, text]]));
  return [rtSectionInTrace, rtTwoSections, rtTwoSectionsSerial].map((scenario) => {
    const { violations, notModelled, gaveUp } = search(program, scenario, kcovV612.dialect);
    expect({ notModelled, gaveUp }).toEqual({ notModelled: [], gaveUp: null });
    return [...new Set(violations.map((v) => v.split(':')[0] ?? ''))];
  });
}

describe('with PREEMPT_RT', () => {
  it('runs kernels that know it', () => {
    expect([kcovV55, kcovV612].map((model) => knowsRt(built(model)))).toEqual([false, true]);
  });

  it('a section that turns irqs off around its locks sleeps in atomic context', () => {
    const found = reported((text) => text
      .replaceAll('local_lock_irqsave(&kcov_percpu_data.lock, flags)', 'local_irq_save(flags)')
      .replaceAll('local_unlock_irqrestore(&kcov_percpu_data.lock, flags)', 'local_irq_restore(flags)'));
    for (const properties of found) expect(properties).toContain('sleep-in-atomic');
  });

  it('a section that saves per CPU what it finds in the task loses it where softirqs are not serial', () => {
    const found = reported((text) => text
      .replace('struct kcov_percpu_data {', `struct kcov_percpu_data {\n\t${['unsigned int kcov_saved_mode', 'unsigned int kcov_saved_size', 'void *kcov_saved_area', 'struct kcov *kcov_saved_kcov', 'int kcov_saved_sequence'].join(';\n\t')};`)
      .replace(/(kcov_remote_softirq_start\(struct[^]*?\n\}\n)([^]*?kcov_remote_softirq_stop\(struct[^]*?\n\}\n)/u, (both) => both.replaceAll('t->kcov_saved_', 'this_cpu_ptr(&kcov_percpu_data)->kcov_saved_')));
    expect(found[1]).toEqual(expect.arrayContaining(['coverage-lost']));
    expect(found[2]).toEqual([]);
  });
});
