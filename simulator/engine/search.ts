/**
 * @module The search over packed states: breadth first, every state inside the bounds once. Moves and what they come to are
 * looked up in the memo; what is new there is asked of the machine.
 */
import { violationsAtEnd } from '../explore/at-end.js';
import { Draft } from '../machine/draft.js';
import type { Machine, Transition } from '../machine/machine.js';
import type { Violation } from '../machine/violation.js';
import { Deltas } from './deltas.js';
import type { Memo, Outcome } from './memo.js';
import { fieldHash, PackedStates } from './packed-states.js';
import type { Reduction } from './reduction.js';
import { FROM, LEAF, ROOM, SLOT } from './trees.js';

/** Where a violation was met: the moves from a state, the last of which violates; none for what is wrong with the state itself. */
export type OnViolation = (violation: Violation, state: number, moves: readonly Transition[]) => void;

export interface Hooks {
  readonly onViolation: OnViolation;
  readonly onEnding: (outcome: string) => void;
}

export class PackedSearch<G> {
  readonly states: PackedStates;
  readonly notModelled = new Set<string>();
  transitions = 0;
  bound: string | null = null;
  /** The state to be expanded next. */
  at = 0;
  /** The moves that are being made: what the machine is asked now happens behind them. */
  now: { readonly from: number; readonly moves: readonly Transition[] } = { from: -1, moves: [] };
  private readonly values: Int32Array;
  /** Behind some moves. */
  private readonly behind: Int32Array;
  private readonly deltas = new Deltas();
  private readonly made: Transition[] = [];
  private readonly reported = new Set<string>();
  private readonly ended = new Set<string>();

  constructor(private readonly machine: Machine<G>, readonly memo: Memo<G>, private readonly hooks: Hooks, private readonly reduction: Reduction<G> | null = null) {
    this.states = new PackedStates(this.memo.fields);
    this.values = new Int32Array(this.memo.fields);
    this.behind = new Int32Array(this.memo.fields);
    this.states.put(this.values);
    this.states.push(0, -1);
    this.states.flush();
  }

  /** Bytes that the states and the memo take, about. */
  get bytes(): number {
    return this.states.bytes + this.memo.bytes;
  }

  /** Expands states until `statesMax` are there or `count` were expanded; false when none is left. */
  run(count: number, statesMax: number): boolean {
    const { states } = this;
    for (const end = this.at + count; this.at < end; this.at += 1) {
      if (this.at >= states.count || states.count + states.waitingCount > statesMax) {
        states.flush();
        if (this.at >= states.count || states.count > statesMax) break;
      }
      if (this.reduction) this.expandSome(this.at, this.reduction);
      else this.expand(this.at);
    }
    states.flush();
    return this.at < states.count;
  }

  private expand(state: number): void {
    const { memo, states, values } = this;
    const { trees, cpuRoots } = memo;
    states.unpack(state, values);
    const hash = states.hash(state);
    let steps = false;
    for (let cpu = 0; cpu < cpuRoots.length; cpu += 1) {
      const leaf = trees.walk(cpuRoots[cpu] as number, values) || memo.askMoves(cpu, values);
      if (trees.records[leaf] === LEAF) steps = true;
      const from = trees.records[leaf + FROM] as number;
      const count = trees.records[leaf + ROOM] as number;
      for (let i = 0; i < count; i += 1) {
        const root = trees.pool[from + i] as number;
        this.take(trees.walk(root, values) || this.ask(root, leaf, { state, move: i }), state, hash);
      }
    }
    if (!steps) this.end(state, []);
  }

  private ask(root: number, leaf: number, { state, move: index }: { state: number; move: number }): number {
    const { memo } = this;
    const move = memo.movesOf[memo.trees.records[leaf + SLOT] as number]?.moves[index] as Transition;
    this.now = { from: state, moves: [move] };
    return memo.askOutcome(root, move, this.values);
  }

  /** As expand(), with as few moves as the reduction needs. */
  private expandSome(state: number, reduction: Reduction<G>): void {
    const { memo, states, values } = this;
    states.unpack(state, values);
    const only = reduction.cpuOf(values);
    let steps = false;
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) {
      if (only !== null && cpu !== only) continue;
      const moves = memo.moves(cpu, values);
      steps ||= moves.steps;
      for (let i = 0; i < moves.moves.length; i += 1) this.follow(memo.outcomeOf(moves, i, values), state, reduction);
    }
    if (!steps) this.end(state, []);
  }

  /** Makes a move, then those that are enough alone, and keeps the state behind them. */
  private follow(first: Outcome, state: number, reduction: Reduction<G>): void {
    const { memo, states, values, behind, made } = this;
    behind.set(values);
    made.length = 0;
    for (let outcome: Outcome | null = first; outcome; outcome = reduction.single(behind)) {
      this.transitions += 1;
      made.push(outcome.move);
      if (outcome.violates) this.violation(outcome, { values: behind, state, moves: made });
      if (!outcome.goesOn) return this.stop(outcome);
      memo.advance(outcome, behind);
      if (made.length > CHAIN_MAX) throw new EndlessExecution();
    }
    let hash = states.hash(state);
    for (let field = 0; field < behind.length; field += 1) {
      const value = behind[field] as number;
      const before = values[field] as number;
      if (value === before) continue;
      if ((value & ~(states.maskOf[field] as number)) !== 0) states.widen(field, value + 1);
      hash ^= fieldHash(field, value) ^ fieldHash(field, before);
    }
    states.put(behind);
    states.push(hash, state);
  }

  /** The state behind an outcome, which is at `leaf`, waits to be kept. */
  private take(leaf: number, state: number, hash: number): void {
    const { memo, states, values, deltas } = this;
    const { records, pool } = memo.trees;
    this.transitions += 1;
    if (records[leaf] !== LEAF && !this.goesOn(memo.outcomes[records[leaf + SLOT] as number] as Outcome, state)) return;
    const from = records[leaf + FROM] as number;
    const end = from + 2 * (records[leaf + ROOM] as number);
    const { table, base, room } = deltas;
    const { waiting } = states;
    const to = states.copy(state);
    let made = hash;
    for (let i = from; i < end; i += 2) {
      const field = pool[i] as number;
      const patch = pool[i + 1] as number;
      const before = values[field] as number;
      const entry = (base[patch] as number) + before * 4;
      if (!(before < (room[patch] as number)) || table[entry] === 0) {
        this.learn(field, patch, before);
        this.transitions -= 1;
        return this.take(leaf, state, hash);
      }
      const at = to + (table[entry] as number) - 1;
      waiting[at] = (waiting[at] as number) ^ (table[entry + 1] as number);
      made ^= table[entry + 2] as number;
    }
    states.push(made, state);
  }

  /** Says what is to be said of an outcome; true where the execution goes on. */
  private goesOn(outcome: Outcome, state: number): boolean {
    if (outcome.violates) this.violation(outcome, { values: this.values, state, moves: [outcome.move] });
    if (!outcome.goesOn) this.stop(outcome);
    return outcome.goesOn;
  }

  /** What a patch does to a packed state that has the component `before` in a field. */
  private learn(field: number, patch: number, before: number): void {
    const { states, deltas } = this;
    const after = this.memo.patched(patch, before);
    if ((after & ~(states.maskOf[field] as number)) !== 0 && states.widen(field, after + 1)) deltas.forget();
    const bits = (before ^ after) << (states.shiftOf[field] as number);
    deltas.learn(patch, before, { word: states.wordOf[field] as number, bits, hash: fieldHash(field, before) ^ fieldHash(field, after) });
  }

  private stop({ notModelled, bound }: Outcome): void {
    if (notModelled !== null) this.notModelled.add(notModelled);
    if (bound !== null) this.bound = bound;
  }

  /** Which contexts it interrupted is part of a violation: the machine is asked once for each stack. */
  private violation(outcome: Outcome, { values, state, moves }: { values: Int32Array; state: number; moves: readonly Transition[] }): void {
    const { memo } = this;
    const { stack } = memo.cpuState(outcome.move.cpu, values);
    const key = `${outcome.number} ${stack.map((actor) => values[actor]).join(' ')}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    for (const violation of this.machine.apply(memo.state(values), outcome.move).violations) this.hooks.onViolation(violation, state, [...moves]);
  }

  private end(index: number, moves: readonly Transition[]): void {
    const { memo, values } = this;
    const state = memo.state(values);
    if (this.machine.isQuiescent(state)) {
      // Which interrupts have come plays no part in what is there at the end; who is on the CPUs may.
      const key = String.fromCharCode(...values.subarray(memo.firstCpu));
      if (this.ended.has(key)) return;
      this.ended.add(key);
    }
    for (const violation of violationsAtEnd(this.machine, state)) this.hooks.onViolation(violation, index, moves);
    const outcome = this.machine.world.contract.outcome?.(new Draft(this.machine.world, state, 0));
    if (outcome !== undefined) this.hooks.onEnding(outcome);
  }

  /** The moves that lead to a state from the initial one. */
  scheduleTo(state: number): Transition[] {
    const path: number[] = [];
    for (let at = state; at > 0; at = this.states.parent(at)) path.push(at);
    return path.reverse().flatMap((to) => this.movesBetween(this.states.parent(to), to));
  }

  private movesBetween(from: number, to: number): Transition[] {
    const { memo, states, reduction } = this;
    const [before, wanted, now] = [new Int32Array(memo.fields), new Int32Array(memo.fields), new Int32Array(memo.fields)];
    states.unpack(from, before);
    states.unpack(to, wanted);
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) {
      const { moves, roots } = memo.moves(cpu, before);
      for (const [i, move] of moves.entries()) {
        now.set(before);
        const made: Transition[] = [];
        let outcome: Outcome | null = memo.outcome(roots[i] as number, move, before);
        for (; outcome?.goesOn; outcome = reduction?.single(now) ?? null) {
          memo.advance(outcome, now);
          made.push(outcome.move);
        }
        if (outcome === null && now.every((value, field) => value === wanted[field])) return made;
      }
    }
    throw new Error('no move leads from a state to its successor');
  }
}

/** Moves that may follow each other without a state being kept. */
const CHAIN_MAX = 10_000;

/** Thrown by a reduced search that finds an execution without end. */
export class EndlessExecution extends Error {}
