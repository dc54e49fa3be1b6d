/**
 * @module Courses as numbered steps: which task does what at which turn, what a thread cannot do any more once it has exited, and which
 * results tell that a race went as the counterexample has it.
 */
import type { Course } from './course.js';
import type { Call } from './noted.js';
import { stepOf } from './step.js';
import type { Scale, Step } from './step.js';

/** One call at its turn. */
export interface Turn {
  readonly number: number;
  readonly call: Call;
  /** Null for the end of the task. */
  readonly step: Step | null;
  /** Whose code it stands in: null for that of the process, where the task is over. */
  readonly by: string | null;
  /** Of a race: how many tasks are in it, and which place the task has; null for a call by itself. */
  readonly race: { readonly tasks: number; readonly place: number } | null;
}

export interface Round {
  readonly turns: readonly Turn[];
  /** Names of tasks in the order they first occur, children among them. */
  readonly tasks: readonly string[];
  /** Those that another one forks. */
  readonly children: ReadonlySet<string>;
  /** The turn at which all is over. */
  readonly end: number;
}

export interface Plan {
  readonly rounds: readonly Round[];
  readonly devices: readonly string[];
  /** The turn whose call violates the property; null where none does. */
  readonly marked: Turn | null;
  /** The first turn that is a race; null where none is. */
  readonly firstRace: number | null;
}

const isHit = ({ deed }: Call): boolean => deed?.does === 'hit' || deed?.does === 'compare' || deed?.does === 'switch';

function roundOf(course: Course, from: number, scale: Scale): Round {
  const over = new Set<string>();
  const turns: Turn[] = [];
  let number = from;
  for (const { race, calls } of course.parts) {
    const own: Turn[] = [];
    const places = [...new Set(calls.map(({ task }) => task))];
    for (const call of calls) {
      const exits = call.deed?.does === 'exit';
      const step = stepOf(call, scale);
      // What a task runs while it exits is not for it to say.
      if ((step === null && !exits) || (over.has(call.task) && isHit(call))) continue;
      if (exits) over.add(call.task);
      own.push({ number, call, step, by: exits || !over.has(call.task) ? call.task : null, race: race ? { tasks: places.length, place: places.indexOf(call.task) } : null });
      if (!race) number += 1;
    }
    if (race) number += 1;
    turns.push(...own);
  }
  const children = turns.flatMap(({ call: { deed } }) => (deed?.does === 'fork' ? [deed.child] : []));
  const tasks = [...new Set([...turns.map(({ call }) => call.task), ...children])];
  return { turns, tasks, children: new Set(children), end: number };
}

/** The steps of courses that are taken one after the other; numbers go on from one to the next. */
export function planOf(courses: readonly Course[], scale: Scale): Plan {
  const rounds: Round[] = [];
  for (const course of courses) rounds.push(roundOf(course, (rounds.at(-1)?.end ?? -1) + 1, scale));
  const turns = rounds.flatMap((round) => round.turns);
  const marked = courses.at(-1)?.marked ?? null;
  return {
    rounds, devices: [...new Set(turns.flatMap(({ call: { deed } }) => (deed && 'device' in deed ? [deed.device] : [])))].sort(),
    marked: turns.find(({ call }) => call === marked) ?? null, firstRace: turns.find(({ race }) => race !== null)?.number ?? null,
  };
}
