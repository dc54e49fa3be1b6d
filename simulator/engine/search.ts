/**
 * @module The search over packed states: breadth first, every state inside the bounds once. Moves and what they come to are
 * looked up in the memo; what is new there is asked of the machine.
 */
import { violationsAtEnd } from '../explore/at-end.js';
import { Draft } from '../machine/draft.js';
import type { Machine, Transition } from '../machine/machine.js';
import type { Listener } from '../machine/execute.js';
import type { State } from '../machine/state.js';
import type { Violation } from '../machine/violation.js';
import { LEAF, Memo } from './memo.js';
import type { Moves, Outcome } from './memo.js';
import { fieldHash, PackedStates } from './packed-states.js';

/** Where a violation was met: the move from a state, or null for what is wrong with the state itself. */
export type OnViolation = (violation: Violation, state: number, move: Transition | null) => void;

export interface Hooks<G> {
  readonly listener: Listener<G> | null;
  readonly onViolation: OnViolation;
  readonly onEnding: (outcome: string) => void;
}

export class PackedSearch<G> {
  readonly memo: Memo<G>;
  readonly states: PackedStates;
  readonly notModelled = new Set<string>();
  transitions = 0;
  bound: string | null = null;
  /** The state to be expanded next. */
  at = 0;
  private readonly values: Int32Array;
  private readonly reported = new Set<string>();
  private readonly ended = new Set<string>();

  constructor(private readonly machine: Machine<G>, initial: State<G>, private readonly hooks: Hooks<G>) {
    this.memo = new Memo(machine, initial, hooks.listener);
    this.states = new PackedStates(this.memo.fields);
    this.values = new Int32Array(this.memo.fields);
    this.states.put(this.values);
    this.states.add(0, -1);
  }

  /** Expands states until `statesMax` are there or `count` were expanded; false when none is left. */
  run(count: number, statesMax: number): boolean {
    const { states } = this;
    for (const end = this.at + count; this.at < end && this.at < states.count && states.count <= statesMax; this.at += 1) this.expand(this.at);
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
        const found = this.leafOf(root) || memo.askOutcome(root, moves.moves[i] as Transition, values);
        this.take(memo.outcomes[memo.nodeSlot[found] as number] as Outcome, state, hash);
      }
    }
    if (!steps) this.end(state);
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
    if (outcome.violates) this.violation(outcome, state);
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
  private violation(outcome: Outcome, state: number): void {
    const { memo, values } = this;
    const { stack } = memo.cpuState(outcome.move.cpu, values);
    const key = `${outcome.number} ${stack.map((actor) => values[actor]).join(' ')}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    for (const violation of this.machine.apply(memo.state(values), outcome.move).violations) this.hooks.onViolation(violation, state, outcome.move);
  }

  private end(index: number): void {
    const { memo, values } = this;
    const state = memo.state(values);
    if (this.machine.isQuiescent(state)) {
      // Which interrupts have come plays no part in what is there at the end.
      const key = String.fromCharCode(...values.subarray(memo.ghostField));
      if (this.ended.has(key)) return;
      this.ended.add(key);
    }
    for (const violation of violationsAtEnd(this.machine, state)) this.hooks.onViolation(violation, index, null);
    const outcome = this.machine.world.contract.outcome?.(new Draft(this.machine.world, state, 0));
    if (outcome !== undefined) this.hooks.onEnding(outcome);
  }

  /** The moves that lead to a state from the initial one. */
  scheduleTo(state: number): Transition[] {
    const path: number[] = [];
    for (let at = state; at > 0; at = this.states.parent(at)) path.push(at);
    return path.map((to) => this.moveBetween(this.states.parent(to), to)).reverse();
  }

  private moveBetween(from: number, to: number): Transition {
    const { memo, states } = this;
    const [before, wanted, after] = [new Int32Array(memo.fields), new Int32Array(memo.fields), new Int32Array(memo.fields)];
    states.unpack(from, before);
    states.unpack(to, wanted);
    for (let cpu = 0; cpu < memo.cpuRoots.length; cpu += 1) {
      const { moves, roots } = memo.moves(cpu, before);
      for (const [i, move] of moves.entries()) {
        const outcome = memo.outcome(roots[i] ?? 0, move, before);
        if (!outcome.goesOn) continue;
        after.set(before);
        outcome.fields.forEach((field, k) => {
          after[field] = memo.patched(outcome.patches[k] ?? 0, before[field] ?? 0);
        });
        if (after.every((value, field) => value === wanted[field])) return move;
      }
    }
    throw new Error('no move leads from a state to its successor');
  }
}
