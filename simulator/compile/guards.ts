/**
 * @module guard(), scoped_guard(), scoped_cond_guard() and CLASS() of include/linux/cleanup.h, init guards, and the scoped
 * accesses to user memory of include/linux/uaccess.h (v6.5 to v6.19). Each is a block with something to undo on every way
 * out of it. As in the kernel scoped ones are loops: break and continue leave the block only.
 */
import type { Argument, CType, Expr, Stmt } from '../ir/program.js';
import { printExpr } from '../ir/print.js';
import { ULONG, UnknownName } from '../ir/types.js';
import type { Pure } from '../machine/code.js';
import { Label } from './emitter.js';
import type { Emitter, Local } from './emitter.js';
import { compileExpr, convertTo } from './expressions.js';
import { faults } from './user-calls.js';
import { constant, not, register } from './pure.js';
import { compileStatement, jumpTo } from './statements.js';

const name = (text: string): Expr => ({ kind: 'name', name: text });
const call = (callee: string, args: readonly Expr[]): Expr => ({ kind: 'call', callee: name(callee), args });

interface Guard {
  readonly lock: string;
  /** Null where nothing is undone. */
  readonly unlock: string | null;
  /** Interrupt flags are kept in the guard. */
  readonly flags?: true;
  /** The lock is an argument; else it needs none. */
  readonly pointer?: true;
  /** Taking it may fail. */
  readonly conditional?: true;
}

const lock = (prefix: string, suffix = ''): Guard => ({ lock: `${prefix}_lock${suffix}`, unlock: `${prefix}_unlock${suffix}`, pointer: true });
const saving = (prefix: string): Guard => ({ lock: `${prefix}_lock_irqsave`, unlock: `${prefix}_unlock_irqrestore`, pointer: true, flags: true });
const trying = (prefix: string): Guard => ({ lock: `${prefix}_trylock`, unlock: `${prefix}_unlock`, pointer: true, conditional: true });
const init = (callee: string): Guard => ({ lock: callee, unlock: null, pointer: true });

const spin = (guard: string, prefix: string): Record<string, Guard> => ({
  [guard]: lock(prefix), [`${guard}_nested`]: { lock: `${prefix}_lock_nested`, unlock: `${prefix}_unlock`, pointer: true }, [`${guard}_irq`]: lock(prefix, '_irq'), [`${guard}_bh`]: lock(prefix, '_bh'),
  [`${guard}_irqsave`]: saving(prefix), [`${guard}_try`]: trying(prefix), [`${guard}_init`]: init(`${prefix}_lock_init`),
});

const GUARDS: Readonly<Record<string, Guard>> = {
  ...spin('spinlock', 'spin'), ...spin('raw_spinlock', 'raw_spin'),
  mutex: lock('mutex'), mutex_try: trying('mutex'), mutex_init: init('mutex_init'),
  local_lock: lock('local'), local_lock_irq: lock('local', '_irq'), local_lock_irqsave: saving('local'),
  local_lock_nested_bh: { lock: 'local_lock_nested_bh', unlock: 'local_unlock_nested_bh', pointer: true }, local_lock_init: init('local_lock_init'),
  preempt: { lock: 'preempt_disable', unlock: 'preempt_enable' },
  preempt_notrace: { lock: 'preempt_disable_notrace', unlock: 'preempt_enable_notrace' },
  irq: { lock: 'local_irq_disable', unlock: 'local_irq_enable' },
  irqsave: { lock: 'local_irq_save', unlock: 'local_irq_restore', flags: true },
  migrate: { lock: 'migrate_disable', unlock: 'migrate_enable' },
  rcu: { lock: 'rcu_read_lock', unlock: 'rcu_read_unlock' },
};

/** Names of the guards that are known. */
export function guardNames(): string[] {
  return Object.keys(GUARDS).sort();
}

/** A value kept in a register under a name of its own. */
type Kept = readonly [name: string, local: Local];

function keep(e: Emitter, text: string, value: { pure: Pure; type: CType }): Kept {
  const reg = e.register('');
  e.emit({ op: 'set', dst: reg, value: value.pure });
  // In parentheses it is no name that the C text can use.
  return [/^\w+$/.test(text) ? `(${text})` : text, { in: 'register', reg, type: value.type }];
}

/** Compiles a call whose arguments are kept values; the result stays in its register. */
function callWith(e: Emitter, callee: string, kept: readonly Kept[]): Pure {
  e.enterScope();
  for (const [text, local] of kept) e.declare(text, local);
  const { pure } = compileExpr(e, call(callee, kept.map(([text]) => name(text))));
  e.leaveScope();
  return pure;
}

/** What the guard was opened as: `taken` tells at run time whether it was, null where that is certain. */
interface Opened {
  readonly taken: Pure | null;
}

function openGuard(e: Emitter, guard: Guard, args: readonly Argument[]): Opened {
  const [arg] = args;
  if (guard.pointer && (!arg || arg.kind === 'type')) throw new UnknownName('a guard without its lock');
  const pointer = guard.pointer && arg && arg.kind !== 'type' ? [keep(e, printExpr(arg), compileExpr(e, arg))] : [];
  const flags: Kept[] = guard.flags ? [keep(e, 'flags of the guard', { pure: constant(0), type: ULONG })] : [];
  const kept = [...pointer, ...flags];
  const result = callWith(e, guard.lock, kept);
  const taken = guard.conditional ? keep(e, 'taken', { pure: result, type: ULONG })[1] : null;
  const isTaken = taken?.in === 'register' ? register(taken.reg) : null;
  const { unlock } = guard;
  const statement = e.statementIndex;
  if (unlock !== null) {
    e.atScopeEnd(() => {
      const end = new Label();
      e.resume(statement);
      if (isTaken) e.branch(isTaken, end);
      callWith(e, unlock, kept);
      e.place(end);
    });
  }
  return { taken: isTaken };
}

/** The class of a guard, of its name: the kernel's, or what DEFINE_GUARD() and DEFINE_CLASS() of the Program say. */
function open(e: Emitter, className: string, args: readonly Argument[]): Opened {
  const known = Object.hasOwn(GUARDS, className) ? GUARDS[className] : undefined;
  const own = e.context.program.macros.find((m) => m.name === `class_${className}_constructor`);
  if (own) return openOwn(e, className, args);
  if (!known) throw new UnknownName(`the guard ${className} is not known`);
  return openGuard(e, known, args);
}

/** A class of the Program: its constructor's value is kept, its destructor runs on it. */
function openOwn(e: Emitter, className: string, args: readonly Argument[], variable = '_T'): Opened {
  const made = compileExpr(e, { kind: 'call', callee: name(`class_${className}_constructor`), args });
  const typedef = e.context.program.typedefs.find((t) => t.name === `class_${className}_t`);
  const type = typedef?.type ?? made.type;
  const [, local] = keep(e, variable, { pure: convertTo(e, made, type), type });
  if (variable !== '_T') e.declare(variable, local);
  const destructor = e.context.program.macros.find((m) => m.name === `class_${className}_destructor`);
  const statement = e.statementIndex;
  e.atScopeEnd(() => {
    e.resume(statement);
    e.enterScope();
    e.declare('_T', local);
    if (destructor?.expr) compileExpr(e, destructor.expr);
    e.leaveScope();
  });
  return { taken: null };
}

/** The name that a macro such as guard(name) has as its argument. */
function nameArgument(arg: Argument | undefined): string {
  if (arg?.kind === 'name') return arg.name;
  if (arg?.kind === 'type' && arg.type.kind === 'named') return arg.type.name;
  throw new UnknownName('a guard without a name');
}

/** Compiles `guard(name)(lock);` and `CLASS(name, variable)(arguments);`, which last to the end of the block; false for anything else. */
export function compileGuardStatement(e: Emitter, expr: Expr): boolean {
  if (expr.kind !== 'call' || expr.callee.kind !== 'call' || expr.callee.callee.kind !== 'name') return false;
  const { args } = expr.callee;
  switch (expr.callee.callee.name) {
    case 'guard': {
      const className = nameArgument(args[0]);
      if (GUARDS[className]?.conditional) throw new UnknownName(`guard(${className}) may not be taken`);
      open(e, className, expr.args);
      return true;
    }
    case 'CLASS':
      openOwn(e, nameArgument(args[0]), expr.args, nameArgument(args[1]));
      return true;
    default: return false;
  }
}

const USER_ACCESS = /^scoped_(masked_)?user_(read|write|rw)_access(_size)?$/;

/** True for the macros that head a block here. */
export function isScopedMacro(macro: string): boolean {
  return macro === 'scoped_guard' || macro === 'scoped_cond_guard' || USER_ACCESS.test(macro);
}

type Scoped = Stmt & { readonly kind: 'forEach' };

/** Compiles a scoped guard or access with its body. */
export function compileScoped(e: Emitter, s: Scoped): void {
  const end = new Label();
  const outside = e.depth;
  e.begin(s);
  e.enterScope(s);
  if (USER_ACCESS.test(s.macro)) openUserAccess(e, s);
  else enterGuard(e, s, end);
  e.breaks.push({ label: end, depth: outside });
  e.continues.push({ label: end, depth: outside });
  compileStatement(e, s.body);
  e.breaks.pop();
  e.continues.pop();
  e.leaveScope();
  e.place(end);
}

function enterGuard(e: Emitter, s: Scoped, end: Label): void {
  const conditional = s.macro === 'scoped_cond_guard';
  const { taken } = open(e, nameArgument(s.args[0]), s.args.slice(conditional ? 2 : 1));
  if (taken === null) return;
  const failure = s.args[1];
  if (!conditional || !failure || failure.kind === 'type') {
    e.branch(taken, end);
    return;
  }
  const inside = new Label();
  e.branch(not(taken), inside);
  compileExpr(e, failure);
  e.jump(end);
  e.place(inside);
}

/** Access to user memory that begins: to the label where it faults. */
function openUserAccess(e: Emitter, s: Scoped): void {
  const [pointer] = s.args;
  const label = s.args.at(-1);
  if (!pointer || pointer.kind === 'type' || label?.kind !== 'name' || s.args.length < 2) throw new UnknownName(`${s.macro}() without pointer and label`);
  const fine = new Label();
  e.branch(faults(compileExpr(e, pointer).pure), fine);
  jumpTo(e, label.name);
  e.place(fine);
}
