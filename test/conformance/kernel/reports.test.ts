/** @module The vocabulary of reports: what the simulator says of a kcov with something wrong put in, as a kernel's log would say it. */
import { describe, expect, it } from 'vitest';
import { kcovModels } from '../../../simulator/kcov/index.js';
import { lowered, textOf } from '../programs.js';
import { byHand } from './by-hand.js';
import { evenly } from './evenly.js';
import { compare, normalised } from './compare.js';
import { isDeathOf, isOnce, isSaidAgain, wordOf } from './reports.js';
import { parseSequence, withEnd } from './sequence.js';
import { simulate, subjectOf } from './simulate.js';
import type { Simulated } from './simulate.js';

const model = kcovModels.find((m) => m.version === 'v6.12');
if (!model) throw new Error('no model of v6.12');
const texts = textOf(model);
const KCOV = 'kernel/kcov.c';
const SEQUENCES = 100;

/** What the simulator says of some sequences made by hand once what matches is something else. */
function saidWith(changes: readonly (readonly [part: RegExp, other: string])[]): Simulated[] {
  let text = texts.get(KCOV) ?? '';
  for (const [part, other] of changes) {
    if (text.search(part) < 0) throw new Error(`the model has no ${part.source}`);
    text = text.replace(part, other);
  }
  const subject = subjectOf(lowered(new Map([...texts, [KCOV, text]])), model?.dialect ?? 'v5.18');
  return evenly(byHand(), SEQUENCES).map((sequence) => simulate(subject, sequence));
}

describe('something wrong put in is said as the kernel says it, in a boot of its own', () => {
  it.each([
    ['an allocation that sleeps under a spinlock', [[/GFP_ATOMIC/u, 'GFP_KERNEL']], 'SLEEPING'],
    ['a lock that softirqs take, with irqs on', [[/spin_lock_irqsave\(&kcov_remote_lock, flags\)/gu, 'spin_lock(&kcov_remote_lock)'], [/spin_unlock_irqrestore\(&kcov_remote_lock,\s*flags\)/gu, 'spin_unlock(&kcov_remote_lock)']], 'LOCKDEP state'],
  ] as const)('%s', (_, changes, word) => {
    const told = saidWith(changes).filter(({ lines }) => lines.some((line) => line.includes('! ') && line.includes(word)));
    expect(told.length).toBeGreaterThan(0);
    for (const { taints, lines } of told) expect([taints, lines.join(' ').split(word).length - 1]).toEqual([true, 1]);
  });

  it('a reference that is put twice: the memory is gone, which a kernel with KASAN tells', () => {
    const ends = new Set(saidWith([[/kcov_put\(filep->private_data\);/u, 'kcov_put(filep->private_data);\n\tkcov_put(filep->private_data);']]).map(({ ended }) => ended?.split(':')[0]));
    expect(ends).toContain('use-after-free');
  });
});

describe('one vocabulary', () => {
  it('has a word for what both sides say, and none for what kcov alone promises', () => {
    expect(wordOf({ property: 'refcount', detail: 'kcov#0: increment on 0' }, 'x:1')).toBe(normalised('! refcount_t: addition on 0; use-after-free.').slice(2));
    expect(wordOf({ property: 'sleep-in-atomic', detail: '' }, 'x:1')).toBe(normalised('! BUG: sleeping function called from invalid context at mm/x.c:1').slice(2));
    expect(wordOf({ property: 'lock-inversion', detail: '' }, 'x:1')).toBe(normalised('! WARNING: possible circular locking dependency detected').slice(2));
    expect(wordOf({ property: 'warn', detail: '' }, 'kernel/kcov.c:7')).toBe('WARNING kernel/kcov.c:7');
    expect(wordOf({ property: 'warn', detail: 'vmalloc() of 0 bytes' }, 'kernel/kcov.c:7')).toBe(normalised('! WARNING: CPU: 0 PID: 9 at mm/vmalloc.c:3838 f+0x1/0x2').slice(2));
    expect([isOnce({ property: 'warn', detail: 'vmalloc() of 0 bytes' }), isOnce({ property: 'warn', detail: 'WARN_ON(x)' }), isOnce({ property: 'warn', detail: 'WARN_ON_ONCE(x)' })]).toEqual([true, false, true]);
    expect(wordOf({ property: 'coverage-lost', detail: '' }, 'x:1')).toBeNull();
  });

  it('what a kernel says once in a boot is expected once', () => {
    expect([isSaidAgain('SLEEPING', new Set()), isSaidAgain('SLEEPING', new Set(['SLEEPING'])), isSaidAgain('LOCKDEP state', new Set(['LOCKDEP circle'])), isSaidAgain('WARNING x:1', new Set(['WARNING x:1']))]).toEqual([true, false, false, true]);
  });

  it('a death is one that follows from what ended the execution', () => {
    expect(isDeathOf('null-dereference: NULL', 'the kernel restarted\nBUG: kernel NULL pointer dereference, address: 8')).toBe(true);
    expect(isDeathOf('use-after-free: kcov#0', 'BUG: KASAN: slab-use-after-free in kcov_put+0x1/0x2')).toBe(true);
    expect([isDeathOf('use-after-free: kcov#0', ''), isDeathOf('null-dereference: NULL', 'hung: nothing was said for 60 s')]).toEqual([false, false]);
  });

  it('an execution that ends on the simulator is held against the line it ends in, as far as a kernel survives it', () => {
    const sequence = withEnd(parseSequence('t0 open A\nt0 close A'));
    const simulated: Simulated = { lines: ['0'], contract: [], taints: true, ended: 'use-after-free: kcov#0' };
    expect(compare(sequence, { lines: ['0', '0 ! BUG: KASAN: slab-use-after-free in kcov_put+0x1/0x2', '', '', ''], ended: null }, simulated)).toBeNull();
    expect(compare(sequence, { lines: ['0', '0', '', '', ''], ended: null }, simulated)).toMatchObject({ line: 1, kernel: '0', simulator: 'use-after-free: kcov#0' });
  });
});
