/**
 * @module Scenarios with an interrupt at an instruction: the task that it interrupts does what it does in the scenario, the others do so
 * before or after it. Of several interrupts of a scenario each has a race of its own.
 */
import { scenarios } from '../../../simulator/scenario/index.js';
import type { Race } from './racing.js';
import { lineText, objectionTo, parseSequence, withEnd } from './sequence.js';
import type { Action, Line, Who } from './sequence.js';
import { functionsUnder } from './simulate.js';
import type { Subject } from './simulate.js';
import { CannotBeSaid, waysOf } from './strands.js';
import type { Strand, Way } from './strands.js';

/** As ./racing.ts has it. */
const POINT = 'POINT';

/** All that a task does; what comes after its exit is somebody else's. */
function linesOf({ by, atoms }: Strand): Line[] {
  const deeds = atoms.flat();
  const exit = deeds.findIndex((deed) => 'exit' in deed);
  return deeds.flatMap((deed, i): Line[] => (exit < 0 || i <= exit ? [{ by: by ?? 'm', deed }] : 'actions' in deed ? [] : [{ by: 'm', deed }]));
}

const actionsOf = ({ atoms }: Strand): Action[] => atoms.flat().flatMap((deed) => ('actions' in deed ? deed.actions : []));

function race({ setUp, strands }: Way, task: Strand, interrupt: Strand): Line[] {
  if (interrupt.kind === 'task') return [];
  const by: Who = task.by ?? 'm';
  const lines = linesOf(task);
  const after: Who = lines.some(({ deed }) => 'exit' in deed) ? 'm' : by;
  const others = strands.filter((one) => one.kind === 'task' && one !== task).flatMap(linesOf);
  return [
    ...setUp, { by, deed: { actions: [{ act: 'at', point: POINT, kind: interrupt.kind, body: actionsOf(interrupt) }] } }, ...lines,
    { by: after, deed: { actions: [{ act: 'disarm' }, { act: 'state' }] } }, ...others,
  ];
}

/** Races of the first way of each scenario that can be said: the one in which nothing is chosen and areas are roomy. */
export function scenarioRaces(subject: Subject): Race[] {
  return scenarios.flatMap((scenario) => {
    const [way] = sayable(() => waysOf(subject.code, scenario));
    if (!way) return [];
    const interrupts = way.strands.filter(({ kind }) => kind !== 'task');
    return way.strands.filter(({ kind, atoms }) => kind === 'task' && atoms.length > 0).flatMap((task) => interrupts.filter(({ cpu }) => cpu === task.cpu).flatMap((interrupt): Race[] => {
      const lines = race(way, task, interrupt);
      const objection = objectionTo(lines);
      if (objection !== null) throw new Error(`${scenario.name}: ${objection}`);
      const text = lines.map(lineText).join('\n');
      const functions = functionsUnder(subject, withEnd(parseSequence(text)));
      return [{ name: `${scenario.name}: ${interrupt.kind} on ${task.by ?? 'm'}`, functions, text }];
    }));
  });
}

function sayable(ways: () => Way[]): Way[] {
  try {
    return ways();
  } catch (error) {
    if (error instanceof CannotBeSaid) return [];
    throw error;
  }
}
