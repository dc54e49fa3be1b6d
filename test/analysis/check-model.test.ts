/** @module Models against the files they state: their own print, prints that were changed, and Debian's sources where they are at hand. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printProgram } from '../../simulator/ir/print.js';
import { kcovModels, kcovV55, kcovV612 } from '../../simulator/kcov/index.js';
import type { KcovModel } from '../../simulator/kcov/index.js';
import { checkModel } from '../../src/analysis/check-model.js';
import { dialectOf } from '../../src/analysis/dialect.js';
import { Compiled } from '../../src/analysis/search.js';
import { built } from '../conformance/programs.js';
import { frontEnd } from '../c/fixture.js';
import { debianSources } from './debian-sources.js';

const KCOV_C = 'kernel/kcov.c';

const printed = (model: KcovModel): Map<string, string> => new Map(model.files.map((file) => [file.path, `${printProgram(file).lines.join('\n')}\n`]));

function changed(model: KcovModel, path: string, change: (text: string) => string): Map<string, string> {
  const texts = printed(model);
  const [before, after] = [texts.get(path) ?? '', change(texts.get(path) ?? '')];
  if (before === after) throw new Error(`nothing changed in ${path}`);
  return texts.set(path, after);
}

describe.each(kcovModels.map((model) => [model.version, model] as const))('the model of %s', (_, model) => {
  it('agrees with its own print', () => {
    const check = checkModel(frontEnd, model, printed(model));
    expect(check.differences).toEqual([]);
    expect(check.absent).toEqual([]);
    expect(check.compared).toBeGreaterThan(500);
  });

  it('differs from the other models', () => {
    for (const other of kcovModels.filter((one) => one !== model)) {
      expect(checkModel(frontEnd, model, printed(other)).differences.length).toBeGreaterThan(50);
    }
  });

  it('says which contract it keeps when it is asked', () => {
    const compiled = new Compiled(built(model), ['KCOV_IRQ_AREA_SIZE']);
    expect(dialectOf((scenario) => compiled.codeFor(scenario))).toBe(model.dialect);
  });
});

describe('one change', () => {
  it.each([
    ['a statement', KCOV_C, (t: string) => t.replace('\tt->kcov_sequence = sequence;\n', ''), ['missing function kcov_start']],
    ['one side of an #ifdef', KCOV_C, (t: string) => t.replace('return -ENOTSUPP;', 'return -EINVAL;'), ['changed function kcov_get_mode']],
    ['the self test', KCOV_C, (t: string) => t.replace('WRITE_ONCE(current->kcov_mode, 0);', 'current->kcov_mode = 0;'), ['changed function selftest']],
    ['a kernel with PREEMPT_RT', KCOV_C, (t: string) => t.replace('cpu * 2', 'cpu * 3'), ['changed function kcov_init']],
    ['a kernel without kcov', 'include/linux/kcov.h', (t: string) => t.replace('return 0;', 'return 1;'), ['changed function kcov_common_handle']],
    ['a mode', 'include/linux/kcov.h', (t: string) => t.replace('KCOV_MODE_REMOTE = 4', 'KCOV_MODE_REMOTE = 5'), ['changed enum kcov_mode']],
    ['an ioctl', 'include/uapi/linux/kcov.h', (t: string) => t.replace('102', '103'), ['changed macro KCOV_REMOTE_ENABLE']],
    ['a field of the task', 'include/linux/sched.h', (t: string) => t.replace('\tunsigned int kcov_softirq;\n', ''), ['missing struct task_struct']],
    ['what is not understood', KCOV_C, (t: string) => `${t}\nFROBNICATE(kcov, 3);\n`, ['added not understood: macro at file scope']],
  ])('in %s is found', (_, path, change, expected) => {
    const { differences } = checkModel(frontEnd, kcovV612, changed(kcovV612, path, change));
    expect([...new Set(differences.map((d) => `${d.kind} ${d.of}`))]).toEqual(expected);
  });

  it('in the rest of task_struct is none of ours', () => {
    const texts = changed(kcovV612, 'include/linux/sched.h', (t) => `struct other {\n\tint x;\n};\n${t.replace('\tint pid;', '\tint pid;\n\tint tgid;')}`);
    expect(checkModel(frontEnd, kcovV612, texts).differences).toEqual([]);
  });
});

it('compares what is there', () => {
  const texts = printed(kcovV55);
  texts.delete('include/linux/sched.h');
  expect(checkModel(frontEnd, kcovV55, texts)).toMatchObject({ differences: [], absent: ['include/linux/sched.h'] });
});

it('takes any text', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), fc.constantFrom(...kcovV612.files.map((f) => f.path)), (text, path) => {
    expect(checkModel(frontEnd, kcovV612, new Map([[path, text]])).differences.length).toBeGreaterThan(0);
  }), { numRuns: 30 });
});

describe('Debian\'s linux-source-6.12', () => {
  const sources = debianSources('6.12');
  const skip = typeof sources === 'string';
  if (skip) console.warn(`skipped: ${sources}`); // eslint-disable-line no-console -- a skip says its reason
  const texts = typeof sources === 'string' ? new Map<string, string>() : sources;

  it.skipIf(skip)('is what the model of v6.12 says, to the last statement', () => {
    const { differences, compared } = checkModel(frontEnd, kcovV612, texts);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(700);
  });

  it.skipIf(skip)('is the blob that the model names', () => {
    const bytes = Buffer.from(texts.get(KCOV_C) ?? '');
    const id = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
    expect(id.slice(0, 12)).toBe(kcovV612.blob);
  });
});
