/**
 * @module Searches that need not be run again: a scenario goes the same way on two images where all functions that it runs are
 * the same instructions, and all that is no function is the same. Which functions it runs is what the search of the base saw.
 */
import { Observations } from '../../simulator/explore/observations.js';
import type { Exploration } from '../../simulator/explore/explore.js';
import { violationKey } from '../../simulator/explore/violation-key.js';
import type { Code, FunctionCode } from '../../simulator/machine/code.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { inThread } from '../../src/analysis/searcher.js';
import type { SearchAnswer, Searcher, SearchJob } from '../../src/analysis/searcher.js';

interface Known {
  readonly code: Code;
  readonly exploration: Exploration;
  /** Indices of the functions that ran. */
  readonly ran: readonly number[];
}

/** Answers kept for one scenario: those of the bases come first. */
const KEPT = 4;

export class KnownSearches {
  private readonly known = new Map<string, Known[]>();

  /** Searches what is not known; the answers are the same. */
  readonly search: Searcher = async (jobs, settings) => {
    const open = jobs.filter((job) => this.answer(job) === null);
    const answers = new Map((await inThread(open, settings)).map((answer, i): [SearchJob, SearchAnswer] => [open[i] as SearchJob, answer]));
    for (const [job, answer] of answers) this.keep(job, answer);
    return jobs.map((job) => answers.get(job) ?? this.answer(job) ?? { failed: 'no answer' });
  };

  private keep({ compiled, scenario }: SearchJob, answer: SearchAnswer): void {
    const list = this.known.get(scenario.name) ?? [];
    if ('failed' in answer || list.length >= KEPT) return;
    const { exploration } = answer;
    this.known.set(scenario.name, [...list, { code: compiled.codeFor(scenario), exploration, ran: ranIn(exploration) }]);
  }

  private answer({ compiled, scenario }: SearchJob): SearchAnswer | null {
    const list = this.known.get(scenario.name) ?? [];
    if (list.length === 0) return null;
    const code = compiled.codeFor(scenario);
    const same = list.find((known) => goesTheSameWay(known, code));
    return same ? { exploration: onCode(same.exploration, scenario, code) } : null;
  }
}

/** Functions of which any instruction ran, in the set-up too. */
export function ranIn({ observations }: Exploration): number[] {
  return observations.data.seen.flatMap((pcs, index) => (pcs.some((seen) => seen !== 0) ? [index] : []));
}

/** True where a scenario that ran these functions of one Code does the same on another. */
export function goesTheSameWay({ code, ran }: Pick<Known, 'code' | 'ran'>, other: Code): boolean {
  if (code === other) return true;
  const [a, b] = [signatureOf(code), signatureOf(other)];
  return a.rest === b.rest && ran.every((index) => a.functions[index] === b.functions[index]);
}

interface Signature {
  readonly functions: readonly string[];
  readonly rest: string;
}

const signatures = new WeakMap<Code, Signature>();

function signatureOf(code: Code): Signature {
  const known = signatures.get(code);
  if (known) return known;
  const { functions: _, exports: __, includes: ___, notModelled: ____, prototypes: _____, ...rest } = code.program;
  const sizes = [...code.globals.values()].map(({ name, object, perCpu }) => [name, object, perCpu]);
  const sites = code.sites.map(({ api, hint, function: name }) => [api, hint, name]);
  const made = { functions: code.functions.map(functionText), rest: text([rest, sizes, sites, code.rt, code.functions.map((f) => f.name)]) };
  signatures.set(code, made);
  return made;
}

function functionText(f: FunctionCode): string {
  const instructions = f.instructions.map(({ statement: _, shown: __, ...body }) => body);
  return text([f.params, f.paramScalars, f.registers, f.registerNames, instructions, f.dead, f.unset, f.stackObjects]);
}

/** Without places: a line more above changes nothing. */
function text(value: unknown): string {
  return JSON.stringify(value, (key, v: unknown) => (key === 'place' ? undefined : typeof v === 'bigint' ? `${v}n` : v));
}

/** An exploration as if it had been made on this Code. */
function onCode(exploration: Exploration, scenario: KcovScenario, code: Code): Exploration {
  const found = exploration.found.map((f) => ({ ...f, key: violationKey(code, scenario, f.violation) }));
  return { ...exploration, found, observations: new Observations(code, exploration.observations.data) };
}
