/** @module What can be assumed of a function, in which words, and where it is checked. */
import { describe, expect, it } from 'vitest';
import { assuming, readAssumption, whyNotChecked } from '../../src/analysis/assumption.js';
import type { Assumption } from '../../src/analysis/assumption.js';
import { link } from '../../simulator/ir/link.js';
import { printExpr } from '../../simulator/ir/print.js';
import type { Program } from '../../simulator/ir/program.js';
import { environment } from '../../simulator/kernel/environment.js';
import { loadBench, runs, scenarioOf, search } from '../simulator/bench.js';
import { compile } from '../../simulator/compile/compile.js';

const of = (said: string): Assumption => {
  const read = readAssumption(said);
  if (!read?.ok) throw new Error(`not read: ${said}`);
  return read.assumption;
};

describe('the words', () => {
  it.each([
    ['irqs off in f', 'irqs off in f', 'irqs_disabled()'],
    ['interrupts are disabled in f()', 'irqs off in f', 'irqs_disabled()'],
    ['IRQs enabled in f.', 'irqs on in f', '!irqs_disabled()'],
    ['preemption is off in f', 'preemption off in f', '!preemptible()'],
    ['bottom halves disabled in f', 'softirqs off in f', 'in_softirq() || irqs_disabled()'],
    ['only task context in f', 'task context in f', 'in_task()'],
    ['not in nmi in f', 'no nmi in f', '!in_nmi()'],
    ['&kcov->lock held in f', 'kcov->lock held in f', 'lockdep_is_held(&kcov->lock)'],
    ['kcov_remote_lock is not held in f', 'kcov_remote_lock not held in f', '!lockdep_is_held(&kcov_remote_lock)'],
  ])('%s', (said, text, holds) => {
    expect({ text: of(said).text, holds: printExpr(of(said).holds.expr) }).toEqual({ text, holds });
  });

  it.each(['nmi=0', '', 'irqs off', 'in f', 'x'.repeat(10_000)])('no assumption about a function: %s', (said) => {
    expect(readAssumption(said)).toBeNull();
  });

  it.each(['good weather in f', 'kcov_put(x) held in f', '*p held in f'])('nothing that can be checked: %s', (said) => {
    expect(readAssumption(said)).toMatchObject({ ok: false, why: expect.stringContaining('irqs off') as string });
  });
});

describe('the check', () => {
  const refutedIn = async (text: string, said: string, kind: 'task' | 'hardirq' = 'task'): Promise<string[]> => {
    const bench = await loadBench();
    const program = assuming(bench.program(text), [of(said)]);
    const code = compile(program, { constants: new Map([['nr_cpu_ids', 2n]]), hashBuckets: 2 });
    expect(code.notModelled).toEqual([]);
    return search(code, scenarioOf([{ kind, cpu: 0, operations: [runs('f')] }])).found.map(({ violation }) => `${violation.property} ${violation.detail}`);
  };

  it('is made where the function begins, and before each statement behind', async () => {
    const text = 'int g; void f(void) { int i = 0; local_irq_disable(); g = i; if (g == 0) local_irq_enable(); g = 2; }';
    expect(await refutedIn(text, 'irqs off in f')).not.toEqual([]);
    expect(await refutedIn('int g; void h(void) { g = 1; } void f(void) { local_irq_disable(); h(); local_irq_enable(); }', 'irqs off in h')).toEqual([]);
    expect(await refutedIn('int g; void h(void) { g = 1; local_irq_enable(); g = 2; } void f(void) { local_irq_disable(); h(); }', 'irqs off in h')).toContain('assumption irqs off in h');
    expect(await refutedIn('int g; void f(void) { for (;;) { g = 1; break; } }', 'irqs on in f', 'hardirq')).toContain('assumption irqs on in f');
  });

  it('is about the lock that is named', async () => {
    const text = 'struct s { spinlock_t lock; int n; }; struct s one; void h(struct s *p) { p->n = 1; } void f(void) { spin_lock(&one.lock); h(&one); spin_unlock(&one.lock); }';
    expect(await refutedIn(text, 'p->lock held in h')).toEqual([]);
    expect(await refutedIn(text, 'one.lock held in h')).toEqual([]);
    expect(await refutedIn(text, 'p->lock not held in h')).toContain('assumption p->lock not held in h');
    expect(await refutedIn(text, 'one.lock held in f')).toContain('assumption one.lock held in f');
  });

  it('says why it cannot be made', async () => {
    const bench = await loadBench();
    const program: Program = link(environment, bench.program('struct s { spinlock_t lock; }; void f(struct s *p) { struct s *q = p; q = q; }'));
    expect(whyNotChecked(program, of('irqs off in nowhere'))).toContain('no function nowhere()');
    expect(whyNotChecked(program, of('q->lock held in f'))).toContain('neither a parameter of f()');
    expect(whyNotChecked(program, of('p->lock held in f'))).toBeNull();
    expect(assuming(program, [of('irqs off in nowhere')]).functions).toEqual(program.functions);
  });
});
