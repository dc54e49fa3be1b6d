/**
 * @module lockdep as an observer of executions: it hears of locks and interrupts, keeps what it learnt, and reports each rule
 * when the fact is learnt that breaks it. A search only collects; a replay reports, at the event.
 */
import type { Draft } from '../machine/draft.js';
import type { Executed, Listener } from '../machine/execute.js';
import type { Related, Violation } from '../machine/violation.js';
import { factKey, lockFacts } from './lock-facts.js';
import type { LockFact } from './lock-facts.js';
import { factText, LockGraph } from './lock-graph.js';
import type { LockReport } from './lock-graph.js';

/** Told of each fact that is new. */
export type Learnt = (fact: LockFact) => void;

/** Collects facts, and nothing else: for searches, in which a step is heard of once however many executions make it. */
export class LockCollector<G> implements Listener<G> {
  constructor(readonly graph: LockGraph, private readonly learnt: Learnt) {}

  executed(draft: Draft<G>, what: Executed): void {
    for (const fact of lockFacts(draft, what)) if (this.graph.learn(fact)) this.learnt(fact);
  }
}

const reportKey = (report: LockReport): string => `${report.property} ${report.detail}`;

/** Reports in an execution what is wrong as soon as it is known. What was learnt before the execution counts. */
export class Lockdep<G> implements Listener<G> {
  private readonly graph: LockGraph;
  private readonly told: Set<string>;
  private readonly places: Map<string, Related>;

  constructor(from?: Lockdep<G>) {
    this.graph = new LockGraph(from?.graph);
    this.told = new Set(from?.told ?? []);
    this.places = new Map(from?.places ?? []);
  }

  executed(draft: Draft<G>, what: Executed): void {
    let isNew = false;
    for (const fact of lockFacts(draft, what)) {
      if (!this.graph.learn(fact)) continue;
      this.places.set(factKey(fact), { text: factText(fact), cpu: draft.cpu, at: draft.violation('', '', false).at });
      isNew = true;
    }
    if (isNew) for (const report of this.graph.reports()) this.report(draft, report);
  }

  private report(draft: Draft<G>, report: LockReport): void {
    if (this.told.has(reportKey(report))) return;
    this.told.add(reportKey(report));
    const related = report.facts.flatMap((fact) => this.places.get(factKey(fact)) ?? []);
    const violation: Violation = { ...draft.violation(report.property, report.detail, false), related };
    draft.violations.push(violation);
  }
}

/** Two listeners as one, told in this order. */
export function both<G>(first: Listener<G>, second: Listener<G>): Listener<G> {
  return {
    executed: (draft, what) => {
      first.executed(draft, what);
      second.executed(draft, what);
    },
    putOff: (draft, what) => {
      first.putOff?.(draft, what);
      second.putOff?.(draft, what);
    },
    called: (draft, caller, callee, args) => {
      first.called?.(draft, caller, callee, args);
      second.called?.(draft, caller, callee, args);
    },
    returned: (draft, from, dst) => {
      first.returned?.(draft, from, dst);
      second.returned?.(draft, from, dst);
    },
    operationBegan: (draft, index) => {
      first.operationBegan?.(draft, index);
      second.operationBegan?.(draft, index);
    },
    operationEnded: (draft, index, result) => {
      first.operationEnded?.(draft, index, result);
      second.operationEnded?.(draft, index, result);
    },
  };
}
