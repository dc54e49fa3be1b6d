/**
 * @module The text form of a schedule, short enough for one line of mail: `irq-in-trace:7f3a91c2:t6s4n5` is the scenario's
 * name, a hash over all that the moves depend on, and the moves as an actor's letter and how many transitions it makes in a
 * row; the name may be left out. Each transition counts one, the arrival of an interrupt included, and so does that a waiting
 * task gets its CPU; `t@1` is that it goes on on CPU 1, `t!` one transition with choice 1, such as the failing outcome of an
 * allocation or service, or another order of accesses (simulator/machine/put-off.ts), `t!2` one with choice 2. Executions
 * that come before it, for what lockdep learns in them, stand in front with a `+` behind each. A schedule that fits nothing else is
 * refused by its hash; see ./replay.ts for running it.
 */
import { createHash } from 'node:crypto';
import type { Code } from '../machine/code.js';
import { isOpen, ordersAtStart } from '../machine/orders.js';
import type { Transition } from '../machine/machine.js';
import { ONTO_CPU } from '../machine/scheduler.js';
import type { Scenario } from '../scenario/scenario.js';

/** One transition of an actor; what else there is to know of it follows from the state it is made in. */
export type Move = Pick<Transition, 'actor' | 'choice'>;

/** One transition as a schedule's text has it. */
export interface LetterMove {
  /** The actor's letter. */
  readonly letter: string;
  /** 0, the number of the choice, or from ONTO_CPU on where the actor goes. */
  readonly choice: number;
}

/** A schedule as its text says; `moves` are not yet known to fit any scenario. */
export interface Schedule {
  /** Null where the text names none: the hash is of one scenario only. */
  readonly scenario: string | null;
  /** 8 hexadecimal digits. */
  readonly hash: string;
  readonly moves: readonly LetterMove[];
  /** Executions that come before; left out where there are none. */
  readonly premises?: readonly (readonly LetterMove[])[];
}

export interface ScheduleProblem {
  readonly error: string;
}

/** Most transitions one schedule may have; it guards reading text from outside. */
const MOVES_MAX = 100_000;
/** Most executions of one schedule, the last among them. */
const EXECUTIONS_MAX = 16;
/** What is written for a schedule without moves: the violation is in the set-up. */
const NO_MOVES = '-';

/** Changes when the same Code and scenario come to move in other steps. */
const MACHINE = 3;

const hashes = new WeakMap<Code, string>();

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

function hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The compiled Program: constants, hash buckets and layouts are all in its instructions and sizes; places are not. */
function codeHash(code: Code): string {
  const known = hashes.get(code);
  if (known !== undefined) return known;
  const functions = code.functions.map((f) => [f.name, f.params, f.registers, f.instructions.map(({ shown: _shown, ...i }) => i)]);
  const globals = [...code.globals.values()].map((slot) => [slot.name, slot.perCpu, code.types.sizeOf(slot.type)]);
  const made = hex(JSON.stringify([functions, globals, code.program.initcalls], plain));
  hashes.set(code, made);
  return made;
}

/**
 * 8 hexadecimal digits over the compiled Program and the scenario's bounds: equal exactly when the same moves mean the same
 * execution. Line numbers and comments do not count.
 */
export function programHash<G>(code: Code, scenario: Scenario<G>): string {
  const { name, cpus, tasks, objects, allocationsFail, constants, reorderings } = scenario;
  const setUp = scenario.setUp.map((phase) => [phase.task, phase.operations.map((o) => o.label)]);
  const actors = scenario.actors.map(({ letter, kind, cpu, task, times, early, operations }) =>
    [letter, early ? `early ${kind}` : kind, cpu, task ?? null, times, operations.map((o) => [o.label, o.returnAddress ?? null])]);
  const sorted = Object.entries(constants).sort(([a], [b]) => (a < b ? -1 : 1));
  const order = isOpen(ordersAtStart(reorderings)) ? [reorderings] : [];
  const axes = axesOf(scenario);
  const bounds = JSON.stringify([name, cpus, tasks, objects, allocationsFail, sorted, setUp, actors, ...order, ...(axes.length > 0 ? [axes] : [])], plain);
  return hex(`${MACHINE} ${codeHash(code)}${bounds}`).slice(0, 8);
}

/** The axes that are on, with their bounds. */
function axesOf<G>({ preemptions, migrations, rt, switchReturnAddress }: Scenario<G>): readonly [string, number | string | undefined][] {
  return Object.entries({ preemptions, migrations, rt, switchReturnAddress }).filter(([, bound]) => bound !== undefined);
}

function run(letter: string, choice: number, count: number): string {
  if (choice >= ONTO_CPU) return `${letter}@${choice - ONTO_CPU}`.repeat(count);
  if (choice === 0) return `${letter}${count}`;
  return `${letter}!${choice === 1 ? '' : choice}`.repeat(count);
}

/** Moves as letters and run lengths: `t6s4n5`, `t2t!t1`. */
export function formatMoves<G>(scenario: Scenario<G>, moves: readonly Move[]): string {
  let text = '';
  for (let i = 0; i < moves.length;) {
    const { actor = 0, choice = 0 } = moves[i] ?? {};
    let end = i;
    while (end < moves.length && moves[end]?.actor === actor && moves[end]?.choice === choice) end += 1;
    text += run(scenario.actors[actor]?.letter ?? '?', choice, end - i);
    i = end;
  }
  return text === '' ? NO_MOVES : text;
}

/** The line that replays `moves` on this Code and scenario, behind other executions where there are `premises`. */
export function formatSchedule<G>(code: Code, scenario: Scenario<G>, moves: readonly Move[], premises: readonly (readonly Move[])[] = []): string {
  return `${scenario.name}:${programHash(code, scenario)}:${[...premises, moves].map((one) => formatMoves(scenario, one)).join('+')}`;
}

/** Reads a schedule, with the scenario's name or without; an error says what is wrong with the text. */
export function parseSchedule(text: string): Schedule | ScheduleProblem {
  const parts = text.trim().split(':');
  const [moves = '', hash = '', scenario = null] = [...parts].reverse();
  const isShort = parts.length === 2 && /^[0-9a-f]{8}$/u.test(hash);
  if (parts.length !== 3 && !isShort) return { error: 'a schedule has three parts: scenario:hash:moves' };
  if (scenario !== null && !/^[^\s:]+$/u.test(scenario)) return { error: 'the name of the scenario is missing' };
  if (!/^[0-9a-f]{8}$/u.test(hash)) return { error: `"${hash}" is no hash of 8 hexadecimal digits` };
  const executions = moves.split('+', EXECUTIONS_MAX + 1).map(parseMoves);
  if (executions.length > EXECUTIONS_MAX) return { error: `more than ${EXECUTIONS_MAX} executions` };
  const problem = executions.find((one) => 'error' in one);
  if (problem && 'error' in problem) return problem;
  const [own = [], ...premises] = executions.flatMap((one) => ('moves' in one ? [one.moves] : [])).reverse();
  return { scenario, hash, moves: own, ...(premises.length > 0 ? { premises: premises.reverse() } : {}) };
}

function parseMoves(text: string): { moves: LetterMove[] } | ScheduleProblem {
  if (text === NO_MOVES) return { moves: [] };
  const moves: LetterMove[] = [];
  const pattern = /([A-Za-z])(?:@(\d)|(!?)(\d{0,6}))/uy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const [, letter = '', cpu, chosen = '', digits = ''] = pattern.exec(text) ?? [];
    const number = digits === '' ? 1 : Number(digits);
    const count = chosen === '' ? number : 1;
    const choice = cpu !== undefined ? ONTO_CPU + Number(cpu) : chosen === '' ? 0 : number;
    if (letter === '' || number === 0) return { error: `"${text.slice(at, at + 8)}" is no move: a letter and a count, a letter, "!" and a choice, or a letter, "@" and a CPU` };
    if (choice >= ONTO_CPU && cpu === undefined) return { error: `"${text.slice(at, at + 8)}" has a choice that is too large` };
    if (moves.length + count > MOVES_MAX) return { error: `more than ${MOVES_MAX} moves` };
    for (let i = 0; i < count; i += 1) moves.push({ letter, choice });
  }
  return moves.length === 0 ? { error: `no moves; a schedule without any has "${NO_MOVES}"` } : { moves };
}

/** The moves of a schedule in a scenario, and of what comes before it; or why the schedule is of something else. */
export function movesOf<G>(schedule: Schedule, code: Code, scenario: Scenario<G>): { readonly moves: Move[]; readonly premises: Move[][] } | ScheduleProblem {
  if (schedule.scenario !== null && schedule.scenario !== scenario.name) return { error: `the schedule is of scenario ${schedule.scenario}, not ${scenario.name}` };
  const hash = programHash(code, scenario);
  if (hash !== schedule.hash) return { error: `the schedule is of another Program or other bounds: its hash is ${schedule.hash}, here it is ${hash}` };
  const executions: Move[][] = [];
  for (const letters of [...(schedule.premises ?? []), schedule.moves]) {
    const moves: Move[] = [];
    for (const [i, { letter, choice }] of letters.entries()) {
      const actor = scenario.actors.findIndex((a) => a.letter === letter);
      if (actor < 0) return { error: `move ${i + 1}: no actor has the letter ${letter}` };
      moves.push({ actor, choice });
    }
    executions.push(moves);
  }
  return { moves: executions.at(-1) ?? [], premises: executions.slice(0, -1) };
}
