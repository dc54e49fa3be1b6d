/**
 * @module Which dialect of kcov's contract a Program speaks, found by asking it: a device is enabled before it was mapped.
 * Which version the file is of need not be known.
 */
import type { Dialect } from '../../simulator/kcov/errno.js';
import { enable, initTrace, open } from '../../simulator/kcov/operations.js';
import type { Code } from '../../simulator/machine/code.js';
import { AREA_WORDS, kcovScenario, task } from '../../simulator/scenario/kcov-scenario.js';
import type { KcovScenario } from '../../simulator/scenario/kcov-scenario.js';
import { replayAlone } from './replays.js';

const PROBE: KcovScenario = kcovScenario({
  name: 'probe-dialect', checks: '', devices: ['A'],
  actors: [task('task', [open('A'), initTrace('A', AREA_WORDS), enable('A')])],
});

/** The dialect; `codeFor` compiles the Program for the constants of a scenario. 'v5.5' for what cannot be run. */
export function dialectOf(codeFor: (scenario: KcovScenario) => Code): Dialect {
  const { events } = replayAlone(codeFor(PROBE), PROBE, 0);
  const enabled = events.findLast((e) => e.access === 'leave' && e.frames.length <= 1 && e.operation.includes('KCOV_ENABLE'));
  return enabled?.newValue === 0 ? 'v5.18' : 'v5.5';
}
