/** @module Rule: one per-CPU state in two variables. */
import { addedGlobals } from '../src/analysis/changed.js';
import { rule } from '../src/analysis/rule.js';
import type { Hazard, Label } from '../src/analysis/rule.js';
import type { Spot } from '../src/analysis/spot.js';
import type { Subject } from '../src/analysis/subject.js';
import { occurrences } from '../src/analysis/walk.js';
import type { GlobalDef } from '../simulator/ir/program.js';

interface Split extends Hazard {
  readonly first: string;
  readonly second: string;
  readonly functions: readonly string[];
}

export const splitPerCpuState = rule<Split>({
  id: 'split-per-cpu-state',
  summary: 'Two per-CPU variables that are only used together.',
  why: 'State of one section in two variables has two names for its parts and two places to keep right.',
  evidence: 'static',
  gaps: 'Variables that share no function are not compared.',
  origin: 'Review of "[PATCH RFC 1/2] kcov: collect coverage from interrupts", December 2019: kcov_irq_area beside the saved state.',
  fires: [{
    name: 'two variables that one function sets', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static struct kcov_remote *kcov_remote_find(u64 handle)\n{\n', replace: 'static DEFINE_PER_CPU(u64, kcov_last_handle); //~ split-per-cpu-state\nstatic DEFINE_PER_CPU(unsigned int, kcov_last_size);\n\nstatic struct kcov_remote *kcov_remote_find(u64 handle)\n{\n' },
      { find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size;\n\t*this_cpu_ptr(&kcov_last_handle) = handle;\n\t*this_cpu_ptr(&kcov_last_size) = size;\n' },
    ],
  }],
  silent: [{
    name: 'two variables of two functions', on: 'model', scenarios: ['section-in-kthread'],
    edits: [
      { find: 'static struct kcov_remote *kcov_remote_find(u64 handle)\n{\n', replace: 'static DEFINE_PER_CPU(u64, kcov_last_handle);\nstatic DEFINE_PER_CPU(unsigned int, kcov_last_size);\n\nstatic struct kcov_remote *kcov_remote_find(u64 handle)\n{\n' },
      { find: '\tsize = remote->kcov->remote_size;\n', replace: '\tsize = remote->kcov->remote_size;\n\t*this_cpu_ptr(&kcov_last_handle) = handle;\n' },
      { find: '\tkcov_remote_area_put(area, size);\n', replace: '\t*this_cpu_ptr(&kcov_last_size) = size;\n\tkcov_remote_area_put(area, size);\n' },
    ],
  }],
  check(subject: Subject): Split[] {
    const variables = addedGlobals(subject).filter(({ global }) => global.perCpu);
    return variables.flatMap((a, i) => variables.slice(i + 1).flatMap((b) => ask(subject, a, b)));
  },
  question(found) {
    return `Could ${found.first} and ${found.second} be one per-CPU variable? Both hold state of one section: outside initialisation, ${found.second} is used only in ${found.functions.map((f) => `${f}()`).join(', ')}, where ${found.first} is too.`;
  },
});

type Variable = { readonly global: GlobalDef; readonly spot: Spot };

function ask(subject: Subject, a: Variable, b: Variable): Split[] {
  const [inA, inB] = [usedIn(subject, a.global.name), usedIn(subject, b.global.name)];
  const [wide, narrow] = inA.length >= inB.length ? [a, b] : [b, a];
  const [more, less] = inA.length >= inB.length ? [inA, inB] : [inB, inA];
  if (less.length === 0 || !less.every((f) => more.includes(f))) return [];
  const labels: Label[] = [{ spot: narrow.spot, text: 'used only beside it' }, ...foreignFields(subject, wide)];
  return [{
    property: 'split-state', status: 'new', severity: 'note', spot: wide.spot, labels,
    support: [{ kind: 'static', text: `${narrow.global.name} occurs in ${less.join(', ')}; ${wide.global.name} in ${more.join(', ')}.` }],
    cause: 'per-CPU state in two', first: wide.global.name, second: narrow.global.name, functions: less,
  }];
}

/** Functions that name a variable, initcalls aside. */
function usedIn(subject: Subject, name: string): string[] {
  const { program } = subject.post;
  const found = occurrences(program).filter(({ expr }) => expr.kind === 'name' && expr.name === name).map((o) => o.function.name);
  return [...new Set(found)].filter((f) => !program.initcalls.includes(f));
}

/** Fields of the struct that the function which handles most of them leaves alone: they are another kind of state. */
function foreignFields(subject: Subject, variable: Variable): Label[] {
  const { program } = subject.post;
  const { type } = variable.global;
  const struct = type.kind === 'struct' ? program.structs.findLast((s) => s.name === type.name) : undefined;
  if (!struct) return [];
  const touched = program.functions.map((def) => struct.fields.filter((field) => occurrences({ ...program, functions: [def] }).some(({ expr }) => expr.kind === 'member' && expr.field === field.name && expr.base.kind === 'name' && points(def, expr.base.name, struct.name))));
  const most = touched.reduce((a, b) => (b.length > a.length ? b : a), []);
  if (most.length < 2) return [];
  return struct.fields.filter((f) => !most.includes(f)).map((field) => ({ spot: { ...variable.spot, text: field.name }, text: 'no part of what is saved and restored' }));
}

function points(def: { readonly params: readonly { name: string; type: { kind: string } }[]; readonly body: readonly unknown[] }, name: string, struct: string): boolean {
  const text = JSON.stringify([def.params, def.body], (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));
  return text.includes(`"name":"${name}","type":{"kind":"pointer","to":{"kind":"struct","name":"${struct}"`);
}
