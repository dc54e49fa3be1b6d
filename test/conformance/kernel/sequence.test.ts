/** @module Sequences as text, what may run, and what the simulator says of them without a kernel at hand. */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../../simulator/kcov/index.js';
import { built } from '../programs.js';
import { byHand } from './by-hand.js';
import { compare, normalised } from './compare.js';
import { randomSequences } from './generate.js';
import { initrd } from './initrd.js';
import { objectionTo, parseSequence, sequenceText, withEnd } from './sequence.js';
import { shrink } from './shrink.js';
import { simulate, subjectOf } from './simulate.js';

const model = kcovModels.find((m) => m.version === 'v6.12');
if (!model) throw new Error('no model of v6.12');
const subject = subjectOf(built(model), model.dialect);

const USB = '0x100000000000001';
const traced = 't0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 0';

/** What the simulator says of each line. */
function said(text: string): string[] {
  const { lines, ended, contract } = simulate(subject, parseSequence(text));
  expect([ended, contract]).toEqual([null, []]);
  return [...lines];
}

describe('text', () => {
  it('is read as it is written, by hand and at random', () => {
    const all = [...byHand(), ...randomSequences(3, 100)];
    for (const sequence of all) expect(parseSequence(sequenceText(sequence))).toEqual(sequence);
    expect(byHand().length).toBeGreaterThanOrEqual(200);
  });

  it.each([['t0 fly A', '"fly" is no action'], ['x0 open A', '"x0" is nobody'], ['t0 nmi [ hit 1', 'a bracket is open'], ['t0 cmp 1 3 1 2', '3 is no width']])('%s: %s', (text, why) => {
    expect(() => parseSequence(text)).toThrow(why);
  });

  it('is refused where it cannot run', () => {
    const objections = ['t0 open A\nt0 open A', 't0 exit\nt0 open A', 't0 fork t1\nt0 fork t1', 'k0 open A'].map((text) => objectionTo(parseSequence(text)));
    expect(objections).toEqual(['A is opened twice', 't0 is over', 't1 is no child', 'k0 has no files']);
  });

  it('random sequences are the same for a seed, and can run', () => {
    expect(randomSequences(7, 20)).toEqual(randomSequences(7, 20));
    for (const sequence of randomSequences(7, 200)) expect(objectionTo(sequence)).toBeNull();
  });
});

describe('on the simulator', () => {
  it('interrupts come where they are placed, and those that cannot come are left out', () => {
    expect(said(`${traced}\nt0 hit 1 ; softirq [ hit 2 ; softirq [ hit 3 ] ; nmi [ nmi [ ] ] ] ; hit 4\nt0 read A`).slice(-2)).toEqual(['masked masked', '2 PC1 PC4']);
  });

  it('a section in a softirq of a traced task delivers to its own device', () => {
    const text = `${traced}\nt1 open B\nt1 init B 512\nt1 mmap B 512\nt1 remote B 0 64 0 1 ${USB}\nt0 softirq [ start ${USB} ; hit 2 ; stop ] ; hit 5\nt0 read A\nt1 read B`;
    expect(said(text).slice(-2)).toEqual(['1 PC5', '1 PC2']);
  });

  it('comparisons are cut to their width', () => {
    expect(said('t0 open A\nt0 init A 512\nt0 mmap A 512\nt0 enable A 1\nt0 cmp 3 1 0x1ff 0x2\nt0 read A').at(-1)).toBe('1 0/ff/2/PC3');
  });

  it('a misuse that outlives its sequence is told', () => {
    const taints = (text: string): boolean => simulate(subject, withEnd(parseSequence(text))).taints;
    expect(taints(`${traced}\nt0 hit 1`)).toBe(false);
    expect(taints(`${traced}\nt0 stop`)).toBe(true);
    const waiting = `t1 open A\nt1 init A 512\nt1 mmap A 512\nt1 remote A 0 64 0 1 ${USB}`;
    expect(taints(`${waiting}\nt0 softirq [ start ${USB} ; hit 1 ]`)).toBe(true);
    expect(taints(`${waiting}\nt0 softirq [ start ${USB} ; hit 1 ; stop ]`)).toBe(false);
  });

  it('a warning is said with its line, and what follows is not held against the contract', () => {
    const { lines, contract } = simulate(subject, parseSequence(`${traced}\nt0 start ${USB} ; stop ; hit 1`));
    expect(lines.at(-1)).toMatch(/^! WARNING kernel\/kcov\.c:\d+$/u);
    expect(contract).toEqual([]);
  });
});

describe('compared', () => {
  it('a report of the log is said by kind and place', () => {
    expect(normalised('0 ! WARNING: CPU: 0 PID: 31 at kernel/kcov.c:879 kcov_remote_start+0x1/0x2')).toBe('0 ! WARNING kernel/kcov.c:879');
    expect(normalised(' ! refcount_t: underflow; use-after-free. ! WARNING: CPU: 1 PID: 3 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2')).toBe('! REFCOUNT underflow');
    expect(normalised('-22')).toBe('-22');
  });

  const sequence = withEnd(parseSequence(`t1 state\n${traced}\nt1 state\nt0 hit 1 ; nmi [ hit 2 ]`));
  const real = simulate(subject, sequence);

  it('agrees with itself, and not with what a line, an end or a death tells apart', () => {
    expect(compare(sequence, real, real)).toBeNull();
    expect(compare(sequence, { lines: real.lines.map((line, i) => (i === 3 ? '-22' : line)), ended: null }, real)).toMatchObject({ line: 3, kernel: '-22', simulator: '0' });
    expect(compare(sequence, { lines: real.lines, ended: 'the kernel restarted' }, real)).not.toBeNull();
    const died = { lines: real.lines.slice(0, 5), ended: 'the kernel restarted\nBUG: kernel NULL pointer dereference, address: 8' };
    expect(compare(sequence, died, { lines: died.lines, contract: [], taints: true, ended: 'null-dereference: NULL' })).toBeNull();
    expect(compare(sequence, died, { lines: died.lines, contract: [], taints: true, ended: 'deadlock: every context waits for a lock' })).not.toBeNull();
  });

  it('is made smaller as long as it differs', async () => {
    const first = compare(sequence, { lines: real.lines.map((line, i) => (i === 4 ? '-16' : line)), ended: null }, real);
    if (!first) throw new Error('they differ');
    // Differs wherever an enable succeeds.
    const smallest = await shrink(first, (all) => Promise.resolve(all.map((one) => {
      const { lines } = simulate(subject, one);
      const line = one.findIndex(({ deed }, i) => 'call' in deed && deed.call === 'enable' && lines[i] === '0');
      return line < 0 ? null : { sequence: one, line, kernel: '-16', simulator: '0' };
    })));
    expect(sequenceText(smallest.sequence.slice(0, smallest.line + 1))).toBe('t0 open A\nt0 init A 512\nt0 enable A 0\n');
  });
});

it('an initrd has its files, each at a multiple of four bytes', () => {
  const made = initrd({ init: Buffer.from('program'), name: 'sequences', data: Buffer.from('seq') });
  expect(made.length % 4).toBe(0);
  expect(made.toString('latin1').match(/070701/gu)).toHaveLength(5);
  expect(made.toString('latin1')).toContain('TRAILER!!!');
});
