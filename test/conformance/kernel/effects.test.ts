/** @module Effects as far as they go without a kernel: what is predicted on our models, with something wrong put in, and when an answer shows it. */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../../simulator/kcov/index.js';
import { lowered, textOf } from '../programs.js';
import { effectsOf } from './effects.js';
import { looksIn, pairsOf, probed } from './probes.js';
import { KCOV } from './port.js';
import { parseSequence, withEnd } from './sequence.js';
import type { Sequence } from './sequence.js';
import { simulate, subjectOf } from './simulate.js';
import type { Subject } from './simulate.js';

/** The model of v6.12 with another text in one place. */
function subjectWith(find: string, replace: string): Subject {
  const model = kcovModels.find(({ version }) => version === 'v6.12');
  if (!model) throw new Error('no model of v6.12');
  const texts = textOf(model);
  const text = texts.get(KCOV) ?? '';
  if (!text.includes(find)) throw new Error(`the model has no ${find}`);
  return subjectOf(lowered(new Map([...texts, [KCOV, text.replace(find, () => replace)]])), model.dialect);
}

const [USB_1, USB_2] = ['0x100000000000001', '0x100000000000002'];
const remote = (by: string, name: string, handle: string): string => `${by} open ${name}\n${by} init ${name} 512\n${by} mmap ${name} 512\n${by} remote ${name} 0 64 0 1 ${handle}`;
const SECTION_IN_SECTION = probed(withEnd(parseSequence([
  remote('t1', 'A', USB_1), remote('t2', 'B', USB_2), 't2 disable B', `t2 remote B 0 64 0 1 ${USB_2}`, `k0 start ${USB_1} ; hit 1 ; softirq [ start ${USB_2} ; hit 2 ; stop ] ; hit 3 ; stop`,
].join('\n'))));

const namesOf = (subject: Subject, sequence: Sequence): string[] => effectsOf(sequence, simulate(subject, sequence)).map(({ name }) => name);

describe('looks', () => {
  const actions = SECTION_IN_SECTION.flatMap(({ deed }) => ('actions' in deed ? [deed.actions] : []))[0] ?? [];

  it('are before and after each end of a section and each interrupt, and are told apart again', () => {
    const simulated = simulate(subjectWith('', ''), SECTION_IN_SECTION);
    const answer = simulated.lines[SECTION_IN_SECTION.findIndex(({ by }) => by === 'k0')] ?? '';
    expect(looksIn(answer)).toHaveLength(10);
    expect(pairsOf(actions, answer).map(({ around, context, balanced }) => `${context} ${around} ${balanced}`)).toEqual(['task start false', 'softirq start false', 'softirq stop false', 'task softirq true', 'task stop false']);
    expect(pairsOf(actions, `${answer} masked`)).toEqual([]);
  });

  it('are left out of a line that has no room for them', () => {
    const long = parseSequence(`k0 ${Array.from({ length: 9 }, () => 'softirq [ ]').join(' ; ')}`);
    expect(probed(long)).toEqual(long);
  });
});

describe('effects', () => {
  it('are none where kcov does what it should', () => {
    expect(namesOf(subjectWith('', ''), SECTION_IN_SECTION)).toEqual([]);
  });

  it('a sequence that is not put back is seen, and the records that are lost of it', () => {
    const subject = subjectWith('t->kcov_saved_sequence = t->kcov_sequence;', 't->kcov_saved_sequence = 0;');
    const simulated = simulate(subject, SECTION_IN_SECTION);
    const effects = effectsOf(SECTION_IN_SECTION, simulated);
    const lost = 'coverage-lost: n of n records did not reach the area';
    expect(effects.map(({ name }) => name)).toEqual(['not restored after a softirq: kcov_sequence', lost, `${lost}, not restored after a softirq: kcov_sequence`]);
    const plain = simulate(subjectWith('', ''), SECTION_IN_SECTION);
    expect(effects.map((effect) => [effect.shownBy(simulated), effect.shownBy(plain)])).toEqual(effects.map(() => [true, false]));
  });
});
