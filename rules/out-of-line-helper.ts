/** @module Rule: the callback calls what the function tracer, objtool or the callback itself stumbles over. */
import { callsIn, insideCallbacks, isCallback } from '../src/analysis/callbacks.js';
import type { CallSite, InCallback } from '../src/analysis/callbacks.js';
import { headSpot, statementSpot } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Severity } from '../src/analysis/rule.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';
import { CALL_CONTRACTS } from '../simulator/kernel/calls.js';
import type { FunctionDef } from '../simulator/ir/program.js';

type Kind = 'traceable' | 'inline-only' | 'instrumented' | 'unlisted';

interface OutOfLine extends Hazard {
  readonly kind: Kind;
  readonly name: string;
  readonly callback: string;
}

export const outOfLineHelper = rule<OutOfLine>({
  id: 'out-of-line-helper',
  summary: 'The callback calls a function that can be traced, that can stay out of line, or that calls it back.',
  why: 'The callback runs in all instrumented code: in the function tracer, and on x86 with user access enabled. A helper that ftrace traces, or a kernel function that is instrumented, leads back into the callback; objtool warns of every call out of line that it does not know.',
  evidence: 'static',
  gaps: 'A helper with notrace alone is taken as it is, as check_kcov_mode() was; calls through pointers are not followed. Of kernel functions only prints, locks, allocation and copies to and from users are judged.',
  origin: 'Commits "kernel/kcov.c: mark funcs in __sanitizer_cov_trace_pc() as notrace" (v4.20) and "kcov: mark in_softirq_really() as __always_inline" (20241217071814.2261620-1-arnd@kernel.org); "kcov: don\'t instrument with UBSAN" (20201209100152.2492072-1-dvyukov@google.com) for recursion by printk; uaccess_safe_builtin in tools/objtool/check.c since v5.2.',
  fires: [{
    name: 'a helper that ftrace traces', on: 'model', scenarios: ['device-lifecycle'],
    edits: [
      { find: 'static notrace bool check_kcov_mode(', replace: 'static bool kcov_context_traced(void) //~ out-of-line-helper\n{\n\treturn in_task();\n}\n\nstatic notrace bool check_kcov_mode(' },
      { find: '\tif (!in_task())\n\t\treturn false;\n\tmode = READ_ONCE', replace: '\tif (!kcov_context_traced())\n\t\treturn false;\n\tmode = READ_ONCE' },
    ],
  }, {
    name: 'a helper that may stay out of line', on: 'model', scenarios: ['device-lifecycle'],
    edits: [
      { find: 'static notrace bool check_kcov_mode(', replace: 'static inline bool kcov_context_traced(void) //~ out-of-line-helper\n{\n\treturn in_task();\n}\n\nstatic notrace bool check_kcov_mode(' },
      { find: '\tif (!in_task())\n\t\treturn false;\n\tmode = READ_ONCE', replace: '\tif (!kcov_context_traced())\n\t\treturn false;\n\tmode = READ_ONCE' },
    ],
  }, {
    name: 'a helper loses its notrace', on: 'model', scenarios: ['device-lifecycle'],
    edits: [{ find: 'static notrace bool check_kcov_mode(enum kcov_mode needed_mode,\n', replace: 'static bool check_kcov_mode(enum kcov_mode needed_mode, //~ out-of-line-helper\n' }],
  }, {
    name: 'a print in the callback', on: 'model', scenarios: ['device-lifecycle'],
    edits: [{ find: '\tif (!in_task())\n\t\treturn false;\n\tmode = READ_ONCE', replace: '\tif (!in_task()) {\n\t\tpr_warn_once("interrupt"); //~ out-of-line-helper\n\t\treturn false;\n\t}\n\tmode = READ_ONCE' }],
  }],
  silent: [{
    name: 'a helper that is always inline', on: 'model', scenarios: ['device-lifecycle'],
    edits: [
      { find: 'static notrace bool check_kcov_mode(', replace: 'static __always_inline bool kcov_context_traced(void)\n{\n\treturn in_task();\n}\n\nstatic notrace bool check_kcov_mode(' },
      { find: '\tif (!in_task())\n\t\treturn false;\n\tmode = READ_ONCE', replace: '\tif (!kcov_context_traced())\n\t\treturn false;\n\tmode = READ_ONCE' },
    ],
  }, {
    name: 'a traceable helper that no callback reaches', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static void kcov_stop(struct task_struct *t)\n', replace: 'static void kcov_clear_mode(struct task_struct *t)\n{\n\tWRITE_ONCE(t->kcov_mode, KCOV_MODE_DISABLED);\n}\n\nstatic void kcov_stop(struct task_struct *t)\n' },
      { find: 'static void kcov_stop(struct task_struct *t)\n{\n\tWRITE_ONCE(t->kcov_mode, KCOV_MODE_DISABLED);\n', replace: 'static void kcov_stop(struct task_struct *t)\n{\n\tkcov_clear_mode(t);\n' },
    ],
  }],
  check(subject: Subject): OutOfLine[] {
    const before = insideCallbacks(subject.pre.program);
    const known = new Set(before.map(keyOf));
    const called = new Set(before.flatMap((f) => outside(subject.pre.program, f).map((call) => call.name)));
    return insideCallbacks(subject.post.program).filter((f) => subject.post.images.has(f.function.place.path)).flatMap((f) => [
      ...(known.has(keyOf(f)) ? [] : judged(subject, f)),
      ...outside(subject.post.program, f).filter((call) => !called.has(call.name)).flatMap((call) => instrumented(subject, f, call)),
    ]);
  },
  question({ kind, name, callback }) {
    const runs = name === callback ? 'It runs in all instrumented code' : `It runs inside ${callback}(), in all instrumented code`;
    switch (kind) {
      case 'traceable': return `Should ${name}() be notrace or __always_inline? ${runs}: where the compiler keeps it out of line, ftrace traces it, and the tracer's own code may come back to it.`;
      case 'inline-only': return `Should ${name}() be __always_inline? With inline alone the compiler may keep it out of line, and objtool then warns that ${callback}() calls it with user access enabled.`;
      case 'instrumented': return `Can ${name}() be called here? This runs inside ${callback}(), in all instrumented code, and ${name}() is instrumented or traced by ftrace itself, so it may come back here. Objtool also warns of the call with user access enabled.`;
      case 'unlisted': return `Does objtool know ${name}()? The compiler calls it in code with user access enabled too, so without an entry in the list of tools/objtool/check.c each such call is a warning.`;
    }
  },
});

/** Prints and locks; what allocates, frees, sleeps or copies is in the table of calls. */
const INSTRUMENTED = /^(_?printk|trace_printk|pr_(?!debug|devel)\w+|dump_stack|(raw_)?(spin|read|write)_(try|un)?lock\w*|mutex_\w+)$/u;

function outside(program: Subject['post']['program'], { function: def }: InCallback): CallSite[] {
  return callsIn(program, def).filter(({ name }) => INSTRUMENTED.test(name) || Object.hasOwn(CALL_CONTRACTS, name));
}

/** What a function's words say of it, null if nothing is wrong. */
function kindOf({ attributes }: FunctionDef): Kind | null {
  const has = (...words: string[]): boolean => words.some((word) => attributes.includes(word));
  if (has('__always_inline', 'notrace', 'noinstr')) return null;
  return has('inline', '__inline', '__inline__') ? 'inline-only' : 'traceable';
}

const keyOf = ({ function: def }: InCallback): string => `${def.name} ${kindOf(def) ?? ''}`;

function judged(subject: Subject, f: InCallback): OutOfLine[] {
  const kind = kindOf(f.function) ?? (isCallback(f.function.name) && !listed(subject, f.function.name) ? 'unlisted' : null);
  if (kind === null) return [];
  const calls = f.calls.map(({ function: def, statement }) => statementSpot(subject, def.name, statement));
  const spot = [headSpot(subject, f.function), ...calls].find((s) => s.added);
  if (!spot) return [];
  return [hazard(kind, { spot, name: f.function.name, callback: f.callback, calls: calls.filter((s) => s !== spot) })];
}

function instrumented(subject: Subject, f: InCallback, call: CallSite): OutOfLine[] {
  const spot = statementSpot(subject, call.function.name, call.statement);
  return spot.added ? [hazard('instrumented', { spot, name: call.name, callback: f.callback, calls: [] })] : [];
}

const SEVERITY: Readonly<Record<Kind, Severity>> = { traceable: 'medium', instrumented: 'medium', 'inline-only': 'low', unlisted: 'low' };
const FACT: Readonly<Record<Kind, string>> = {
  traceable: 'Its definition has neither notrace nor __always_inline.', 'inline-only': 'Its definition has inline, which binds no compiler.',
  instrumented: 'The called function is one of the kernel that is compiled with coverage or can be traced.', unlisted: 'No patch here adds it to tools/objtool/check.c.',
};

function hazard(kind: Kind, of: { spot: Spot; name: string; callback: string; calls: readonly Spot[] }): OutOfLine {
  return {
    property: kind, status: 'new', severity: SEVERITY[kind], spot: of.spot, labels: of.calls.map((spot) => ({ spot, text: 'called by' })),
    support: [{ kind: 'static', text: FACT[kind] }], cause: `${kind} ${of.name}`, kind, name: of.name, callback: of.callback,
  };
}

/** A patch of the series names the callback in objtool. */
function listed(subject: Subject, name: string): boolean {
  const lines = subject.patches.flatMap(({ files }) => files.filter((f) => f.path.startsWith('tools/objtool/')).flatMap((f) => f.hunks.flatMap((h) => h.lines)));
  return lines.some((l) => l.kind !== 'removed' && l.text.includes(`"${name}"`));
}
