/** @module Sentences of changelogs about contexts: which are understood, which are left alone, and that none takes long. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextClaims } from '../../src/analysis/context-claims.js';

const said = (message: string): string[] => contextClaims(message).map((c) => [c.function, c.form, ...c.contexts].join(' '));

describe('sentences that say where a function runs', () => {
  test.each<[string, string[]]>([
    ['kcov_start() is only called from task context.', ['kcov_start only task']],
    ['kcov_start() is called only from softirqs, so there is no need to save flags.', ['kcov_start only softirq']],
    ['Since kcov_start() only runs in process context, this is safe.', ['kcov_start only task']],
    ['kcov_a() and kcov_b() are always called from hard interrupts or NMIs.', ['kcov_a only hardirq nmi', 'kcov_b only hardirq nmi']],
    ['kcov_put() is never called from interrupt context.', ['kcov_put never softirq hardirq']],
    ['kcov_put() does not run in an NMI', ['kcov_put never nmi']],
    ['The function kcov_move() runs only in\nkernel threads and softirq context.', ['kcov_move only task softirq']],
    ['kcov_stop() is called with interrupts disabled.', ['kcov_stop irqs-off']],
    ['kcov_stop() runs with preemption disabled; it may not sleep.', ['kcov_stop preemption-off']],
    ['Some prose first. Now kcov_stop() is never invoked from NMI handlers. And more.', ['kcov_stop never nmi']],
  ])('%s', (message, claims) => {
    expect(said(message)).toEqual(claims);
  });
});

describe('sentences that say nothing of the kind', () => {
  test.each([
    'kcov_start() is called from task context.', 'kcov_start() should only be called from task context.', 'kcov_start() was only called from task context.',
    'Before this patch kcov_start() is only called from task context.', 'Currently kcov_start() is only called from tasks.', 'kcov_start() is no longer only called from tasks.',
    'Is kcov_start() only called from tasks?', 'kcov_start() is only called from task context?', 'kcov_start() is only called from tasks when the device is remote.',
    'kcov_start() is only called from tasks, except on PREEMPT_RT.', 'kcov_start() is usually only called from tasks.', 'If kcov_start() is only called from tasks, this is safe.',
    'kcov_start() is only called from kcov_ioctl().', 'kcov_start() is not only called from tasks.', 'It is only called from tasks.', 'kcov_start() is only called from task context code of drivers.',
    'kcov_start() is only called from interrupts of USB.', '> kcov_start() is only called from tasks.', '  kcov_start() is only called from tasks.', 'Reported-by: kcov_start() is only called from tasks.',
    'I assume that kcov_start() is only called from tasks.', 'kcov_start() can be called with interrupts disabled.', 'kcov_start() runs with interrupts disabled on some architectures.', 'This makes kcov_start() run with interrupts disabled.',
  ])('%s', (message) => {
    expect(said(message)).toEqual([]);
  });
});

/** Pieces of what is understood, put together at random and repeated. */
const pieces = fc.constantFrom('kcov_start()', ' and ', ', ', ' is ', 'only ', 'called ', 'from ', 'task', ' context', 'with interrupts', ' disabled', '.', '\n', ' ', 'Since ', 'not ', '(', ')', 'softirqs', '/', '\u{1f600}', '_');

describe('any text', () => {
  test('is read without a throw, and gives names and contexts of its own', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(pieces, { maxLength: 200 }).map((p) => p.join(''))), (text) => {
      for (const claim of contextClaims(text)) {
        expect(text).toContain(`${claim.function}()`);
        expect(claim.contexts.length > 0).toBe(claim.form === 'only' || claim.form === 'never');
      }
    }), { numRuns: 2_000 });
  });

  test.each([
    ['one piece over and over', (): string => 'kcov_start() and '.repeat(200_000)], ['a name without an end', (): string => 'a'.repeat(3_000_000)],
    ['blanks', (): string => `${' '.repeat(50_000)}\n\t`.repeat(40)], ['short sentences', (): string => 'kcov_start() is only called from task '.repeat(7).concat('. ').repeat(5_000)],
    ['lines that look like trailers', (): string => `${'A-'.repeat(20)}\n`.repeat(50_000)], ['empty lines', (): string => '\n \t'.repeat(300_000)],
  ])('hostile text does not take long: %s', (_, make) => {
    const text = make();
    const before = process.cpuUsage();
    contextClaims(text);
    // A quadratic reader would take minutes.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(3);
  });
});
