/** @module Rule: a branch behind a split by context that only one side can take. */
import { statementSpot } from '../src/analysis/changed.js';
import { outcomes } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { contextName } from '../src/analysis/support.js';
import { calledName, statementsOf, walkStatement } from '../src/analysis/walk.js';
import { printStatementHead } from '../simulator/ir/print.js';
import type { FunctionDef, Stmt } from '../simulator/ir/program.js';
import type { ContextKind } from '../simulator/machine/state.js';

interface OneContext extends Hazard {
  readonly only: string;
  readonly never: string;
  readonly split: string;
}

type If = Stmt & { readonly kind: 'if' };

const PREDICATES = new Set(['in_task', 'in_interrupt', 'in_irq', 'in_hardirq', 'in_softirq', 'in_serving_softirq', 'in_nmi']);

export const branchOfOneContext = rule<OneContext>({
  id: 'branch-of-one-context',
  summary: 'A branch that only one side of an earlier split by context can take.',
  why: 'Code that stands behind the split reads as if both contexts could come here; in the wrong one it would often be a bug, such as vmalloc() in an interrupt.',
  evidence: 'observation',
  gaps: 'Only tests of a variable that both sides of the split assign are looked at.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: if (!area) is for the task case only.',
  fires: [{
    name: 'an allocation of tasks behind the split', on: 'interrupt-sections', scenarios: ['section-in-kthread', 'softirq-in-trace'],
    edits: [{
      find: '\tif (host != KCOV_HOST_TASK) {\n\t\tsize = min_t(unsigned int, size, KCOV_HOST_WORDS);\n\t\tarea = this_cpu_ptr(&kcov_saved)->buffer;\n\t\t*(u64 *)area = 0;\n\t\tkcov_debug();\n\t\tkcov_start(t, size, area, mode, sequence);\n\t\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n\t\treturn;\n\t}\n\tarea = kcov_remote_area_get(size);\n\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n\tif (!area) {\n',
      replace: '\tif (in_task()) {\n\t\tarea = kcov_remote_area_get(size);\n\t} else {\n\t\tsize = min_t(unsigned int, size, KCOV_HOST_WORDS);\n\t\tarea = this_cpu_ptr(&kcov_saved)->buffer;\n\t}\n\tspin_unlock_irqrestore(&kcov_remote_lock, flags);\n\tif (!area) { //~ branch-of-one-context\n',
    }],
  }],
  silent: [{
    name: 'a test behind the split that both sides can meet', on: 'interrupt-sections', scenarios: ['section-in-kthread', 'softirq-in-trace'],
    edits: [{
      find: '\tsize = remote->kcov->remote_size;\n',
      replace: '\tif (in_task())\n\t\tsize = remote->kcov->remote_size;\n\telse\n\t\tsize = min_t(unsigned int, remote->kcov->remote_size, KCOV_HOST_WORDS);\n\tif (size > remote->kcov->size)\n\t\tsize = remote->kcov->size;\n',
    }],
  }],
  check(subject: Subject): OneContext[] {
    return subject.post.program.functions.flatMap((def) => {
      const was = subject.pre.program.functions.find((f) => f.name === def.name);
      const before = new Set((was ? pairsIn(was) : []).map(({ test }) => printStatementHead(test)));
      const added = pairsIn(def).filter(({ split, test }) => statementSpot(subject, def.name, split).added && !before.has(printStatementHead(test)));
      return added.flatMap((pair) => ask(subject, def, pair));
    });
  },
  question(found) {
    return `Is this ever true in ${found.never}? In every execution only ${found.only} takes it, so it may be clearer inside the branch of ${found.split} above.`;
  },
});

function blocksOf(def: FunctionDef): (readonly Stmt[])[] {
  return [def.body, ...statementsOf(def).flatMap((s) => (s.kind === 'block' ? [s.body] : []))];
}

interface Pair {
  readonly split: If;
  readonly test: If;
}

/** Splits by context, each with the conditions behind it on what both sides set. */
function pairsIn(def: FunctionDef): Pair[] {
  return blocksOf(def).flatMap(pairsOf);
}

function pairsOf(block: readonly Stmt[]): Pair[] {
  const splits = block.flatMap((s, i) => (s.kind === 'if' && s.else && asksContext(s) ? [{ split: s, index: i }] : []));
  return splits.flatMap(({ split, index }) => {
    const shared = [...assigned(split.then)].filter((name) => split.else && assigned(split.else).has(name));
    const tests = block.slice(index + 1).filter((s): s is If => s.kind === 'if' && !s.else && readsOnly(s, shared));
    return tests.map((test) => ({ split, test }));
  });
}

function asksContext(s: If): boolean {
  let asks = false;
  walkStatement({ kind: 'expression', expr: s.test, place: s.place }, (expr) => {
    if (PREDICATES.has(calledName(expr) ?? '')) asks = true;
  });
  return asks;
}

function assigned(s: Stmt): Set<string> {
  const names = new Set<string>();
  walkStatement(s, (expr) => {
    if (expr.kind === 'assign' && expr.target.kind === 'name') names.add(expr.target.name);
  });
  return names;
}

/** The condition reads one of the variables and calls nothing. */
function readsOnly(s: If, names: readonly string[]): boolean {
  let reads = false;
  let calls = false;
  walkStatement({ kind: 'expression', expr: s.test, place: s.place }, (expr) => {
    if (expr.kind === 'name' && names.includes(expr.name)) reads = true;
    if (expr.kind === 'call') calls = true;
  });
  return reads && !calls;
}

function ask(subject: Subject, def: FunctionDef, pair: Pair): OneContext[] {
  const spot = statementSpot(subject, def.name, pair.test);
  const seen = outcomes(subject, { function: def.name, statement: pair.test, instruction: (i) => i.op === 'branch' });
  const never: ContextKind[] = seen.false.filter((k) => !seen.true.includes(k));
  if (!spot.inDiff || seen.true.length === 0 || never.length === 0) return [];
  const split = statementSpot(subject, def.name, pair.split);
  return [{
    property: 'one-context', status: 'new', severity: 'low', spot, labels: [{ spot: split, text: 'the split' }],
    support: [{ kind: 'observation', scenario: null, text: `True in ${contextName(seen.true)}; reached and always false in ${contextName(never)}.` }],
    cause: `one context ${spot.text}`, only: contextName(seen.true), never: contextName(never), split: split.text.replace(/^if \((.*)\)$/u, '$1'),
  }];
}
