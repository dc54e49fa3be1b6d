/**
 * @module A sequence on the simulator: all tasks are on one CPU, which the one whose line it is has, each bracket is an interrupt of its
 * own, and the moves are made in the order of the text, so that there is one execution. What comes of each line is said in the words of ./init.c.
 */
import { compile } from '../../../simulator/compile/compile.js';
import { Lockdep } from '../../../simulator/explore/lockdep.js';
import type { Program } from '../../../simulator/ir/program.js';
import { contractFor } from '../../../simulator/kcov/contract.js';
import type { Dialect } from '../../../simulator/kcov/errno.js';
import type { Ghost } from '../../../simulator/kcov/ghost.js';
import type { Code } from '../../../simulator/machine/code.js';
import { start } from '../../../simulator/machine/initial.js';
import { Layout } from '../../../simulator/machine/layout.js';
import { Machine } from '../../../simulator/machine/machine.js';
import type { Transition } from '../../../simulator/machine/machine.js';
import { ONTO_CPU } from '../../../simulator/machine/scheduler.js';
import type { State } from '../../../simulator/machine/state.js';
import type { Violation } from '../../../simulator/machine/violation.js';
import { CPUS, directionsOf } from './directions.js';
import type { Directed, Direction, Directions, RacingPart } from './directions.js';
import { heldIn, isListSpoilt } from './leftovers.js';
import { isOnce, isOneShot, isSaidAgain, wordOf } from './reports.js';
import type { Sequence } from './sequence.js';

/** What is not scaled: the kernel under test is configured with the same (./config). */
const PAGE_BYTES = 4096;
const IRQ_AREA_WORDS = 0x80;
/** The kernel's handle table: DEFINE_HASHTABLE(kcov_remote_map, 4). */
const HASH_BUCKETS = 16;

/** Functions whose buffers outlive the sequence. */
const KEEPS_BUFFERS: ReadonlySet<string> = new Set(['kcov_init', 'kcov_remote_start', 'kcov_remote_area_get']);
const OPENS = 'kcov_open';

/** Moments at which an interrupt is tried. */
const PLACEMENTS_MAX = 2_000;

/** Moves that one operation may take. */
const MOVES_MAX = 100_000;

/** Where the contract of kcov says other than its code, in a line of the sequence. */
export interface Breach {
  readonly line: number;
  /** Property and detail. */
  readonly text: string;
}

export interface Simulated {
  /** What came of each line, as the kernel side says it. */
  readonly lines: readonly string[];
  readonly contract: readonly Breach[];
  /** Why it ended early, null when it did not. */
  readonly ended: string | null;
  /** A kernel that ran it is not as it was: it needs a boot of its own. */
  readonly taints: boolean;
}

/** A kernel's kcov, compiled at its real sizes. */
export interface Subject {
  readonly code: Code;
  readonly dialect: Dialect;
}

export function subjectOf(program: Program, dialect: Dialect): Subject {
  const constants = new Map([['CONFIG_KCOV_IRQ_AREA_SIZE', BigInt(IRQ_AREA_WORDS)], ['PAGE_SIZE', BigInt(PAGE_BYTES)], ['nr_cpu_ids', BigInt(CPUS)]]);
  return { code: compile(program, { constants, hashBuckets: HASH_BUCKETS }), dialect };
}

/** Where a violation is, as a kernel's log has it. */
export function whereOf(code: Code, { at }: Violation): string {
  const frame = at.frames.at(-1);
  const of = frame ? code.functions[frame.functionIndex] : undefined;
  const line = of?.statements[of.instructions[frame?.pc ?? 0]?.statement ?? -1]?.place.line;
  return `${of?.path ?? '?'}:${line ?? '?'}`;
}

export class Runner {
  private state: State<Ghost> | null;
  readonly machine: Machine<Ghost>;
  readonly contract: Breach[] = [];
  /** The line under way. */
  private at = 0;
  /** What the kernel would print, in the line under way. */
  private readonly reports: string[] = [];
  private readonly said = new Set<string>();
  private readonly lockdep = new Lockdep<Ghost>();
  private ended: string | null;
  /** What kcov's variables hold when nothing was done yet. */
  private readonly untouched: string;
  /** The interrupt that may come, and how many moves were made since it may. */
  private armed: Extract<Direction, { what: 'arm' }> | null = null;
  private moves = 0;
  arrived = false;
  /** Functions gone through while the interrupt might come. */
  readonly functions = new Set<string>();

  /** `placement`: how many moves are made before an armed interrupt comes, or as soon as it can after that; null: it does not. */
  constructor(private readonly subject: Subject, private readonly directions: Directions, private readonly placement: number | null) {
    this.machine = new Machine(subject.code, directions.scenario, contractFor(subject.dialect));
    const began = start(this.machine, this.lockdep);
    this.state = began.state;
    this.untouched = heldIn(subject.code, this.state);
    this.ended = began.state ? null : `the set-up cannot be run: ${began.why ?? 'unknown'}`;
  }

  run(): Simulated {
    const lines: string[] = [];
    for (const [at, line] of this.directions.lines.entries()) {
      if (this.ended !== null) break;
      this.at = at;
      const said = this.line(line);
      if (said !== null) lines.push(said);
    }
    return { lines, contract: this.contract, ended: this.ended, taints: this.ended !== null || this.directions.misuse.taints || this.leavesAnything() };
  }

  private leavesAnything(): boolean {
    return heldIn(this.subject.code, this.state) !== this.untouched || isListSpoilt(this.subject.code, this.state);
  }

  /** Does a line and says what came of it; null where that ended the execution. */
  private line({ by, directions }: Directed): string | null {
    this.directions.tokens.length = 0;
    this.reports.length = 0;
    this.giveCpu(by, 0);
    this.follow(directions);
    return this.ended === null ? [...this.directions.tokens, ...this.reports].join(' ') : null;
  }

  /** Does a line in another state than that in which the last one was left. */
  lineFrom(state: State<Ghost>, line: Directed): { said: string | null; now: State<Ghost> | null; ended: string | null } {
    [this.state, this.ended] = [state, null];
    return { said: this.line(line), now: this.state, ended: this.ended };
  }

  /** The state in which each of them has a CPU, from another one. */
  beginFrom(state: State<Ghost>, parts: readonly RacingPart[]): State<Ghost> | null {
    [this.state, this.ended] = [state, null];
    this.begin(parts);
    return this.ended === null ? this.state : null;
  }

  get now(): State<Ghost> | null {
    return this.state;
  }

  private follow(line: readonly Direction[]): void {
    for (let i = 0; i < line.length && this.ended === null; i += 1) {
      const direction = line[i];
      if (direction?.what === 'interrupt') {
        if (this.move(direction.actor, true)) continue;
        this.directions.tokens.push('masked');
        i += direction.length;
      } else if (direction) this.obey(direction);
    }
  }

  private obey(direction: Exclude<Direction, { what: 'interrupt' }>): void {
    switch (direction.what) {
      case 'operate': return this.operate(direction.actor);
      case 'leave': return this.leave(direction.actor);
      case 'arm':
        [this.armed, this.moves] = [direction, 0];
        return;
      case 'live':
        this.directions.tokens.push(this.liveText());
        return;
      case 'race':
        this.begin(direction.parts);
        direction.parts.forEach(({ directions }, i) => {
          if (i > 0) this.directions.tokens.push('|');
          this.follow(directions);
        });
        return;
      case 'disarm':
        this.interruptIfDue();
        this.armed = null;
    }
  }

  /** What was allocated and is not freed, as ./init.c counts it: by the function that allocated it, without buffers that are kept for later. */
  private liveText(): string {
    const layout = new Layout(this.subject.code, this.directions.scenario);
    const live = (this.state?.objects ?? []).flatMap((object, i) => (object && !object.freed ? this.subject.code.sites[layout.siteOf(i) ?? -1] ?? [] : []));
    const areas = live.filter((site) => site.api.startsWith('vmalloc') && !KEEPS_BUFFERS.has(site.function)).length;
    const small = live.filter((site) => !site.api.startsWith('vmalloc'));
    const files = small.filter((site) => site.function === OPENS).length;
    return `files:${files} remotes:${small.length - files} areas:${areas}`;
  }

  /** Puts everyone on a CPU of its own, those that leave another's first. */
  private begin(parts: readonly RacingPart[]): void {
    for (const { by, cpu } of [...parts].sort((a, b) => b.cpu - a.cpu)) this.giveCpu(by, cpu);
  }

  /** Puts a task on a CPU, where another has it. */
  private giveCpu(task: number, cpu: number): void {
    if (this.state?.cpus[cpu]?.stack.includes(task)) return;
    const transition = this.state && this.machine.transitions(this.state).find((t) => t.actor === task && t.cpu === cpu && (t.choice === 0 || t.choice >= ONTO_CPU));
    if (transition) this.make(transition);
    else this.ended ??= `${this.directions.scenario.actors[task]?.name ?? '?'} cannot have the CPU`;
  }

  private interruptIfDue(): void {
    const { armed } = this;
    if (!armed || this.placement === null || this.moves < this.placement || this.arrived) return;
    this.armed = null;
    this.arrived = this.move(armed.actor, true);
    if (this.arrived) this.follow(armed.body);
    else this.armed = armed;
  }

  /** An interrupt ends; one that ends in a section is a misuse. */
  private leave(actor: number): void {
    const kind = this.directions.scenario.actors[actor]?.kind ?? 'task';
    if (this.state?.ghost.value.sections[`${kind}@${actor}`]) this.directions.misuse.met = true;
    if (kind === 'hardirq' && this.state?.cpus[0]?.irqsOn) this.ended = 'irqs-on-at-end: a hardirq ends with interrupts on';
    else this.move(actor, false);
  }

  /** The actor's next operation, from its beginning to its end. */
  private operate(actor: number): void {
    for (let moves = 0; moves < MOVES_MAX; moves += 1) {
      this.interruptIfDue();
      this.moves += 1;
      if (!this.move(actor, false)) {
        this.ended ??= 'a deadlock';
        return;
      }
      const frames = this.state?.contexts[actor]?.frames ?? [];
      if (this.armed) for (const { functionIndex } of frames) this.functions.add(this.subject.code.functions[functionIndex]?.name ?? '');
      if (frames.length === 0) return;
    }
    this.ended = `more than ${MOVES_MAX} moves`;
  }

  private move(actor: number, enter: boolean): boolean {
    const transition = this.state && this.machine.transitions(this.state).find((t) => t.actor === actor && t.enter === enter && t.choice === 0);
    if (!transition) return false;
    this.make(transition);
    return true;
  }

  private make(transition: Transition): void {
    if (!this.state) return;
    const result = this.machine.apply(this.state, transition, this.lockdep);
    for (const violation of result.violations) this.note(violation);
    this.state = result.state;
    if (!result.state) this.ended = result.notModelled ?? result.bound ?? result.violations.map((v) => `${v.property}: ${v.detail}`).join('; ');
  }

  private note(violation: Violation): void {
    const word = wordOf(violation, whereOf(this.subject.code, violation));
    if (word !== null) {
      if (isSaidAgain(word, this.said) && !(isOnce(violation) && this.said.has(word))) this.reports.push(`! ${word}`);
      this.said.add(word);
      this.directions.misuse.met = true;
      this.directions.misuse.taints ||= isOneShot(word);
    }
    // What follows from a misuse is nobody's promise.
    else if (!this.directions.misuse.met && !violation.fatal) this.contract.push({ line: this.at, text: `${violation.property}: ${violation.detail}` });
  }
}

/** Runs a sequence; an interrupt that waits at an instruction does not come. */
export function simulate(subject: Subject, sequence: Sequence): Simulated {
  return new Runner(subject, directionsOf(sequence), null).run();
}

/** The functions in which an interrupt that waits at an instruction may come. */
export function functionsUnder(subject: Subject, sequence: Sequence): string[] {
  const runner = new Runner(subject, directionsOf(sequence), null);
  runner.run();
  return [...runner.functions].sort();
}

/** Runs a sequence once for each moment at which the interrupt in it that waits may come, and once without it. */
export function simulateEach(subject: Subject, sequence: Sequence): Simulated[] {
  const found = [simulate(subject, sequence)];
  for (let placement = 0; placement < PLACEMENTS_MAX; placement += 1) {
    const runner = new Runner(subject, directionsOf(sequence), placement);
    const simulated = runner.run();
    if (!runner.arrived) break;
    found.push(simulated);
  }
  return found;
}
