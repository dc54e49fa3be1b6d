/** @module The contract's state after each move of an execution. */
import { contractOf } from './contract-of.js';
import type { Ghost } from '../../simulator/kcov/ghost.js';
import { start } from '../../simulator/machine/initial.js';
import { Machine } from '../../simulator/machine/machine.js';
import type { Incident } from './incidents.js';

/** One state for each move that could be made, in order. */
export function explainRun(incident: Incident): Ghost[] {
  const machine = new Machine(incident.code, incident.scenario, contractOf(incident.code));
  let state = start(machine).state;
  const ghosts: Ghost[] = [];
  for (const move of incident.found.schedule) {
    state = state ? machine.apply(state, move).state : null;
    if (state) ghosts.push(state.ghost.value);
  }
  return ghosts;
}
