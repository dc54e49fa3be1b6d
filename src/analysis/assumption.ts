/**
 * @module What somebody takes for granted of a function: "irqs off in kcov_start", "kcov->lock held in kcov_put". It becomes
 * a check in the function, as a lockdep assertion would be, and every execution that comes there may refute it.
 */
import { call, name, not, ref, text as literal } from '../../simulator/ir/build-expression.js';
import type { Term } from '../../simulator/ir/build-expression.js';
import { statements } from '../../simulator/ir/build-statement.js';
import type { FunctionDef, Program, Stmt } from '../../simulator/ir/program.js';

export interface Assumption {
  /** In its one form. */
  readonly text: string;
  readonly function: string;
  readonly holds: Term;
  /** Checked before each statement, since a function may change it; else where the function begins. */
  readonly throughout: boolean;
  /** First name of the lock that it is about: a parameter or a global; null where it is about none. */
  readonly about: string | null;
}

export type ReadAssumption = { readonly ok: true; readonly assumption: Assumption } | { readonly ok: false; readonly why: string };

/** Characters of an assumption that are read. */
const TEXT_MAX = 200;

interface Condition {
  /** As it is kept. */
  readonly words: string;
  readonly pattern: RegExp;
  readonly holds: () => Term;
  readonly throughout: boolean;
}

const asked = (what: string): Term => call(what);

const OFF = '(?:off|disabled)';
const ON = '(?:on|enabled)';

const CONDITIONS: readonly Condition[] = [
  { words: 'irqs off', pattern: new RegExp(`^(?:local )?(?:irqs?|interrupts?) (?:are )?${OFF}$`, 'u'), holds: () => asked('irqs_disabled'), throughout: true },
  { words: 'irqs on', pattern: new RegExp(`^(?:local )?(?:irqs?|interrupts?) (?:are )?${ON}$`, 'u'), holds: () => not(asked('irqs_disabled')), throughout: true },
  { words: 'preemption off', pattern: new RegExp(`^preemption (?:is )?${OFF}$`, 'u'), holds: () => not(asked('preemptible')), throughout: true },
  { words: 'preemption on', pattern: new RegExp(`^preemption (?:is )?${ON}$`, 'u'), holds: () => asked('preemptible'), throughout: true },
  { words: 'softirqs off', pattern: new RegExp(`^(?:softirqs?|bh|bottom halves) (?:are |is )?${OFF}$`, 'u'), holds: () => asked('in_softirq').or(asked('irqs_disabled')), throughout: true },
  { words: 'task context', pattern: /^(?:only )?(?:task|process)(?: context)?(?: only)?$/u, holds: () => asked('in_task'), throughout: false },
  { words: 'softirq context', pattern: /^(?:only )?softirq(?: context)?(?: only)?$/u, holds: () => asked('in_serving_softirq').and(not(asked('in_hardirq'))).and(not(asked('in_nmi'))), throughout: false },
  { words: 'hardirq context', pattern: /^(?:only )?hardirq(?: context)?(?: only)?$/u, holds: () => asked('in_hardirq').and(not(asked('in_nmi'))), throughout: false },
  { words: 'no nmi', pattern: /^(?:no|not in|never in an?) nmis?(?: context)?$/u, holds: () => not(asked('in_nmi')), throughout: false },
  { words: 'no hardirq', pattern: /^(?:no|not in|never in an?) hardirqs?(?: context)?$/u, holds: () => not(asked('in_hardirq')), throughout: false },
  { words: 'no softirq', pattern: /^(?:no|not in|never in an?) softirqs?(?: context)?$/u, holds: () => not(asked('in_serving_softirq')), throughout: false },
  { words: 'no interrupt', pattern: /^(?:no|not in|never in an?) interrupts?(?: context)?$/u, holds: () => asked('in_task'), throughout: false },
];

/** What can be said, for who said something else. */
export const ASSUMPTION_FORMS = `${CONDITIONS.map(({ words }) => words).join(', ')}, LOCK held or LOCK not held, each followed by "in FUNCTION"`;

/** "irqs off in F": null for what has not that form, so that other forms can be tried. */
export function readAssumption(said: string): ReadAssumption | null {
  const match = /^(.{1,150}?)\s+in\s+([A-Za-z_]\w{0,63})(?:\(\))?\.?$/u.exec(said.trim().slice(0, TEXT_MAX));
  if (!match) return null;
  const [what, where] = [(match[1] ?? '').replace(/\s+/gu, ' '), match[2] ?? ''];
  const condition = CONDITIONS.find(({ pattern }) => pattern.test(what.toLowerCase()));
  if (condition) return { ok: true, assumption: { text: `${condition.words} in ${where}`, function: where, holds: condition.holds(), throughout: condition.throughout, about: null } };
  return lockHeld(what, where) ?? { ok: false, why: `"${what}" cannot be checked: what can is ${ASSUMPTION_FORMS}` };
}

function lockHeld(what: string, where: string): ReadAssumption | null {
  const match = /^&?([A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*){0,4}) (?:is )?(not )?(?:held|taken)$/u.exec(what);
  if (!match) return null;
  const [path, isNot] = [match[1] ?? '', match[2] !== undefined];
  const [first = '', ...rest] = path.split(/(->|\.)/u);
  let lock = name(first);
  for (let i = 0; i + 1 < rest.length; i += 2) lock = rest[i] === '->' ? lock.to(rest[i + 1] ?? '') : lock.dot(rest[i + 1] ?? '');
  const held = call('lockdep_is_held', ref(lock));
  return { ok: true, assumption: { text: `${path} ${isNot ? 'not held' : 'held'} in ${where}`, function: where, holds: isNot ? not(held) : held, throughout: false, about: first } };
}

/** What an assumption cannot be checked for on a Program; null where it can. */
export function whyNotChecked(program: Program, { function: where, about }: Assumption): string | null {
  const def = definitionOf(program, where);
  if (!def) return `there is no function ${where}()`;
  const known = about === null || def.params.some((p) => p.name === about) || program.globals.some((g) => g.name === about);
  return known ? null : `${about} is neither a parameter of ${where}() nor a global`;
}


function definitionOf(program: Program, where: string): FunctionDef | undefined {
  return program.functions.findLast((def) => def.name === where);
}

/** The Program with assumptions checked in their functions; those whose function is not in it change nothing. */
export function assuming(program: Program, assumptions: readonly Assumption[]): Program {
  return assumptions.reduce((made, assumption) => {
    const def = definitionOf(made, assumption.function);
    return def ? { ...made, functions: made.functions.map((f) => (f === def ? { ...f, body: checked(f, assumption) } : f)) } : made;
  }, program);
}

function checked(def: FunctionDef, { text, holds, throughout }: Assumption): Stmt[] {
  const check = (place: Stmt['place']): Stmt[] => statements([call('__kcovet_assume', literal(text), holds)]).map((stmt) => ({ ...stmt, place }));
  if (throughout && def.body.length > 0) return beforeEach(def.body, check);
  return [...check(def.body[0]?.place ?? { ...def.place, endLine: def.place.line }), ...def.body];
}

/** A check before every statement, those of blocks and bodies included. */
function beforeEach(body: readonly Stmt[], check: (place: Stmt['place']) => Stmt[]): Stmt[] {
  const block = (stmt: Stmt): Stmt => ({ kind: 'block', body: beforeEach(stmt.kind === 'block' ? stmt.body : [stmt], check), place: stmt.place });
  return body.flatMap((stmt): Stmt[] => {
    switch (stmt.kind) {
      case 'label': case 'case': return [stmt];
      case 'if': return [...check(stmt.place), { ...stmt, then: block(stmt.then), ...(stmt.else ? { else: block(stmt.else) } : {}) }];
      case 'while': case 'doWhile': case 'for': case 'forEach': return [...check(stmt.place), { ...stmt, body: block(stmt.body) }];
      case 'switch': return [...check(stmt.place), { ...stmt, body: beforeEach(stmt.body, check) }];
      case 'block': return [block(stmt)];
      default: return [...check(stmt.place), stmt];
    }
  });
}
