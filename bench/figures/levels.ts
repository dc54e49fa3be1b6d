/** @module What each level of reduction leaves of the scenario of the thread's patch. */
import { median, only, run, WHOLE } from '../child.js';
import { count, factor, seconds } from './figures.js';
import type { Effort, Figures } from './figures.js';

const LEVELS = [0, 1, 2, 3] as const;
/** States at level 0 by states at level 3. */
const FACTOR = 100;

export function levels({ quick, says }: Effort): Figures {
  const arrivals = quick ? { irq: [0, 1], nmi: [0, 1] } as const : WHOLE.arrivals;
  const found = LEVELS.map((level) => {
    says(`level ${level}`);
    return only(median(Array.from({ length: quick ? 1 : 3 }, () => run({ ...WHOLE, arrivals, level }))));
  });
  const full = found[0];
  const last = found.at(-1);
  if (!full || !last) throw new Error('no level');
  return {
    title: 'Levels of reduction',
    about: 'The same scenario. Violations are the same at every level; states are those kept, transitions all steps made, merged ones too. A search that finds its assumptions wrong begins anew: the last one counts, the seconds are of all.',
    head: ['level', 'states', 'transitions', 'seconds', 'fewer states', 'faster'],
    rows: found.map((one, level) => [`${level}`, count(one.states), count(one.transitions), seconds(one.seconds), factor(full.states / one.states), factor(full.seconds / one.seconds)]),
    wanted: quick ? [] : [{ text: `level 3 has at least ${FACTOR} x fewer states than level 0`, met: full.states >= FACTOR * last.states }], wrong: [],
  };
}
