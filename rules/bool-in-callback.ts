/** @module Rule: the callback loads a bool, which the undefined behaviour sanitizer checks in a kcov.c that is built with it. */
import { insideCallbacks } from '../src/analysis/callbacks.js';
import { statementSpot } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import { spotOf } from '../src/analysis/spot.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';
import { walkStatement } from '../src/analysis/walk.js';
import type { CType, Expr, FunctionDef, Program, SourcePlace, Stmt } from '../simulator/ir/program.js';

interface BoolLoad extends Hazard {
  readonly name: string;
  readonly callback: string;
}

export const boolInCallback = rule<BoolLoad>({
  id: 'bool-in-callback',
  summary: 'The callback loads a bool in a kcov.c that is built with the undefined behaviour sanitizer.',
  why: 'The compiler adds a call of the sanitizer to each load of a bool. On x86 the callback also runs with user access enabled, where objtool warns of that call, and what the sanitizer reports is instrumented and comes back to the callback.',
  evidence: 'static',
  gaps: 'kcov.c is built without that sanitizer since v5.11: asked only on bases that refuse sections in softirqs, which is before v5.8.',
  origin: 'Report "linux-next: Tree for Mar 20 (objtool warnings)" of March 2020 (CAAeHK+xS-EGjoz0467cXW6P5MQW0+s65gAh96tqZThxyZiJZrg@mail.gmail.com), after which kcov_softirq became an unsigned int; "kcov: don\'t instrument with UBSAN" (20201209100152.2492072-1-dvyukov@google.com).',
  fires: [{
    name: 'a flag of the task that the callback looks at', on: 'model', scenarios: ['device-lifecycle'],
    edits: [
      { path: 'include/linux/sched.h', find: '\tint kcov_sequence;\n', replace: '\tint kcov_sequence;\n\tbool kcov_paused; //~ bool-in-callback\n' },
      { find: '\tif (!in_task())\n\t\treturn false;\n\tmode = READ_ONCE', replace: '\tif (!in_task() || READ_ONCE(t->kcov_paused))\n\t\treturn false;\n\tmode = READ_ONCE' },
    ],
  }],
  silent: [{
    name: 'the flag is an unsigned int', on: 'model', scenarios: ['device-lifecycle'],
    edits: [
      { path: 'include/linux/sched.h', find: '\tint kcov_sequence;\n', replace: '\tint kcov_sequence;\n\tunsigned int kcov_paused;\n' },
      { find: '\tif (!in_task())\n\t\treturn false;\n\tmode = READ_ONCE', replace: '\tif (!in_task() || READ_ONCE(t->kcov_paused))\n\t\treturn false;\n\tmode = READ_ONCE' },
    ],
  }, {
    name: 'only code outside of the callback looks at the flag', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { path: 'include/linux/sched.h', find: '\tint kcov_sequence;\n', replace: '\tint kcov_sequence;\n\tbool kcov_paused;\n' },
      { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tif (t->kcov_paused)\n\t\tt->kcov_paused = false;\n\tt->kcov = NULL;\n\tspin_lock(' },
    ],
  }],
  check(subject: Subject): BoolLoad[] {
    if (subject.pre.sectionsAllowed.has('softirq')) return [];
    const known = new Set(loads(subject.pre.program).map((l) => l.name));
    const fresh = loads(subject.post.program).filter((l) => !known.has(l.name));
    return [...new Set(fresh.map((l) => l.name))].flatMap((name) => ask(subject, fresh.filter((l) => l.name === name)));
  },
  question(found) {
    return `Could ${found.name} be an unsigned int? ${found.callback}() loads it, and where kcov.c is built with ubsan, the compiler adds a call to each load of a bool. On x86 objtool warns of such a call with user access enabled.`;
  },
});

interface Load {
  readonly name: string;
  /** Where the field or variable is declared. */
  readonly declared: SourcePlace;
  readonly function: FunctionDef;
  readonly statement: Stmt;
  readonly callback: string;
}

/** Fields and variables of type bool by name; a name that is also another type's is none. */
function bools({ structs, globals }: Program): Map<string, SourcePlace> {
  const isBool = (type: CType): boolean => type.kind === 'bool' || (type.kind === 'named' && (type.name === 'bool' || type.name === '_Bool'));
  const all = [...structs.flatMap((s) => s.fields), ...globals];
  const others = new Set(all.filter(({ type }) => !isBool(type)).map(({ name }) => name));
  return new Map(all.filter(({ name, type }) => isBool(type) && !others.has(name)).map(({ name, place }) => [name, place]));
}

function loads(program: Program): Load[] {
  const known = bools(program);
  return insideCallbacks(program).flatMap(({ function: def, callback }) => {
    const locals = new Set(def.params.map((p) => p.name));
    const found: Load[] = [];
    const stored = new Set<Expr>();
    for (const top of def.body) walkStatement(top, (expr, statement) => {
      if (statement.kind === 'declaration') locals.add(statement.name);
      if (expr.kind === 'assign' && expr.op === '=') stored.add(expr.target);
      if (expr.kind === 'unary' && expr.op === '&') stored.add(expr.arg);
      if (expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'WRITE_ONCE' && expr.args[0] && expr.args[0].kind !== 'type') stored.add(expr.args[0]);
      const name = expr.kind === 'member' ? expr.field : expr.kind === 'name' && !locals.has(expr.name) ? expr.name : null;
      const declared = name === null ? undefined : known.get(name);
      if (name !== null && declared && !stored.has(expr)) found.push({ name, declared, function: def, statement, callback });
    });
    return found;
  });
}

function ask(subject: Subject, found: readonly Load[]): BoolLoad[] {
  const [first] = found;
  if (!first) return [];
  const declaration = spotOf(subject.post.images, first.declared, { function: '', text: `bool ${first.name}` });
  const places: Spot[] = [declaration, ...found.map((l) => statementSpot(subject, l.function.name, l.statement))];
  const spot = places.find((s) => s.added);
  if (!spot) return [];
  return [{
    property: 'bool-load', status: 'new', severity: 'low', spot, labels: places.filter((s) => s !== spot && s.inDiff).map((s) => ({ spot: s, text: s === declaration ? 'declared as' : 'loaded by' })),
    support: [{ kind: 'static', text: `${first.callback}() loads ${first.name}, a bool; no callback of the base loads one.` }],
    cause: `bool ->${first.name}`, name: first.name, callback: first.callback,
  }];
}
