/**
 * @module Searches every scenario before and after the patch. A context in which the base refuses sections and the patch
 * allows them is found by asking both, and then searched in depth.
 */
import { compile } from '../../simulator/compile/compile.js';
import { explore } from '../../simulator/explore/explore.js';
import type { Program } from '../../simulator/ir/program.js';
import { contractOf, holdTo } from './contract-of.js';
import { dialectOf } from './dialect.js';
import type { Dialect } from '../../simulator/kcov/errno.js';
import { isLabel } from '../../simulator/kcov/ghost.js';
import { ownCommands } from '../../simulator/kcov/own-commands.js';
import { hit, remoteStart, remoteStop, SCALED_AREA_WORDS } from '../../simulator/kcov/operations.js';
import type { Code } from '../../simulator/machine/code.js';
import type { ContextKind } from '../../simulator/machine/state.js';
import { HANDLE_A, remote } from '../../simulator/scenario/kcov/set-up.js';
import { interrupt, kcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { compiledFor } from '../../simulator/scenario/scenario.js';
import { replayAlone } from './replays.js';
import type { Searched } from './subject.js';

/** Buckets of the handle table in the model; the kernel has 16. */
export const HASH_BUCKETS = 2;

export interface SearchOptions {
  readonly statesMax: number;
}

/** Programs compiled for the constants and the configuration of a scenario; one per number of CPUs in practice. */
export class Compiled {
  private readonly byConstants = new Map<string, Code>();
  private known: Dialect | null = null;

  /** `integers`: Kconfig symbols the Program uses; all get the scaled size of a buffer. */
  constructor(readonly program: Program, readonly integers: readonly string[]) {}

  codeFor(scenario: KcovScenario): Code {
    const constants = constantsOf(scenario, this.integers);
    const modes = compiledFor(scenario);
    const key = JSON.stringify([modes, [...constants].map(([name, value]) => [name, String(value)])]);
    const known = this.byConstants.get(key);
    if (known) return known;
    const made = compile(this.program, { constants, hashBuckets: HASH_BUCKETS, ...modes });
    this.byConstants.set(key, made);
    holdTo(made, this.dialect());
    return made;
  }

  /** The dialect of kcov's contract that the Program itself speaks. */
  private dialect(): Dialect {
    this.known ??= dialectOf((scenario) => compile(this.program, { constants: constantsOf(scenario, this.integers), hashBuckets: HASH_BUCKETS }));
    return this.known;
  }
}

/** Constants as the model has them: scaled, and the scaling is part of the review's configuration. */
export function constantsOf(scenario: KcovScenario, integers: readonly string[]): Map<string, bigint> {
  const constants = new Map<string, bigint>();
  for (const name of integers) constants.set(`CONFIG_${name}`, BigInt(SCALED_AREA_WORDS));
  for (const [name, value] of Object.entries(scenario.constants)) constants.set(name, BigInt(value));
  return constants;
}

const KINDS: readonly Exclude<ContextKind, 'task'>[] = ['softirq', 'hardirq', 'nmi'];

/** Contexts in which a section of a registered handle gives no warning and records what runs in it. */
export function sectionsAllowed(compiled: Compiled): Set<ContextKind> {
  const allowed = new Set<ContextKind>(['task']);
  for (const kind of KINDS) if (records(compiled, kind)) allowed.add(kind);
  return allowed;
}

/** Runs one section of the kind on an idle CPU, alone. */
function records(compiled: Compiled, kind: Exclude<ContextKind, 'task'>): boolean {
  const scenario = kcovScenario({
    name: `probe-${kind}`, checks: '', devices: ['A'], setUp: [remote('owner', 'A', { handle: HANDLE_A })],
    actors: [interrupt(kind, [remoteStart(HANDLE_A), hit(1), remoteStop()])],
  });
  const run = replayAlone(compiled.codeFor(scenario), scenario, 0);
  const warned = run.violations.some((m) => m.violation.property === 'warn');
  // What does damage is no refusal.
  const damages = run.violations.some((m) => m.violation.fatal);
  return !warned && (damages || run.events.some((e) => e.access === 'write' && e.actor === 0 && e.newValue !== null && isLabel(e.newValue)));
}

/** An image with what it allows. */
export interface Searchable {
  readonly compiled: Compiled;
  readonly allows: ReadonlySet<ContextKind>;
  /** It is of a kernel that can be built with PREEMPT_RT: see knowsRt(), asked of the base. */
  readonly rt: boolean;
}

/**
 * True for a base that was written with PREEMPT_RT in mind: kernel/kcov.c from v5.16 on has a local_lock_t. What a patch takes
 * away from it or adds to it changes nothing: the kernel around it is the same.
 */
export function knowsRt(program: Program): boolean {
  return program.functions.some((def) => /"name":"local_lock(_irqsave|_irq|_nested_bh)?"/u.test(JSON.stringify(def.body, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))));
}

/** Scenarios for images that are compared: ioctls that kcov's contract does not state are called where one of them has such, on the others nobody does. */
export function scenariosFor(programs: readonly Program[], list: readonly KcovScenario[]): KcovScenario[] {
  const called = programs.some((program) => ownCommands(program).length > 0);
  return list.filter((scenario) => called || !scenario.ownCommands);
}

/** Whether an image does what a scenario does, and is made for its configuration; where it refuses, there is nothing to search. */
export function isAllowed(image: Searchable, scenario: KcovScenario): boolean {
  return (scenario.rt === undefined || image.rt) && scenario.sectionsIn.every((kind) => image.allows.has(kind));
}

/** One scenario on one image; null where the image refuses what the scenario does. */
export function searchImage(image: Searchable, scenario: KcovScenario, { statesMax }: SearchOptions): Searched | null {
  if (!isAllowed(image, scenario)) return null;
  const code = image.compiled.codeFor(scenario);
  return { code, exploration: explore(code, scenario, contractOf(code), { statesMax }) };
}
