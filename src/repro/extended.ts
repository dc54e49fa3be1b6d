/** @module An execution in which calls were still under way, taken on until they have returned: what they return is part of what is seen. */
import type { Move } from '../../simulator/explore/schedule.js';
import { start } from '../../simulator/machine/initial.js';
import { Machine } from '../../simulator/machine/machine.js';
import type { State } from '../../simulator/machine/state.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import type { Setting } from './noted.js';

/** Moves that a call may still take. */
const MOVES_MAX = 2_000;

/** The moves and those behind them with which calls under way return; as they are where the execution ends with them. */
export function extended({ code, scenario, contract }: Setting, moves: readonly Move[]): readonly Move[] {
  const machine = new Machine(code, scenario, contract);
  const made = [...moves];
  const move = (state: State<Ghost>, wanted: Move): State<Ghost> | null => {
    const transition = machine.transitions(state).find((t) => t.actor === wanted.actor && t.choice === wanted.choice);
    return transition ? machine.apply(state, transition).state : null;
  };
  let state = start(machine).state;
  for (const one of moves) state = state && move(state, one);
  if (!state) return moves;
  const waiting = new Map(state.contexts.flatMap((context) => (context.frames.length > 0 ? [[context.actor, context.operation] as const] : [])));
  for (let i = 0; i < MOVES_MAX && waiting.size > 0; i += 1) {
    const before: State<Ghost> = state;
    const next = [...waiting.keys()].find((actor) => machine.transitions(before).some((t) => t.actor === actor && t.choice === 0 && !t.enter));
    const after: State<Ghost> | null = next === undefined ? null : move(before, { actor: next, choice: 0 });
    if (next === undefined || !after) return made;
    made.push({ actor: next, choice: 0 });
    state = after;
    if (state.contexts[next]?.operation !== waiting.get(next)) waiting.delete(next);
  }
  return made;
}
