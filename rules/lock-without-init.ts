/** @module Rule: a lock in a structure is taken and nothing initialises it. */
import { statementsInDiff } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';
import { calledName, occurrences, statementsOf } from '../src/analysis/walk.js';
import type { Occurrence } from '../src/analysis/walk.js';
import { printStatementHead } from '../simulator/ir/print.js';
import type { Expr, Program } from '../simulator/ir/program.js';

interface Uninitialised extends Hazard {
  readonly lock: string;
  readonly init: string;
  /** The base initialised it. */
  readonly before: boolean;
}

/** Types of locks, and what initialises each: include/linux/spinlock.h, mutex.h. */
const INIT_OF: Readonly<Record<string, string>> = { spinlock_t: 'spin_lock_init', raw_spinlock_t: 'raw_spin_lock_init', mutex: 'mutex_init' };
const TAKES = /^(?:raw_)?spin_(?:try)?lock(?!_init)|^mutex_(?:try)?lock/u;

export const lockWithoutInit = rule<Uninitialised>({
  id: 'lock-without-init',
  summary: 'A lock in a structure is taken and nothing initialises it.',
  why: 'Zeroed memory happens to be an unlocked lock on most machines. lockdep has no key for it then and turns itself off ("trying to register non-static key"), and CONFIG_DEBUG_SPINLOCK reports bad magic.',
  evidence: 'static',
  gaps: 'Fields are told apart by their names; a lock that is initialised in a file that the patch does not show, or copied, is not known.',
  origin: 'Documentation/locking/lockdep-design.rst, v6.12: lock classes come from where locks are initialised.',
  fires: [{
    name: 'the lock of a device is not initialised any more', on: 'model', scenarios: ['device-lifecycle'],
    edits: [{ find: '\tspin_lock_init(&kcov->lock);\n\tfilep->private_data = kcov;\n', replace: '\tfilep->private_data = kcov; //~ lock-without-init\n' }],
  }, {
    name: 'a second lock', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: '\tspinlock_t lock;\n', replace: '\tspinlock_t lock;\n\tspinlock_t areas_lock;\n' },
      { find: '\tsize = remote->kcov->remote_size;\n', replace: '\tspin_lock(&remote->kcov->areas_lock); //~ lock-without-init\n\tsize = remote->kcov->remote_size;\n\tspin_unlock(&remote->kcov->areas_lock);\n' },
    ],
  }],
  silent: [{
    name: 'a second lock, initialised', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: '\tspinlock_t lock;\n', replace: '\tspinlock_t lock;\n\tspinlock_t areas_lock;\n' },
      { find: '\tspin_lock_init(&kcov->lock);\n', replace: '\tspin_lock_init(&kcov->lock);\n\tspin_lock_init(&kcov->areas_lock);\n' },
      { find: '\tsize = remote->kcov->remote_size;\n', replace: '\tspin_lock(&remote->kcov->areas_lock);\n\tsize = remote->kcov->remote_size;\n\tspin_unlock(&remote->kcov->areas_lock);\n' },
    ],
  }],
  check(subject: Subject): Uninitialised[] {
    const before = new Set(withoutInit(subject.pre.program).map(({ field }) => field));
    return withoutInit(subject.post.program).filter(({ field }) => !before.has(field)).flatMap((lock): Uninitialised[] => {
      const spot = placeOf(subject, lock.field);
      const isNew = !subject.pre.program.structs.some((s) => s.name === lock.struct && s.fields.some((f) => f.name === lock.field));
      return spot ? [{
        property: 'uninitialised-lock', status: 'new', severity: 'medium', spot, labels: [], cause: `no init of ${lock.struct} ${lock.type}`,
        support: [{ kind: 'static', text: `Nothing that the patch shows calls ${INIT_OF[lock.type] ?? ''}() on it, and no initialiser names it.` }],
        lock: `the ${lock.field} of struct ${lock.struct}`, init: INIT_OF[lock.type] ?? '', before: !isNew,
      }] : [];
    });
  },
  question: ({ lock, init, before }) => (before ? `What initialises ${lock} now? Nothing calls ${init}() on it any more, and it is still taken.` : `Where is ${lock} initialised? It is taken here, and nothing calls ${init}() on it.`),
});

interface Lock {
  readonly struct: string;
  readonly field: string;
  readonly type: string;
}

/** Locks in structures that some function takes and nothing initialises. */
function withoutInit(program: Program): Lock[] {
  const [taken, initialised] = [new Set<string>(), new Set<string>()];
  for (const { expr } of occurrences(program)) {
    const name = calledName(expr);
    if (expr.kind !== 'call' || name === null) continue;
    for (const field of expr.args.flatMap((arg) => (arg.kind === 'type' ? [] : fieldOf(arg)))) {
      if (name.endsWith('_init')) initialised.add(field);
      else if (TAKES.test(name)) taken.add(field);
    }
  }
  const inInitialisers = JSON.stringify(program.globals.map((g) => g.init ?? null), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return program.structs.flatMap(({ name: struct, fields }) => fields.flatMap(({ name: field, type }): Lock[] => {
    const lock = type.kind === 'named' || type.kind === 'struct' ? type.name : '';
    const isInitialised = initialised.has(field) || inInitialisers.includes(`"field":"${field}"`);
    return lock in INIT_OF && taken.has(field) && !isInitialised ? [{ struct, field, type: lock }] : [];
  }));
}

/** The field that an argument is the address of. */
function fieldOf(arg: Expr): string[] {
  return arg.kind === 'unary' && arg.op === '&' && arg.arg.kind === 'member' ? [arg.arg.field] : [];
}

/** Where an added statement takes it, else behind where the base initialised it, as far as the diff shows that. */
function placeOf(subject: Subject, field: string): Spot | undefined {
  const shown = statementsInDiff(subject);
  const calls = (program: Program, test: (called: string) => boolean): Occurrence<Expr>[] => occurrences(program)
    .filter(({ expr }) => expr.kind === 'call' && test(calledName(expr) ?? '') && expr.args.some((arg) => arg.kind !== 'type' && fieldOf(arg).includes(field)));
  const takers = new Set(calls(subject.post.program, (called) => TAKES.test(called)).map(({ statement }) => statement));
  const [init] = calls(subject.pre.program, (called) => called.endsWith('_init'));
  const all = init ? statementsOf(init.function).map(printStatementHead) : [];
  const behind = init ? all.slice(all.indexOf(printStatementHead(init.statement)) + 1)[0] : undefined;
  const adding = shown.find(({ spot, statement }) => spot.added && takers.has(statement));
  return (adding ?? shown.find(({ spot, function: def }) => def.name === init?.function.name && spot.text === behind) ?? shown.find(({ function: def }) => def.name === init?.function.name))?.spot;
}
