/** @module Interrupts at each instruction, as far as the simulator goes: which outcomes it allows, and what is beyond them. */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../../simulator/kcov/index.js';
import { built } from '../programs.js';
import { came, judge, races, sequencesOf } from './racing.js';
import type { Ran } from './boot.js';
import type { Race } from './racing.js';
import { objectionTo, parseSequence } from './sequence.js';
import { simulateEach, subjectOf } from './simulate.js';
import type { Simulated } from './simulate.js';

const model = kcovModels.find((m) => m.version === 'v6.12');
if (!model) throw new Error('no model of v6.12');
const subject = subjectOf(built(model), model.dialect);

const race = (name: string): Race => {
  const found = races().find((one) => one.name === name);
  if (!found) throw new Error(`no race is called ${name}`);
  return found;
};

describe('races', () => {
  it('have names of their own, and can run at every instruction', () => {
    expect(new Set(races().map(({ name }) => name)).size).toBe(races().length);
    for (const one of races()) {
      const sequences = sequencesOf(one, new Map(one.functions.map((name) => [name, [0, 4]])));
      expect(sequences).toHaveLength(2 * one.functions.length);
      for (const sequence of sequences) expect(objectionTo(sequence)).toBeNull();
    }
  });

  it('a section in a softirq on a hit is allowed before each move, and in no other outcome than with it and without', () => {
    const [sequence = []] = sequencesOf(race('a hit, a section in a softirq'), new Map([['__sanitizer_cov_trace_pc', [0]]]));
    const allowed = simulateEach(subject, sequence);
    expect(allowed.length).toBeGreaterThan(10);
    expect(new Set(allowed.map(({ lines }) => lines.join('\n'))).size).toBe(2);
    const [first] = allowed;
    if (!first) throw new Error('nothing is allowed');
    const kernel = first.lines.map((line) => (line.startsWith('mode') ? `came ${line}` : line));
    expect(came({ lines: kernel, ended: null })).toBe(true);
    expect(judge(sequence, { lines: kernel, ended: null }, allowed)).toBeNull();
    const lost = first.lines.map((line) => (line === '2 PC1 PC2' ? '1 PC2' : line));
    expect(judge(sequence, { lines: lost, ended: null }, allowed)).toMatchObject({ kernel: '1 PC2', simulator: '2 PC1 PC2' });
    expect(judge(sequence, { lines: first.lines, ended: 'the kernel restarted' }, allowed)).not.toBeNull();
  });

  it('what only KASAN tells may be followed by anything, and by no other beginning', () => {
    const sequence = parseSequence('t0 open A\nt0 close A\nm live');
    const one: Simulated = { lines: ['0'], contract: [], ended: 'use-after-free: kcov#1', taints: true };
    const ran = (...lines: string[]): Ran => ({ lines, ended: null });
    expect(judge(sequence, ran('0', '0', 'files:1'), [one])).toBeNull();
    expect(judge(sequence, ran('-22', '0', 'files:1'), [one])).not.toBeNull();
    expect(judge(sequence, ran('0', '0', 'files:1'), [{ ...one, ended: 'null-dereference: NULL' }])).not.toBeNull();
  });
});
