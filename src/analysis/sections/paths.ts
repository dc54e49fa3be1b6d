/**
 * @module Paths through a function that begin or end a remote section wrongly: left while one is open, begun while one is
 * open, ended without one. Breadth first, so that the shortest path of each flaw is the one that is shown. In doubt, none:
 * decisions that may depend on each other are not taken apart, and what is not seen is crossed only where every way
 * into it agrees on whether a section is open.
 */
import { agrees, forget, namesIn } from './facts.js';
import type { Facts } from './facts.js';
import type { Flow, FlowNode } from './flow.js';

/** What a path did on its way. */
export interface Step {
  readonly node: FlowNode;
  /** The way taken at a decision. */
  readonly way: string;
}

export interface Flaw {
  readonly kind: 'left-open' | 'nested' | 'stop-alone' | 'other-kind';
  /** The start of the section; null for 'stop-alone'. */
  readonly start: FlowNode | null;
  /** Where it shows: the exit, the second start, the stop. */
  readonly at: FlowNode;
  /** The path from the start, or from the function's beginning, to `at`. */
  readonly path: readonly Step[];
}

export interface Judged {
  readonly flaws: readonly Flaw[];
  /** Why nothing more is said; null when every path that is seen was followed. */
  readonly unclear: string | null;
}

export interface JudgeOptions {
  /** What is not seen neither begins nor ends a section on balance. */
  readonly neutral: boolean;
}

/** Path ends of one function that are visited at most. */
const VISITS_MAX = 30_000;

type Mode = 'closed' | 'open' | 'unknown';

interface Visit {
  readonly node: number;
  readonly mode: Mode;
  readonly site: number;
  readonly facts: Facts;
  readonly from: Visit | null;
  readonly way: string;
}

/** Whether a gap may be crossed in a mode. */
type Crossing = (gap: FlowNode, mode: Mode) => boolean;

/** Judges every path that is seen. */
export function judge(flow: Flow, options: JudgeOptions): Judged {
  if (flow.unclear !== null) return { flaws: [], unclear: flow.unclear };
  const entered = new Map<number, Set<Mode>>();
  const first = new Walk(flow, () => options.neutral);
  first.onGap = (gap, mode) => entered.set(gap.id, (entered.get(gap.id) ?? new Set<Mode>()).add(mode));
  first.run();
  const line = (id: number): number => flow.nodes[id]?.statement?.place.line ?? 0;
  const crossing: Crossing = (gap, mode) => options.neutral && [...entered].every(([id, modes]) => line(id) > line(gap.id) || (modes.size === 1 && modes.has(mode)));
  const walk = new Walk(flow, crossing);
  walk.run();
  const gaveUp = first.gaveUp || walk.gaveUp;
  return { flaws: gaveUp ? [] : walk.flaws, unclear: gaveUp ? `more than ${VISITS_MAX} path ends` : null };
}

class Walk {
  readonly flaws: Flaw[] = [];
  gaveUp = false;
  onGap: (gap: FlowNode, mode: Mode) => void = () => undefined;
  private readonly queue: Visit[] = [];
  private readonly seen = new Set<string>();
  private readonly told = new Set<string>();
  private readonly relevant: ReadonlySet<string>;

  constructor(private readonly flow: Flow, private readonly crossing: Crossing) {
    this.relevant = relevantKeys(flow);
  }

  run(): void {
    this.push({ node: this.flow.entry, mode: 'closed', site: -1, facts: new Map(), from: null, way: '' });
    for (let i = 0; i < this.queue.length; i++) {
      if (i >= VISITS_MAX) {
        this.gaveUp = true;
        return;
      }
      const visit = this.queue[i];
      if (visit) this.visit(visit);
    }
  }

  private push(visit: Visit): void {
    const facts = [...visit.facts].map(([key, holds]) => `${key}=${holds}`).sort().join(';');
    const key = `${visit.node} ${visit.mode} ${visit.site} ${facts}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.queue.push(visit);
  }

  private visit(visit: Visit): void {
    const node = this.flow.nodes[visit.node];
    if (!node) return;
    const after = this.through(node, visit);
    if (!after) return;
    for (const edge of node.edges) {
      if (!agrees(after.facts, edge.outcomes)) continue;
      const learnt = edge.outcomes.filter((o) => this.relevant.has(o.key));
      const facts = learnt.length === 0 ? after.facts : new Map([...after.facts, ...learnt.map((o): [string, boolean] => [o.key, o.holds])]);
      this.push({ node: edge.to, mode: after.mode, site: after.site, facts, from: visit, way: edge.way });
    }
  }

  /** Mode and facts behind a node; null where the path ends. */
  private through(node: FlowNode, visit: Visit): Pick<Visit, 'mode' | 'site' | 'facts'> | null {
    const { mode, site } = visit;
    switch (node.kind) {
      case 'lost': return null;
      case 'exit':
        if (mode === 'open') this.tell('left-open', node, visit);
        return null;
      case 'gap':
        this.onGap(node, mode);
        return this.crossing(node, mode) ? { mode, site, facts: new Map() } : { mode: 'unknown', site: -1, facts: new Map() };
      case 'start':
        if (mode === 'open') this.tell('nested', node, visit);
        return { mode: 'open', site: node.id, facts: this.written(node, visit.facts) };
      case 'stop':
        if (mode === 'closed') this.tell('stop-alone', node, visit);
        if (mode === 'open' && this.flow.nodes[site]?.annotation?.softirqOnly !== node.annotation?.softirqOnly) this.tell('other-kind', node, visit);
        return { mode: 'closed', site: -1, facts: this.written(node, visit.facts) };
      default: return { mode, site, facts: this.written(node, visit.facts) };
    }
  }

  private written(node: FlowNode, facts: Facts): Facts {
    let after = facts;
    for (const { target, known } of node.writes) {
      after = forget(after, target);
      const learnt = known.filter((o) => this.relevant.has(o.key));
      if (learnt.length > 0) after = new Map([...after, ...learnt.map((o): [string, boolean] => [o.key, o.holds])]);
    }
    return after;
  }

  private tell(kind: Flaw['kind'], at: FlowNode, visit: Visit): void {
    const start = kind === 'stop-alone' ? null : this.flow.nodes[visit.site] ?? null;
    const key = `${kind} ${start?.id ?? -1} ${at.id}`;
    if (this.told.has(key)) return;
    const steps = stepsTo(visit, this.flow);
    if (isDoubtful(this.flow, { kind, start, at, path: steps })) return;
    this.told.add(key);
    const from = start ? steps.findLastIndex((s) => s.node === start) : 0;
    this.flaws.push({ kind, start, at, path: steps.slice(from) });
  }
}

/** Keys that are worth remembering: those that a later decision can meet again. */
function relevantKeys(flow: Flow): Set<string> {
  const decided = new Map<string, Set<number>>();
  const set = new Set<string>();
  for (const node of flow.nodes) {
    for (const edge of node.edges) for (const { key } of edge.outcomes) decided.set(key, (decided.get(key) ?? new Set<number>()).add(node.id));
    for (const write of node.writes) for (const { key } of write.known) set.add(key);
  }
  return new Set([...decided].filter(([key, at]) => at.size > 1 || set.has(key)).map(([key]) => key));
}

function stepsTo(last: Visit, flow: Flow): Step[] {
  const steps: Step[] = [];
  let way = '';
  for (let visit: Visit | null = last; visit; visit = visit.from) {
    const node = flow.nodes[visit.node];
    if (node) steps.push({ node, way });
    ({ way } = visit);
  }
  return steps.reverse();
}

/** Ways past a section's end, or its beginning, that lead back to the common path: they may depend on other decisions. */
function skipped(steps: readonly Step[], what: 'starts' | 'stops'): { count: number; byValue: boolean; last: number } {
  let count = 0;
  let byValue = false;
  let last = -1;
  steps.forEach(({ node, way }, i) => {
    const others = node.edges.filter((e) => e.way !== way);
    if (node.edges.find((e) => e.way === way)?.arm?.[what]) return;
    if (!others.some((e) => e.arm?.[what] && e.arm.rejoins)) return;
    count++;
    byValue ||= node.byValue;
    last = i;
  });
  return { count, byValue, last };
}

/** Decisions of a path may depend on each other in ways that the text does not show. */
function isDoubtful(flow: Flow, flaw: Flaw): boolean {
  const at = flaw.start ? flaw.path.findLastIndex((s) => s.node === flaw.start) : -1;
  const [before, behind] = [flaw.path.slice(0, Math.max(at, 0)), flaw.path.slice(at + 1)];
  if (flaw.kind === 'stop-alone') {
    const past = skipped(behind, 'starts');
    return past.count > 0 && behind.slice(past.last + 1).some(({ node, way }) => node.edges.find((e) => e.way === way)?.arm?.stops ?? false);
  }
  if (flaw.kind === 'other-kind') return false;
  const past = skipped(behind, 'stops');
  if (past.byValue) return true;
  if (flaw.start && !reaches(flow, { from: flow.entry, to: flaw.at.id, without: flaw.start.id })) return past.count > 1;
  return past.count > 0 || sharesNames(before, behind);
}

function sharesNames(before: readonly Step[], behind: readonly Step[]): boolean {
  const decidedNames = (steps: readonly Step[]): string[] => steps.flatMap(({ node, way }) =>
    (node.edges.find((e) => e.way === way)?.outcomes ?? []).flatMap((o) => namesIn(o.key)));
  const names = new Set([...decidedNames(before), ...before.flatMap(({ node }) => node.writes.flatMap((w) => namesIn(w.target)))]);
  return decidedNames(behind).some((name) => names.has(name));
}

function reaches(flow: Flow, way: { from: number; to: number; without: number }): boolean {
  const seen = new Set([way.from]);
  const queue = way.from === way.without ? [] : [way.from];
  for (const id of queue) {
    if (id === way.to) return true;
    for (const { to } of flow.nodes[id]?.edges ?? []) {
      if (to === way.without || seen.has(to)) continue;
      seen.add(to);
      queue.push(to);
    }
  }
  return false;
}
