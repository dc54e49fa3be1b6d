/** @module Rule: a pointer is compared with NULL where it cannot be NULL. */
import { statementSpot } from '../src/analysis/changed.js';
import { knownTests } from '../src/analysis/known-pointers.js';
import type { KnownTest, PointerFact } from '../src/analysis/known-pointers.js';
import { outcomes } from '../src/analysis/observed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Support } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import type { FunctionDef, Program } from '../simulator/ir/program.js';

interface Needless extends Hazard {
  readonly name: string;
  readonly fact: PointerFact;
}

export const needlessNullCheck = rule<Needless>({
  id: 'needless-null-check',
  summary: 'A pointer is compared with NULL where it cannot be NULL.',
  why: 'Either the check comes too late, behind the use that it should guard, or it tells the reader of a case that does not exist.',
  evidence: 'static',
  gaps: 'Only locals and parameters; what functions return is not known, and what happens in loops is forgotten behind them.',
  origin: 'Reports "variable dereferenced before check" of smatch on the kernel lists, and the kernel\'s scripts/coccinelle/iterators/itnull.cocci for what loops and list_entry() give.',
  fires: [{
    name: 'the check stands behind the use', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size;\n\tif (!remote) { //~ needless-null-check\n\t\tspin_unlock(&kcov_remote_lock);\n\t\treturn;\n\t}\n' }],
  }, {
    name: 'an element of a list is never NULL', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: '\t\tarea = list_entry(pos, struct kcov_remote_area, list);\n', replace: '\t\tarea = list_entry(pos, struct kcov_remote_area, list);\n\t\tif (!area) //~ needless-null-check\n\t\t\tcontinue;\n' }],
  }],
  silent: [{
    name: 'the check stands before the use', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tif (!remote->kcov) {\n\t\tspin_unlock(&kcov_remote_lock);\n\t\treturn;\n\t}\n\tsize = remote->kcov->remote_size;\n' }],
  }, {
    name: 'the pointer is another one at the check', on: 'model', scenarios: ['section-in-kthread'],
    edits: [{ find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size;\n\tremote = kcov_remote_find(handle);\n\tif (!remote) {\n\t\tspin_unlock(&kcov_remote_lock);\n\t\treturn;\n\t}\n' }],
  }],
  check(subject: Subject): Needless[] {
    const before = new Set(all(subject.pre.program).map(({ test }) => keyOf(subject, test)));
    return all(subject.post.program).filter(({ test }) => !before.has(keyOf(subject, test))).flatMap(({ function: def, test }) => ask(subject, def, test));
  },
  question({ name, fact }) {
    if (fact.kind === 'dereferenced') return `Can ${name} be NULL here? It is dereferenced above already, so the check stands too late or is not needed.`;
    if (fact.kind === 'iterator') return `Can ${name} be NULL here? ${fact.by}() enters its body only with an element.`;
    return `Can ${name} be NULL here? ${fact.by === '&' ? 'It is the address of a variable' : `${fact.by}() only computes an address from another, which is never NULL`}.`;
  },
});

interface Placed {
  readonly function: FunctionDef;
  readonly test: KnownTest;
}

function all(program: Program): Placed[] {
  return program.functions.flatMap((def) => knownTests(program, def).map((test) => ({ function: def, test })));
}

function keyOf(subject: Subject, { name, fact, statement }: KnownTest): string {
  return [name, fact.kind, fact.by, statementSpot(subject, '', statement).text].join(' ');
}

function ask(subject: Subject, def: FunctionDef, { name, fact, statement, whole }: KnownTest): Needless[] {
  const spot = statementSpot(subject, def.name, statement);
  const source = statementSpot(subject, def.name, fact.statement);
  const seen = whole === null ? { true: [], false: [] } : outcomes(subject, { function: def.name, statement, instruction: (i) => i.op === 'branch' });
  // What an execution showed otherwise was not understood here.
  if (!spot.inDiff || (!spot.added && !source.added) || (whole === true ? seen.false : seen.true).length > 0) return [];
  const ran = (whole === true ? seen.true : seen.false).length > 0;
  const observed: Support[] = ran ? [{ kind: 'observation', scenario: null, text: `The condition is ${String(whole)} in every execution that reaches it.` }] : [];
  return [{
    property: 'needless-check', status: 'new', severity: 'low', spot, labels: [{ spot: source, text: fact.kind === 'dereferenced' ? 'dereferenced by' : 'set by' }],
    support: [...observed, { kind: 'static', text: `Every way to the test passes there, and nothing assigns ${name} between.` }], cause: `null check ${name} ${spot.text}`, name, fact,
  }];
}
