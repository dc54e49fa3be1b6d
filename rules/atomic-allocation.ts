/** @module Rule: an allocation that may not sleep, of a size that is not fixed, or where it could sleep. */
import { statementsInDiff } from '../src/analysis/changed.js';
import type { PlacedStatement } from '../src/analysis/changed.js';
import { alwaysNotPreemptible, alwaysPreemptible, ranIn } from '../src/analysis/observed.js';
import type { Query } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { calledName, occurrences, walkStatement } from '../src/analysis/walk.js';
import { printExpr } from '../simulator/ir/print.js';
import type { Argument, Expr } from '../simulator/ir/program.js';
import { TypeTable, UnknownName } from '../simulator/ir/types.js';
import { CALL_CONTRACTS } from '../simulator/kernel/calls.js';

interface Atomic extends Hazard {
  readonly size: string;
  readonly flags: string;
  readonly maySleep: boolean;
}

interface Allocation {
  readonly call: Expr & { readonly kind: 'call' };
  readonly size: readonly Argument[];
  readonly flags: string;
}

const ADD = '\tremote = kmalloc(sizeof(*remote), GFP_ATOMIC);\n';
const LOOKED_AT = ['section-in-kthread', 'calls-with-handles'];

export const atomicAllocation = rule<Atomic>({
  id: 'atomic-allocation',
  summary: 'Tasks allocate without sleeping what has no fixed size, or where they may sleep.',
  why: 'Memory that is there without waiting is little and in small pieces. A request whose size user space chooses fails there for no reason of its own, where the same one would succeed a few lines earlier.',
  evidence: 'observation',
  gaps: 'Only allocations that ran in the scenarios, in tasks only; a variable that is compared with another one counts as limited.',
  origin: 'Documentation/core-api/memory-allocation.rst, on GFP_ATOMIC and GFP_KERNEL.',
  fires: [
    {
      name: 'a buffer as large as the user wants under the lock', on: 'model', scenarios: LOOKED_AT,
      edits: [{
        find: '\t\tspin_lock(&kcov_remote_lock);\n\t\tfor (i = 0; i < remote_arg->num_handles; i++) {\n',
        replace: '\t\tspin_lock(&kcov_remote_lock);\n\t\tcopy = kmalloc(remote_arg->area_size * sizeof(u64), GFP_ATOMIC); //~ atomic-allocation\n\t\tkfree(copy);\n\t\tfor (i = 0; i < remote_arg->num_handles; i++) {\n',
      }, { find: '\tstruct kcov_remote_arg *remote_arg;\n\tstruct kcov_remote *remote;\n', replace: '\tstruct kcov_remote_arg *remote_arg;\n\tstruct kcov_remote *remote;\n\tu64 *copy;\n' }],
    },
    {
      name: 'a task that may sleep takes what is there', on: 'model', scenarios: ['device-lifecycle', 'section-in-kthread'],
      edits: [{ find: 'kzalloc(sizeof(*kcov), GFP_KERNEL);', replace: 'kzalloc(sizeof(*kcov), GFP_ATOMIC); //~ atomic-allocation' }],
    },
  ],
  silent: [
    {
      name: 'a small object of fixed size under the lock', on: 'model', scenarios: LOOKED_AT,
      edits: [{ find: ADD, replace: '\tremote = kzalloc(sizeof(*remote), GFP_ATOMIC);\n' }],
    },
    {
      name: 'an object by its type under the lock', on: 'model', scenarios: LOOKED_AT,
      edits: [{ find: ADD, replace: '\tremote = kmalloc_obj(*remote, GFP_ATOMIC);\n' }],
    },
    {
      name: 'a list of fixed size under the lock', on: 'model', scenarios: LOOKED_AT,
      edits: [{ find: ADD, replace: '\tremote = kcalloc(2, sizeof(*remote), GFP_ATOMIC);\n' }],
    },
  ],
  check: (subject: Subject) => {
    const table = new TypeTable(subject.post.program);
    const known = new Set(occurrences(subject.pre.program).flatMap(({ expr }) => (expr.kind === 'call' ? [printExpr(expr)] : [])));
    return statementsInDiff(subject).filter(({ spot }) => spot.added).flatMap((placed) => allocationsIn(placed)
      .filter(({ call }) => !known.has(printExpr(call))).flatMap((allocation) => judge(subject, placed, { allocation, table })).slice(0, 1));
  },
  question: (found) => (found.maySleep
    ? `Does this need ${found.flags}? In every execution it runs in a task that may sleep here.`
    : `Could this be allocated earlier, where it may sleep? The size ${found.size} is not fixed, and with ${found.flags} a large one fails although there is memory.`),
});

/** Arguments that say what is allocated and not how much: the object of kmalloc_obj() and its kin, and its last member (include/linux/slab.h, 7.0). */
const typed = (name: string): number => (/_objs?$/u.test(name) ? 1 : name.endsWith('_flex') ? 2 : 0);

/** Allocations of a statement that say they must not sleep. */
function allocationsIn({ statement }: PlacedStatement): Allocation[] {
  const found: Allocation[] = [];
  if ('body' in statement || statement.kind === 'if') return found;
  walkStatement(statement, (expr) => {
    const contract = CALL_CONTRACTS[calledName(expr) ?? ''];
    if (expr.kind !== 'call' || contract?.gfpArgument === undefined) return;
    const at = expr.args[contract.gfpArgument];
    const flags = /\bGFP_(?:ATOMIC|NOWAIT)\b/u.exec(at && at.kind !== 'type' ? printExpr(at) : '')?.[0];
    if (flags !== undefined) found.push({ call: expr, size: expr.args.slice(typed(calledName(expr) ?? ''), contract.gfpArgument), flags });
  });
  return found;
}

function judge(subject: Subject, { function: def, statement, spot }: PlacedStatement, { allocation, table }: { allocation: Allocation; table: TypeTable }): Atomic[] {
  const query: Query = { function: def.name, statement, instruction: (i) => i.op === 'alloc' };
  const contexts = ranIn(subject, query);
  if (contexts.length !== 1 || contexts[0] !== 'task') return [];
  const maySleep = alwaysPreemptible(subject, query);
  const open = allocation.size.find((arg) => isOpen(subject, arg, table));
  if (!maySleep && (!open || !alwaysNotPreemptible(subject, query))) return [];
  const size = open && open.kind !== 'type' ? printExpr(open) : '';
  const text = maySleep ? 'It ran in tasks only, each time with preemption and interrupts on.' : 'It ran in tasks only, each time where nothing may sleep.';
  return [{
    property: 'atomic-allocation', status: 'new', severity: 'low', spot, labels: [], cause: `atomic allocation ${spot.text}`, size, flags: allocation.flags, maySleep,
    support: [{ kind: 'observation', scenario: null, text }],
  }];
}

/** Variables in a size, outside of sizeof, for which nothing in the Program has a small limit. */
function isOpen(subject: Subject, size: Argument, table: TypeTable): boolean {
  if (size.kind === 'type') return false;
  const names = variablesOf(size, table);
  return names !== null && names.length > 0 && names.some((name) => !boundedNames(subject, table).has(name));
}

/** Names of variables and fields; null where a call hides what the size is. */
function variablesOf(expr: Expr, table: TypeTable): string[] | null {
  switch (expr.kind) {
    case 'number': case 'sizeof': return [];
    case 'name': return table.isConstant(expr.name) ? [] : [expr.name];
    case 'member': return [expr.field];
    case 'cast': case 'unary': return variablesOf(expr.arg, table);
    case 'binary': {
      const [left, right] = [variablesOf(expr.left, table), variablesOf(expr.right, table)];
      return left && right ? [...left, ...right] : null;
    }
    default: return null;
  }
}

const bounded = new WeakMap<Subject, Set<string>>();

/** A comparison with a constant in between is a limit that keeps a size small; below it would be a check for too little. */
const [LIMIT_MIN, LIMIT_MAX] = [16, 4096];

/** Names of variables and fields that are compared with a small limit, or with what is no constant. */
function boundedNames(subject: Subject, table: TypeTable): Set<string> {
  const known = bounded.get(subject);
  if (known) return known;
  const comparisons = occurrences(subject.post.program).flatMap(({ expr }) => (expr.kind === 'binary' && ['<', '<=', '>', '>='].includes(expr.op) ? [expr] : []));
  const names = new Set(comparisons.flatMap(({ left, right }) => [...limited(left, right, table), ...limited(right, left, table)]));
  bounded.set(subject, names);
  return names;
}

function limited(side: Expr, by: Expr, table: TypeTable): string[] {
  const limit = constantOf(by, table);
  if (limit !== null && (limit < LIMIT_MIN || limit > LIMIT_MAX)) return [];
  return side.kind === 'name' ? [side.name] : side.kind === 'member' ? [side.field] : [];
}

function constantOf(expr: Expr, table: TypeTable): number | null {
  try {
    return Number(table.constant(expr));
  } catch (error) {
    if (error instanceof UnknownName) return null;
    throw error;
  }
}
