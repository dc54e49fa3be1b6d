/**
 * @module The programs that the conformance suite runs, and what a search of one comes to. The same kcov in two forms: as
 * the builder states it, and as the C front end reads the printed text.
 */
import { compile } from '../../simulator/compile/compile.js';
import { explore } from '../../simulator/explore/explore.js';
import { configure } from '../../simulator/ir/configure.js';
import { link } from '../../simulator/ir/link.js';
import { printProgram } from '../../simulator/ir/print.js';
import type { Config, Program } from '../../simulator/ir/program.js';
import { contractFor } from '../../simulator/kcov/contract.js';
import type { Dialect } from '../../simulator/kcov/errno.js';
import type { KcovModel } from '../../simulator/kcov/model.js';
import { SCALED_AREA_WORDS } from '../../simulator/kcov/operations.js';
import type { Code } from '../../simulator/machine/code.js';
import { environment } from '../../simulator/kernel/environment.js';
import { compiledFor } from '../../simulator/scenario/scenario.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { loadFrontEnd } from '../../src/c/front-end.js';

export const CONFIG: Config = { KCOV: true, KCOV_ENABLE_COMPARISONS: true };

/** More states than any scenario has on a model. */
const STATES_MAX = 60_000;
const HASH_BUCKETS = 2;

const frontEnd = await loadFrontEnd();

/** The model as it is built. */
export function built(model: KcovModel): Program {
  return link(environment, ...model.files.map((file) => configure(file, CONFIG)));
}

/** The text of each file of a model, by path. */
export function textOf(model: KcovModel): Map<string, string> {
  return new Map(model.files.map((file) => [file.path, `${printProgram(file).lines.join('\n')}\n`]));
}

const read = new Map<string, Program>();

/** A header is read once, however many programs have it. */
function lower(path: string, text: string): Program {
  const known = path.endsWith('.h') ? read.get(text) : undefined;
  const program = known ?? frontEnd.lower(path, text, CONFIG);
  if (path.endsWith('.h')) read.set(text, program);
  return program;
}

/** Files in the order in which they are linked, read by the C front end. */
export function lowered(texts: ReadonlyMap<string, string>): Program {
  return link(environment, ...[...texts].map(([path, text]) => lower(path, text)));
}

/** What a search came to, as plain data. */
export interface Searched {
  readonly verdict: string;
  readonly states: number;
  readonly transitions: number;
  readonly gaveUp: string | null;
  readonly notModelled: readonly string[];
  /** In the order found. */
  readonly keys: readonly string[];
  /** Each "property: detail" once, sorted. */
  readonly violations: readonly string[];
}

/** A program compiled with the constants of a scenario. */
export function compileFor(program: Program, scenario: KcovScenario): Code {
  const sizes = { CONFIG_KCOV_IRQ_AREA_SIZE: SCALED_AREA_WORDS, ...scenario.constants };
  const constants = new Map(Object.entries(sizes).map(([name, value]) => [name, BigInt(value)]));
  return compile(program, { constants, hashBuckets: HASH_BUCKETS, ...compiledFor(scenario) });
}

/** Searches one scenario of a program to its end, against the contract of its dialect. */
export function search(program: Program, scenario: KcovScenario, dialect: Dialect = 'v5.5'): Searched {
  const code = compileFor(program, scenario);
  const { verdict, states, transitions, gaveUp, notModelled, found } = explore(code, scenario, contractFor(dialect), { statesMax: STATES_MAX });
  const violations = [...new Set(found.map(({ violation }) => `${violation.property}: ${violation.detail}`))].sort();
  return { verdict, states, transitions, gaveUp, notModelled: [...code.notModelled.map((n) => n.text), ...notModelled], keys: found.map((f) => f.key), violations };
}
