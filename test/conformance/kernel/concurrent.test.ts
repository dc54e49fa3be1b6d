/** @module Two CPUs, as far as the simulator goes: what it allows, what is tried, and what is beyond it. */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../../simulator/kcov/index.js';
import { scenarios } from '../../../simulator/scenario/index.js';
import { built } from '../programs.js';
import { allowedOf } from './concurrent.js';
import { atRandom, byHand, ofScenarios, triesOf } from './pairs.js';
import { judge } from './racing.js';
import { objectionTo, parseSequence, sequenceText, withEnd } from './sequence.js';
import { simulate, subjectOf } from './simulate.js';

const model = kcovModels.find((m) => m.version === 'v6.12');
if (!model) throw new Error('no model of v6.12');
const subject = subjectOf(built(model), model.dialect);

const USB = '0x100000000000001';
const device = 't0 open A\nt0 init A 512\nt0 mmap A 512';
const waiting = `${device}\nt0 remote A 0 64 0 1 ${USB}`;

const allowed = (text: string): ReturnType<typeof allowedOf> => allowedOf(subject, withEnd(parseSequence(text)));

/** The different texts of a line that are allowed. */
const lineIn = (text: string, line: number): string[] => [...new Set(allowed(text).outcomes.map(({ lines }) => lines[line] ?? ''))].sort();

describe('a line in which two do something at the same time', () => {
  it('is read as it is written', () => {
    const texts = ['both t0@0 disable A 0 , close A | k0@1 start 0x1 ; hit 1 ; stop', 'both t0@0+40 hit 1 | t1@1 read A', 'both t0@0 exit | t1@1!kcov_ioctl+0x10 enable A 0 , softirq [ hit 1 ]'];
    for (const text of texts) expect(sequenceText(parseSequence(text))).toBe(`${text}\n`);
    expect(() => parseSequence('both t0@2 hit 1 | t1@1 hit 2')).toThrow('is nobody on a CPU');
  });

  it.each([
    ['both t0@0 hit 1', 'two tasks on two CPUs'], ['both t0@0 hit 1 | t1@0 hit 2', 'two tasks on two CPUs'], ['both t0@0 hit 1 | t0@1 hit 2', 'two tasks on two CPUs'],
    ['both t0@0!f+0x0 hit 1 | t1@1!f+0x0 hit 2', 'both wait'], ['both t0@0 exit , hit 1 | t1@1 hit 2', 't0 cannot end there'], ['both m@0 hit 1 | t1@1 hit 2', 'm waits for both'],
    ['t0 open A\nboth t0@0 close A | t1@1 read A', 'A is opened or closed while another calls it'], ['both t0@0 at f+0x0 nmi [ hit 1 ] | t1@1 hit 2', 'one interrupt waits'],
  ])('%s: %s', (text, why) => {
    expect(objectionTo(parseSequence(text))).toContain(why);
  });
});

describe('what is allowed', () => {
  it('is what each order of the two leads to', () => {
    expect(lineIn('t0 open A\nboth t0@0 init A 512 | t1@1 init A 1024', 1)).toEqual(['-16 | 0', '0 | -16']);
    expect(lineIn(`${device}\nboth t0@0 enable A 0 | t1@1 enable A 1`, 3)).toEqual(['-22 | 0', '0 | -22']);
    expect(lineIn(`${waiting}\nt0 poke A 0 510\nboth k0@1 start ${USB} ; hit 1 ; stop | t0@0 disable A`, 6)).toEqual(['1fe 0*510', '1ff 0*510 PC1']);
  });

  it('is what a reader may see between two stores, and no more', () => {
    expect(lineIn(`${device}\nt0 enable A 0\nboth t0@0 hit 1 | t1@1 read A`, 4)).toEqual(['| 0', '| 1 0*1', '| 1 PC1']);
  });

  it('is one outcome where nothing can be told, and goes on after the line', () => {
    const { outcomes, functions, gaveUp } = allowed(`${waiting}\nboth k0@1 softirq [ start ${USB} ; hit 1 ; stop ] | t0@0 disable A , close A\nt1 open B`);
    expect([outcomes.length, gaveUp, outcomes[0]?.ended]).toEqual([1, false, null]);
    expect(outcomes[0]?.lines.at(-1)).toBe('files:0 remotes:0 areas:0');
    expect(functions[0]).toContain('kcov_remote_stop');
    expect(functions[1]).toContain('kcov_ioctl');
  });

  it('has the two one after the other among it', () => {
    for (const { sequence } of byHand().slice(0, 8)) expect(allowedOf(subject, sequence).outcomes.map(({ lines }) => lines)).toContainEqual(simulate(subject, sequence).lines);
  });

  it('is no more than that: a record that is lost is beyond it', () => {
    const sequence = withEnd(parseSequence(`${device}\nt0 enable A 0\nboth t0@0 hit 1 ; hit 2 | t1@1 hit 3`));
    const { outcomes } = allowedOf(subject, sequence);
    const lines = [...(outcomes[0]?.lines ?? [])];
    expect(judge(sequence, { lines, ended: null }, outcomes)).toBeNull();
    lines[5] = '1 PC2';
    expect(judge(sequence, { lines, ended: null }, outcomes)).toMatchObject({ line: 5, kernel: '1 PC2', simulator: '2 PC1 PC2' });
  });
});

describe('pairs', () => {
  it('have names of their own and can run, those of scenarios for each that has two CPUs and can be said', () => {
    const [hand, own, random] = [byHand(), ofScenarios(subject.code), atRandom(1, 30)];
    for (const list of [hand, own]) expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
    for (const { sequence } of [...hand, ...own, ...random]) expect(objectionTo(sequence)).toBeNull();
    expect(own.length).toBeGreaterThan(20);
    expect(own.every(({ name }) => scenarios.some((scenario) => name.startsWith(scenario.name) && scenario.cpus > 1))).toBe(true);
    expect(random.map(({ name }) => name)).toEqual(atRandom(1, 30).map(({ name }) => name));
  });

  it('are tried with either one later, and with either one waiting at an instruction', () => {
    const [pair] = byHand();
    if (!pair) throw new Error('no pair');
    const { turns, points } = triesOf(pair, [['f'], ['g']], new Map([['f', [0, 4]], ['g.isra.0', [8]], ['h', [0]]]));
    const starts = [...turns, ...points].map((sequence) => sequence.flatMap(({ deed }) => ('both' in deed ? deed.both.map(({ start }) => start) : [])).join());
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts).toEqual(expect.arrayContaining(['0,0', '30,0', '0,30', 'f+0x0,0', 'f+0x4,0', '0,g.isra.0+0x8']));
    expect(points).toHaveLength(3);
  });
});
