/** @module Mutants: what operators make of the models, which of them are asked about, and that a seed decides it all. */
import { beforeAll, describe, expect, test } from 'vitest';
import { modelBases, treeBase } from '../../bench/mutants/bases.js';
import type { MutantBase } from '../../bench/mutants/bases.js';
import { Judge } from '../../bench/mutants/judge.js';
import { mutantsOf } from '../../bench/mutants/mutants.js';
import type { Mutant } from '../../bench/mutants/mutants.js';
import { operators } from '../../bench/mutants/operators/index.js';
import { edited } from '../../bench/mutants/source.js';
import { recallOf, verdictOf } from '../../bench/mutants/verdict.js';
import { loadFrontEnd } from '../../src/c/front-end.js';
import type { FrontEnd } from '../../src/c/front-end.js';

const CHOICE = { seed: 'test', perOperator: 1 };
const bases = modelBases();
let frontEnd: FrontEnd;
beforeAll(async () => { frontEnd = await loadFrontEnd(); });

const base = (name: string): MutantBase => bases.find((b) => b.name === name) ?? expect.fail(`no base ${name}`);

describe('operators', () => {
  test('have names of their own, say what they do, and at least a third is new in the final run', () => {
    expect(new Set(operators.map((o) => o.id)).size).toBe(operators.length);
    expect(operators.filter((o) => !/^[a-z]+(?:-[a-z]+)*$/u.test(o.id) || !/^[a-z][^\n]{10,80}$/u.test(o.does)).map((o) => o.id)).toEqual([]);
    for (const semantic of [true, false]) {
      const all = operators.filter((o) => o.semantic === semantic);
      expect(3 * all.filter((o) => o.held).length).toBeGreaterThanOrEqual(all.length);
    }
  });

  test('each finds a place in one of the models, and what it makes is C that differs', () => {
    const made = bases.flatMap((b) => mutantsOf(b, operators, { ...CHOICE, frontEnd }));
    expect(operators.filter((o) => !made.some((m) => m.operator === o.id)).map((o) => o.id)).toEqual([]);
    expect(made.filter((m) => !/^[-+](?![-+]{2} )/mu.test(m.diff)).map((m) => m.id)).toEqual([]);
  });

  test('a seed decides which places, and another one takes others', () => {
    const ids = (seed: string): string[] => mutantsOf(base('model-v5.5'), operators.slice(0, 12), { seed, perOperator: 1, frontEnd }).map((m) => m.id);
    expect(ids('a')).toEqual(ids('a'));
    expect(ids('a')).not.toEqual(ids('b'));
  });

  test('edits are put in from the end, and those that only insert keep their order', () => {
    expect(edited('abcdef', [{ start: 1, end: 2, text: 'X' }, { start: 4, end: 4, text: 'Y' }])).toBe('aXcdYef');
  });
});

test('without a tree it is said why', () => {
  expect(treeBase(undefined)).toEqual({ missing: 'KCOVET_LINUX names no kernel tree' });
  expect(treeBase('/nowhere')).toHaveProperty('missing');
});

describe('verdicts', () => {
  const [semantic, neutral] = [operators.find((o) => o.semantic), operators.find((o) => !o.semantic)];
  const question = { rule: 'leak', property: 'leak', function: 'f', text: 'x = 1;', scenarios: [] };
  const verdict = (operator: typeof semantic, of: { asked?: true; differs?: string; unseen?: string[] }): string =>
    verdictOf({ questions: of.asked ? [question] : [], differs: of.differs ?? null, unseen: of.unseen ?? [] }, operator ?? expect.fail('no operator'));

  test('a survivor is equivalent only where nothing differs and all was seen', () => {
    expect([verdict(semantic, { asked: true }), verdict(semantic, {}), verdict(semantic, { differs: 'x' }), verdict(semantic, { unseen: ['x'] })]).toEqual(['asked', 'equivalent', 'missed', 'missed']);
    expect([verdict(neutral, {}), verdict(neutral, { asked: true })]).toEqual(['silent', 'false question']);
  });

  test('recall leaves out what is equivalent', () => {
    expect(recallOf([{ kind: 'lock', counts: { asked: 3, missed: 1, equivalent: 5, silent: 0, 'false question': 0 } }])).toBe(0.75);
  });
});

describe('reviews of mutants', () => {
  const scenarios = ['device-lifecycle', 'section-in-kthread', 'mapped-twice', 'calls-when-mapped', 'owner-leaves-kthread'];
  const all = (id: string): Mutant[] => mutantsOf(base('model-v5.5'), operators.filter((o) => o.id === id), { seed: 'test', perOperator: 100, frontEnd });
  const judge = new Judge(bases, { scenarios });

  test.each([['drop-put', 'kcov_close'], ['drop-unlock', 'kcov_mmap'], ['drop-list-call', 'kcov_remote_reset'], ['negate-check', 'kcov_mmap']])('%s in %s() is asked about', async (id, name) => {
    const mutant = all(id).find((m) => m.function === name) ?? expect.fail(`none in ${name}()`);
    const { questions, unseen } = await judge.judge(mutant, false);
    expect(questions.length).toBeGreaterThan(0);
    expect(unseen).toEqual([]);
  });

  test.each(['add-comment', 'rename-local', 'for-as-while', 'extract-function'])('%s is not', async (id) => {
    const mutant = all(id)[0] ?? expect.fail('none');
    expect(await judge.judge(mutant, true)).toEqual({ questions: [], differs: null, unseen: [] });
  });
});
