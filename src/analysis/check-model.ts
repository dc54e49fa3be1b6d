/**
 * @module Whether a TypeScript model and the files it states agree: each file read as C and compared with the model statement by
 * statement, in configurations that together take every side of every #ifdef. Of sched.h only kcov's fields of struct
 * task_struct are compared, which are all that the model has of it.
 */
import type { FrontEnd } from '../c/front-end.js';
import { configure } from '../../simulator/ir/configure.js';
import type { Config, Program } from '../../simulator/ir/program.js';
import type { KcovModel } from '../../simulator/kcov/model.js';
import { comparedLines, comparePrograms } from './compare-programs.js';
import type { Difference } from './compare-programs.js';

export interface ModelCheck {
  readonly model: KcovModel;
  /** The model first, the file second; each difference once, however many configurations show it. */
  readonly differences: readonly Difference[];
  /** Statements, declarations and fields of the model that were compared, in the fullest configuration. */
  readonly compared: number;
  /** Files of the model that were not given, by path. */
  readonly absent: readonly string[];
}

/** Everything on, everything off, and a kernel without kcov, which has the headers only. */
export const CHECKED_CONFIGS: readonly Config[] = [
  { KCOV: true, KCOV_ENABLE_COMPARISONS: true, KCOV_SELFTEST: true, PREEMPT_RT: true, RANDOMIZE_BASE: true, SMP: true },
  { KCOV: true },
  { KCOV: false },
];

const SCHED_H = 'include/linux/sched.h';

/** Text of struct task_struct alone, the other lines blank, so that line numbers stay; all of it when there is none. */
function taskStructOnly(text: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^struct\s+task_struct\s*\{/u.test(line));
  const end = lines.findIndex((line, i) => i > start && line.startsWith('}'));
  if (start < 0 || end < 0) return text;
  return lines.map((line, i) => (i < start || i > end ? '' : i === end ? '};' : line)).join('\n');
}

/** kcov's fields of struct task_struct, and nothing else. */
function kcovFieldsOnly(p: Program): Program {
  const structs = p.structs.filter((s) => s.name === 'task_struct');
  return {
    ...p, structs: structs.map((s) => ({ ...s, fields: s.fields.filter((f) => f.name.startsWith('kcov')) })),
    enums: [], typedefs: [], macros: [], globals: [], functions: [], prototypes: [], initcalls: [], exports: [], includes: [],
    notModelled: [],
  };
}

/** What the front end did not understand is a difference: it cannot be what the model says. */
function notUnderstood(p: Program): Difference[] {
  return p.notModelled.map(({ text, why, place }) => ({
    kind: 'added', of: `not understood: ${why}`, a: null, b: { text: text.split('\n')[0] ?? '', place },
  }));
}

/** Both sides of one file in one configuration. */
function sides(frontEnd: FrontEnd, file: Program, of: { text: string; config: Config }): [Program, Program] {
  const model = configure(file, of.config);
  if (file.path !== SCHED_H) return [model, frontEnd.lower(file.path, of.text, of.config)];
  return [kcovFieldsOnly(model), kcovFieldsOnly(frontEnd.lower(file.path, taskStructOnly(of.text), of.config))];
}

/** A kernel without kcov does not build kernel/kcov.c. */
function isBuilt(file: Program, config: Config): boolean {
  return config['KCOV'] !== false || file.path.endsWith('.h');
}

function once(differences: readonly Difference[]): Difference[] {
  const keyOf = (d: Difference): string => JSON.stringify([d.kind, d.of, d.a, d.b]);
  return [...new Map(differences.map((d) => [keyOf(d), d])).values()];
}

/** Compares `model` with the texts of its files, by kernel path. Never throws on a text. */
export function checkModel(frontEnd: FrontEnd, model: KcovModel, texts: ReadonlyMap<string, string>): ModelCheck {
  const given = model.files.filter((file) => texts.has(file.path));
  let compared = 0;
  const found = given.flatMap((file) => CHECKED_CONFIGS.filter((config) => isBuilt(file, config)).flatMap((config, i) => {
    const [stated, real] = sides(frontEnd, file, { text: texts.get(file.path) ?? '', config });
    if (i === 0) compared += comparedLines(stated);
    return [...notUnderstood(real), ...comparePrograms(stated, real)];
  }));
  return { model, differences: once(found), compared, absent: model.files.filter((f) => !texts.has(f.path)).map((f) => f.path) };
}
