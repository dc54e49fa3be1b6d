/**
 * @module The scenario that searches are measured by has the states and transitions it is said to have: with interrupts left
 * out by our search, whole by SPIN on what we emit, and both times as ../shared/bench/thread-patch.pml has them, where it
 * is at hand.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { givenMissing, givenModel, measure, runPan, spinMissing, STATES, threadPatchCode, threadPatchScenario, TRANSITIONS } from '../../bench/index.js';
import type { Arrivals, PanRun } from '../../bench/index.js';
import { explore } from '../../simulator/explore/explore.js';
import type { Code } from '../../simulator/machine/code.js';
import { silent } from '../../simulator/promela/silent.js';

if (givenMissing !== null) process.stderr.write(`skipped: ${givenMissing}\n`);

const QUICK = { optimise: 0, hashBits: 20 } as const;

/** Arrivals of irq and NMI on each CPU, then the states and transitions that there are. */
const REDUCED: readonly (readonly [irq: Arrivals['irq'], nmi: Arrivals['nmi'], states: number, transitions: number])[] = [
  [[0, 0], [0, 0], 462, 881], [[1, 0], [0, 0], 10_054, 19_140], [[0, 0], [1, 0], 1_848, 4_028], [[0, 1], [0, 0], 4_576, 8_966],
  [[0, 0], [0, 1], 1_848, 4_030], [[1, 0], [1, 0], 75_263, 153_353], [[0, 1], [0, 1], 26_708, 56_800],
];

const counts = ({ states, transitions }: Pick<PanRun, 'states' | 'transitions'>): { states: number; transitions: number } => ({ states, transitions });

let code: Code;
beforeAll(async () => {
  code = await threadPatchCode();
});

it('is understood whole', () => {
  expect(code.notModelled).toEqual([]);
});

describe.each(REDUCED)('with irqs %j and NMIs %j', (irq, nmi, states, transitions) => {
  const arrivals = { irq, nmi };

  it('has as many states and transitions', () => {
    const found = explore(code, threadPatchScenario(arrivals), silent, { statesMax: 200_000 });
    expect({ ...counts(found), gaveUp: found.gaveUp, fatal: found.found.some((f) => f.violation.fatal) }).toEqual({ states, transitions, gaveUp: null, fatal: false });
  });

  it.skipIf(spinMissing !== null)('has as many on SPIN', () => {
    const found = measure({ code, scenario: threadPatchScenario(arrivals), contract: silent }, QUICK);
    expect('refused' in found ? found : counts(found)).toEqual({ states, transitions });
  });

  it.skipIf(spinMissing !== null || givenMissing !== null)('has as many in the model at hand', () => {
    expect(counts(runPan(givenModel(arrivals), { ...QUICK, ignoreAssertions: true }))).toEqual({ states, transitions });
  });
});

it.skipIf(spinMissing !== null)('has six and a half million states as a whole', () => {
  const found = measure({ code, scenario: threadPatchScenario(), contract: silent });
  expect('refused' in found ? found : counts(found)).toEqual({ states: STATES, transitions: TRANSITIONS });
});
