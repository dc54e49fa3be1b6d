/** @module The scenarios of the context switch can fail: on headers whose macros forget the mark, or do not take it away. */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../../simulator/kcov/index.js';
import type { KcovModel } from '../../../simulator/kcov/model.js';
import { switchInSection, switchInTrace } from '../../../simulator/scenario/kcov/context-switch.js';
import { lowered, search, textOf } from '../../conformance/programs.js';

const HEADER = 'include/linux/kcov.h';

/** Properties that the scenarios report on a model whose header is edited. */
function reported(model: KcovModel, old: string, fresh: string): string[][] {
  const texts = textOf(model);
  const header = texts.get(HEADER) ?? '';
  if (!header.includes(old)) throw new Error(`no ${old}`);
  const program = lowered(new Map([...texts, [HEADER, header.replace(old, fresh)]]));
  return [switchInTrace, switchInSection].map((scenario) => {
    const { violations, notModelled } = search(program, scenario, model.dialect);
    expect(notModelled).toEqual([]);
    return [...new Set(violations.map((v) => v.split(':')[0] ?? ''))];
  });
}

describe.each(kcovModels.map((model) => [model.version, model] as const))('the context switch in %s', (_, model) => {
  it('records when no mark is set', () => {
    for (const properties of reported(model, '(t)->kcov_mode |= KCOV_IN_CTXSW;', '(void)(t);')) expect(properties).toContain('coverage-misattributed');
  });

  it('ends coverage when the mark stays', () => {
    for (const properties of reported(model, '(t)->kcov_mode &= ~KCOV_IN_CTXSW;', '(void)(t);')) expect(properties).toContain('coverage-lost');
  });
});
