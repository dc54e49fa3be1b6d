/**
 * @module The search over packed states: breadth first, every state inside the bounds once. Moves and what they come to are
 * looked up in the memo; what is new there is asked of the machine.
 */
import { violationsAtEnd } from '../explore/at-end.js';
import { Draft } from '../machine/draft.js';
import type { Machine, Transition } from '../machine/machine.js';
import type { Violation } from '../machine/violation.js';
import { LEAF } from './memo.js';
import type { Memo, Moves, Outcome } from './memo.js';
import { fieldHash, PackedStates } from './packed-states.js';
import type { Reduction } from './reduction.js';

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
  private readonly reported = new Set<string>();
  private readonly ended = new Set<string>();

  constructor(private readonly machine: Machine<G>, readonly memo: Memo<G>, private readonly hooks: Hooks, private readonly reduction: Reduction<G> | null = null) {
    this.states = new PackedStates(this.memo.fields);
    this.values = new Int32Array(this.memo.fields);
    this.states.put(this.values);
    this.states.add(0, -1);
  }

  /** Bytes that the states and the memo take, about. */
  get bytes(): number {
    return this.states.bytes + this.memo.bytes;
  }

  /** Expands states until `statesMax` are there or `count` were expanded; false when none is left. */
  run(count: number, statesMax: number): boolean {
    const { states } = this;
    for (const end = this.at + count; this.at < end && this.at < states.count && states.count <= statesMax; this.at += 1) {
      if (this.reduction) this.expandSome(this.at, this.reduction);
      else this.expand(this.at);
    }
    return this.at < states.count;
  }

  private expand(state: number): void {
    const { memo, states, values } = this;
    states.unpack(state, values);
    const hash = states.hash(state);
    const roots = memo.cpuRoots;
    let steps = false;
    for (let cpu = 0; cpu < roots.length; cpu += 1) {
      const leaf = this.leafOf(roots[cpu] as number) || memo.askMoves(cpu, values);
      const moves = memo.movesOf[memo.nodeSlot[leaf] as number] as Moves;
      if (moves.steps) steps = true;
      const { roots: outcomes } = moves;
      for (let i = 0; i < outcomes.length; i += 1) {
        const root = outcomes[i] as number;
        const found = this.leafOf(root) || this.ask(root, moves.moves[i] as Transition, state);
        this.take(memo.outcomes[memo.nodeSlot[found] as number] as Outcome, state, hash);
      }
    }
    if (!steps) this.end(state, []);
  }

  private ask(root: number, move: Transition, state: number): number {
    this.now = { from: state, moves: [move] };
    return this.memo.askOutcome(root, move, this.values);
  }

  /** As expand(), with as few moves as the reduction needs. */
  private expandSome(state: number, reduction: Reduction<G>): void {
    const { memo, states, values } = this;
    states.unpack(state, values);
    const only = reduction.cpuOf(values);
    let steps = false;
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) {
      if (only !== null && cpu !== only) continue;
      const { moves, roots, steps: own } = memo.moves(cpu, values);
      steps ||= own;
      for (const [i, move] of moves.entries()) this.follow(memo.outcome(roots[i] as number, move, values), state, reduction);
    }
    if (!steps) this.end(state, []);
  }

  /** Makes a move, then those that are enough alone, and keeps the state behind them. */
  private follow(first: Outcome, state: number, reduction: Reduction<G>): void {
    const { memo, states } = this;
    const now = Int32Array.from(this.values);
    const made: Transition[] = [];
    for (let outcome: Outcome | undefined = first; outcome; outcome = reduction.single(now)?.outcome) {
      this.transitions += 1;
      made.push(outcome.move);
      if (outcome.violates) this.violation(outcome, { values: now, state, moves: made });
      if (!outcome.goesOn) return this.stop(outcome);
      memo.advance(outcome, now);
      if (made.length > CHAIN_MAX) throw new EndlessExecution();
    }
    let hash = 0;
    for (let field = 0; field < now.length; field += 1) {
      const value = now[field] as number;
      if (value === 0) continue;
      if ((value & ~(states.maskOf[field] as number)) !== 0) states.widen(field, value + 1);
      hash ^= fieldHash(field, value) ^ fieldHash(field, 0);
    }
    states.put(now);
    states.add(hash, state);
  }

  /** The leaf of a tree in the state that `values` holds; 0 where nobody came yet. */
  private leafOf(root: number): number {
    const { memo, values } = this;
    const { nodeField, nodeSlot, children, dictionaries } = memo;
    let node = root;
    for (;;) {
      const field = nodeField[node] as number;
      if (field < 0) return field === LEAF ? node : 0;
      const slot = nodeSlot[node] as number;
      const number = values[field] as number;
      let value = number;
      if (slot >= 0) {
        const dictionary = dictionaries[field] as Memo<G>['dictionaries'][number];
        value = (dictionary.table[number * dictionary.stride + slot] as number) - 1;
        if (value < 0) value = dictionary.value(number, slot);
      }
      node = (children[node] as Int32Array)[value] as number;
      if (!(node > 0)) return 0;
    }
  }

  private take(outcome: Outcome, state: number, hash: number): void {
    this.transitions += 1;
    if (outcome.violates) this.violation(outcome, { values: this.values, state, moves: [outcome.move] });
    if (!outcome.goesOn) return this.stop(outcome);
    const { memo, states, values } = this;
    const { fields, patches } = outcome;
    const { next } = memo;
    states.load(state);
    let made = hash;
    for (let i = 0; i < fields.length; i += 1) {
      const field = fields[i] as number;
      const patch = patches[i] as number;
      const before = values[field] as number;
      let after = ((next[patch] as Int32Array)[before] as number) - 1;
      if (!(after >= 0)) after = memo.patched(patch, before);
      if (after === before) continue;
      if ((after & ~(states.maskOf[field] as number)) !== 0) {
        states.widen(field, after + 1);
        this.again(outcome, state, i);
      }
      const word = states.wordOf[field] as number;
      const shift = states.shiftOf[field] as number;
      const { scratch } = states;
      scratch[word] = ((scratch[word] as number) & ~((states.maskOf[field] as number) << shift)) | (after << shift);
      made ^= fieldHash(field, before) ^ fieldHash(field, after);
    }
    states.add(made, state);
  }

  /** The states were packed anew: what was changed of the scratch before field `count` is put there again. */
  private again(outcome: Outcome, state: number, count: number): void {
    const { memo, states, values } = this;
    states.load(state);
    for (let i = 0; i < count; i += 1) {
      const field = outcome.fields[i] as number;
      const after = memo.patched(outcome.patches[i] as number, values[field] as number);
      const [word, shift] = [states.wordOf[field] as number, states.shiftOf[field] as number];
      states.scratch[word] = ((states.scratch[word] as number) & ~((states.maskOf[field] as number) << shift)) | (after << shift);
    }
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
      // Which interrupts have come plays no part in what is there at the end.
      const key = String.fromCharCode(...values.subarray(memo.ghostField));
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
        let outcome: Outcome | undefined = memo.outcome(roots[i] as number, move, before);
        for (; outcome?.goesOn; outcome = reduction?.single(now)?.outcome) {
          memo.advance(outcome, now);
          made.push(outcome.move);
        }
        if (outcome === undefined && now.every((value, field) => value === wanted[field])) return made;
      }
    }
    throw new Error('no move leads from a state to its successor');
  }
}

/** Moves that may follow each other without a state being kept. */
const CHAIN_MAX = 10_000;

/** Thrown by a reduced search that finds an execution without end. */
export class EndlessExecution extends Error {}
