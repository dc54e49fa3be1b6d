/** @module Rule: a name is used that nothing declares. */
import { statementSpot } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard } from '../src/analysis/rule.js';
import type { Subject } from '../src/analysis/subject.js';
import { unresolvedNames } from '../src/analysis/unresolved.js';
import type { Unresolved } from '../src/analysis/unresolved.js';
import type { FunctionDef } from '../simulator/ir/program.js';

interface Undeclared extends Hazard {
  readonly use: Unresolved;
  /** The patch takes its declaration away. */
  readonly removed: boolean;
}

export const undeclaredName = rule<Undeclared>({
  id: 'undeclared-name',
  summary: 'A name is used that nothing declares.',
  why: 'It does not build. A typing error in a branch that the author does not compile is found by the next who does.',
  evidence: 'static',
  gaps: 'What other headers of the kernel declare is not known: asked only about a typing error of a name in scope, a declaration that the patch removes, and variables that an added function writes. Constants are not judged.',
  origin: 'Reports of the kernel test robot on kernel/kcov.c, such as 202406201538.SMBucNWT-lkp@intel.com of June 2024: undeclared names and fields that task_struct does not have.',
  fires: [{
    name: 'a field with a letter too few', on: 'model', broken: true, scenarios: ['section-in-kthread'],
    edits: [{ find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tt->kcov_hande = 0; //~ undeclared-name\n\tspin_lock(' }],
  }, {
    name: 'an added function saves flags that it does not have', on: 'model', broken: true, scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static struct kcov_remote *kcov_remote_find(u64 handle)\n{\n', replace: 'static void kcov_remote_flush(void)\n{\n\tspin_lock_irqsave(&kcov_remote_lock, state); //~ undeclared-name\n\tspin_unlock_irqrestore(&kcov_remote_lock, state);\n}\n\nstatic struct kcov_remote *kcov_remote_find(u64 handle)\n{\n' },
      { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tkcov_remote_flush();\n\tspin_lock(' },
    ],
  }],
  silent: [{
    name: 'the field comes with the patch', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { path: 'include/linux/sched.h', find: '\tint kcov_sequence;\n', replace: '\tint kcov_sequence;\n\tu64 kcov_handles;\n' },
      { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tt->kcov_handles = 0;\n\tspin_lock(' },
    ],
  }, {
    name: 'the added function declares its flags', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static struct kcov_remote *kcov_remote_find(u64 handle)\n{\n', replace: 'static void kcov_remote_flush(void)\n{\n\tunsigned long state;\n\n\tspin_lock_irqsave(&kcov_remote_lock, state);\n\tspin_unlock_irqrestore(&kcov_remote_lock, state);\n}\n\nstatic struct kcov_remote *kcov_remote_find(u64 handle)\n{\n' },
      { find: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tspin_lock(', replace: '\tkcov_stop(t);\n\tt->kcov = NULL;\n\tkcov_remote_flush();\n\tspin_lock(' },
    ],
  }],
  check(subject: Subject): Undeclared[] {
    const known = new Set(unresolvedNames(subject.pre.program, textOf(subject.pre)).map(keyOf));
    const fresh = unresolvedNames(subject.post.program, textOf(subject.post)).filter((use) => !known.has(keyOf(use)));
    return fresh.flatMap((use) => ask(subject, use));
  },
  question({ use, removed }) {
    const shown = use.what === 'function' ? `${use.name}()` : use.name;
    if (removed) return `Where is ${shown} declared now? The patch removes its declaration, and ${use.function.name}() uses it here.`;
    const none = use.what === 'field' ? `${use.owner} has no field of this name` : use.what === 'label' ? `${use.function.name}() has no label of this name` : 'nothing that the patch or its base shows declares it';
    if (use.near === null && use.what === 'field') return `Where does ${use.name} come from? As it stands, ${none}.`;
    return use.near === null ? `Where is ${shown} declared? Nothing in ${use.function.name}() does, and it is written here.` : `Is ${shown} meant to be ${use.near}? As it stands, ${none}.`;
  },
});

/** The text of a function in its image; null for those of the kernel's own headers. */
function textOf({ images }: Subject['post']): (def: FunctionDef) => string | null {
  return ({ place }) => images.get(place.path)?.lines.slice(place.line - 1, place.endLine).join('\n') ?? null;
}

const keyOf = (use: Unresolved): string => `${use.what} ${use.name} ${use.owner}`;

function ask(subject: Subject, use: Unresolved): Undeclared[] {
  const { function: def, name, near } = use;
  const spot = statementSpot(subject, def.name, use.statement);
  const removed = use.what === 'variable' && spot.inDiff && isRemoved(subject, def, name);
  const own = use.what === 'variable' && use.written && spot.added && isAdded(subject, def);
  const typed = near !== null && spot.added && (use.what !== 'function' || sharesPrefix(subject, name));
  const field = use.what === 'field' && spot.added && ownsStruct(subject, use.owner);
  if (!removed && !own && !typed && !field) return [];
  return [{
    property: `undeclared-${use.what}`, status: 'new', severity: 'low', spot, labels: [], cause: `${keyOf(use)} ${def.name}`,
    support: [{ kind: 'static', text: removed ? `The patch removes a declaration of ${name}, and no other is there.` : `No declaration of ${name} is in ${def.place.path} or the headers at hand.` }], use, removed,
  }];
}

/** Only this file and its headers declare names with its prefix. */
function sharesPrefix(subject: Subject, name: string): boolean {
  const base = /(\w+)\.c$/u.exec(subject.post.program.path)?.[1];
  return base !== undefined && name.startsWith(`${base}_`);
}

/** The struct is the patch's, so all of it is seen. */
function ownsStruct(subject: Subject, owner: string): boolean {
  const def = subject.post.program.structs.find((s) => `struct ${s.name}` === owner);
  return def !== undefined && isAdded(subject, def);
}

/** Every line of it is the patch's. */
function isAdded(subject: Subject, { place }: Pick<FunctionDef, 'place'>): boolean {
  const origins = subject.post.images.get(place.path)?.origins.slice(place.line - 1, place.endLine) ?? [];
  return origins.length > 0 && origins.every((o) => o.added);
}

/** A hunk that shows the function removes a declaration of the name. */
function isRemoved(subject: Subject, def: FunctionDef, name: string): boolean {
  const hunks = new Set(subject.post.images.get(def.place.path)?.origins.slice(def.place.line - 1, def.place.endLine).map((o) => `${o.patch ?? ''} ${o.hunk ?? ''}`));
  const declares = new RegExp(`^\\s+(?!return\\b|goto\\b)(?:\\w+[\\s*]+)+\\**${name}\\s*[;=,\\[]`, 'u');
  return subject.patches.some(({ n, files }) => files.some((f) => f.path === def.place.path && f.hunks.some((h) => hunks.has(`${n} ${h.index}`)
    && h.lines.some((l) => l.kind === 'removed' && declares.test(l.text)))));
}
