/** @module Rule: atomic operations on data that nobody else touches, or on parts of a group. */
import { statementsInDiff } from '../src/analysis/changed.js';
import type { PlacedStatement } from '../src/analysis/changed.js';
import { nobodyElseTouches } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Support } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { counterexample } from '../src/analysis/support.js';
import { windows } from '../src/analysis/windows.js';
import type { Window } from '../src/analysis/windows.js';
import { calledName, walkStatement } from '../src/analysis/walk.js';

interface Atomic extends Hazard {
  readonly call: string;
  readonly count: number;
  readonly torn: boolean;
  readonly interrupter: string;
}

const ATOMICS = new Set(['xchg', 'cmpxchg', 'xchg_relaxed', 'atomic_xchg', 'atomic_cmpxchg']);

export const atomicWithoutContender = rule<Atomic>({
  id: 'atomic-without-contender',
  summary: 'Atomic operations on data that nobody else touches meanwhile.',
  why: 'Either the data is private and a plain access does, or it is shared and then the fields belong together: one atomic operation for each leaves the group torn.',
  evidence: 'observation',
  gaps: 'Who touches the data is what the scenarios show.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: xchg() in the swap of state.',
  fires: [{
    name: 'xchg() on data of one CPU with interrupts off', on: 'interrupt-sections', scenarios: ['softirq-in-trace', 'softirq-in-section', 'hardirq-in-trace'],
    edits: [{ find: '\tt->kcov = saved->kcov;\n', replace: '\tt->kcov = xchg(&saved->kcov, NULL); //~ atomic-without-contender\n' }],
  }],
  silent: [{
    name: 'xchg() on a pointer that sections in interrupts change too', on: 'interrupt-sections', scenarios: ['softirq-in-trace', 'softirq-in-section', 'section-in-kthread'],
    edits: [{ find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock_irqsave(', replace: '\tkcov_stop(t);\n\txchg(&t->kcov, NULL);\n\tspin_lock_irqsave(' }],
  }],
  check(subject: Subject): Atomic[] {
    const byFunction = new Map<string, PlacedStatement[]>();
    for (const placed of statementsInDiff(subject)) {
      const name = atomicIn(placed);
      if (!placed.spot.added || name === null) continue;
      byFunction.set(placed.function.name, [...(byFunction.get(placed.function.name) ?? []), placed]);
    }
    return [...byFunction.values()].flatMap((group) => ask(subject, group));
  },
  question(found) {
    const alone = `Does anything need ${found.count > 1 ? `these ${found.call}()` : `this ${found.call}()`} to be atomic? Without NMIs nobody else touches ${found.count > 1 ? 'these fields' : 'that memory'} meanwhile, in any execution.`;
    if (!found.torn) return alone;
    return `${alone} With ${found.interrupter} it is the group that is torn, which one ${found.call}() per field does not prevent.`;
  },
});

function atomicIn({ statement }: PlacedStatement): string | null {
  let call: string | null = null;
  walkStatement(statement, (expr, inner) => {
    const name = calledName(expr);
    if (inner === statement && name !== null && ATOMICS.has(name)) call ??= name;
  });
  return call;
}

function ask(subject: Subject, group: readonly PlacedStatement[]): Atomic[] {
  const [first, ...others] = group;
  if (!first) return [];
  const alone = group.every(({ function: def, statement }) => nobodyElseTouches(subject, { function: def.name, statement, instruction: (i) => i.op === 'rmw' && !i.refcount }));
  if (!alone) return [];
  const torn = tornWindow(subject, first.function.name);
  const support: Support[] = [{ kind: 'observation', scenario: null, text: 'Every access to that memory is made with interrupts off by the CPU that owns it.' }];
  const worst = torn?.incidents.find((i) => i.violation.fatal) ?? torn?.incidents[0];
  if (worst) support.push(counterexample(worst));
  return [{
    property: 'needless-atomic', status: 'new', severity: 'low', spot: first.spot, labels: others.map(({ spot }) => ({ spot, text: 'likewise' })), support,
    cause: `atomic ${first.function.name}`, call: atomicIn(first) ?? '', count: group.length, torn: torn !== null, interrupter: torn?.interrupter === 'nmi' ? 'an NMI' : 'an interrupt',
  }];
}

/** A window that opens or closes within the function: there the group is seen half changed. The one with a bad access first. */
function tornWindow(subject: Subject, functionName: string): Window | null {
  const within = windows(subject).filter((w) => w.opening.inner.function === functionName || w.closing.inner.function === functionName);
  return within.find((w) => w.incidents.some((i) => i.violation.fatal)) ?? within[0] ?? null;
}
