/**
 * @module What the simulator allows of a sequence in which several do something at the same time: all interleavings of their moves,
 * states being visited once, and after each end of them the rest of the sequence. There is no store buffer and no compiler in it.
 */
import { stateKey } from '../../../simulator/machine/state.js';
import type { State } from '../../../simulator/machine/state.js';
import type { Ghost } from '../../../simulator/kcov/ghost.js';
import type { Violation } from '../../../simulator/machine/violation.js';
import { directionsOf } from './directions.js';
import type { Direction, Directions, RacingPart } from './directions.js';
import type { Sequence } from './sequence.js';
import { isOneShot, isSaidAgain, wordOf } from './reports.js';
import { Runner, whereOf } from './simulate.js';
import type { Simulated, Subject } from './simulate.js';

/** States of one line that are visited at most. */
const STATES_MAX = 400_000;

export interface Allowed {
  readonly outcomes: readonly Simulated[];
  /** By part, functions that are gone through. */
  readonly functions: readonly (readonly string[])[];
  /** States visited. */
  readonly states: number;
  /** Some outcomes may be missing: there are more states than are visited. */
  readonly gaveUp: boolean;
}

/** Somewhere in a line in which several do something. */
interface Place {
  readonly state: State<Ghost>;
  /** By part: directions followed. */
  readonly at: readonly number[];
  /** By part: what came of it. */
  readonly said: readonly (readonly string[])[];
  /** What a kernel would print. */
  readonly reports: readonly string[];
}

/** An end of a line. */
interface End {
  readonly said: string;
  /** Null where the execution ended there. */
  readonly state: State<Ghost> | null;
  readonly ended: string | null;
}

const put = <T>(list: readonly T[], index: number, value: T): T[] => list.map((old, i) => (i === index ? value : old));

class Race {
  private readonly seen = new Set<string>();
  private readonly waiting: Place[] = [];
  readonly ends = new Map<string, End>();
  readonly functions: readonly Set<string>[];
  gaveUp = false;

  constructor(private readonly runner: Runner, private readonly directions: Directions, private readonly parts: readonly RacingPart[], private readonly saidBefore: readonly string[]) {
    this.functions = parts.map(() => new Set<string>());
  }

  run(state: State<Ghost>): void {
    this.add({ state, at: this.parts.map(() => 0), said: this.parts.map(() => []), reports: [] });
    for (let place = this.waiting.pop(); place; place = this.waiting.pop()) {
      if (this.seen.size > STATES_MAX) {
        this.gaveUp = true;
        return;
      }
      this.expand(place);
    }
  }

  get states(): number {
    return this.seen.size;
  }

  private add(place: Place): void {
    const key = `${stateKey(place.state)}${JSON.stringify([place.at, place.said, place.reports])}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.waiting.push(place);
  }

  private end(place: Place, state: State<Ghost> | null, ended: string | null): void {
    const said = [...place.said.flatMap((tokens, i) => (i === 0 ? tokens : ['|', ...tokens])), ...place.reports.map((word) => `! ${word}`)].join(' ');
    this.ends.set(`${state ? stateKey(state) : ''} ${said} ${ended ?? ''}`, { said, state, ended });
  }

  private expand(place: Place): void {
    let moved = false;
    this.parts.forEach((part, i) => {
      const direction = part.directions[place.at[i] ?? 0];
      if (direction && this.move(place, i, direction)) moved = true;
    });
    if (moved) return;
    if (this.parts.every((part, i) => (place.at[i] ?? 0) === part.directions.length)) this.end(place, place.state, null);
    else this.end(place, null, 'a deadlock');
  }

  private reportsWith(before: readonly string[], violations: readonly Violation[]): readonly string[] {
    const words = violations.flatMap((violation) => wordOf(violation, whereOf(this.runner.machine.world.prepared.code, violation)) ?? []);
    if (words.some(isOneShot)) this.directions.misuse.taints = true;
    return words.reduce((all, word) => (isSaidAgain(word, new Set([...this.saidBefore, ...all])) ? [...all, word] : all), before);
  }

  /** One move of a part; false where it has to wait. */
  private move(place: Place, part: number, direction: Direction): boolean {
    if (direction.what !== 'operate' && direction.what !== 'leave' && direction.what !== 'interrupt') throw new Error(`${direction.what} in a race`);
    const enter = direction.what === 'interrupt';
    const at = place.at[part] ?? 0;
    const { machine } = this.runner;
    const transition = machine.transitionsOf(place.state, this.parts[part]?.cpu ?? 0).find((t) => t.actor === direction.actor && t.enter === enter && t.choice === 0);
    if (!transition) {
      if (!enter) return false;
      this.add({ ...place, at: put(place.at, part, at + direction.length + 1), said: put(place.said, part, [...(place.said[part] ?? []), 'masked']) });
      return true;
    }
    this.directions.tokens.length = 0;
    const result = machine.apply(place.state, transition);
    const reports = this.reportsWith(place.reports, result.violations);
    const said = this.directions.tokens.length === 0 ? place.said : put(place.said, part, [...(place.said[part] ?? []), ...this.directions.tokens]);
    const next = { ...place, said, reports };
    if (!result.state) {
      this.end(next, null, result.notModelled ?? result.bound ?? result.violations.map((v) => `${v.property}: ${v.detail}`).join('; '));
      return true;
    }
    for (const { functionIndex } of result.state.contexts[direction.actor]?.frames ?? []) this.functions[part]?.add(machine.world.prepared.code.functions[functionIndex]?.name ?? '');
    const over = direction.what !== 'operate' || (result.state.contexts[direction.actor]?.frames.length ?? 0) === 0;
    this.add({ ...next, state: result.state, at: over ? put(place.at, part, at + 1) : place.at });
    return true;
  }
}

/** What a kernel has printed, of lines. */
const wordsIn = (lines: readonly string[]): string[] => lines.flatMap((line) => line.split(/ ?! /u).slice(1));

/** An execution so far. */
interface SoFar {
  readonly lines: readonly string[];
  readonly state: State<Ghost> | null;
  readonly ended: string | null;
}

/** Every outcome of a sequence, each once. */
export function allowedOf(subject: Subject, sequence: Sequence): Allowed {
  const directions = directionsOf(sequence);
  const runner = new Runner(subject, directions, null);
  let all: SoFar[] = [{ lines: [], state: runner.now, ended: runner.now ? null : 'the set-up cannot be run' }];
  let [states, gaveUp] = [0, false];
  const functions: Set<string>[] = [];
  for (const line of directions.lines) {
    const [first] = line.directions;
    const next = new Map<string, SoFar>();
    for (const one of all) {
      const ends: End[] = [];
      if (!one.state) next.set(JSON.stringify([one.lines, one.ended]), one);
      else if (first?.what === 'race') {
        const begun = runner.beginFrom(one.state, first.parts);
        if (!begun) throw new Error('two tasks cannot have a CPU each');
        const race = new Race(runner, directions, first.parts, wordsIn(one.lines));
        race.run(begun);
        ends.push(...race.ends.values());
        race.functions.forEach((names, i) => (functions[i] = new Set([...(functions[i] ?? []), ...names])));
        [states, gaveUp] = [states + race.states, gaveUp || race.gaveUp];
      } else {
        const { said, now, ended } = runner.lineFrom(one.state, line);
        ends.push({ said: said ?? '', state: ended === null ? now : null, ended });
      }
      for (const { said, state, ended } of ends) {
        const lines = ended === null ? [...one.lines, said] : one.lines;
        next.set(`${state ? stateKey(state) : ''}${JSON.stringify([lines, ended])}`, { lines, state, ended });
      }
    }
    all = [...next.values()];
  }
  const outcomes = new Map(all.map(({ lines, ended }) => [JSON.stringify([lines, ended]), { lines, ended, contract: [], taints: ended !== null || directions.misuse.taints }]));
  return { outcomes: [...outcomes.values()], functions: functions.map((names) => [...names].sort()), states, gaveUp };
}
