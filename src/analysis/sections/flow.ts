/**
 * @module The control flow of one function as a graph: a node for each simple statement, an edge for each way on. Built
 * from the statement tree backwards, so that every node knows what follows. Calls that never return end a path; what the
 * front end did not understand makes the function unclear.
 */
import type { Expr, FunctionDef, Stmt } from '../../../simulator/ir/program.js';
import { printExpr } from '../../../simulator/ir/print-expression.js';
import { walkStatement } from '../walk.js';
import { annotationIn, annotationOf, countIn } from './annotation.js';
import type { Annotation } from './annotation.js';
import { outcomesOf, truthOf } from './facts.js';
import type { Outcome } from './facts.js';
import { GAP, LOST, UNSEEN_BLOCK } from './marks.js';

/** A way on from a node. */
export interface Edge {
  to: number;
  /** What is known behind it. */
  readonly outcomes: readonly Outcome[];
  /** The statements that only this way runs, for a decision; null where there are none. */
  readonly arm: Arm | null;
  /** 'true', 'false', a case label; '' where there is nothing to decide. */
  readonly way: string;
}

/** The statements of one side of a decision. */
export interface Arm {
  readonly starts: boolean;
  readonly stops: boolean;
  /** The way leads back to what stands behind the decision. */
  readonly rejoins: boolean;
}

export interface FlowNode {
  readonly id: number;
  /** 'gap': statements that are not seen; 'lost': the path is not followed further; 'exit': the function is left. */
  readonly kind: 'plain' | 'start' | 'stop' | 'decision' | 'exit' | 'gap' | 'lost';
  /** Null for the end of the function. */
  readonly statement: Stmt | null;
  readonly edges: Edge[];
  readonly annotation: Annotation | null;
  /** What it writes, as printed, and what is known of it then. */
  readonly writes: readonly { readonly target: string; readonly known: readonly Outcome[] }[];
  /** A decision with several ways by value: a switch. */
  readonly byValue: boolean;
}

export interface Flow {
  readonly nodes: readonly FlowNode[];
  readonly entry: number;
  /** Why no path of this function is judged; null when all is clear. */
  readonly unclear: string | null;
}

/** Nodes of one function at most. */
const NODES_MAX = 20_000;

/** Calls that do not return. Facts from include/linux/{kernel,panic,bug,kthread}.h, v5.5 to v6.12. */
const NO_RETURN = new Set(['BUG', 'panic', 'do_exit', 'kthread_exit', 'kthread_complete_and_exit', 'complete_and_exit', 'module_put_and_exit', 'module_put_and_kthread_exit', 'unreachable', 'do_group_exit', 'nmi_panic']);

interface Around {
  readonly breakTo: number;
  readonly continueTo: number;
}

class Builder {
  readonly nodes: FlowNode[] = [];
  unclear: string | null = null;
  private readonly labels = new Map<string, number>();
  readonly exit: number;
  readonly lost: number;

  constructor() {
    this.exit = this.node({ kind: 'exit', statement: null }, []);
    this.lost = this.node({ kind: 'lost', statement: null }, []);
  }

  build(def: FunctionDef): Flow {
    const entry = this.list(def.body, this.exit, { breakTo: this.lost, continueTo: this.lost });
    if (this.nodes.length >= NODES_MAX) this.unclear = `more than ${NODES_MAX} statements`;
    return { nodes: this.nodes, entry, unclear: this.unclear };
  }

  private node(what: Pick<FlowNode, 'kind' | 'statement'> & Partial<FlowNode>, edges: Edge[]): number {
    const id = this.nodes.length;
    if (id < NODES_MAX) this.nodes.push({ id, edges, annotation: null, writes: [], byValue: false, ...what });
    return Math.min(id, NODES_MAX - 1);
  }

  private list(statements: readonly Stmt[], next: number, around: Around): number {
    return statements.reduceRight((following, s) => this.statement(s, following, around), next);
  }

  private statement(s: Stmt, next: number, around: Around): number {
    switch (s.kind) {
      case 'expression': return this.simple(s, s.expr, next);
      case 'declaration': return this.simple(s, s.init, next);
      case 'block': return this.list(s.body, next, around);
      case 'if': return this.decide(s, next, around);
      case 'while': return this.loop(s, { test: s.test, body: s.body, step: undefined }, next);
      case 'for': {
        const head = this.loop(s, { test: s.test, body: s.body, step: s.step }, next);
        return s.init ? this.statement(s.init, head, around) : head;
      }
      case 'doWhile': return this.doWhile(s, next);
      case 'forEach': return this.forEach(s, next);
      case 'switch': return this.bySwitch(s, next, around);
      case 'goto': return this.label(s.label);
      case 'label': return this.atLabel(s, next);
      case 'return': return this.leave(s);
      case 'break': return around.breakTo;
      case 'continue': return around.continueTo;
      case 'case': case 'empty': return next;
      case 'ifdef': return this.obscure('a conditional directive', next);
      case 'unmodelled': return this.obscure(`not understood: ${s.text.slice(0, 60)}`, next);
    }
  }

  private obscure(why: string, next: number): number {
    this.unclear ??= why;
    return next;
  }

  private simple(s: Stmt, expr: Expr | undefined, next: number): number {
    const name = expr?.kind === 'call' && expr.callee.kind === 'name' ? expr.callee.name : '';
    if (NO_RETURN.has(name) || name === LOST) return this.lost;
    const edges: Edge[] = [{ to: next, outcomes: [], arm: null, way: '' }];
    if (name === GAP) return this.node({ kind: 'gap', statement: s }, edges);
    const annotation = annotationIn(expr);
    this.audit(s, annotation);
    return this.node({ kind: annotation?.kind ?? 'plain', statement: s, annotation, writes: writesOf(s) }, edges);
  }

  /** Annotations inside an expression, or inside a statement expression, are not followed. */
  private audit(s: Stmt, own: Annotation | null): void {
    let hidden = 0;
    walkStatement(s, (expr) => {
      if (annotationOf(expr)) hidden++;
    });
    if (hidden > (own ? 1 : 0)) this.unclear ??= 'a section begins or ends inside an expression';
  }

  private auditTest(s: Stmt, test: Expr | undefined): void {
    if (test) this.audit({ kind: 'expression', expr: test, place: s.place }, null);
  }

  private decide(s: Stmt & { kind: 'if' }, next: number, around: Around): number {
    this.auditTest(s, s.test);
    const inside = isUnseen(s.test) ? { breakTo: this.lost, continueTo: this.lost } : around;
    const [yes, no] = [this.statement(s.then, next, inside), s.else ? this.statement(s.else, next, around) : next];
    const edges = [this.side(s.test, true, { to: yes, arm: armOf([s.then]) }), this.side(s.test, false, { to: no, arm: s.else ? armOf([s.else]) : null })];
    return this.node({ kind: 'decision', statement: s }, edges.filter((e) => e !== null));
  }

  private side(test: Expr, holds: boolean, way: { to: number; arm: Arm | null }): Edge | null {
    if (truthOf(test) === !holds) return null;
    return { to: way.to, arm: way.arm, outcomes: truthOf(test) === null && !isUnseen(test) ? outcomesOf(test, holds) : [], way: String(holds) };
  }

  private loop(s: Stmt, parts: { test: Expr | undefined; body: Stmt; step: Expr | undefined }, next: number): number {
    this.auditTest(s, parts.test);
    const edges: Edge[] = [];
    const head = this.node({ kind: 'decision', statement: s }, edges);
    const again = parts.step ? this.simple({ kind: 'expression', expr: parts.step, place: { ...s.place, endLine: s.place.line } }, parts.step, head) : head;
    const body = this.statement(parts.body, again, { breakTo: next, continueTo: again });
    const truth = parts.test ? truthOf(parts.test) : true;
    if (truth !== false) edges.push({ to: body, outcomes: [], arm: null, way: 'true' });
    if (truth !== true) edges.push({ to: next, outcomes: [], arm: null, way: 'false' });
    return head;
  }

  private doWhile(s: Stmt & { kind: 'doWhile' }, next: number): number {
    this.auditTest(s, s.test);
    const edges: Edge[] = [];
    const test = this.node({ kind: 'decision', statement: s }, edges);
    const body = this.statement(s.body, test, { breakTo: next, continueTo: test });
    const truth = truthOf(s.test);
    if (truth !== false) edges.push({ to: body, outcomes: [], arm: null, way: 'true' });
    if (truth !== true) edges.push({ to: next, outcomes: [], arm: null, way: 'false' });
    return body;
  }

  /** An iterator macro runs its body any number of times; a scoped guard once. */
  private forEach(s: Stmt & { kind: 'forEach' }, next: number): number {
    const edges: Edge[] = [];
    const once = /guard|scoped/u.test(s.macro);
    const head = this.node({ kind: 'decision', statement: s }, edges);
    const body = this.statement(s.body, once ? next : head, { breakTo: next, continueTo: once ? next : head });
    edges.push({ to: body, outcomes: [], arm: null, way: 'true' });
    if (!once) edges.push({ to: next, outcomes: [], arm: null, way: 'false' });
    return head;
  }

  private bySwitch(s: Stmt & { kind: 'switch' }, next: number, around: Around): number {
    this.auditTest(s, s.value);
    const inside = { breakTo: next, continueTo: isUnseen(s.value) ? this.lost : around.continueTo };
    const edges: Edge[] = [];
    let following = next;
    let hasDefault = false;
    for (let i = s.body.length - 1; i >= 0; i--) {
      const one = s.body[i];
      if (!one) continue;
      following = this.statement(one, following, inside);
      if (one.kind !== 'case') continue;
      hasDefault ||= one.value === null;
      edges.push({ to: following, outcomes: [], arm: armOf(caseBody(s.body, i)), way: one.value ? `case ${printExpr(one.value)}` : 'default' });
    }
    if (!hasDefault) edges.push({ to: next, outcomes: [], arm: null, way: 'no case' });
    return this.node({ kind: 'decision', statement: s, byValue: true }, edges.reverse());
  }

  private leave(s: Stmt & { kind: 'return' }): number {
    this.auditTest(s, s.value);
    return this.node({ kind: 'exit', statement: s }, []);
  }

  private label(name: string): number {
    const known = this.labels.get(name);
    if (known !== undefined) return known;
    const made = this.node({ kind: 'plain', statement: null }, []);
    this.labels.set(name, made);
    return made;
  }

  private atLabel(s: Stmt & { kind: 'label' }, next: number): number {
    const id = this.label(s.name);
    this.nodes[id]?.edges.push({ to: next, outcomes: [], arm: null, way: '' });
    return id;
  }
}

/** The statements from a case label to the next one. */
function caseBody(body: readonly Stmt[], at: number): readonly Stmt[] {
  const end = body.findIndex((s, i) => i > at && s.kind === 'case');
  return body.slice(at + 1, end < 0 ? body.length : end);
}

function armOf(statements: readonly Stmt[]): Arm {
  const last = statements.at(-1);
  const tail = last?.kind === 'block' ? last.body.at(-1) : last;
  const leaves = tail !== undefined && ['return', 'goto', 'continue'].includes(tail.kind);
  const counted = (kind: 'start' | 'stop'): boolean => statements.some((s) => countIn(s, kind) > 0);
  return { starts: counted('start'), stops: counted('stop'), rejoins: !leaves };
}

/** Targets of the assignments in a simple statement. */
function writesOf(s: Stmt): FlowNode['writes'] {
  const found: { target: string; known: readonly Outcome[] }[] = [];
  if (s.kind === 'declaration') found.push({ target: s.name, known: s.init ? knownOf(s.name, s.init) : [] });
  walkStatement(s, (expr) => {
    if (expr.kind === 'assign') {
      const target = printExpr(expr.target);
      found.push({ target, known: expr.op === '=' ? knownOf(target, expr.value) : [] });
    } else if (expr.kind === 'update') found.push({ target: printExpr(expr.target), known: [] });
    else if (expr.kind === 'unary' && expr.op === '&') found.push({ target: printExpr(expr.arg), known: [] });
  });
  return found;
}

function knownOf(target: string, value: Expr): Outcome[] {
  const truth = truthOf(value);
  if (truth === null) return [];
  const negative = value.kind === 'unary' && value.op === '-';
  return [{ key: target, holds: truth }, { key: `${target} < 0`, holds: negative }];
}

/** The graph of a function; marks of what is not seen are those of ./marks.ts. */
export function flowOf(def: FunctionDef): Flow {
  return new Builder().build(def);
}

/** True for a decision that stands for a block whose head is not seen. */
export function isUnseenDecision(node: FlowNode): boolean {
  const s = node.statement;
  return s?.kind === 'if' ? isUnseen(s.test) : s?.kind === 'switch' && isUnseen(s.value);
}

function isUnseen(test: Expr): boolean {
  return test.kind === 'call' && test.callee.kind === 'name' && test.callee.name === UNSEEN_BLOCK;
}
