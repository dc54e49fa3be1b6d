/**
 * @module Random programs for holding engines against each other: up to four contexts on two CPUs that share a few words, two locks and a
 * pointer, with warnings, frees, failing allocations, lists of calls, irq flags and bottom halves.
 */
import fc from 'fast-check';
import type { ContextKind } from '../../../simulator/machine/state.js';
import type { Scenario } from '../../../simulator/scenario/scenario.js';
import { runs, scenarioOf } from '../bench.js';
import type { Returned } from '../bench.js';

const word = fc.constantFrom('x', 'y', 'z', 's.a', 's.b');
const digit = fc.integer({ min: 0, max: 2 });

/** Statements that stand alone. */
const plain = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(word, digit).map(([w, d]) => `${w} = ${d};`) },
  { weight: 3, arbitrary: fc.tuple(word, word).map(([to, from]) => `${to} = ${from};`) },
  { weight: 3, arbitrary: fc.tuple(word, digit).map(([w, d]) => `${w} += ${d};`) },
  { weight: 3, arbitrary: fc.tuple(word, digit).map(([w, d]) => `WARN_ON(READ_ONCE(${w}) == ${d});`) },
  { weight: 2, arbitrary: fc.tuple(word, word).map(([a, b]) => `xchg(&${a}, ${b});`) },
  { weight: 2, arbitrary: fc.tuple(word, word, digit).map(([a, b, d]) => `if (${a} == ${d}) ${b}++;`) },
  { weight: 1, arbitrary: fc.constantFrom('own++;', 'atomic_inc(&n);', 'WARN_ON(in_task());', 'WARN_ON(in_serving_softirq());', 'refcount_inc(&r);', 'if (refcount_dec_and_test(&r)) x = 7;') },
  { weight: 2, arbitrary: fc.constantFrom('WRITE_ONCE(p, &x);', 'WRITE_ONCE(p, NULL);', 'q = READ_ONCE(p); if (q) *q = 5;', '*p = 1;') },
  { weight: 1, arbitrary: fc.constantFrom('h = kmalloc(8, GFP_ATOMIC);', 'kfree(xchg(&h, NULL));', 'if (h) *h = 1;', '{ int i; for (i = 0; i < 2; i++) x += i; }') },
);
/** Statements with others inside. */
const guard = fc.constantFrom(
  ['spin_lock(&l);', 'spin_unlock(&l);'], ['spin_lock(&m);', 'spin_unlock(&m);'], ['local_irq_save(flags);', 'local_irq_restore(flags);'], ['local_irq_disable();', 'local_irq_enable();'],
  ['local_bh_disable();', 'local_bh_enable();'], ['spin_lock_irqsave(&l, flags);', 'spin_unlock_irqrestore(&l, flags);'], ['spin_lock_bh(&m);', 'spin_unlock_bh(&m);'], ['preempt_disable();', 'preempt_enable();'],
) as fc.Arbitrary<[string, string]>;
const body = (max: number): fc.Arbitrary<string> => fc.oneof(
  fc.array(plain, { maxLength: max }).map((list) => list.join(' ')),
  fc.tuple(fc.array(plain, { maxLength: 1 }), guard, fc.array(plain, { maxLength: max - 1 })).map(([before, [open, close], list]) => [...before, open, ...list, close].join(' ')),
);

export interface RandomProgram {
  readonly text: string;
  readonly scenario: Scenario<Returned>;
}

const DATA = 'struct s { int a; int b; };\nint x, y, z; struct s s; static DEFINE_PER_CPU(int, pc); atomic_t n; refcount_t r = REFCOUNT_INIT(1); int *p; int *h; DEFINE_SPINLOCK(l); DEFINE_SPINLOCK(m); DEFINE_MUTEX(mu);\n';

interface Process {
  readonly kind: ContextKind;
  readonly cpu: number;
  readonly times: number;
  readonly body: string;
}

function made(list: readonly Process[], more: Partial<Scenario<Returned>>): RandomProgram {
  const functions = list.map((one, i) => `void P${i}(void)\n{\n\tunsigned long flags; int *q; int own = 0;\n\t${one.body}\n}`);
  const scenario = scenarioOf(list.map(({ kind, cpu, times }, i) => ({ kind, cpu, times, operations: [runs(`P${i}`)] })), { cpus: 2, ...more });
  return { text: `${DATA}${functions.join('\n')}`, scenario };
}

export const randomProgram: fc.Arbitrary<RandomProgram> = fc.record({
  tasks: fc.tuple(body(3), fc.option(body(3))), softirq: fc.option(body(2)), hardirq: fc.option(body(2)), nmi: fc.option(body(1)),
  cpus: fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1)), times: fc.integer({ min: 1, max: 2 }), fails: fc.boolean(),
}).map(({ tasks, softirq, hardirq, nmi, cpus, times, fails }) => {
  const list = [
    { kind: 'task' as const, cpu: 0, times: 1, body: tasks[0] }, { kind: 'task' as const, cpu: 1, times: 1, body: tasks[1] },
    { kind: 'softirq' as const, cpu: cpus[0], times: 1, body: softirq }, { kind: 'hardirq' as const, cpu: cpus[1], times, body: hardirq }, { kind: 'nmi' as const, cpu: cpus[2], times: 1, body: nmi },
  ].flatMap((one) => (one.body === null ? [] : [{ ...one, body: one.body }]));
  return made(list, { allocationsFail: fails });
});

/** Statements that only differ where there is a scheduler. */
const scheduled = fc.oneof(
  { weight: 3, arbitrary: body(3) },
  { weight: 1, arbitrary: fc.constantFrom('mutex_lock(&mu); x++; mutex_unlock(&mu);', 'own = smp_processor_id(); WARN_ON(smp_processor_id() != own);', 'this_cpu_inc(pc);', 'migrate_disable(); y = smp_processor_id(); migrate_enable();') },
  { weight: 1, arbitrary: fc.tuple(word, digit).map(([w, d]) => `mutex_lock(&mu); ${w} += ${d}; spin_lock(&l); x = ${w}; spin_unlock(&l); mutex_unlock(&mu);`) },
);

/** Two tasks on one CPU, maybe one on another, and maybe an interrupt; preempted, and where there is room for it moved to another CPU. */
export const scheduledProgram: fc.Arbitrary<RandomProgram> = fc.record({
  tasks: fc.tuple(scheduled, scheduled, fc.option(scheduled)), interrupt: fc.option(fc.tuple(fc.constantFrom('softirq' as const, 'hardirq' as const, 'nmi' as const), body(1))),
  preemptions: fc.integer({ min: 1, max: 2 }), migrations: fc.option(fc.constant(1)), reorders: fc.boolean(),
}).map(({ tasks: [first, second, third], interrupt, preemptions, migrations, reorders }) => {
  const list = [
    { kind: 'task' as const, cpu: 0, body: first }, { kind: 'task' as const, cpu: 0, body: second }, { kind: 'task' as const, cpu: 1, body: third },
    { kind: interrupt?.[0] ?? 'nmi', cpu: 0, body: interrupt?.[1] ?? null },
  ].flatMap((one) => (one.body === null ? [] : [{ ...one, times: 1, body: one.body }]));
  return made(list, { preemptions, ...(migrations === null ? {} : { migrations }), ...(reorders ? { reorderings: { compiler: 1, cpus: 0 } } : {}) });
});
